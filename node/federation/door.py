"""Who speaks: the check of a request at the inbox, before anything of it is believed."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from node import clock
from node.activitypub import addressing, document, keys, proofs, signatures, uris, values
from node.activitypub.document import Document
from node.activitypub.iri import is_web_address
from node.activitypub.kinds import types
from node.activitypub.request import Request, Signature
from node.activitypub.vocabulary import MalformedActivity
from node.errors import BadSignature, Refusal, Unreachable
from node.federation import actors
from node.federation.node import KnownKey, Node


class Letter:
    """An activity whose sender is proven, not yet looked at further."""

    __slots__ = ("document", "sender", "type", "uri")

    def __init__(self, found: Document, sender: str, uri: str, kind: str) -> None:
        self.document = found
        self.sender = sender
        self.uri = uri
        self.type = kind


async def open_letter(node: Node, request: Request) -> Letter | None:
    """Return what was sent, by whom; None when it is of no concern to anybody here.

    Raise BadSignature (401), MalformedActivity (400) or Refusal (403); nothing is left behind.
    """
    signature = signatures.read(request)
    known = node.keys.get(signature.key_id)
    found: Document | None = None
    if known is None:
        found = document.parse(request.body)
        if await _is_farewell_of_a_stranger(node, found, signature):
            return None
        known = await _key(node, signature.key_id)
    known = await _verified(node, request, signature, known)
    if not known.is_heard:
        raise Refusal(f"{known.domain} is not heard here", code="domain-is-blocked")
    found = document.parse(request.body) if found is None else found
    uri, sender, kind = _envelope(found)
    if sender != known.actor_uri:
        await _check_proof(node, found, sender)
    if not addressing.same_origin(uri, sender):
        raise BadSignature("the id of the activity belongs to another server")
    return Letter(found, sender, uri, kind)


async def _verified(
    node: Node, request: Request, signature: Signature, known: KnownKey
) -> KnownKey:
    """Check the signature; when it fails, look once at the key anew, but seldom (P21)."""
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
    try:
        return await actors.key(node, key_id)
    except Unreachable as error:
        raise BadSignature(f"the key {key_id} cannot be read: {error}") from error
    except Refusal as error:
        raise BadSignature(f"the key {key_id} is not accepted: {error}") from error


async def _fresh_key(node: Node, key_id: str) -> KnownKey:
    try:
        return await actors.fresh_key(node, key_id)
    except (Refusal, Unreachable) as error:
        raise BadSignature(f"the key {key_id} cannot be read: {error}") from error


def _envelope(found: Document) -> tuple[str, str, str]:
    uri, sender = found.get("id"), values.first_id(found.get("actor"))
    if not isinstance(uri, str) or not is_web_address(uri):
        raise MalformedActivity("the activity has no id that is an address")
    if sender is None or not is_web_address(sender):
        raise MalformedActivity("the activity names no actor")
    named = types(found)
    if not named:
        raise MalformedActivity("the activity has no type")
    return uri, sender, named[0][:100]


async def _is_farewell_of_a_stranger(node: Node, found: Document, signature: Signature) -> bool:
    """An actor we never heard of deletes itself: there is nothing to do, nor to fetch (A23)."""
    gone = values.first_id(found.get("object"))
    if found.get("type") != "Delete" or gone is None or gone != values.first_id(found.get("actor")):
        return False
    if uris.actor_of_key(signature.key_id) != gone:
        return False
    async with node.database.read() as tx:
        return await actors.known(tx, gone) is None


async def _check_proof(node: Node, found: Document, sender: str) -> None:
    """Somebody passes on what another said: only that other's own proof makes it theirs."""
    proof = proofs.proof_of(found)
    if proof is None or not addressing.same_origin(proof.verification_method, sender):
        raise BadSignature(f"the sender is not {sender}, and there is no proof of theirs")
    known = await _key(node, proof.verification_method)
    if known.actor_uri != sender or not known.is_heard:
        raise BadSignature(f"the proof is not by {sender}")
    key = keys.load_public(known.text)
    if not isinstance(key, Ed25519PublicKey):
        raise BadSignature("the proof is not by an Ed25519 key")
    proofs.verify(found, key, at=clock.now())
