"""Majority judgment: the best median grade, ties broken by the next medians."""

from fractions import Fraction
from functools import cmp_to_key
from itertools import groupby
from typing import NamedTuple

from node.assembly import elections
from node.assembly.ballot_kinds import GRADES, grade_codes
from node.assembly.elections import Chosen
from node.assembly.method import decision_method
from node.assembly.parameters import whole
from node.assembly.phrases import Figure, Phrase, Table
from node.assembly.poll import Poll, Rule, Tally


class Step(NamedTuple):
    """The medians `low` and `high` come in turn, so many times."""

    low: int
    high: int
    times: int


@decision_method(
    "majority_judgment",
    wire_name="majority-judgment",
    ballot=GRADES,
    parameters={"grades": whole(7, 2, 20), **elections.WINNERS},
)
def majority_judgment(poll: Poll, rule: Rule) -> Tally:
    """The highest majority value wins (Balinski and Laraki, Majority Judgment, MIT Press 2011)."""
    codes = grade_codes(rule["grades"])
    profile = {
        option: _count(column, poll.weights, len(codes))
        for option, column in zip(poll.options, poll.columns, strict=True)
    }
    values = {option: steps(tally) for option, tally in profile.items()}

    def worse(one: str, other: str) -> int:
        return compare(values[other], values[one])

    order = sorted(poll.options, key=cmp_to_key(worse))
    groups = [list(group) for _value, group in groupby(order, key=lambda one: tuple(profile[one]))]
    chosen = elections.settle(poll, groups, rule["winners"])
    gauges = {option: gauge(tally) for option, tally in profile.items()}
    explanation, inequality = _explain(chosen, order, profile, codes)
    return elections.tally(
        chosen,
        explanation=explanation,
        inequality=inequality,
        counts={option: dict(zip(codes, tally, strict=True)) for option, tally in profile.items()},
        working={
            "ranks": elections.ranks(groups),
            "gauges": {option: one.written(codes) for option, one in gauges.items()},
        },
        notes=chosen.notes,
        tables=(_profile(profile, order, codes), _gauges(gauges, order, codes)),
    )


class Gauge(NamedTuple):
    """The majority grade, how many graded strictly better and strictly worse, of how many."""

    grade: int
    better: int
    worse: int
    voters: int

    @property
    def sign(self) -> str:
        """Plus when more people graded better than worse, else minus."""
        return "+" if self.better > self.worse else "-"

    def written(self, codes: tuple[str, ...]) -> dict[str, object]:
        """Return it as plain data, the shares exact."""
        return {
            "grade": codes[self.grade],
            "sign": self.sign,
            "better": Fraction(self.better, self.voters),
            "worse": Fraction(self.worse, self.voters),
        }


def gauge(tally: list[int]) -> Gauge:
    """Return the gauge (p, grade, q) of the numbers of grades from worst to best."""
    voters, grade, worse = sum(tally), 0, 0
    while 2 * (worse + tally[grade]) < voters:
        worse += tally[grade]
        grade += 1
    return Gauge(grade, voters - worse - tally[grade], worse, voters)


def steps(tally: list[int]) -> list[Step]:
    """Return the successive medians in runs, without taking the grades away one by one.

    Taking away the lower median, again and again, walks from the middle of the sorted grades
    outwards, in turn down and up: so the lower half read downwards and the upper half read
    upwards, zipped, are the medians. Each half has at most one run for each grade.
    """
    half = sum(tally) // 2
    grades = list(enumerate(tally))
    down, up = _outermost(grades, half), _outermost(grades[::-1], half)
    middle = gauge(tally).grade
    found = [Step(middle, middle, 1)] if sum(tally) % 2 else []
    while down:
        (low, left), (high, right) = down.pop(), up.pop()
        times = min(left, right)
        found.append(Step(low, high, times))
        if left > times:
            down.append((low, left - times))
        if right > times:
            up.append((high, right - times))
    return found


def difference(one: list[Step], other: list[Step]) -> tuple[int, int] | None:
    """Return the first medians in which two majority values differ; None when they never do."""
    mine, theirs = one[::-1], other[::-1]
    while mine:
        left, right = mine.pop(), theirs.pop()
        if left.low != right.low:
            return left.low, right.low
        if left.high != right.high:
            return left.high, right.high
        if rest := left.times - right.times:
            (mine if rest > 0 else theirs).append(left._replace(times=abs(rest)))
    return None


def compare(one: list[Step], other: list[Step]) -> int:
    """Compare two majority values: positive when the first is better, 0 when they are the same."""
    mine, theirs = difference(one, other) or (0, 0)
    return mine - theirs


def _outermost(grades: list[tuple[int, int]], many: int) -> list[tuple[int, int]]:
    """Return the first so many grades as runs, the middle of all grades last."""
    found = []
    for grade, times in grades:
        if taken := min(times, many):
            found.append((grade, taken))
        many -= taken
    return found


def _count(column: tuple[int, ...], weights: tuple[int, ...], grades: int) -> list[int]:
    tally = [0] * grades
    for grade, weight in zip(column, weights, strict=True):
        tally[grade] += weight
    return tally


def _named(code: str) -> Figure:
    return int(code) if code.isdecimal() else Phrase(f"grade.{code}")


def _explain(
    chosen: Chosen, order: list[str], profile: dict[str, list[int]], codes: tuple[str, ...]
) -> tuple[Phrase, str]:
    grades = {option: gauge(tally).grade for option, tally in profile.items()}
    shown = {option: _named(codes[grade]) for option, grade in grades.items()}
    if chosen.tied:
        figures: dict[str, Figure] = {"tied": chosen.tied, "grade": shown[chosen.tied[0]]}
        return Phrase("tally.judgment.tie", figures), ""
    last = [option for option in order if option in chosen.winners][-1]
    next_ = next((option for option in order if option not in chosen.winners), None)
    figures = {"winners": chosen.winners, "grade": shown[last]}
    if next_ is None:
        return Phrase("tally.judgment.alone", figures), codes[grades[last]]
    figures |= {"next": next_, "behind": shown[next_]}
    differ = difference(steps(profile[last]), steps(profile[next_]))
    if differ is None:
        return Phrase("tally.judgment.drawn", figures), ""
    inequality = " > ".join(codes[grade] for grade in differ)
    if grades[last] > grades[next_]:
        return Phrase("tally.judgment.grade", figures), inequality
    figures |= {"better": _named(codes[differ[0]]), "worse": _named(codes[differ[1]])}
    return Phrase("tally.judgment.medians", figures), inequality


def _profile(profile: dict[str, list[int]], order: list[str], codes: tuple[str, ...]) -> Table:
    return Table(
        kind="profile",
        caption=Phrase("tally.judgment.profile"),
        columns=tuple(map(_named, codes)),
        rows=tuple((option, tuple(profile[option])) for option in order),
    )


def _gauges(gauges: dict[str, Gauge], order: list[str], codes: tuple[str, ...]) -> Table:
    def row(one: Gauge) -> tuple[Figure, ...]:
        figures: dict[str, Figure] = {"grade": _named(codes[one.grade]), "sign": one.sign}
        grade = Phrase("tally.judgment.gauge", figures)
        return Fraction(one.better, one.voters), grade, Fraction(one.worse, one.voters)

    return Table(
        kind="table",
        caption=Phrase("tally.judgment.gauges"),
        columns=(
            Phrase("tally.judgment.better"),
            Phrase("tally.judgment.grade-column"),
            Phrase("tally.judgment.worse"),
        ),
        rows=tuple((option, row(gauges[option])) for option in order),
    )
