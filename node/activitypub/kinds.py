"""The names of the ActivityStreams vocabulary, and which family each belongs to."""

from enum import StrEnum
from typing import Any

_NAMESPACE = "https://www.w3.org/ns/activitystreams#"
_MOST_TYPES = 20


class Vocabulary(StrEnum):
    """Every type we know: AS2, and those of FEPs and other servers that we answer to."""

    ACTIVITY = "Activity"
    INTRANSITIVE_ACTIVITY = "IntransitiveActivity"
    OBJECT = "Object"
    ACCEPT = "Accept"
    ADD = "Add"
    ANNOUNCE = "Announce"
    ANSWER = "Answer"
    ARRIVE = "Arrive"
    BLOCK = "Block"
    CREATE = "Create"
    DELETE = "Delete"
    DISLIKE = "Dislike"
    EMOJI_REACT = "EmojiReact"
    FLAG = "Flag"
    FOLLOW = "Follow"
    IGNORE = "Ignore"
    INVITE = "Invite"
    JOIN = "Join"
    LEAVE = "Leave"
    LIKE = "Like"
    LISTEN = "Listen"
    MOVE = "Move"
    OFFER = "Offer"
    QUOTE_REQUEST = "QuoteRequest"
    READ = "Read"
    REJECT = "Reject"
    REMOVE = "Remove"
    TENTATIVE_ACCEPT = "TentativeAccept"
    TENTATIVE_REJECT = "TentativeReject"
    TRAVEL = "Travel"
    UNDO = "Undo"
    UPDATE = "Update"
    VIEW = "View"
    APPLICATION = "Application"
    GROUP = "Group"
    ORGANIZATION = "Organization"
    PERSON = "Person"
    SERVICE = "Service"
    ARTICLE = "Article"
    AUDIO = "Audio"
    COLLECTION = "Collection"
    COLLECTION_PAGE = "CollectionPage"
    DOCUMENT = "Document"
    EMOJI = "Emoji"
    EVENT = "Event"
    HASHTAG = "Hashtag"
    IMAGE = "Image"
    LINK = "Link"
    MENTION = "Mention"
    NOTE = "Note"
    ORDERED_COLLECTION = "OrderedCollection"
    ORDERED_COLLECTION_PAGE = "OrderedCollectionPage"
    PAGE = "Page"
    PLACE = "Place"
    PROFILE = "Profile"
    QUESTION = "Question"
    RELATIONSHIP = "Relationship"
    TOMBSTONE = "Tombstone"
    VIRTUAL_LOCATION = "VirtualLocation"
    VIDEO = "Video"


_NAMES = tuple(member.value for member in Vocabulary)

GENERIC = frozenset(_NAMES[: _NAMES.index("Accept")])
ACTIVITIES = frozenset(_NAMES[_NAMES.index("Accept") : _NAMES.index("Application")])
ACTORS = frozenset(_NAMES[_NAMES.index("Application") : _NAMES.index("Article")])
OBJECTS = frozenset(_NAMES[_NAMES.index("Article") :])
WITHOUT_OBJECT = frozenset({"Answer", "Arrive", "Travel"})
KNOWN = frozenset(_NAMES)


def short(name: str) -> str:
    """Return a type or property name of ActivityStreams without its namespace."""
    return name.removeprefix(_NAMESPACE).removeprefix("as:")


def types(document: dict[str, Any]) -> tuple[str, ...]:
    """Return the types the document gives itself; ValueError unless they are words."""
    value: Any = document.get("type")
    found: list[Any] = value if isinstance(value, list) else [value]
    if not found or len(found) > _MOST_TYPES:
        raise ValueError("the document has no type, or too many")
    if not all(isinstance(name, str) and 0 < len(name) <= 200 for name in found):
        raise ValueError("the type is not a word")
    return tuple(dict.fromkeys(map(short, found)))


def only(names: tuple[str, ...]) -> str:
    """Pick the type we know among several; ValueError if there are two that disagree (P4)."""
    if len(names) == 1:
        return names[0]
    known = [name for name in names if name in KNOWN and name not in GENERIC]
    if len(known) > 1:
        raise ValueError("the document is of two types at once")
    if known:
        return known[0]
    return next((name for name in names if name in GENERIC), names[0])


def refuse_spellings(document: dict[str, Any]) -> None:
    """Raise ValueError if one property stands there under two spellings (P4, A17)."""
    names = set()
    for key in document:
        name = key.casefold()
        if name[:1] in "@ah":
            name = short(name)
            if name in ("@id", "@type"):
                name = name[1:]
        if name in names:
            raise ValueError("one property is written in two ways")
        names.add(name)
