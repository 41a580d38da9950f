"""Majorities and quorums: the tables of deciding.md, sections 3 and 4."""

from typing import Any

import pytest

from node import words
from node.assembly import method
from node.assembly.method import Count
from tests.assembly.methods.counting import document, motion, refused


@pytest.mark.parametrize(
    ("name", "rule", "counts", "outcome", "inequality"),
    [
        ("majority", {}, (7, 3, 0), "adopted", "7 > 3"),
        ("majority", {}, (3, 7, 0), "rejected", "3 ≤ 7"),
        ("majority", {}, (1, 0, 30), "adopted", "1 > 0"),
        ("majority", {}, (5, 5, 0), "rejected", "5 ≤ 5"),
        ("majority", {"tie": "deferred"}, (5, 5, 0), "deferred", "5 ≤ 5"),
        ("majority", {"tie": "draw"}, (5, 5, 0), "tie", "5 ≤ 5"),
        ("majority", {"minimum": 8}, (7, 3, 0), "insufficient_support", "7 < 8"),
        ("majority", {"minimum": 7}, (7, 3, 0), "adopted", "7 > 3"),
        ("majority", {"minimum": 9}, (3, 7, 0), "rejected", "3 ≤ 7"),
        ("absolute_majority", {}, (6, 4, 2), "rejected", "6 ≤ 1/2 × 12"),
        ("absolute_majority", {}, (7, 4, 2), "adopted", "7 > 1/2 × 13"),
        ("absolute_majority", {"base": "members"}, (10, 0, 0), "rejected", "10 ≤ 1/2 × 20"),
        ("absolute_majority", {"base": "members"}, (11, 0, 0), "adopted", "11 > 1/2 × 20"),
        ("qualified_majority", {}, (8, 4, 0), "adopted", "8 ≥ 2/3 × 12"),
        ("qualified_majority", {"strict": True}, (8, 4, 0), "rejected", "8 ≤ 2/3 × 12"),
        ("qualified_majority", {"base": "voters"}, (8, 4, 1), "rejected", "8 < 2/3 × 13"),
        ("qualified_majority", {"base": "members"}, (13, 0, 0), "rejected", "13 < 2/3 × 20"),
        ("qualified_majority", {"base": "members"}, (14, 0, 0), "adopted", "14 ≥ 2/3 × 20"),
        ("qualified_majority", {"num": 1, "den": 1}, (9, 0, 5), "adopted", "9 ≥ 1/1 × 9"),
        (
            "qualified_majority",
            {"num": 1, "den": 2, "strict": True, "tie": "deferred"},
            (5, 5, 0),
            "deferred",
            "5 ≤ 5",
        ),
        ("qualified_majority", {"num": 1, "den": 2}, (5, 5, 0), "adopted", "5 ≥ 1/2 × 10"),
    ],
)
def test_a_majority(
    name: str, rule: dict[str, Any], counts: tuple[int, ...], outcome: str, inequality: str
) -> None:
    given = dict(zip(("for", "against", "abstain"), counts, strict=True))
    found = motion(name, given, electorate=20 if sum(counts) <= 20 else 40, parameters=rule)
    assert (found.outcome, found.inequality) == (outcome, inequality)


def test_those_who_take_no_part_are_no_voters_and_blank_ones_are() -> None:
    counts = {"for": 6, "against": 3, "blank": 2, "not_taking_part": 9}
    rule = {"base": "voters"}
    found = motion("qualified_majority", counts, electorate=20, parameters=rule)
    assert found.inequality == "6 < 2/3 × 11"


@pytest.mark.parametrize("drawn", ["adopted", "rejected"])
def test_a_draw_that_is_recorded_ends_the_tie(drawn: str) -> None:
    found = motion("majority", {"for": 2, "against": 2}, parameters={"tie": "draw"}, draw=[drawn])
    assert found.verdict == drawn
    assert found.notes[0].key == "tally.note.draw-motion"
    other = motion("majority", {"for": 3, "against": 2}, parameters={"tie": "draw"}, draw=[drawn])
    assert (other.verdict, other.notes) == ("adopted", ())


def test_a_draw_that_says_something_else_is_refused() -> None:
    tied = [(1, "for"), (1, "against")]
    file = document("majority", tied, parameters={"tie": "draw"}, draw=["perhaps"])
    assert refused(file) == ("draw", "tally-unknown-value")


@pytest.mark.parametrize(
    ("quorum", "facts", "is_met"),
    [
        ({"kind": "participation", "num": 1, "den": 2}, {}, True),
        ({"kind": "participation", "num": 11, "den": 20}, {}, False),
        ({"kind": "cast", "num": 2, "den": 5}, {}, True),
        ({"kind": "cast", "num": 9, "den": 20}, {}, False),
        ({"kind": "approval", "num": 1, "den": 4}, {}, True),
        ({"kind": "approval", "num": 1, "den": 3}, {}, False),
        ({"kind": "presence", "num": 1, "den": 2}, {"present": 10}, True),
        ({"kind": "presence", "num": 1, "den": 2}, {"present": 9, "represented": 5}, False),
        (
            {"kind": "presence", "num": 1, "den": 2, "represented": True},
            {"present": 9, "represented": 1},
            True,
        ),
        ({"kind": "support", "num": 1, "den": 3}, {"supporters": 7}, True),
        ({"kind": "support", "num": 1, "den": 3}, {"supporters": 6}, False),
        ({"kind": "assemblies", "num": 1, "den": 2}, {"answers": 3, "invited": 6}, True),
        ({"kind": "assemblies", "num": 1, "den": 2}, {"answers": 3, "invited": 7}, False),
    ],
)
def test_a_quorum(quorum: dict[str, Any], facts: dict[str, Any], is_met: bool) -> None:
    counts = {"for": 6, "against": 2, "abstain": 2, "not_taking_part": 1}
    found = motion("majority", counts, electorate=20, parameters={"quorum": quorum}, **facts)
    assert found.verdict == ("adopted" if is_met else "quorum_not_met")
    assert found.quorums[0].is_met is is_met
    assert found.counts["for"] == 6
    said = [phrase.said(words.of("fr")) for phrase in (found.explanation, *found.notes)]
    assert any("uorum" in sentence for sentence in said)


def test_quorums_compose_and_the_first_that_is_missed_explains() -> None:
    both = [{"kind": "cast", "num": 1, "den": 10}, {"kind": "approval", "num": 1, "den": 2}]
    found = motion("majority", {"for": 6}, electorate=20, parameters={"quorum": both})
    assert (found.verdict, found.inequality) == ("quorum_not_met", "6 < 1/2 × 20")
    assert [one.is_met for one in found.quorums] == [True, False]
    assert len(found.notes) == 1


def test_the_quorum_is_looked_at_before_the_void() -> None:
    quorum = {"quorum": {"kind": "participation", "num": 1, "den": 2}}
    abstaining = {"abstain": 5}
    assert motion("majority", abstaining, electorate=5).verdict == "void"
    missed = motion("majority", abstaining, electorate=20, parameters=quorum)
    assert missed.verdict == "quorum_not_met"
    assert motion("majority", {}, electorate=3).verdict == "void"


@pytest.mark.parametrize(
    ("file", "where", "code"),
    [
        ({"electorate": 0}, "electorate", "tally-no-electorate"),
        ({"electorate": 1}, "ballots", "tally-too-many-ballots"),
        ({"parameters": {"num": 2}}, "parameters.num", "tally-fixed"),
        ({"parameters": {"strict": 1}}, "parameters.strict", "tally-fixed"),
        ({"parameters": {"minimum": -1}}, "parameters.minimum", "tally-out-of-range"),
        ({"parameters": {"minimum": True}}, "parameters.minimum", "tally-not-a-number"),
        ({"parameters": {"tie": "casting vote"}}, "parameters.tie", "tally-unknown-value"),
        ({"parameters": {"tie": 1}}, "parameters.tie", "tally-unknown-value"),
        ({"parameters": {"tei": "draw"}}, "parameters.tei", "tally-unknown-parameter"),
        ({"parameters": {"quorum": 3}}, "parameters.quorum", "tally-not-a-quorum"),
        ({"parameters": {"quorum": [3]}}, "parameters.quorum[0]", "tally-not-a-quorum"),
        (
            {"parameters": {"quorum": [{"kind": "cast", "num": 3, "den": 2}]}},
            "parameters.quorum[0].num",
            "tally-out-of-range",
        ),
        (
            {"parameters": {"quorum": {"kind": "luck", "num": 1, "den": 2}}},
            "parameters.quorum.kind",
            "tally-unknown-value",
        ),
        (
            {"parameters": {"quorum": {"kind": "cast", "numerator": 1}}},
            "parameters.quorum.numerator",
            "tally-unknown-parameter",
        ),
        (
            {"parameters": {"quorum": {"kind": "cast", "num": 1, "den": 2, "represented": 1}}},
            "parameters.quorum.represented",
            "tally-not-a-flag",
        ),
        (
            {"parameters": {"quorum": {"kind": "presence", "num": 1, "den": 2}}},
            "present",
            "tally-fact-missing",
        ),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_name(
    file: dict[str, Any], where: str, code: str
) -> None:
    assert refused(document("majority", [(2, "for")]) | file) == (where, code)


@pytest.mark.parametrize("rule", [{"num": 4, "den": 3}, {"num": 3, "den": 3, "strict": True}])
def test_nobody_can_ask_for_more_than_everybody(rule: dict[str, Any]) -> None:
    file = document("qualified_majority", [(2, "for")], parameters=rule)
    assert refused(file) == ("parameters.num", "tally-out-of-range")


def test_a_flag_is_true_or_false() -> None:
    file = document("qualified_majority", [(2, "for")], parameters={"strict": "yes"})
    assert refused(file) == ("parameters.strict", "tally-not-a-flag")


def test_the_node_counts_by_numbers_alone() -> None:
    majority = method.find("majority")
    assert majority.choices == ("for", "against", "abstain")
    assert (majority.wire_name, majority.is_federated) == ("motion", True)
    stored = {"base": "cast", "num": 1, "den": 2, "strict": True}
    assert majority.rule.items() >= stored.items()
    verdict = majority.decide(Count({"for": 2, "against": 1, "abstain": 0}, 5), stored)
    assert (verdict.outcome, verdict.explanation, verdict.reason) == ("adopted", "2 > 1", None)
    assert verdict.tally is not None
    assert Count({"for": 2, "abstain": 1}, 5).turnout == 3


def test_methods_for_one_text_are_apart_from_the_others() -> None:
    assert set(method.names()) == {
        "majority", "absolute_majority", "qualified_majority", "consent", "consensus",
    }  # fmt: skip
    assert len(method.every()) == 20
    federated = {method.find(name).wire_name for name in method.every()} & set(method.WIRE_NAMES)
    assert federated == set(method.WIRE_NAMES)
    assert method.find("star").is_federated is False
    with pytest.raises(KeyError):
        method.find("augury")


def test_two_methods_cannot_have_one_name() -> None:
    majority = method.find("majority")
    register = method.decision_method("majority", wire_name="motion", ballot=majority.ballot)
    with pytest.raises(RuntimeError, match="two decision methods called majority"):
        register(majority.count)


def test_answers_have_their_codes_on_the_wire() -> None:
    assert method.wire_code("consent_with_concern") == "concern"
    assert method.wire_code("not_taking_part") == "not-taking-part"
