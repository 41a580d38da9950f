"""What an actor's document says of the actor, as far as it may say it."""

from dataclasses import dataclass, field
from typing import Any

from node.activitypub import iri, kinds, text, uris, values

NAME_LIMIT = 500
SUMMARY_LIMIT = 20_000
KEY_LIMIT = 10
KEY_TEXT_LIMIT = 16_384
ALIAS_LIMIT = 100

_MULTIKEYS = {"z6Mk": "ed25519", "z4MX": "rsa"}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key and whose it claims to be; `text` is PEM or multikey, for `keys.load_public`."""

    id: str
    owner: str
    text: str
    algorithm: str


@dataclass(frozen=True, slots=True)
class ActorDocument:
    """An actor whose id, inbox and keys lie on one origin and name each other (FEP-fe34)."""

    id: str
    type: str
    handle: str | None
    name: str
    summary: str
    url: str | None
    inbox: str
    shared_inbox: str | None
    outbox: str | None
    followers: str | None
    following: str | None
    featured: str | None
    also_known_as: tuple[str, ...]
    moved_to: str | None
    is_locked: bool
    is_discoverable: bool
    icon_url: str | None
    public_keys: tuple[PublicKey, ...]
    webfinger: str | None
    generator_implements: tuple[str, ...]
    assembly: dict[str, Any]
    document: dict[str, Any] = field(repr=False)


def read(document: dict[str, Any]) -> ActorDocument:
    """Read an actor document; ValueError if it claims what is not its own (P1, A5, A7, A31)."""
    kinds.refuse_spellings(document)
    type_ = kinds.only(kinds.types(document))
    if type_ not in kinds.ACTORS:
        raise ValueError(f"a {type_[:40]} is not an actor")
    uri = _id(document)
    inbox = _own(uri, document.get("inbox"))
    if inbox is None:
        raise ValueError("the actor has no inbox on its own origin")
    return ActorDocument(
        id=uri,
        type=type_,
        handle=_handle(document),
        name=_text(document.get("name"), NAME_LIMIT),
        summary=_long(document.get("summary")),
        url=values.link(document.get("url"), "text/html"),
        inbox=inbox,
        shared_inbox=_own(uri, _object(document.get("endpoints")).get("sharedInbox")),
        outbox=_own(uri, document.get("outbox")),
        followers=_own(uri, document.get("followers")),
        following=_own(uri, document.get("following")),
        featured=_own(uri, document.get("featured")),
        also_known_as=_aliases(document),
        moved_to=values.reference(document, "movedTo"),
        is_locked=document.get("manuallyApprovesFollowers") is True,
        is_discoverable=document.get("discoverable") is True,
        icon_url=values.link(document.get("icon"), "image"),
        public_keys=_keys(document, uri),
        webfinger=_webfinger(document.get("webfinger")),
        generator_implements=_implements(document.get("generator")),
        assembly=_object(document.get("assembly")),
        document=document,
    )


def read_key(document: dict[str, Any], key_id: str) -> PublicKey:
    """Find `key_id` in what was read from its address: a key, a stub actor or an actor.

    ValueError unless key and owner lie on one origin and the document stands by both (A5).
    The owner of a key that stands alone is a claim: its actor must list the key.
    """
    kinds.refuse_spellings(document)
    uri = _id(document)
    if not iri.is_identity(key_id):
        raise ValueError("the key has no web address")
    if "publicKeyPem" in document or "publicKeyMultibase" in document:
        owner = values.first_id(document.get("owner") or document.get("controller"))
        if uri != key_id or not iri.is_identity(owner):
            raise ValueError("the key is not the one asked for, or has no owner")
        found = [_key(document, str(owner))]
    else:
        found = [key for key in _keys(document, uri) if key_id in (key.id, key.owner)]
    if len(found) != 1 or found[0] is None:
        raise ValueError("the document does not hold that key")
    return found[0]


def _id(document: dict[str, Any]) -> str:
    uri = document.get("id")
    if not isinstance(uri, str) or not iri.is_identity(uri):
        raise ValueError("the actor has no https id")
    return uri


def _own(uri: str, value: object) -> str | None:
    found = values.first_id(value)
    if found is None or not iri.is_web_address(found):
        return None
    return found if iri.place(found).origin == iri.place(uri).origin else None


def _handle(document: dict[str, Any]) -> str | None:
    name = document.get("preferredUsername")
    if name is None:
        return None
    if not isinstance(name, str) or not text.is_name(name):
        raise ValueError("the name of the actor cannot stand in a handle")
    return name


def _text(value: object, limit: int) -> str:
    return text.line(value, limit) if isinstance(value, str) else ""


def _long(value: object) -> str:
    if not isinstance(value, str) or not text.is_sane_html(value[:SUMMARY_LIMIT]):
        return ""
    return text.seen(value[:SUMMARY_LIMIT])


def _aliases(document: dict[str, Any]) -> tuple[str, ...]:
    found = values.ids(document.get("alsoKnownAs"), ALIAS_LIMIT)
    return tuple(alias for alias in found if iri.is_web_address(alias))


def _webfinger(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    name, at, domain = value.partition("@")
    is_handle = at and text.is_name(name) and iri.is_web_address(f"https://{domain}")
    return f"{name}@{iri.place(f'https://{domain}').netloc}" if is_handle else None


def _implements(generator: object) -> tuple[str, ...]:
    if not isinstance(generator, dict):
        return ()
    found = (
        item.get("href") or item.get("id") if isinstance(item, dict) else item
        for item in values.as_list(generator.get("implements"))[:50]
    )
    return tuple(dict.fromkeys(href for href in found if isinstance(href, str)))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _keys(document: dict[str, Any], owner: str) -> tuple[PublicKey, ...]:
    claims = values.as_list(document.get("publicKey"))
    claims = claims + values.as_list(document.get("assertionMethod"))
    if len(claims) > KEY_LIMIT:
        raise ValueError(f"the actor has more than {KEY_LIMIT} keys")
    found: dict[str, PublicKey] = {}
    for claim in claims:
        key = _key(claim, owner) if isinstance(claim, dict) else None
        if key is not None and found.setdefault(key.id, key) != key:
            raise ValueError("two keys bear the same id")
    return tuple(found.values())


def _key(claim: dict[str, Any], owner: str) -> PublicKey | None:
    uri, pem = claim.get("id"), claim.get("publicKeyPem")
    multikey = claim.get("publicKeyMultibase")
    words = pem or multikey
    if not isinstance(uri, str) or not isinstance(words, str):
        return None
    if pem and multikey:
        raise ValueError("one key is written in two ways")
    owners = {values.first_id(claim[name]) for name in ("owner", "controller") if name in claim}
    if owners - {owner}:
        raise ValueError("the key belongs to somebody else")
    if not iri.is_web_address(uri) or iri.place(uri).origin != iri.place(owner).origin:
        raise ValueError("the key lies on another origin than its owner")
    if len(words) > KEY_TEXT_LIMIT:
        raise ValueError("the key is too long")
    if uris.names_its_owner(uri) and not uris.is_key_of(uri, owner):
        return None  # the part of a document speaks for that document only (A7, P2)
    algorithm = "rsa" if pem else _MULTIKEYS.get(words[:4])
    return None if algorithm is None else PublicKey(uri, owner, words, algorithm)
