"""The figures of a room: who is there, hands or paper, signed by two scrutineers."""

import re

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import proposals, votes
from node.assembly.voting import room, sheets
from node.assembly.voting.sheets import Sheet
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.models import Actor, Member, Voter
from node.web import reading
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

_COUNTABLE = ("position", "one")


async def show(request: Request) -> Response:
    """Show the figures to be entered, or to be confirmed by somebody else."""
    return await _page(request, Form({}))


async def enter(request: Request) -> Response:
    """Enter the figures, confirm them, or take unconfirmed ones back."""
    answers, number = await form(request), reading.number(request)
    step = answers["step"]
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            vote = await votes.on(tx, await proposals.by_number(tx, number))
            if step == "confirm":
                await room.confirm(tx, vote, by=me)
            elif step == "drop":
                await room.drop(tx, vote, by=me)
            else:
                sheet = await sheets.of(tx, vote)
                figures = _figures(sheet, answers)
                present = await _present(tx, sheet, answers["present"])
                kind = answers.text("kind")
                await room.enter(tx, vote, by=me, present=present, figures=figures, kind=kind)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    done = {"confirm": "confirmed", "drop": "dropped"}.get(step, "entered")
    return see_other(f"/p/{number}/salle", f"notice.room-{done}")


def _figures(sheet: Sheet, answers: Form) -> dict[str, int]:
    """Read one number for each answer."""
    asking = sheet.asking
    answers.problems.clear()
    found = {}
    for code in asking.codes:
        number = answers.number(f"count-{code}")
        if number:
            found[asking.written(code)] = number
    if answers.problems:
        raise Invalid(*answers.problems)
    return found


async def _present(tx: Transaction, sheet: Sheet, typed: str) -> list[int]:
    """Return the members on the roll that are named, one a line, by handle or by name."""
    wanted = [line.strip().lstrip("@") for line in re.split(r"[\n,;]", typed) if line.strip()]
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


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    me = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        sheet = await sheets.about(tx, reading.number(request))
        entered = await room.entered(tx, sheet.vote_id)
        people = await room.people(tx, sheet.vote_id)
        who = (
            [
                member.name
                for number in (entered.entered_by_id, entered.confirmed_by_id)
                if number and (member := await tx.get(Member, number))
            ]
            if entered
            else []
        )
    if sheet.asking.method.ballot.name not in _COUNTABLE:
        raise NotNow("hands cannot be counted for such answers", code="room-cannot-count")
    return await page(
        request,
        "vote_room.html",
        status=422 if problems else 200,
        vote=sheet,
        entered=entered,
        people=people,
        signed=who,
        is_mine=entered is not None and entered.entered_by_id == me.id,
        names=_names(request, sheet),
        kept={sheet.asking.written(code): code for code in sheet.asking.codes},
        values=values,
        problems=problems,
    )


def _names(request: Request, sheet: Sheet) -> dict[str, str]:
    if sheet.options:
        return {one["code"]: one["text"] for one in sheet.options}
    words = request.state.words
    return {code: words(f"choice.{code}") for code in sheet.asking.codes}


routes = [
    Route("/p/{n:int}/salle", show),
    Route("/p/{n:int}/salle", enter, methods=["POST"]),
]
