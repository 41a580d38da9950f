"""Counts of public libraries, written down by second_opinion.py, against ours."""

import json

import pytest

from tests.assembly.methods.counting import tally
from tests.assembly.methods.second_opinion import ANSWERS, ELECTIONS, HIGHEST, elections

SAID = json.loads(ANSWERS.read_text("utf-8"))


@pytest.mark.parametrize("name", ["schulze", "borda"])
def test_the_same_people_win(name: str) -> None:
    for (options, rankings, _scores), said in zip(elections(), SAID, strict=True):
        found = tally(name, rankings, options=options)
        assert set(found.winners or found.tied) == set(said[name]), (rankings, said)


@pytest.mark.parametrize("name", ["instant_runoff", "coombs"])
def test_nobody_wins_who_could_not_win_by_any_order_of_leaving(name: str) -> None:
    """Where ties can be broken in several ways, ours looks at all of them, then back."""
    alone = 0
    for (options, rankings, _scores), said in zip(elections(), SAID, strict=True):
        found = tally(name, rankings, options=options)
        assert set(found.winners or found.tied) <= set(said[name]), (rankings, said)
        if len(said[name]) == 1:
            assert found.winners == tuple(said[name])
            alone += 1
    assert alone > ELECTIONS * 0.7


def test_the_same_option_wins_by_star() -> None:
    alone = 0
    for (options, _rankings, scores), said in zip(elections(), SAID, strict=True):
        found = tally("star", scores, options=options, parameters={"maximum": HIGHEST})
        if said["star"]:
            assert found.winners == tuple(said["star"]), (scores, said)
            alone += 1
    assert alone > ELECTIONS * 0.7
