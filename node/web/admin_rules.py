"""Changing the rules, one a page, each with what it changes for the members."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import method, objections, rules, sortition
from node.errors import Invalid, NotFound, Problem
from node.web import rule_words
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import in_charge, myself

_NAMES = {slug: name for name, slug in rule_words.SLUGS.items()}
_NUMBERS = (
    "days", "roll_after_days", "term_months", "proxies_most", "endorsements", "consent_rounds",
)  # fmt: skip
_FLAGS = ("is_secret", "hides_results")
_CHOICES = {
    "second_quorum": rules.SECOND_QUORUMS,
    "poll_when": rules.POLL_BALLOTS,
    "is_secret": ("yes", "no"),
    "hides_results": ("yes", "no"),
    "ties": rules.TIES,
    "draw_mode": sortition.MODES,
    "objections_judge": ("by_size", *objections.JUDGES),
    "consent_fallback": objections.FALLBACKS,
}


async def show(request: Request) -> Response:
    """Show every rule with its value, and a way to change it."""
    in_charge(request)
    async with request.app.state.node.database.read() as tx:
        current = await rules.current(tx)
    sentences = rule_words.sentences(request.state.words, current)
    return await page(request, "admin_rules.html", sentences=sentences, slugs=rule_words.SLUGS)


async def ask(request: Request) -> Response:
    """Ask about one rule, with its present value."""
    in_charge(request)
    name = _name(request)
    async with request.app.state.node.database.read() as tx:
        current = await rules.current(tx)
    return await _page(request, filled(**_typed(name, current)))


async def change(request: Request) -> Response:
    """Change one rule, and write who did it and on which decision it rests."""
    in_charge(request)
    answers, name = await form(request), _name(request)
    try:
        value = _value(name, answers)
        if answers.problems:
            raise Invalid(*answers.problems)
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            decision, why = answers["decision"], answers["why"]
            is_new = await rules.change(tx, name, value, by=me, decision=decision, why=why)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return see_other("/admin/regles", "notice.rule-changed" if is_new else "notice.rule-same")


def _name(request: Request) -> str:
    slug = request.path_params["slug"]
    if slug not in _NAMES:
        raise NotFound(f"there is no rule {slug}")
    return _NAMES[slug]


def _typed(name: str, current: rules.Rules) -> dict[str, object]:
    """Return the present value of a rule as the fields of its form."""
    value = rules.plain(current)[name]
    if name == "methods":
        return {f"m-{one}": "yes" for one in current.allowed_methods}
    if name == "quorum":
        one = value[0] if value else {"kind": "none", "num": 1, "den": 2}
        return {"value": one["kind"], "share": f"{one['num']}/{one['den']}"}
    if name in _FLAGS:
        return {"value": "yes" if value else "no"}
    return {"value": value}


def _value(name: str, answers: Form) -> Any:
    """Return what a form says about a rule; the rule itself judges it."""
    if name == "methods":
        return [one for one in method.every() if answers.has(f"m-{one}")]
    if name in _NUMBERS:
        return answers.number("value")
    if name in _FLAGS:
        return {"yes": True, "no": False}.get(answers["value"])
    if name == "quorum":
        return _quorum(answers)
    return answers["value"]


def _quorum(answers: Form) -> list[dict[str, object]]:
    kind, share = answers["value"], re.sub(r"\s", "", answers["share"])
    if kind == "none":
        return []
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", share)
    num, den = (int(found[1]), int(found[2])) if found else (None, None)
    return [{"kind": kind, "num": num, "den": den}]


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    name = _name(request)
    return await page(
        request,
        "admin_rule.html",
        status=422 if problems else 200,
        name=name,
        numbers=_NUMBERS,
        choices=_CHOICES.get(name, ()),
        methods=method.every(),
        quorums=rules.QUORUMS,
        values=values,
        problems=problems,
    )


routes = [
    Route("/admin/regles", show),
    Route("/admin/regles/{slug}", ask),
    Route("/admin/regles/{slug}", change, methods=["POST"]),
]
