"""Who speaks: the check of a request at the inbox, before anything of it is believed."""

from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from node import clock
from node.activitypub import addressing, document, keys, proofs, signatures, uris, vocabulary
from node.activitypub.document import Document
from node.activitypub.iri import is_web_address
from node.activitypub.proofs import Proof
from node.activitypub.request import Request, Signature
from node.activitypub.vocabulary import Activity
from node.errors import BadSignature, Refusal, Unreachable
from node.federation import actors, foreign_keys
from node.federation.node import KnownKey, Node

# A proof is for everybody and for ever; what is passed on must be younger than our memory of ids.
_OLDEST_PASSED_ON = timedelta(days=28)


class Letter:
    """An activity whose sender is proven, not yet looked at further."""

    __slots__ = ("document", "sender", "type", "uri")

    def __init__(self, activity: Activity) -> None:
        self.document = activity.document
        self.sender = activity.actor_id
        self.uri = activity.id
        self.type = activity.types[0][:100]


async def open_letter(node: Node, request: Request) -> Letter | None:
    """Return what was sent, by whom; None when it is of no concern to anybody here.

    Raise BadSignature (401), MalformedActivity (400) or Refusal (403). Nothing is fetched for a
    request that cannot be right, and nothing is remembered of one that is refused (P22).
    """
    signature = signatures.read(request)
    activity = vocabulary.parse(document.parse(request.body))
    proof = _proof_of(activity)
    if not addressing.same_origin(activity.id, activity.actor_id):
        raise BadSignature("the id of the activity belongs to another server")
    if proof is None and not _may_be_of(signature.key_id, activity.actor_id):
        raise BadSignature(f"the key does not belong to {activity.actor_id}")
    if await _is_farewell_of_a_stranger(node, activity, signature):
        return None
    try:
        speakers = await _proven(node, request, signature, activity, proof)
    except BadSignature:
        if await _is_farewell_of_the_gone(node, activity):
            return Letter(activity)
        raise
    for known in speakers:
        if known.found is not None:
            await actors.keep(node, known.found)
    return Letter(activity)


async def must_be_named(node: Node, request: Request) -> None:
    """Let read who says by a signature who asks, and is heard here.

    Raise BadSignature (401) or Refusal (403). Nothing is written down of who only reads.
    """
    _must_be_heard(await _verified(node, request, signatures.read(request)))


async def _proven(
    node: Node, request: Request, signature: Signature, activity: Activity, proof: Proof | None
) -> list[KnownKey]:
    """Return the keys that prove the activity to be its actor's; a proof outranks a signature."""
    known = await _verified(node, request, signature)
    _must_be_heard(known)
    if proof is None:
        if known.actor_uri != activity.actor_id:
            raise BadSignature(f"the sender is not {activity.actor_id}")
        return [known]
    if known.actor_uri != activity.actor_id:
        _refuse_old(proof)
    return [known, await _check_proof(node, activity, proof)]


async def _verified(node: Node, request: Request, signature: Signature) -> KnownKey:
    """Check the signature; when it fails, look once at the key anew, but seldom (P21)."""
    known = await _key(node, signature.key_id)
    try:
        _verify(request, signature, known)
    except BadSignature:
        is_recent = clock.seconds() - known.fetched_at < 60
        if is_recent or node.refetches.take(signature.key_id):
            raise
        fresh = await _fresh_key(node, signature.key_id)
        if fresh.text == known.text:
            raise
        _verify(request, signature, fresh)
        return fresh
    return known


def _verify(request: Request, signature: Signature, known: KnownKey) -> None:
    signatures.verify(request, signature, keys.load_public(known.text), at=clock.now())


async def _key(node: Node, key_id: str) -> KnownKey:
    found = node.keys.get(key_id)
    if found is not None:
        return found
    try:
        return await foreign_keys.known(node, key_id)
    except (Refusal, Unreachable) as error:
        raise _unproven(key_id, error) from error


async def _fresh_key(node: Node, key_id: str) -> KnownKey:
    try:
        return await foreign_keys.fresh(node, key_id)
    except (Refusal, Unreachable) as error:
        raise _unproven(key_id, error) from error


def _unproven(key_id: str, error: Refusal | Unreachable) -> Refusal:
    """Whoever is blocked is told so (403); any other key that cannot be had proves nothing."""
    if isinstance(error, Refusal) and error.code == "domain-is-blocked":
        return error
    return BadSignature(f"the key {key_id} cannot be read: {error}")


def _must_be_heard(known: KnownKey) -> None:
    if not known.is_heard:
        raise Refusal(f"{known.domain} is not heard here", code="domain-is-blocked")


def _may_be_of(key_id: str, sender: str) -> bool:
    """Whether a key of this name can be the sender's, judged without asking anybody."""
    if not is_web_address(key_id) or not addressing.same_origin(key_id, sender):
        return False
    return uris.names_its_owner(key_id) is False or uris.is_key_of(key_id, sender)


async def _is_farewell_of_a_stranger(node: Node, activity: Activity, signature: Signature) -> bool:
    """An actor we never heard of deletes itself: there is nothing to do, nor to fetch (A23)."""
    if not _is_farewell(activity) or not _may_be_of(signature.key_id, activity.actor_id):
        return False
    async with node.database.read() as tx:
        return await actors.known(tx, activity.actor_id) is None


async def _is_farewell_of_the_gone(node: Node, activity: Activity) -> bool:
    """Whose key can no longer be had deletes itself: its server says 410, or it is not believed."""
    if not _is_farewell(activity) or node.refetches.take(activity.actor_id):
        return False
    return await actors.is_gone(node, activity.actor_id)


def _is_farewell(activity: Activity) -> bool:
    return activity.type == "Delete" and activity.object_id == activity.actor_id


def _proof_of(activity: Activity) -> Proof | None:
    """The proof that counts: ours to check, by a key that has an address."""
    proof = proofs.proof_of(activity.document)
    if proof is None or not is_web_address(proof.verification_method):
        return None
    if not _may_be_of(proof.verification_method, activity.actor_id):
        raise BadSignature(f"the proof is not by {activity.actor_id}")
    return proof


def _refuse_old(proof: Proof) -> None:
    if proof.created < clock.now() - _OLDEST_PASSED_ON:
        raise BadSignature("the proof is too old to be passed on")


async def _check_proof(node: Node, activity: Activity, proof: Proof) -> KnownKey:
    """Somebody passes on what another said: only that other's own proof makes it theirs."""
    known = await _key(node, proof.verification_method)
    if known.actor_uri != activity.actor_id:
        raise BadSignature(f"the proof is not by {activity.actor_id}")
    _must_be_heard(known)
    _check_seal(activity.document, known)
    return known


def _check_seal(found: Document, known: KnownKey) -> None:
    key = keys.load_public(known.text)
    if not isinstance(key, Ed25519PublicKey):
        raise BadSignature("the proof is not by an Ed25519 key")
    proofs.verify(found, key, at=clock.now())
