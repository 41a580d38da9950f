"""Writing the minutes: begun by somebody in charge, kept by a secretary, then proposed."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import attendance, decided, meetings, minutes, minutes_record
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem
from node.models import Meeting, Member, Minutes
from node.web import meeting_words, reading
from node.web.forms import Form, filled, form, see_other
from node.web.minutes import as_read
from node.web.page import page
from node.web.security import myself, signed_in


async def show(request: Request) -> Response:
    """Show the draft, or ask who keeps the minutes when nobody does yet."""
    return await _page(request)


async def begin(request: Request) -> Response:
    """Start the minutes with a secretary: the person named, or who presses the button."""
    answers, number = await form(request), reading.number(request)
    signed_in(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, meeting = await myself(tx, request), await meetings.by_number(tx, number)
            written = answers.text("secretary")
            named = await attendance.named(tx, meeting, written, "secretary") if written else me
            await minutes.begin(tx, meeting, by=me, secretary=named)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return see_other(f"/e/{number}/compte-rendu/ecrire")


async def write(request: Request) -> Response:
    """Keep the draft; then show it again, or show it as it will be read."""
    answers, number = await form(request), reading.number(request)
    signed_in(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, meeting = await myself(tx, request), await meetings.by_number(tx, number)
            await _keep(tx, meeting, me, answers)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    if answers["step"] == "check":
        return see_other(f"/e/{number}/compte-rendu/relire")
    return see_other(f"/e/{number}/compte-rendu/ecrire", "notice.minutes-kept")


async def check(request: Request) -> Response:
    """Show the draft as it will be read, before it is proposed."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        meeting = await meetings.by_number(tx, reading.number(request))
        draft = await _draft(tx, meeting, member)
        if draft is None:
            raise NotFound("there is no draft", code="minutes-not-written")
        record = await minutes_record.of(tx, meeting, draft)
    return await page(
        request,
        "minutes_check.html",
        call=meeting.call,
        draft=draft,
        said=as_read(record, request, with_names=True),
        has_begun=meetings.has_begun(meeting),
    )


async def propose(request: Request) -> Response:
    """Propose the draft as it was read over."""
    await form(request)
    number = reading.number(request)
    signed_in(request)
    async with request.app.state.node.database.transaction() as tx:
        me, meeting = await myself(tx, request), await meetings.by_number(tx, number)
        await minutes.propose(tx, meeting, by=me)
    return see_other(f"/e/{number}/compte-rendu", "notice.minutes-proposed")


async def _keep(tx: Transaction, meeting: Meeting, me: Member, answers: Form) -> None:
    ids = [item.id for item in meeting.items]
    following = answers.number("next")
    if answers.problems:
        raise Invalid(*answers.problems)
    await minutes.write(
        tx,
        meeting,
        by=me,
        opening=answers["opening"],
        closing=answers["closing"],
        notes={one: answers[f"notes-{one}"] for one in ids if f"notes-{one}" in answers},
        taken={one: answers[f"decision-{one}"] for one in ids if f"decision-{one}" in answers},
        next_number=following,
    )


async def _draft(tx: Transaction, meeting: Meeting, member: Member) -> Minutes | None:
    await meetings.must_run(tx, meeting, member)
    found = await minutes.latest(tx, meeting)
    if found is not None and found.state != minutes.DRAFT:
        raise NotNow("the minutes are proposed", code="minutes-are-proposed")
    return found


async def _page(request: Request, typed: Form | None = None, *problems: Problem) -> Response:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        meeting = await meetings.by_number(tx, reading.number(request))
        draft = await _draft(tx, meeting, member)
        quorum = await minutes_record.quorum(tx, meeting)
        around: dict[str, Any] = {
            "sheet_count": len(await attendance.sheet(tx, meeting)),
            "following": await meetings.near(tx, meeting),
            "found": await _labelled(tx, await minutes_record.decisions_found(tx, meeting)),
        }
        values = typed or await _as_kept(tx, meeting, draft)
    words = request.state.words
    return await page(
        request,
        "minutes_write.html" if draft else "minutes_begin.html",
        status=422 if problems else 200,
        meeting=meeting,
        call=meeting.call,
        draft=draft,
        points={item.id: meeting_words.point(item, words) for item in meeting.items},
        quorum=meeting_words.quorum(quorum, request) if quorum else "",
        me=member,
        values=values,
        problems=problems,
        **around,
    )


async def _as_kept(tx: Transaction, meeting: Meeting, draft: Minutes | None) -> Form:
    if draft is None:
        return Form({})
    following = await tx.get(Meeting, draft.next_id) if draft.next_id else None
    fields: dict[str, Any] = {
        "opening": draft.opening,
        "closing": draft.closing,
        "next": following.call.number if following else None,
    }
    taken = {one.id: one.decision_number for one in meeting.items if one.decision_number}
    written = await _labelled(tx, taken)
    for item in meeting.items:
        fields |= {f"notes-{item.id}": item.notes, f"decision-{item.id}": written.get(item.id)}
    return filled(**fields)


async def _labelled(tx: Transaction, taken: Mapping[int, int]) -> dict[int, str]:
    """Return what people call the decision on each point."""
    labels = await decided.labels(tx, set(taken.values()))
    return {point: labels[number] for point, number in taken.items()}


routes = [
    Route("/e/{n:int}/compte-rendu/ecrire", show),
    Route("/e/{n:int}/compte-rendu/ecrire", write, methods=["POST"]),
    Route("/e/{n:int}/compte-rendu/commencer", begin, methods=["POST"]),
    Route("/e/{n:int}/compte-rendu/relire", check),
    Route("/e/{n:int}/compte-rendu/relire", propose, methods=["POST"]),
]
