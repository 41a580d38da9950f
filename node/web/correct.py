"""Correcting a decision: another one takes its place, with the reason; the first stays readable."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import corrections, decisions
from node.assembly.corrections import Correction
from node.errors import Invalid, NotNow, Problem
from node.models import Decision
from node.web import reading, register_words
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import in_charge, myself
from node.web.typed import read_day

_FIELDS = ("reason", "statement", "minority", "tolerated", "review_on")


async def ask(request: Request) -> Response:
    """Show what the decision says, to be corrected."""
    decision = await _correctable(request)
    values = filled(
        statement=decision.statement,
        minority=decision.minority,
        tolerated="\n".join(decision.tolerated),
        review_on=decision.review_on or "",
        **{_field(code): count for code, count in decision.tally.items()},
    )
    return await _asking(request, decision, values)


async def correct(request: Request) -> Response:
    """Show what will be entered, then enter it."""
    answers, decision = await form(request), await _correctable(request)
    correction = _read(decision, answers)
    try:
        if answers.problems:
            raise Invalid(*answers.problems)
        corrections.check(decision, correction)
        if answers["step"] != "enter":
            is_check = answers["step"] == "check"
            return await _asking(request, decision, answers, is_check=is_check)
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            old = await decisions.by_number(tx, decision.number)
            new = await corrections.correct(tx, old, me, correction)
    except Invalid as error:
        return await _asking(request, decision, answers, *error.problems)
    return see_other(f"/d/{new.number}", "notice.decision-corrected")


def _read(decision: Decision, answers: Form) -> Correction:
    """Return the correction that was typed; figures only when one of them is another."""
    review_on = read_day(answers["review_on"]) if answers.text("review_on") else None
    if answers.text("review_on") and review_on is None:
        answers.problems.append(Problem("review_on", "date-malformed", {}))
    tally = {}
    if corrections.may_recount(decision):
        typed = {code: answers.number(_field(code)) for code in decision.tally}
        tally = {code: count for code, count in typed.items() if count is not None}
        tally = {} if all(decision.tally[code] == tally.get(code) for code in tally) else tally
    return Correction(
        reason=answers["reason"],
        statement=answers["statement"],
        minority=answers["minority"],
        tolerated=[line for line in answers["tolerated"].splitlines() if line.strip()],
        review_on=review_on,
        tally=tally,
    )


async def _correctable(request: Request) -> Decision:
    in_charge(request)
    async with request.app.state.node.database.read() as tx:
        decision = await decisions.by_number(tx, reading.number(request))
        if await decisions.superseding(tx, decision) is not None:
            raise NotNow(f"{decision.label} was corrected before", code="decision-superseded")
    return decision


async def _asking(
    request: Request, decision: Decision, values: Form, *problems: Problem, is_check: bool = False
) -> Response:
    words: Any = request.state.words
    names = register_words.names(decision.vote.options if decision.vote else ())
    review_on = read_day(values["review_on"])
    figures = [(_field(code), register_words.choice(code, words, names)) for code in decision.tally]
    return await page(
        request,
        "correct.html",
        status=422 if problems else 200,
        decision=decision,
        values=values,
        problems=problems,
        is_check=is_check,
        figures=figures if corrections.may_recount(decision) else [],
        fields=[*_FIELDS, *(name for name, _ in figures)],
        review_on=register_words.day(review_on, words) if review_on else "",
        verdict=_verdict(decision, values, words) if is_check else "",
    )


def _verdict(decision: Decision, values: Form, words: Any) -> str:
    """Say what follows from the corrected figures."""
    found = corrections.verdict(decision, _read(decision, values).tally)
    outcome = words(f"outcome.{found.reason or found.outcome}")
    return f"{outcome} ({found.explanation})" if found.explanation else ""


def _field(code: str) -> str:
    return f"tally-{code}"


routes = [
    Route("/d/{n:int}/corriger", ask),
    Route("/d/{n:int}/corriger", correct, methods=["POST"]),
]
