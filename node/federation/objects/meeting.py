"""What the announcement of a meeting says besides that of a call (wire.md, 5.6)."""

import html

from node.activitypub import uris
from node.activitypub.document import Document
from node.federation.objects import common
from node.models import Assembly, Meeting


def part(meeting: Meeting, origin: str) -> Document:
    """Write our one property: the proposals on the order of the day, and how many must come."""
    numbers = [item.proposal_number for item in meeting.items]
    written: Document = {
        "v": 1,
        "kind": "meeting",
        "agenda": [uris.proposal(origin, number) for number in numbers if number],
        "remoteVoting": meeting.remote_voting,
    }
    if meeting.quorum_required is not None:
        written["quorumRequired"] = meeting.quorum_required
    return written


def in_words(meeting: Meeting, assembly: Assembly) -> str:
    """Write access and order of the day as HTML: others show words and not our property."""
    words = common.spoken(assembly)
    written = common.paragraph(meeting.access) if meeting.access else ""
    if not meeting.items:
        return written
    titles = [
        words("meeting.item-approval", title=item.title) if item.approves_id else item.title
        for item in meeting.items
    ]
    points = "".join(f"<li>{html.escape(title, quote=False)}</li>" for title in titles)
    return f"{written}{common.headline(words('meeting.agenda'))}<ol>{points}</ol>"
