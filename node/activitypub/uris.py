"""Where everything of a node is found: the addresses of wire.md, section 3."""

import re

_KEY_PATHS = ("/main-key", "/publickey")
_SLASHES = re.compile("/+")


def assembly(origin: str, slug: str) -> str:
    """The Group that decides."""
    return f"{origin}/g/{slug}"


def coordination(origin: str, slug: str) -> str:
    """A working group of an assembly."""
    return f"{origin}/c/{slug}"


def organization(origin: str, slug: str) -> str:
    """A partner hosted here."""
    return f"{origin}/o/{slug}"


def person(origin: str, handle: str) -> str:
    """A member who chose to exist on the wire."""
    return f"{origin}/u/{handle}"


def instance(origin: str) -> str:
    """The Application that signs what the node fetches."""
    return f"{origin}/actor"


def observer(origin: str, number: int | str) -> str:
    """Who announces every step of one dossier."""
    return f"{proposal(origin, number)}/observer"


def register_bot(origin: str, slug: str) -> str:
    """Who authors copies of the register for servers that refuse posts of a Group."""
    return f"{assembly(origin, slug)}/register-bot"


def proposal(origin: str, number: int | str) -> str:
    """The current text of a proposal."""
    return f"{origin}/p/{number}"


def revision(origin: str, number: int | str, k: int) -> str:
    """One text of a proposal, for ever."""
    return f"{proposal(origin, number)}/r/{k}"


def vote(origin: str, number: int | str) -> str:
    """The opening of the vote."""
    return f"{proposal(origin, number)}/vote"


def round_(origin: str, number: int | str, k: int) -> str:
    """One round of voting."""
    return f"{proposal(origin, number)}/round/{k}"


def context(origin: str, number: int | str) -> str:
    """The posts of the dossier."""
    return f"{proposal(origin, number)}/context"


def replies(origin: str, number: int | str) -> str:
    """The comments on a proposal."""
    return f"{proposal(origin, number)}/replies"


def decision(origin: str, number: int | str) -> str:
    """What came of a vote."""
    return f"{origin}/d/{number}"


def event(origin: str, number: int | str) -> str:
    """A call for participation or a meeting."""
    return f"{origin}/e/{number}"


def attendees(origin: str, number: int | str) -> str:
    """How many come to an event."""
    return f"{event(origin, number)}/attendees"


def note(origin: str, ulid: str) -> str:
    """A comment or the note of a change of phase."""
    return f"{origin}/n/{ulid}"


def activity(origin: str, ulid: str) -> str:
    """An activity of ours."""
    return f"{origin}/a/{ulid}"


def quote(origin: str, number: int) -> str:
    """The word of ours that a post elsewhere may quote something (FEP-044f)."""
    return f"{origin}/q/{number}"


def ballot(origin: str, ulid: str) -> str:
    """A ballot sent to another node."""
    return f"{origin}/b/{ulid}"


def receipt(origin: str, ulid: str) -> str:
    """The receipt of such a ballot."""
    return f"{ballot(origin, ulid)}/receipt"


def attestation(origin: str, ulid: str) -> str:
    """What we saw of another assembly's register."""
    return f"{origin}/t/{ulid}"


def mandate(origin: str, number: int | str) -> str:
    """What a delegate may carry."""
    return f"{origin}/m/{number}"


def revocation(origin: str, number: int | str) -> str:
    """The end of a mandate."""
    return f"{mandate(origin, number)}/revocation"


def register(assembly_uri: str) -> str:
    """The register of an assembly."""
    return f"{assembly_uri}/register"


def register_entry(assembly_uri: str, seq: int) -> str:
    """One entry of the register."""
    return f"{register(assembly_uri)}/{seq}"


def register_head(assembly_uri: str) -> str:
    """The newest entry of the register, signed."""
    return f"{register(assembly_uri)}/head"


def keys(assembly_uri: str) -> str:
    """Every key an assembly ever had."""
    return f"{assembly_uri}/keys"


def inbox(actor_uri: str) -> str:
    """Where an actor receives; the instance actor has the shared inbox."""
    return f"{actor_uri}/inbox"


def outbox(actor_uri: str) -> str:
    """What an actor said."""
    return f"{actor_uri}/outbox"


def followers(actor_uri: str) -> str:
    """Who follows an actor."""
    return f"{actor_uri}/followers"


def following(actor_uri: str) -> str:
    """Whom an actor follows."""
    return f"{actor_uri}/following"


def featured(actor_uri: str) -> str:
    """What an actor shows first."""
    return f"{actor_uri}/featured"


def shared_inbox(origin: str) -> str:
    """Where the node receives for everybody on it."""
    return f"{origin}/inbox"


def palabre_context(origin: str) -> str:
    """Our context document."""
    return f"{origin}/ns/palabre/v1"


def main_key(actor_uri: str) -> str:
    """The RSA key for HTTP signatures."""
    return f"{actor_uri}#main-key"


def seal(actor_uri: str) -> str:
    """The Ed25519 key with which a Group signs."""
    return f"{actor_uri}#seal"


def ed25519(actor_uri: str) -> str:
    """The Ed25519 key of any other actor."""
    return f"{actor_uri}#ed25519"


def actor_of_key(key_id: str) -> str:
    """The actor a key id belongs to, whichever of the three customs it follows (wire.md 2)."""
    bare = key_id.partition("#")[0]
    for path in _KEY_PATHS:
        if bare.endswith(path):
            return bare.removesuffix(path)
    return bare


def names_its_owner(key_id: str) -> bool:
    """Whether the name of a key says by itself whose it is."""
    return "#" in key_id or key_id.endswith(_KEY_PATHS)


def is_key_of(key_id: str, actor_uri: str) -> bool:
    """Whether a key whose name says whose it is says that it is this actor's (A7).

    Some write one slash too many before the fragment or within the path.
    """
    bare = key_id.partition("#")[0]
    return any(_plain(uri) == _plain(actor_uri) for uri in (bare, actor_of_key(key_id)))


def _plain(uri: str) -> str:
    scheme, mark, rest = uri.partition("://")
    return scheme + mark + _SLASHES.sub("/", rest).rstrip("/")
