"""Equal shares: exact payments, completion, and ties explored before a draw is asked for."""

import json
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from node import words
from node.assembly import budgets, tallying
from node.assembly.poll import Poll
from node.assembly.purses import Funded, Money
from tests.assembly.methods.counting import document, refused, tally


def _shares(
    costs: dict[str, Any], budget: Any, ballots: list[tuple[int, list[str]]], **more: Any
) -> Any:
    options = [{"code": code, "cost": cost} for code, cost in costs.items()]
    return tally("equal_shares", ballots, options=options, budget=budget, **more)


def test_it_says_who_pays_what() -> None:
    found = _shares({"A": 60, "B": 30}, 100, [(6, ["A"]), (4, ["B"])])
    assert found.winners == ("A", "B")
    funded = {one["option"]: one for one in found.working["funded"]}
    assert funded["A"]["most"] == 10
    assert funded["B"] == {
        "option": "B",
        "people": 4,
        "most": Fraction(15, 2),
        "payments": ((Fraction(15, 2), 4),),
    }
    said = [note.said(words.of("en")) for note in found.notes]
    assert said[0] == "B: funded by 4 people, 7.5 at most each." or said[1].startswith("B: funded")


def test_a_tie_that_changes_nothing_needs_no_draw() -> None:
    found = _shares({"A": 1, "B": 1}, 2, [(1, ["A", "B"])])
    assert (found.verdict, found.winners) == ("adopted", ("A", "B"))


def test_a_tie_that_matters_is_left_to_a_draw() -> None:
    given_: tuple[Any, ...] = ({"A": 2, "B": 2, "C": 1}, 3, [(1, ["A", "B"]), (1, ["A", "B", "C"])])
    found = _shares(*given_)
    assert (found.verdict, found.winners, found.tied) == ("tie", ("C",), ("A", "B"))
    assert found.working["possible"] == [["A", "C"], ["B", "C"]]
    assert found.explanation.said(words.of("fr")).startswith("Retenus sûrement")
    drawn = _shares(*given_, draw=["B", "A"])
    assert (drawn.verdict, drawn.winners) == ("adopted", ("B", "C"))
    assert drawn.notes[0].key == "tally.note.draw"


def test_too_many_ties_are_not_tried() -> None:
    costs = dict.fromkeys("ABCDEF", 1)
    found = _shares(costs, 3, [(1, list("ABCDEF"))])
    assert (found.verdict, found.winners, set(found.tied)) == ("tie", (), set("ABCDEF"))


def test_new_ties_that_an_order_uncovers_are_tried_too() -> None:
    none = {"completion": "none"}
    all_alike = _shares(dict.fromkeys("ABC", 1), 4, [(1, list("ABC"))], parameters=none)
    assert (all_alike.verdict, all_alike.winners) == ("adopted", ("A", "B", "C"))
    ballots = [(1, ["C"]), (1, ["A", "B"]), (1, ["A", "B", "C"])]
    found = _shares(dict.fromkeys("ABC", 2), 5, ballots, parameters=none)
    assert (found.verdict, found.winners, found.tied) == ("tie", ("C",), ("A", "B"))


def test_nothing_affordable_is_a_rejection() -> None:
    found = _shares({"A": 5}, 1, [(1, ["A"])])
    assert (found.verdict, found.reason) == ("rejected", "insufficient_support")
    assert _shares({"A": 5}, 1, [(1, [])]).verdict == "void"


def test_what_somebody_can_no_longer_pay_is_paid_by_the_others() -> None:
    ballots = [(1, ["A", "B"]), (1, ["B"])]
    found = _shares({"A": 3, "B": "5/2"}, 8, ballots, parameters={"utility": "cardinality"})
    funded = {one["option"]: one["payments"] for one in found.working["funded"]}
    assert funded["B"] == ((Fraction(5, 4), 2),)
    rest = _shares({"A": 3, "B": 4}, 8, ballots, parameters={"completion": "none"})
    payments = {one["option"]: one["payments"] for one in rest.working["funded"]}
    assert payments["B"] == ((Fraction(2), 2),)


@pytest.mark.parametrize(
    ("change", "where", "code"),
    [
        ({"budget": None}, "budget", "tally-not-an-amount"),
        ({"budget": True}, "budget", "tally-not-an-amount"),
        ({"budget": "1e3"}, "budget", "tally-not-an-amount"),
        ({"budget": "ten"}, "budget", "tally-not-an-amount"),
        ({"budget": "1/0"}, "budget", "tally-not-an-amount"),
        ({"budget": [1, 0]}, "budget", "tally-out-of-range"),
        ({"budget": -1}, "budget", "tally-out-of-range"),
        ({"options": [{"code": "A", "cost": 0}]}, "options[0].cost", "tally-not-positive"),
        ({"options": ["A"]}, "options[0].cost", "tally-not-an-amount"),
        ({"parameters": {"step": 0}}, "parameters.step", "tally-not-positive"),
        ({"parameters": {"utility": "joy"}}, "parameters.utility", "tally-unknown-value"),
    ],
)
def test_wrong_sums_are_named(change: dict[str, Any], where: str, code: str) -> None:
    file = document("equal_shares", [(1, ["A"])], options=[{"code": "A", "cost": 1}], budget=5)
    assert refused(file | change) == (where, code)


_ELECTIONS = st.tuples(
    st.lists(st.integers(1, 12), min_size=1, max_size=5),
    st.integers(1, 25),
    st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=7),
    st.sampled_from(["cost", "cardinality"]),
    st.sampled_from(["none", "add1", "greedy", "add1_greedy"]),
)


@settings(max_examples=150, deadline=None)
@given(_ELECTIONS)
@example(([1, 1, 1], 4, [{0}, {1}, {2}, {0, 1, 2}], "cost", "none"))
def test_it_never_overspends_and_every_payment_is_exact(
    election: tuple[list[int], int, list[set[int]], str, str],
) -> None:
    prices, budget, approvals, utility, completion = election
    costs = {f"o{place}": price for place, price in enumerate(prices)}
    approved = [[f"o{one}" for one in sorted(ballot) if one < len(prices)] for ballot in approvals]
    file = document(
        "equal_shares",
        [(1, ballot) for ballot in approved],
        options=[{"code": code, "cost": cost} for code, cost in costs.items()],
        budget=budget,
        parameters={"utility": utility, "completion": completion},
    )
    task = tallying.read(json.dumps(file))
    if not task.poll.marked:
        return
    money = Money(task.poll, utility, Fraction(1, 3), completion)
    outcome = budgets.spend(money, ())
    assert money.cost(outcome.chosen) <= budget
    for one in outcome.funded:
        assert sum(paid * people for paid, people in one.payments) == costs[one.option]
        assert all(0 < paid <= one.most for paid, _people in one.payments)
    _nobody_overspends(outcome.funded, money.share + outcome.raised, task.poll)
    for chosen in task.tally().working["possible"]:
        assert money.cost(chosen) <= budget


def _nobody_overspends(funded: tuple[Funded, ...], share: Fraction, poll: Poll) -> None:
    voters = sum(poll.weights)
    paid = sum(amount * people for one in funded for amount, people in one.payments)
    assert paid <= share * voters
    for row in poll.marked:
        mine = [one for one in funded if row[poll.options.index(one.option)]]
        assert sum((_least(one, poll) for one in mine), Fraction(0)) <= share


def _least(one: Funded, poll: Poll) -> Fraction:
    """The least that a supporter paid: nothing, where somebody's money had already gone."""
    place = poll.options.index(one.option)
    supporters = sum(
        weight for row, weight in zip(poll.marked, poll.weights, strict=True) if row[place]
    )
    everyone_paid = sum(people for _amount, people in one.payments) == supporters
    return min(amount for amount, _people in one.payments) if everyone_paid else Fraction(0)


def _step_by_step(money: Money, draw: tuple[str, ...]) -> tuple[list[str], Fraction, Any, Any]:
    """Raise the shares one step after the other, as the rule is written."""
    at = budgets.fund(money, money.share, draw)
    raised, tied = Fraction(0), at.tied
    while True:
        chosen = [one.option for one in at.funded]
        rest = money.poll.budget - money.cost(chosen)
        if not any(money.poll.costs[one] <= rest for one in money.wanted if one not in chosen):
            return chosen, raised, at.funded, tied
        more = budgets.fund(money, money.share + raised + money.step, draw)
        if money.cost([one.option for one in more.funded]) > money.poll.budget:
            return chosen, raised, at.funded, tied
        at, raised, tied = more, raised + money.step, tied | more.tied


@given(
    costs=st.lists(st.fractions(Fraction(1, 2), 90, max_denominator=3), min_size=1, max_size=6),
    budget=st.fractions(20, 200, max_denominator=2),
    step=st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 3), Fraction(7, 5)]),
    ballots=st.lists(st.tuples(st.integers(1, 3), st.sets(st.integers(0, 5))), min_size=1),
    utility=st.sampled_from(["cost", "cardinality"]),
)
@settings(max_examples=150, deadline=None)
def test_leaping_over_steps_ends_where_single_steps_do(
    costs: list[Fraction],
    budget: Fraction,
    step: Fraction,
    ballots: list[tuple[int, set[int]]],
    utility: str,
) -> None:
    options = tuple(f"o{number}" for number in range(len(costs)))
    poll = SimpleNamespace(
        options=options,
        weights=tuple(weight for weight, _ in ballots),
        columns=tuple(tuple(n in chosen for _, chosen in ballots) for n in range(len(costs))),
        budget=budget,
        costs=dict(zip(options, costs, strict=True)),
    )
    money = Money(cast(Poll, poll), utility, step, "add1")
    outcome = budgets.spend(money, ())
    chosen, raised, funded, tied = _step_by_step(money, ())
    assert [one.option for one in outcome.funded] == chosen
    assert (outcome.raised, outcome.funded, outcome.tied) == (raised, funded, tied)
    assert not outcome.is_cut


@pytest.mark.parametrize("euros", [10, 10**9])
def test_it_is_not_the_euros_that_take_time(euros: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[Fraction] = []
    fund = budgets.fund

    def watched(money: Money, share: Fraction, draw: tuple[str, ...]) -> budgets.Funding:
        shared.append(share)
        return fund(money, share, draw)

    monkeypatch.setattr(budgets, "fund", watched)
    found = _shares({"A": 6 * euros, "B": 1}, 10 * euros, [(1, ["A"]), (9, ["B"])])
    assert found.winners == ("A", "B")
    assert len(shared) < 10


def test_what_would_take_too_long_stops_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    given_: tuple[Any, ...] = ({"A": 60, "B": 5}, 100, [(1, ["A"]), (9, ["B"])])
    whole = _shares(*given_, parameters={"completion": "add1"})
    assert whole.winners == ("A", "B")
    monkeypatch.setattr(budgets, "WORK_MAX", 1)
    cut = _shares(*given_, parameters={"completion": "add1"})
    assert cut.winners == ("B",)
    assert "tally.note.shares-cut" in [note.key for note in cut.notes]
    assert "tally.note.shares-cut" not in [note.key for note in whole.notes]
