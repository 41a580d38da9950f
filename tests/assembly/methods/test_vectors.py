"""The published worked examples: shared/vectors/decisions.json, where the project has them."""

import json
import os
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from node.assembly import drawing, sortition
from node.assembly.methods.majority_judgment import steps
from tests.assembly.methods.counting import motion, tally

_HERE = Path(__file__)
_FOLDER = os.environ.get("PALABRE_VECTORS", str(_HERE.parents[4] / "shared" / "vectors"))
_FILE = Path(_FOLDER) / "decisions.json"
if not _FILE.exists():
    pytest.skip("the published vectors are not beside this repository", allow_module_level=True)
VECTORS: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
TENNESSEE = VECTORS["ranked_and_graded"][0]
OPTIONS = list(TENNESSEE["options"])


def test_no_example_is_left_out() -> None:
    """Whatever is added to the file is tested here, or this fails."""
    kinds = ["motion", "consensus", "ranked_and_graded", "majority_judgment", "equal_shares"]
    assert set(VECTORS) == {"about", *kinds, "sortition"}
    assert set(VECTORS["sortition"]) == {"rfc3797"}
    assert set(VECTORS["majority_judgment"]) == {"majority_values", "tallies"}
    [only] = VECTORS["ranked_and_graded"]
    counted = {"plurality", "irv", "schulze", "borda", "coombs", "score", "star", "d21"}
    assert set(only) == {"name", "source", "options", "rankings", *counted}


@pytest.mark.parametrize("case", VECTORS["sortition"]["rfc3797"], ids=lambda case: case["name"])
def test_rfc_3797(case: dict[str, Any]) -> None:
    assert sortition.selected(case["key"], case["pool"], case["pick"]) == case["expect"]
    file = {
        "mode": "rfc3797",
        "randomness": case["key"],
        "pool": case["pool"],
        "pick": case["pick"],
    }
    drawn = drawing.read(json.dumps(file)).report()["drawn"]
    assert [int(name) for name in drawn] == case["expect"]


def _quorum(case: dict[str, Any]) -> dict[str, Any]:
    quorum = case["quorum"]
    if not quorum:
        return {}
    kind, num, den = quorum["kind"], quorum["numerator"], quorum["denominator"]
    return {"quorum": {"kind": kind, "num": num, "den": den}}


@pytest.mark.parametrize("case", VECTORS["motion"], ids=lambda case: case["name"])
def test_motion(case: dict[str, Any]) -> None:
    rule = case["rule"]
    name = "majority" if rule["kind"] == "simple" else "qualified_majority"
    given = {"numerator": "num", "denominator": "den"}
    parameters = {given.get(key, key): rule[key] for key in rule if key != "kind"}
    found = motion(
        name,
        case["counts"],
        electorate=case["electorate"],
        parameters={**parameters, **_quorum(case)},
    )
    assert found.verdict == case["expect"]["verdict"]


@pytest.mark.parametrize("case", VECTORS["consensus"], ids=lambda case: case["name"])
def test_consensus(case: dict[str, Any]) -> None:
    parameters = {**case["rule"], **_quorum(case)}
    counts, electorate = case["counts"], case["electorate"]
    found = motion("consensus", counts, electorate=electorate, parameters=parameters)
    assert found.verdict == case["expect"]["verdict"]


@pytest.mark.parametrize("name", ["borda", "coombs", "instant_runoff", "schulze"])
def test_tennessee_by_rankings(name: str) -> None:
    expected = TENNESSEE[{"instant_runoff": "irv"}.get(name, name)]
    found = tally(name, TENNESSEE["rankings"], options=OPTIONS)
    winner = expected.get("winner") or expected["condorcet_winner"]
    assert (found.verdict, found.winners) == ("adopted", (winner,))
    if "sums" in expected:
        assert found.counts["sums"] == expected["sums"]
    if "rounds" in expected:
        assert found.working["rounds"] == expected["rounds"]
    if "order" in expected:
        assert list(chain(*found.working["order"])) == expected["order"]
        assert found.working["condorcet_winner"] == expected["condorcet_winner"]
        for duel, count in expected["pairwise"].items():
            one, _, other = duel.partition(">")
            assert found.counts["pairwise"][one][other] == count


def test_tennessee_by_a_single_choice() -> None:
    firsts = [(weight, ranking[0]) for weight, ranking in TENNESSEE["rankings"]]
    found = tally("single", firsts, options=OPTIONS)
    expected = TENNESSEE["plurality"]
    assert (found.counts["votes"], found.winners) == (expected["counts"], (expected["winner"],))


@pytest.mark.parametrize(("name", "maximum"), [("score", 10), ("star", 5)])
def test_tennessee_by_ratings(name: str, maximum: int) -> None:
    expected = TENNESSEE[name]
    parameters = {"maximum": maximum}
    found = tally(name, expected["ballots"], options=OPTIONS, parameters=parameters)
    assert found.counts["sums"] == expected["sums"]
    assert found.winners == (expected["winner"],)
    assert found.counts.get("runoff") == expected.get("runoff")


def test_tennessee_by_d21() -> None:
    expected = TENNESSEE["d21"]
    parameters = {"plus_votes": expected["plus_votes"], "minus_votes": expected["minus_votes"]}
    found = tally("d21", expected["ballots"], options=OPTIONS, parameters=parameters)
    assert found.counts["scores"] == expected["scores"]
    assert found.winners == (expected["winner"],)


@pytest.mark.parametrize("case", VECTORS["majority_judgment"]["majority_values"])
def test_majority_values(case: dict[str, Any]) -> None:
    counted = [case["grades"].count(grade) for grade in range(12)]
    medians: list[int] = []
    for step in steps(counted):
        medians += [step.low, step.high][
            : 1 if not medians and sum(counted) % 2 else 2
        ] * step.times
    assert medians == case["expect"]


@pytest.mark.parametrize("case", VECTORS["majority_judgment"]["tallies"])
def test_majority_judgment(case: dict[str, Any]) -> None:
    options = list(case["tallies"])
    judges = sum(case["tallies"][options[0]])
    sorted_ = {
        option: [grade for grade, times in enumerate(tally_) for _ in range(times)]
        for option, tally_ in case["tallies"].items()
    }
    ballots = [
        (1, {option: sorted_[option][judge] for option in options}) for judge in range(judges)
    ]
    grades = len(case["tallies"][options[0]])
    found = tally("majority_judgment", ballots, options=options, parameters={"grades": grades})
    assert found.working["ranks"] == case["expect"]["ranks"]


@pytest.mark.parametrize("case", VECTORS["equal_shares"])
@pytest.mark.parametrize("utility", ["cost", "cardinality"])
def test_equal_shares(case: dict[str, Any], utility: str) -> None:
    expected = case["expect"]
    given: dict[str, Any] = {
        "budget": case["budget"],
        "options": [{"code": code, "cost": cost} for code, cost in case["costs"].items()],
    }
    ballots = [(1, approved) for approved in case["approvals"]]

    def funded(completion: str, **more: Any) -> set[str]:
        parameters = {"utility": utility, "completion": completion, **more}
        found = tally("equal_shares", ballots, parameters=parameters, **given)
        assert found.verdict == "adopted"
        return set(found.winners)

    assert funded("none") == set(expected["equal_shares"])
    if "add1" in expected:
        step = expected["add1"]["step_per_voter"]
        assert funded("add1", step=step) == set(expected["add1"]["selected"])
    if "greedy_completion" in expected:
        assert funded("greedy") == set(expected["greedy_completion"])
