"""The figures of a room: who is there, hands or paper, signed by two scrutineers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response

from node.assembly import meetings
from node.assembly.voting import room, seats, secret, sheets
from node.assembly.voting.sheets import Sheet
from node.database import Transaction
from node.errors import Invalid, Problem
from node.models import Actor, Member, RoomCount, Vote, Voter
from node.web import ballot_at, ballot_forms, ballot_stacks, ballot_words, meeting_words, reading
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in


async def show(request: Request) -> Response:
    """Show the figures to be entered, or to be confirmed by somebody else."""
    return await _page(request, None)


async def act(request: Request) -> Response:
    """Do what one button says; building the stacks of paper ballots only changes the form."""
    answers = await form(request)
    signed_in(request)
    step = answers["step"]
    try:
        if step == "add" or step.startswith("remove-"):
            return await _restack(request, answers)
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            vote = await ballot_at.vote(tx, request)
            await _do(tx, request, vote, me, answers)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    done = {"confirm": "confirmed", "drop": "dropped", "meeting": "meeting"}.get(step, "entered")
    return see_other(f"{ballot_at.path(request)}/salle", f"notice.room-{done}")


async def _do(tx: Transaction, request: Request, vote: Vote, me: Member, answers: Form) -> None:
    step = answers["step"]
    if step == "confirm":
        await room.confirm(tx, vote, by=me)
    elif step == "drop":
        await room.drop(tx, vote, by=me)
    elif step == "meeting":
        meeting = await meetings.by_number(tx, reading.row_number(answers["meeting"]))
        await seats.attach(tx, vote, meeting, by=me)
    else:
        sheet = await sheets.of(tx, vote)
        if ballot_stacks.are_needed(sheet.asking):
            figures = ballot_stacks.read(sheet.asking, answers)
        else:
            figures = ballot_stacks.counted(request.state.words, sheet.asking, answers)
        present = await _present(tx, sheet, answers["present"])
        kind = room.PAPER if room.why_no_hands(vote) else answers.text("kind")
        await room.enter(tx, vote, by=me, present=present, figures=figures, kind=kind)


async def _restack(request: Request, answers: Form) -> Response:
    async with request.app.state.node.database.read() as tx:
        sheet = await ballot_at.sheet(tx, request)
    stacks, step = ballot_stacks.read(sheet.asking, answers), answers["step"]
    if step == "add":
        stacks = ballot_stacks.add(sheet.asking, stacks, answers)
    else:
        stacks = ballot_stacks.remove(stacks, step.removeprefix("remove-"))
    kept = filled(present=answers["present"], stacks=ballot_stacks.written(stacks))
    return await _page(request, kept)


async def _present(tx: Transaction, sheet: Sheet, typed: str) -> list[int]:
    """Return the members on the roll that are named, one a line, by handle or by name."""
    wanted = [line.strip().lstrip("@") for line in typed.splitlines() if line.strip()]
    statement = (
        select(Member.id, Actor.handle, Actor.name)
        .join(Actor, Actor.id == Member.actor_id)
        .join(Voter, Voter.member_id == Member.id)
        .where(Voter.vote_id == sheet.vote_id)
    )
    known: dict[str, list[int]] = {}
    for number, handle, name in (await tx.execute(statement)).all():
        for key in {handle.casefold(), name.casefold()}:
            known.setdefault(key, []).append(number)
    found, problems = [], []
    for one in wanted:
        matching = known.get(one.casefold(), [])
        if len(matching) == 1:
            found.append(matching[0])
        else:
            code = "room-name-unclear" if matching else "room-name-unknown"
            problems.append(Problem("present", code, {"name": one[:80]}))
    if problems:
        raise Invalid(*problems)
    return found


async def _page(request: Request, values: Form | None, *problems: Problem) -> Response:
    me = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        sheet = await ballot_at.sheet(tx, request)
        vote = await ballot_at.vote(tx, request)
        entered = await room.entered(tx, vote.id)
        meeting = await seats.meeting_of(tx, vote.meeting_id)
        expected = await seats.expected(tx, vote)
        handles = await _handles(tx, [one for one, _ in expected.here])
        shown: dict[str, Any] = {
            "people": await room.people(tx, vote.id),
            "represented": await room.represented(tx, vote.id),
            "signed": await _signed(tx, entered),
            "meetings": []
            if meeting
            else await seats.candidates(tx, sheet.number, before=vote.closes_at),
        }
    if values is None:
        values = filled(present="\n".join(handles[one] for one, _ in expected.here))
    return await page(
        request,
        "vote_room.html",
        status=422 if problems else 200,
        vote=sheet,
        entered=entered,
        meeting=meeting,
        meeting_name=lambda one: meeting_words.named(one, request),
        expected=expected,
        is_mine=entered is not None and entered.entered_by_id == me.id,
        no_hands=room.why_no_hands(vote),
        least=secret.LEAST_VOTERS,
        values=values,
        problems=problems,
        **shown,
        **_figures(request, sheet, entered, values),
    )


def _figures(
    request: Request, sheet: Sheet, entered: RoomCount | None, values: Form
) -> dict[str, Any]:
    """Return the figures as they are read, and the fields for those to be entered."""
    words, asking = request.state.words, sheet.asking
    if ballot_stacks.are_needed(asking):
        stacks = ballot_stacks.read(asking, values)
        shown: Mapping[str, int] = entered.figures if entered else stacks
        fields = []
    else:
        listed = ballot_stacks.answers(words, asking)
        stacks, shown = (
            {},
            {kept: (entered.figures if entered else {}).get(kept, 0) for kept in listed},
        )
        fields = [
            (ballot_stacks.field(asking, place, kept), name)
            for place, (kept, name) in enumerate(listed.items())
        ]
    is_entered = entered is not None and entered.confirmed_by_id is not None
    # Beside the result, the room's own figures would say what the few who voted online answered.
    is_hidden = sheet.is_secret or (sheet.hides_results and sheet.closed_at is None)
    return {
        "lines": ballot_stacks.said(words, asking, shown),
        "is_hidden": is_entered and is_hidden,
        "stacks": ballot_stacks.written(stacks),
        "fields": fields,
        "kind": asking.method.ballot.name,
        "codes": asking.codes,
        "grades": ballot_forms.grades(asking),
        "grade": lambda code: ballot_words.grade(words, code),
        "limits": ballot_forms.limits(asking),
    }


async def _signed(tx: Transaction, entered: RoomCount | None) -> list[str]:
    numbers = (entered.entered_by_id, entered.confirmed_by_id) if entered else ()
    found = [await tx.get(Member, number) for number in numbers if number]
    return [one.name for one in found if one is not None]


async def _handles(tx: Transaction, here: list[int]) -> dict[int, str]:
    """Return how each is written on the sheet: by name, by handle too where two share one."""
    found = await tx.all(select(Member).where(Member.id.in_(here)))
    names = [one.name.casefold() for one in found]
    return {
        one.id: one.name if names.count(one.name.casefold()) == 1 else f"@{one.handle}"
        for one in found
    }


routes = [
    *ballot_at.doors("salle", show),
    *ballot_at.doors("salle", act, "POST"),
]
