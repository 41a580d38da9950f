"""The axioms that each method promises, on elections that nobody chose."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.assembly import method
from tests.assembly.methods.counting import motion, tally

OPTIONS = ["A", "B", "C", "D"]
RANKED = ["schulze", "borda", "instant_runoff", "coombs"]
RATED = ["score", "star", "majority_judgment"]
LISTED = ["approval", "d21"]
ELECTIONS = [*RANKED, *RATED, *LISTED, "single", "dots", "dates"]


def _choice(name: str) -> st.SearchStrategy[Any]:
    some = st.lists(st.sampled_from(OPTIONS), unique=True, max_size=4)
    marks = st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 5))
    if name in RANKED or name == "approval":
        return some
    if name == "d21":
        return some.map(lambda chosen: chosen[:2])
    if name == "single":
        return st.sampled_from([*OPTIONS, None])
    if name == "dots":
        return st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 2))
    if name == "dates":
        answers = st.sampled_from(["yes", "maybe", "no"])
        return st.dictionaries(st.sampled_from(OPTIONS), answers)
    return marks


def _parameters(name: str) -> dict[str, Any]:
    return {"maximum": 5} if name in ("score", "star") else {}


def _ballots(name: str) -> st.SearchStrategy[list[tuple[int, Any]]]:
    return st.lists(st.tuples(st.integers(1, 4), _choice(name)), max_size=7)


def _count(name: str, ballots: list[tuple[int, Any]], **more: Any) -> Any:
    return tally(name, ballots, options=OPTIONS, parameters=_parameters(name), **more)


def _essence(found: Any) -> tuple[Any, ...]:
    return found.verdict, found.winners, found.tied, found.counts, found.working


@pytest.mark.parametrize("name", ELECTIONS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_neither_order_nor_splitting_of_ballots_matters(name: str, data: st.DataObject) -> None:
    ballots = data.draw(_ballots(name))
    split = [(1, choice) for weight, choice in ballots for _ in range(weight)]
    shuffled = data.draw(st.permutations(split))
    assert _essence(_count(name, ballots)) == _essence(_count(name, shuffled))


@pytest.mark.parametrize("name", [one for one in ELECTIONS if one != "dates"])
@pytest.mark.parametrize("winner", OPTIONS)
def test_a_unanimous_choice_wins(name: str, winner: str) -> None:
    others = [option for option in OPTIONS if option != winner]
    best: Any = {"single": winner, "approval": [winner], "d21": [winner]}.get(name)
    if name in RANKED:
        best = [winner, *others]
    if name in RATED:
        best = {winner: 5, **dict.fromkeys(others, 1)}
    if name == "dots":
        best = {winner: 5}
    found = _count(name, [(7, best)])
    assert (found.verdict, found.winners) == ("adopted", (winner,))


@pytest.mark.parametrize("name", method.names())
def test_a_text_that_everybody_wants_is_adopted(name: str) -> None:
    yes = method.find(name).ballot.favour[0]
    assert motion(name, {yes: 9}).verdict == "adopted"


@pytest.mark.parametrize("name", ["majority", "absolute_majority", "qualified_majority"])
@settings(max_examples=60, deadline=None)
@given(votes=st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)))
def test_with_an_approval_quorum_voting_for_never_harms_and_against_never_helps(
    name: str, votes: tuple[int, int, int]
) -> None:
    quorum = {"quorum": {"kind": "approval", "num": 1, "den": 5}}

    def is_adopted(favour: int, against: int) -> bool:
        counts = {"for": favour, "against": against, "abstain": votes[2]}
        return motion(name, counts, electorate=40, parameters=quorum).verdict == "adopted"

    favour, against, _abstain = votes
    now = is_adopted(favour, against)
    assert is_adopted(favour + 1, against) >= now
    assert is_adopted(favour, against + 1) <= now


@settings(max_examples=120, deadline=None)
@given(ballots=_ballots("schulze"))
def test_schulze_elects_the_condorcet_winner_when_there_is_one(ballots: Any) -> None:
    found = _count("schulze", ballots)
    if found.verdict == "void":
        return
    preferred = found.counts["pairwise"]
    winners = [
        one
        for one in OPTIONS
        if all(preferred[one][two] > preferred[two][one] for two in OPTIONS if two != one)
    ]
    assert found.working["condorcet_winner"] == (winners[0] if winners else None)
    if winners:
        assert found.winners == (winners[0],)


@pytest.mark.parametrize("name", ["instant_runoff", "coombs", "schulze", "single"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_who_is_first_on_most_ballots_of_all_wins(name: str, data: st.DataObject) -> None:
    others = data.draw(_ballots("instant_runoff"))
    most = sum(weight for weight, _choice in others) + 1
    ballots: Any = [*others, (most, ["A"])]
    if name == "single":
        ballots = [(weight, order[0] if order else None) for weight, order in ballots]
    found = _count(name, ballots)
    assert (found.verdict, found.winners) == ("adopted", ("A",))


@pytest.mark.parametrize("name", ["star", "score", "schulze", "majority_judgment", "coombs"])
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_names_do_not_matter(name: str, data: st.DataObject) -> None:
    ballots = data.draw(_ballots(name))
    other = dict(zip(OPTIONS, data.draw(st.permutations(OPTIONS)), strict=True))

    def renamed(choice: Any) -> Any:
        if isinstance(choice, list):
            return [other[option] for option in choice]
        return {other[option]: mark for option, mark in choice.items()}

    found = _count(name, ballots)
    again = _count(name, [(weight, renamed(choice)) for weight, choice in ballots])
    assert found.verdict == again.verdict
    assert {other[one] for one in found.winners} == set(again.winners)
    assert {other[one] for one in found.tied} == set(again.tied)


@settings(max_examples=60, deadline=None)
@given(ballots=_ballots("instant_runoff"))
def test_a_draw_always_ends_a_tie_and_chooses_somebody_who_could_win(ballots: Any) -> None:
    for name in ("instant_runoff", "schulze", "coombs", "borda"):
        found = _count(name, ballots)
        for draw in itertools.islice(itertools.permutations(OPTIONS), 0, 24, 7):
            drawn = _count(name, ballots, draw=list(draw))
            if found.verdict == "tie":
                assert drawn.winners[0] in found.tied
            else:
                assert drawn.winners == found.winners
