"""The minutes of a meeting, to read, to print, to approve and to correct."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from node.assembly import meetings, minutes
from node.assembly.minutes import APPROVED, DRAFT, PROPOSED
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem
from node.models import Meeting, Member, Minutes
from node.texts import render as from_markdown
from node.web import meeting_words, printing, reading
from node.web.forms import Form, form, see_other
from node.web.page import page, render
from node.web.security import myself, signed_in


async def show(request: Request) -> Response:
    """Show the newest version that was proposed, or the one asked for."""
    return await _page(request, Form({}))


async def approve(request: Request) -> Response:
    """Note that a later meeting found the minutes right."""
    answers, number = await form(request), reading.number(request)
    signed_in(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, meeting = await myself(tx, request), await meetings.by_number(tx, number)
            if not answers.text("at"):
                raise Invalid(Problem("at", "meeting-missing", {}))
            at = await meetings.by_number(tx, reading.row_number(answers.text("at")))
            await minutes.approve(tx, meeting, at=at, by=me)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return see_other(f"/e/{number}/compte-rendu", "notice.minutes-approved")


async def correct(request: Request) -> Response:
    """Open another version, with the reason for it."""
    answers, number = await form(request), reading.number(request)
    signed_in(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, meeting = await myself(tx, request), await meetings.by_number(tx, number)
            await minutes.correct(tx, meeting, by=me, reason=answers["reason"])
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return see_other(f"/e/{number}/compte-rendu/ecrire")


async def paper(request: Request) -> Response:
    """Show the minutes as they are printed, with room for signatures."""
    written = await _paper(request)
    return HTMLResponse(written, headers={"Cache-Control": "private, no-store"})


async def as_pdf(request: Request) -> Response:
    """Hand out the minutes as a PDF; without the extra, the page to be printed."""
    number = reading.number(request)
    if not printing.is_available():
        return RedirectResponse(f"/e/{number}/compte-rendu/imprimer", 303)
    written = await _paper(request, style=printing.STYLE)
    async with request.app.state.node.one_at_a_time("minutes-pdf"):
        made = await printing.pdf(written)
    headers = {
        "Content-Disposition": f'attachment; filename="compte-rendu-{number}.pdf"',
        "Cache-Control": "private, no-store",
    }
    return Response(made, media_type="application/pdf", headers=headers)


def as_read(record: Mapping[str, Any], request: Request, *, with_names: bool) -> dict[str, Any]:
    """Return what minutes record, ready to be read: names only for those who may see them."""
    people = {"present", "excused", "represented", "visitors", "left"}
    return {
        **record,
        **{f"{name}_count": len(record[name]) for name in people},
        "names": {name: record[name] for name in people} if with_names else None,
        "quorum_said": meeting_words.quorum(record["quorum"], request),
        "left": [
            {**one, "at": datetime.fromisoformat(one["at"])} if with_names else {}
            for one in record["left"]
        ],
        "began_at": datetime.fromisoformat(record["starts_at"]),
        "opening": reading.ours(from_markdown(record["opening"])),
        "closing": reading.ours(from_markdown(record["closing"])),
        "items": [
            {**item, "notes": reading.ours(from_markdown(item["notes"]))}
            for item in record["items"]
        ],
        "next_at": record["next"] and datetime.fromisoformat(record["next"]["starts_at"]),
    }


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    member = request.state.member
    async with request.app.state.node.database.read() as tx:
        meeting, found = await _found(tx, request)
        latest = await minutes.latest(tx, meeting)
        may_run = meetings.may_run(meeting, member, latest)
        approving = await _approving(tx, meeting, found, member)
        listed = [one for one in await minutes.versions(tx, meeting) if one.state != DRAFT]
        approved_in = await _meeting(tx, found.approved_in_id if found else None)
    draft = latest if latest is not None and latest.state == DRAFT else None
    return await page(
        request,
        "minutes.html",
        status=422 if problems else 200,
        call=meeting.call,
        minutes=found,
        said=as_read(found.record, request, with_names=member is not None) if found else None,
        versions=listed,
        is_latest=bool(found and listed and found.id == listed[0].id),
        approved_in=approved_in,
        approving=[(str(one.call.number), meeting_words.named(one, request)) for one in approving],
        may_run=may_run,
        draft=draft,
        makes_pdf=printing.is_available(),
        uri=f"{request.state.assembly.origin}/e/{meeting.call.number}/compte-rendu",
        qr=reading.qr(f"{request.state.assembly.origin}/e/{meeting.call.number}/compte-rendu"),
        values=values,
        problems=problems,
    )


async def _found(tx: Transaction, request: Request) -> tuple[Meeting, Minutes | None]:
    meeting = await meetings.by_number(tx, reading.number(request))
    asked = request.query_params.get("version")
    number = reading.row_number(asked) if asked else None
    return meeting, await minutes.shown(tx, meeting, number)


async def _approving(
    tx: Transaction, meeting: Meeting, found: Minutes | None, member: Member | None
) -> list[Meeting]:
    """Return the later meetings that have begun and that this member may speak for."""
    if found is None or found.state != PROPOSED or member is None:
        return []
    later = [one for one in await meetings.near(tx, meeting) if meetings.has_begun(one)]
    return [one for one in later if meetings.may_run(one, member)]


async def _meeting(tx: Transaction, meeting_id: int | None) -> Meeting | None:
    return await tx.get(Meeting, meeting_id) if meeting_id else None


async def _paper(request: Request, *, style: str = "") -> str:
    async with request.app.state.node.database.read() as tx:
        meeting, found = await _found(tx, request)
        if found is None:
            raise NotFound("these minutes are not written yet", code="minutes-not-written")
        approved_in = await _meeting(tx, found.approved_in_id)
    with_names = request.state.member is not None
    return render(
        request,
        "minutes_paper.html",
        call=meeting.call,
        minutes=found,
        said=as_read(found.record, request, with_names=with_names),
        approved_in=approved_in,
        is_approved=found.state == APPROVED,
        style=style,
        sheet_url=printing.SHEET_URL,
        uri=f"{request.state.assembly.origin}/e/{meeting.call.number}/compte-rendu",
    )


routes = [
    Route("/e/{n:int}/compte-rendu", show),
    Route("/e/{n:int}/compte-rendu/imprimer", paper),
    Route("/e/{n:int}/compte-rendu.pdf", as_pdf),
    Route("/e/{n:int}/compte-rendu/approuver", approve, methods=["POST"]),
    Route("/e/{n:int}/compte-rendu/corriger", correct, methods=["POST"]),
]
