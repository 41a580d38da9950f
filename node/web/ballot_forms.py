"""Ballots as forms without any script: the fields of each kind, read, filled in again, kept."""

from collections.abc import Callable, Mapping
from typing import Any

from node.assembly.ballot_kinds import UNRANKED, grade_codes
from node.assembly.voting.answers import Asking
from node.errors import Invalid, Problem
from node.web.forms import Form

BLANK = "blank"
_SIGNS = {1: "+", -1: "-"}
_DATES = {3: "yes", 2: "maybe", 1: "no"}


def read(asking: Asking, form: Form) -> object:
    """Return the answer that a form gives, as a file of ballots holds it. Raise Invalid."""
    kind = asking.method.ballot.name
    if kind in ("position", "one"):
        choice = form.text("choice")
        if not choice:
            raise Invalid(Problem("choice", "choice-missing", {}))
        return None if kind == "one" and choice == BLANK else choice
    form.problems.clear()
    given = {code: form.text(code) for code in asking.codes if form.text(code)}
    found = _READERS[kind](asking, form, given)
    if form.problems:
        raise Invalid(*form.problems)
    if form.has(BLANK):
        if found:
            raise Invalid(Problem("choice", "answer-blank-and-more", {}))
    elif not found:
        raise Invalid(Problem("choice", "answer-empty", {}))
    return found


def fields(asking: Asking, kept: str | None) -> dict[str, str]:
    """Return the fields of a form that shows a ballot cast before."""
    if kept is None:
        return {}
    kind = asking.method.ballot.name
    if kind == "position":
        return {"choice": kept}
    given = asking.read(kept)
    if not given:
        return {"choice": BLANK} if kind == "one" else {BLANK: "yes"}
    marks = [mark for mark in given if isinstance(mark, int)]
    if kind == "one":
        return {"choice": asking.codes[marks[0]]}
    if kind == "order":
        return {asking.codes[place]: str(rank) for rank, place in enumerate(marks, 1)}
    shown = _shown(asking, kind)
    return {
        code: shown(mark) for code, mark in zip(asking.codes, marks, strict=True) if shown(mark)
    }


def names(asking: Asking) -> list[str]:
    """Return the names of all fields that a ballot of this vote may have."""
    if asking.method.ballot.name in ("position", "one"):
        return ["choice"]
    return [*asking.codes, BLANK]


def grades(asking: Asking) -> tuple[str, ...]:
    """Return the grades, best first, where people give grades."""
    if asking.method.ballot.name != "grades":
        return ()
    return tuple(reversed(grade_codes(asking.rule["grades"])))


def limits(asking: Asking) -> dict[str, Any]:
    """Return the numbers that the sentence above a form needs."""
    wanted = ("maximum", "points", "plus_votes", "minus_votes", "winners")
    return {name: asking.rule[name] for name in wanted if asking.rule.get(name) is not None}


def _shown(asking: Asking, kind: str) -> Callable[[int], str]:
    if kind == "grades":
        codes = grade_codes(asking.rule["grades"])
        return lambda mark: codes[mark]
    if kind == "ranking":
        return lambda mark: "" if mark == UNRANKED else str(mark + 1)
    if kind == "approvals":
        return lambda mark: "yes" if mark else ""
    if kind == "scores":
        return lambda mark: "" if mark < 0 else str(mark)
    if kind == "points":
        return lambda mark: str(mark) if mark else ""
    named = _SIGNS if kind == "signs" else _DATES
    return lambda mark: named.get(mark, "")


def _numbers(form: Form, given: Mapping[str, str]) -> dict[str, int]:
    found = {code: form.number(code) for code in given}
    return {code: number for code, number in found.items() if number is not None}


def _read_ranks(_asking: Asking, form: Form, given: Mapping[str, str]) -> object:
    ranks = _numbers(form, given)
    groups = [
        [code for code, rank in ranks.items() if rank == wanted]
        for wanted in sorted(set(ranks.values()))
    ]
    return [group if len(group) > 1 else group[0] for group in groups]


def _read_numbers(_asking: Asking, form: Form, given: Mapping[str, str]) -> object:
    return _numbers(form, given)


def _read_points(_asking: Asking, form: Form, given: Mapping[str, str]) -> object:
    return {code: points for code, points in _numbers(form, given).items() if points}


def _read_marks(_asking: Asking, _form: Form, given: Mapping[str, str]) -> object:
    return dict(given)


def _read_boxes(_asking: Asking, _form: Form, given: Mapping[str, str]) -> object:
    return list(given)


_READERS: dict[str, Callable[[Asking, Form, Mapping[str, str]], object]] = {
    "ranking": _read_ranks,
    "order": _read_ranks,
    "approvals": _read_boxes,
    "grades": _read_marks,
    "scores": _read_numbers,
    "points": _read_points,
    "signs": _read_marks,
    "dates": _read_marks,
}
