"""The JSON-LD contexts we write, and the media types they travel under."""

import re
from typing import Any, Final

AS: Final = "https://www.w3.org/ns/activitystreams"
NS: Final = "https://w3id.org/palabre/v1#"
PROTOCOL: Final = "https://w3id.org/palabre/v1"
MEDIA_TYPE: Final = "application/activity+json"
LD_MEDIA_TYPE: Final = f'application/ld+json; profile="{AS}"'
ACCEPT: Final = f"{MEDIA_TYPE}, {LD_MEDIA_TYPE}"

_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
_ASSEMBLY: dict[str, Any] = {"asm": NS, "assembly": {"@id": "asm:assembly", "@type": "@json"}}

CONTEXT: Final[list[Any]] = [
    AS,
    _INTEGRITY,
    {
        **_ASSEMBLY,
        "toot": "http://joinmastodon.org/ns#",
        "votersCount": "toot:votersCount",
        "gts": "https://gotosocial.org/ns#",
        "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
    },
]
# Terms of small vocabularies stand inline: a reader that does not bundle their contexts would
# have to fetch them, and could read nothing when that fails.
_EVENT = "https://w3id.org/fep/8a8e/"
EVENT_CONTEXT: Final[list[Any]] = [
    *CONTEXT[:-1],
    {
        **CONTEXT[-1],
        **{
            name: _EVENT + name
            for name in (
                "attendees",
                "category",
                "displayEndTime",
                "externalParticipationUrl",
                "joinMode",
                "organizers",
                "timezone",
                "EventCancelled",
                "EventScheduled",
            )
        },
        "eventStatus": {"@id": f"{_EVENT}eventStatus", "@type": "@vocab"},
    },
]
_QUOTE = "https://w3id.org/fep/044f#"
QUOTE_CONTEXT: Final[list[Any]] = [
    *CONTEXT[:-1],
    {
        **CONTEXT[-1],
        "QuoteAuthorization": f"{_QUOTE}QuoteAuthorization",
        "QuoteRequest": f"{_QUOTE}QuoteRequest",
        "interactingObject": {"@id": "gts:interactingObject", "@type": "@id"},
        "interactionTarget": {"@id": "gts:interactionTarget", "@type": "@id"},
    },
]
ACTOR_CONTEXT: Final[list[Any]] = [
    AS,
    "https://w3id.org/security/v1",
    _INTEGRITY,
    "https://w3id.org/security/multikey/v1",
    "https://purl.archive.org/socialweb/webfinger",
    {
        **_ASSEMBLY,
        "assertionMethod": {
            "@id": "https://w3id.org/security#assertionMethod",
            "@type": "@id",
            "@container": "@set",
        },
        "implements": {
            "@id": "https://w3id.org/fep/844e/implements",
            "@type": "@id",
            "@container": "@set",
        },
        "toot": "http://joinmastodon.org/ns#",
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    },
]
PALABRE_CONTEXT: Final[dict[str, Any]] = {"@context": _ASSEMBLY}

_LONGEST = 4096
_ACTIVITY_TYPES = (MEDIA_TYPE, "application/ld+json")
_PAGE_TYPES = ("text/html", "application/xhtml+xml")
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_TYPE = re.compile(rf"[ \t]*+({_WORD}/{_WORD})[ \t]*+")
_PARAMETER = re.compile(
    rf';[ \t]*+(?:({_WORD})=(?:({_WORD})|"((?:[^"\\]|\\.)*+)"))?+[ \t]*+', re.DOTALL
)
_COMMA = re.compile(r"[ \t]*+,[ \t,]*+")
_WEIGHT = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")

MediaType = tuple[str, dict[str, str]]


def is_activity_media_type(content_type: str) -> bool:
    """Tell whether a `Content-Type` says ActivityStreams, parsed by grammar (P8, A3)."""
    found = _media_types(content_type)
    if len(found) != 1:
        return False
    name, parameters = found[0]
    if name == MEDIA_TYPE:
        return True
    return name == "application/ld+json" and AS in parameters.get("profile", "").split(" ")


def wants_activity(accept: str) -> bool:
    """Tell whether an `Accept` header prefers an activity to a page; `*/*` alone does not."""
    best = {"activity": (0.0, 0), "page": (0.0, 0)}
    for place, (name, parameters) in enumerate(_media_types(accept)):
        kind = "activity" if name in _ACTIVITY_TYPES else "page" if name in _PAGE_TYPES else None
        if kind is not None:
            # Of two that weigh the same, the one named first is preferred.
            best[kind] = max(best[kind], (_weight(parameters.get("q", "1")), -place))
    return best["activity"][0] > 0 and best["activity"] > best["page"]


def _weight(written: str) -> float:
    return float(written) if _WEIGHT.fullmatch(written) else 0.0


def _media_types(header: str) -> list[MediaType]:
    """Read a list of media types (RFC 9110, 12.5.1); nothing if any of it cannot be read."""
    found: list[MediaType] = []
    position = 0
    if len(header) > _LONGEST:
        return []
    while position < len(header):
        name = _TYPE.match(header, position)
        if name is None:
            return []
        position = name.end()
        parameters: dict[str, str] = {}
        while parameter := _PARAMETER.match(header, position):
            position = parameter.end()
            key = (parameter[1] or "").lower()
            if key and key in parameters:
                return []
            if key:
                parameters[key] = parameter[2] or re.sub(r"\\(.)", r"\1", parameter[3] or "")
        found.append((name[1].lower(), parameters))
        comma = _COMMA.match(header, position)
        if comma is None and position < len(header):
            return []
        position = comma.end() if comma else position
    return found
