"""A call for participation, or a meeting, as an event (wire.md, 5.6; FEP-8a8e; Mobilizon)."""

from node import clock
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.assembly import assemblies
from node.federation.objects import common
from node.federation.objects import meeting as meeting_object
from node.models import Assembly, Call

_CANCELLED = {"eventStatus": "EventCancelled", "status": "CANCELLED"}
_CONFIRMED = {"eventStatus": "EventScheduled", "status": "CONFIRMED"}


def event(call: Call, coming: int, assembly: Assembly) -> Document:
    """Write a call; its summary says when, where and how to join, since many show nothing else."""
    origin, actor = assembly.origin, assembly.actor
    uri = uris.event(origin, call.number)
    written: Document = {
        "@context": contexts.EVENT_CONTEXT,
        "id": uri,
        "type": "Event",
        "attributedTo": actor.uri,
        "actor": actor.uri,
        **common.public(actor),
        "name": call.title,
        "summary": common.paragraph(summary(call, assembly)),
        **common.in_language(call.language, _content(call, assembly)),
        "startTime": clock.wire(call.starts_at),
        "timezone": assembly.timezone,
        "displayEndTime": call.ends_at is not None,
        "location": _places(call, assembly),
        "organizers": {"type": "Collection", "totalItems": 1, "items": [actor.uri]},
        "attendees": {
            "type": "Collection",
            "id": uris.attendees(origin, call.number),
            "totalItems": coming,
        },
        **(_CANCELLED if call.cancelled_at else _CONFIRMED),
        "joinMode": "none" if call.cancelled_at else "free",
        "externalParticipationUrl": uri,
        "participantCount": coming,
        "category": "MEETING" if call.meeting else "MOVEMENTS_POLITICS",
        "inLanguage": call.language,
        "isOnline": bool(call.online_url),
        "anonymousParticipationEnabled": True,
        "published": clock.wire(call.published_at),
        **common.QUOTABLE,
        "url": uri,
        "assembly": meeting_object.part(call.meeting, origin)
        if call.meeting
        else {"v": 1, "kind": "call"},
    }
    if call.ends_at is not None:
        written["endTime"] = clock.wire(call.ends_at)
    if call.needed is not None:
        written["assembly"]["needed"] = call.needed
    if call.sequence:
        written["updated"] = clock.wire(call.changed_at)
    return written


def summary(call: Call, assembly: Assembly) -> str:
    """Say when, where and how to join, in words."""
    words, zone = common.spoken(assembly), assemblies.zone(assembly)
    place = ", ".join(part for part in (call.place_name, call.street, call.locality) if part)
    key = "wire.call.cancelled" if call.cancelled_at else "wire.call.summary"
    return words(
        key,
        moment=words.moment(call.starts_at, zone),
        place=place or words("wire.call.online"),
        how=call.how_to_join,
        reason=call.cancelled_because,
    )


def _content(call: Call, assembly: Assembly) -> str:
    written = call.content or common.paragraph(call.title)
    return written + meeting_object.in_words(call.meeting, assembly) if call.meeting else written


def _places(call: Call, assembly: Assembly) -> list[Document]:
    """Write where it is; nobody asks for the country, so none is claimed."""
    places: list[Document] = []
    if call.place_name:
        parts = {
            "streetAddress": call.street,
            "addressLocality": call.locality,
            "postalCode": call.postal_code,
        }
        known = {name: part for name, part in parts.items() if part}
        place: Document = {"type": "Place", "name": call.place_name}
        places.append(
            {**place, **({"address": {"type": "PostalAddress", **known}} if known else {})}
        )
    if call.online_url:
        name = common.spoken(assembly)("wire.call.online-place")
        places.append({"type": "VirtualLocation", "name": name, "url": call.online_url})
    return places
