"""Calendars for other programs (RFC 5545): everything of the agenda, or one call or meeting."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import calls, timelines
from node.assembly.timelines import ProposalLine
from node.models import Assembly, Call, State
from node.texts import plain, readable
from node.web import meeting_words, reading
from node.words import Words

_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_LASTS = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of a calendar, in plain words and UTC."""

    uid: str
    stamp: datetime
    starts_at: datetime
    title: str
    ends_at: datetime | None = None
    text: str = ""
    place: str = ""
    url: str = ""
    sequence: int = 0
    is_cancelled: bool = False
    alarm: str = ""


async def everything(request: Request) -> Response:
    """Give every call, and the closing of every open vote."""
    assembly, words = request.state.assembly, request.state.words
    async with request.app.state.node.database.read() as tx:
        listed = [*await calls.upcoming(tx), *await calls.past(tx)]
        votes = [line for line in await timelines.open_now(tx) if line.vote_closes_at]
    entries = [_of_call(call, assembly, words) for call in listed]
    entries += [_of_vote(line, assembly, words) for line in votes]
    return _answer(write(assembly.name, entries), "agenda")


async def one(request: Request) -> Response:
    """Give one call, also when it is cancelled, so that calendars learn of it."""
    number = reading.number(request)
    async with request.app.state.node.database.read() as tx:
        call = await calls.by_number(tx, number)
    entry = _of_call(call, request.state.assembly, request.state.words)
    return _answer(write(call.title, [entry]), f"appel-{number}")


def write(name: str, entries: Iterable[Entry]) -> str:
    """Write a calendar: lines ended by CR LF, folded at 75 bytes, every value escaped (D3)."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Palabre//Palabre//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(name)}",
    ]
    for entry in entries:
        lines += _event(entry)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold(line)}\r\n" for line in lines)


def escape(text: str) -> str:
    """Write a value so that it stays one value, whatever somebody typed."""
    return readable(text).strip().translate(_ESCAPED).replace("\t", " ")


def fold(line: str) -> str:
    """Break a line after 75 bytes, never inside a character."""
    pieces, size = [""], 0
    for letter in line:
        width = len(letter.encode())
        if size + width > (75 if len(pieces) == 1 else 74):
            pieces.append("")
            size = 0
        pieces[-1] += letter
        size += width
    return "\r\n ".join(pieces)


def _event(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escape(entry.uid)}"
    yield f"DTSTAMP:{_utc(entry.stamp)}"
    yield f"LAST-MODIFIED:{_utc(entry.stamp)}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"STATUS:{'CANCELLED' if entry.is_cancelled else 'CONFIRMED'}"
    yield f"DTSTART:{_utc(entry.starts_at)}"
    yield f"DTEND:{_utc(entry.ends_at or entry.starts_at + _LASTS)}"
    yield f"SUMMARY:{escape(entry.title)}"
    if entry.text:
        yield f"DESCRIPTION:{escape(entry.text)}"
    if entry.place:
        yield f"LOCATION:{escape(entry.place)}"
    if entry.url:
        yield f"URL:{re.sub(r'[^!-~]', '', entry.url)}"
    if entry.alarm:
        yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P1D")
        yield f"DESCRIPTION:{escape(entry.alarm)}"
        yield "END:VALARM"
    yield "END:VEVENT"


def _of_call(call: Call, assembly: Assembly, words: Words) -> Entry:
    address = ", ".join(
        part
        for part in (
            call.place_name,
            call.street,
            f"{call.postal_code} {call.locality}".strip(),
            call.online_url or "",
        )
        if part
    )
    text = f"{plain(call.content)}\n\n{call.how_to_join}{_of_meeting(call, assembly, words)}"
    if call.cancelled_at is not None:
        text = f"{words('calendar.cancelled', reason=call.cancelled_because)}\n\n{text}"
    return Entry(
        uid=f"e-{call.number}@{assembly.actor.domain}",
        stamp=call.changed_at,
        starts_at=call.starts_at,
        ends_at=call.ends_at,
        title=call.title,
        text=text,
        place=address,
        url=f"{assembly.origin}/e/{call.number}",
        sequence=call.sequence,
        is_cancelled=call.cancelled_at is not None,
    )


def _of_meeting(call: Call, assembly: Assembly, words: Words) -> str:
    """Return access, order of the day and, once they can be read, where the minutes are."""
    meeting, said = call.meeting, ""
    if meeting is None:
        return said
    if meeting.access:
        said += f"\n\n{words('meeting.access-line', text=meeting.access)}"
    if meeting.items:
        points = [
            f"{place}. {meeting_words.point(item, words)}"
            for place, item in enumerate(meeting.items, start=1)
        ]
        said += "\n\n" + "\n".join([words("meeting.agenda"), *points])
    if meeting.minutes_at is not None:
        url = f"{assembly.origin}/e/{call.number}/compte-rendu"
        said += f"\n\n{words('meeting.minutes-at', url=url)}"
    return said


def _of_vote(line: ProposalLine, assembly: Assembly, words: Words) -> Entry:
    """The end of a vote, with an alarm a day before; one on an amendment is another event."""
    closes_at = line.vote_closes_at or clock.now()
    what = "amendement" if line.state is State.FROZEN else "vote"
    title = words(f"calendar.{what}-closes", title=line.title)
    return Entry(
        uid=f"p-{line.number}-{what}@{assembly.actor.domain}",
        stamp=line.changed_at,
        starts_at=closes_at,
        ends_at=closes_at,
        title=title,
        alarm=title,
        url=f"{assembly.origin}/p/{line.number}",
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _answer(calendar: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'inline; filename="{name}.ics"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language",
    }
    return Response(calendar, headers=headers, media_type="text/calendar")


routes = [Route("/agenda.ics", everything), Route("/e/{n:int}.ics", one)]
