"""Majority judgment: the exact rule, the gauge, and the naive rule as a second opinion."""

import random
from typing import Any

import pytest

from node import words
from node.assembly.methods.majority_judgment import compare, difference, gauge, steps
from tests.assembly.methods.counting import document, refused, tally


def _naive(tally_: list[int]) -> list[int]:
    """Take the lower median away, again and again, as the book says."""
    grades = [grade for grade, times in enumerate(tally_) for _ in range(times)]
    return [grades.pop((len(grades) - 1) // 2) for _ in range(len(grades))]


def test_the_exact_rule_is_the_naive_one_on_100_000_random_profiles() -> None:
    chance = random.Random(2026)
    for _ in range(100_000):
        voters, grades = chance.randrange(1, 9), chance.randrange(2, 8)
        one, other = [0] * grades, [0] * grades
        for tally_ in (one, other):
            for _voter in range(voters):
                tally_[chance.randrange(grades)] += 1
        found, naive = compare(steps(one), steps(other)), (_naive(one), _naive(other))
        assert (found > 0, found < 0) == (naive[0] > naive[1], naive[0] < naive[1]), (one, other)


def test_it_takes_a_few_steps_whatever_the_number_of_ballots() -> None:
    assert len(steps([10**12, 10**12, 3])) < 8
    assert compare(steps([10**12, 10**12]), steps([10**12 - 1, 10**12 + 1])) < 0
    assert difference(steps([5, 5]), steps([5, 5])) is None


@pytest.mark.parametrize(
    ("tally_", "grade", "sign"),
    [([0, 0, 3], 2, "-"), ([1, 1, 1], 1, "-"), ([1, 0, 2], 2, "-"), ([2, 3, 4], 1, "+")],
)
def test_the_gauge(tally_: list[int], grade: int, sign: str) -> None:
    found = gauge(tally_)
    assert (found.grade, found.sign) == (grade, sign)


def test_the_gauge_never_contradicts_the_exact_rule() -> None:
    chance = random.Random(7)
    for _ in range(2000):
        one, other = ([0] * 5 for _ in range(2))
        for tally_ in (one, other):
            for _voter in range(11):
                tally_[chance.randrange(5)] += 1
        left, right = gauge(one), gauge(other)
        if left.grade == right.grade and left.sign == "+" and right.sign == "-":
            assert compare(steps(one), steps(other)) > 0


def _said(ballots: list[tuple[int, Any]], options: list[str], **more: Any) -> str:
    found = tally("majority_judgment", ballots, options=options, **more)
    return found.explanation.said(words.of("fr"))


def test_it_says_what_decided() -> None:
    clear = [(2, {"A": "excellent", "B": "good"}), (1, {"A": "good", "B": "reject"})]
    assert _said(clear, ["A", "B"]) == (
        "A : mention «\u202fExcellent\u202f», au-dessus de B («\u202fBien\u202f»)."
    ).replace(" :", "\u00a0:")
    close = [(1, {"A": "good", "B": "good"}), (1, {"A": "good", "B": "passable"})]
    close += [(1, {"A": "excellent", "B": "excellent"})]
    assert "la mention médiane suivante" in _said(close, ["A", "B"])
    tied = [(2, {"A": 3, "B": 3})]
    assert "Égalité parfaite entre A et B" in _said(tied, ["A", "B"])
    assert "tirage au sort" in _said(tied, ["A", "B"], draw=["B", "A"])


def test_an_option_without_a_grade_is_rejected_and_a_blank_ballot_is_nothing() -> None:
    found = tally("majority_judgment", [(1, {"A": "good"}), (3, {})], options=["A", "B"])
    assert found.counts["B"]["reject"] == 1
    assert found.winners == ("A",)


def test_grades_may_be_fewer_and_have_numbers() -> None:
    rule = {"grades": 3}
    found = tally(
        "majority_judgment", [(1, {"A": "2", "B": 1})], options=["A", "B"], parameters=rule
    )
    assert found.counts["A"] == {"0": 0, "1": 0, "2": 1}
    assert found.explanation.figures["grade"] == 2
    file = document("majority_judgment", [], options=["A"], parameters={"grades": 1})
    assert refused(file) == ("parameters.grades", "tally-out-of-range")
