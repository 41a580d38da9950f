"""Writing what became of a decision: who carries it out, by when, what was done."""

from datetime import date

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import decisions, follow_ups
from node.errors import Invalid, NotNow, Problem, Refusal
from node.models import Decision
from node.web import reading
from node.web.decision import followed
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in
from node.web.typed import read_day

_DONE = {"yes": True, "no": False}


async def ask(request: Request) -> Response:
    """Ask for the next line."""
    return await _asking(request, Form({}))


async def add(request: Request) -> Response:
    """Add the line; lines that stand there are never changed."""
    answers, number = await form(request), reading.number(request)
    due_on, review_on = _day(answers, "due_on"), _day(answers, "review_on")
    try:
        if answers.problems:
            raise Invalid(*answers.problems)
        async with request.app.state.node.database.transaction() as tx:
            await follow_ups.add(
                tx,
                await decisions.by_number(tx, number),
                by=await myself(tx, request),
                text=answers["text"],
                holder=answers.text("holder") or None,
                due_on=due_on,
                review_on=review_on,
                is_done=_DONE.get(answers["done"]),
            )
    except Invalid as error:
        return await _asking(request, answers, *error.problems)
    return see_other(f"/d/{number}#suite", "notice.follow-up-added")


def _day(answers: Form, name: str) -> date | None:
    """Return a day, or None; note a problem when it cannot be read."""
    found = read_day(answers[name])
    if found is None and answers.text(name):
        answers.problems.append(Problem(name, "date-malformed", {}))
    return found


async def _followable(request: Request) -> tuple[Decision, dict[str, object]]:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        decision = await decisions.by_number(tx, reading.number(request))
        if not follow_ups.may_follow_up(decision, member):
            raise Refusal(f"{member.handle} does not carry it", code="not-the-carrier")
        if await decisions.superseding(tx, decision) is not None:
            raise NotNow(f"{decision.label} was corrected", code="decision-superseded")
        lines = await follow_ups.listed(tx, decision)
    return decision, followed(request.state.words, decision, lines)


async def _asking(request: Request, values: Form, *problems: Problem) -> Response:
    decision, known = await _followable(request)
    return await page(
        request,
        "follow_up.html",
        status=422 if problems else 200,
        decision=decision,
        values=values,
        problems=problems,
        **known,
    )


routes = [
    Route("/d/{n:int}/suite", ask),
    Route("/d/{n:int}/suite", add, methods=["POST"]),
]
