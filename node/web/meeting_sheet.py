"""The attendance sheet of a meeting: filled in on a screen, thirty at a time, or on paper."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from node.assembly import assemblies, attendance, meetings, minutes_record
from node.assembly.meetings import PRESENT, REPRESENTED
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem
from node.models import Attendee, Meeting, Member
from node.web import meeting_words, printing, reading
from node.web.forms import Form, form, see_other
from node.web.page import page, render
from node.web.security import myself, signed_in
from node.web.typed import read_time

_AT_A_TIME = 30
_KNOWN = re.compile(r"([0-9]{1,18})=(\w{1,12})")


async def show(request: Request) -> Response:
    """Show the members of one part of the list, those represented, and the visitors."""
    return await _page(request, Form({}))


async def act(request: Request) -> Response:
    """Keep what was ticked or written in one form of the page, then show the page again."""
    answers, number = await form(request), reading.number(request)
    signed_in(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, meeting = await myself(tx, request), await meetings.by_number(tx, number)
            await _do(tx, request, meeting, me, answers)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    part = answers.number("next") or 1
    anchor = {
        "represent": "#pouvoirs",
        "welcome": "#visites",
        "leave": "#departs",
        "stay": "#departs",
    }.get(answers["act"], "")
    notice = "notice.sheet-kept" if answers["act"] == "note" else None
    return see_other(f"/e/{number}/emargement?partie={part}{anchor}", notice)


async def paper(request: Request) -> Response:
    """Show everybody with room for a signature, for the table at the door."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        meeting = await meetings.by_number(tx, reading.number(request))
        await meetings.must_run(tx, meeting, member)
        people = await meetings.electorate(tx, meeting)
        lines = await attendance.sheet(tx, meeting)
    known = {one.member_id: one for one in lines if one.member_id}
    written = render(
        request,
        "meeting_sheet_paper.html",
        call=meeting.call,
        sheet_url=printing.SHEET_URL,
        people=[(one.name, known[one.id].presence if one.id in known else "") for one in people],
        visitors=[one.name for one in lines if one.member_id is None],
        asks=meeting_words.asks(meeting),
        needed=meeting.quorum_required,
    )
    return HTMLResponse(written, headers={"Cache-Control": "private, no-store"})


async def _do(
    tx: Transaction, request: Request, meeting: Meeting, me: Member, answers: Form
) -> None:
    does = answers["act"]
    if does == "note":
        await attendance.note(tx, meeting, changed(answers), by=me)
    elif does == "represent":
        giver = await attendance.named(tx, meeting, answers["giver"], "giver")
        holder = await attendance.named(tx, meeting, answers["holder"], "holder")
        await attendance.represent(tx, meeting, giver=giver, holder=holder, by=me)
    elif does == "leave":
        who = await attendance.named(tx, meeting, answers["who"], "who")
        await attendance.leave(tx, meeting, who=who, at=_left_at(request, meeting, answers), by=me)
    elif does == "stay":
        who = await attendance.named(tx, meeting, answers["who"], "who")
        await attendance.leave(tx, meeting, who=who, at=None, by=me)
    elif does == "welcome":
        await attendance.welcome(tx, meeting, name=answers["name"], by=me)
    elif does == "strike":
        await attendance.strike(tx, meeting, reading.row_number(answers["line"]), by=me)
    else:
        raise NotFound("there is no such button")


def _left_at(request: Request, meeting: Meeting, answers: Form) -> datetime:
    """Return the moment of an hour during the meeting, past midnight too."""
    hour = read_time(answers["left_at"])
    if hour is None:
        raise Invalid(Problem("left_at", "time-malformed", {}))
    zone = assemblies.zone(request.state.assembly)
    began = meeting.call.starts_at
    moment = datetime.combine(began.astimezone(zone).date(), hour, zone)
    return moment if moment >= began else moment + timedelta(days=1)


def changed(answers: Form) -> dict[int, str]:
    """Return what was ticked otherwise than it stood when the page was shown.

    So two people at two doors do not undo each other's ticks.
    """
    before = {int(one): word for one, word in _KNOWN.findall(answers["before"])}
    ticked = {
        int(name[2:]): presence
        for name, presence in answers.items()
        if re.fullmatch(r"m-[0-9]{1,18}", name)
    }
    return {one: word for one, word in ticked.items() if word != before.get(one, "")}


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        meeting = await meetings.by_number(tx, reading.number(request))
        await meetings.must_run(tx, meeting, member)
        people = await meetings.electorate(tx, meeting)
        lines = await attendance.sheet(tx, meeting)
        quorum = await minutes_record.quorum(tx, meeting)
    return await page(
        request,
        "meeting_sheet.html",
        status=422 if problems else 200,
        meeting=meeting,
        call=meeting.call,
        quorum=meeting_words.quorum(quorum, request) if quorum else "",
        quorum_met=quorum["met"] if quorum else None,
        electorate=len(people),
        values=values,
        problems=problems,
        **_part(people, lines, reading.asked_number(request, "partie") or 1),
        **_others(lines),
    )


def _part(people: Sequence[Member], lines: Sequence[Attendee], part: int) -> dict[str, Any]:
    """Return one part of the members, with where they stand, and the parts there are."""
    known = {one.member_id: one for one in lines if one.member_id}
    parts = [people[start : start + _AT_A_TIME] for start in range(0, len(people), _AT_A_TIME)]
    part = max(1, min(part, len(parts)))
    rows = parts[part - 1] if parts else []
    return {
        "rows": [(one, known[one.id].presence if one.id in known else "") for one in rows],
        "before": " ".join(f"{one.id}={known[one.id].presence}" for one in rows if one.id in known),
        "part": part,
        "next_part": part + 1 if part < len(parts) else part,
        "parts": [
            (number, some[0].name, some[-1].name) for number, some in enumerate(parts, start=1)
        ],
    }


def _others(lines: Sequence[Attendee]) -> dict[str, Any]:
    names = {one.member_id: one.name for one in lines if one.member_id}
    present = [one for one in lines if one.member_id and one.presence == PRESENT]
    left = [one for one in present if one.left_at is not None]
    represented = [one for one in lines if one.presence == REPRESENTED]
    return {
        "present_count": len(present) - len(left),
        "left": left,
        "represented": [(one, names.get(one.holder_id or 0, "")) for one in represented],
        "visitors": [one for one in lines if one.member_id is None],
        "here": [one.name for one in present if one.left_at is None][:150],
    }


routes = [
    Route("/e/{n:int}/emargement", show),
    Route("/e/{n:int}/emargement", act, methods=["POST"]),
    Route("/e/{n:int}/emargement/imprimer", paper),
]
