"""Consensus minus N, and consent with the life of an objection (deciding.md, section 5)."""

from typing import Any

import pytest

from node import words
from node.assembly.objections import Objection, count_open, is_open, judge
from tests.assembly.methods.counting import document, motion, refused

CODES = ("agree", "agree_with_reservations", "stand_aside", "block")


@pytest.mark.parametrize(
    ("counts", "rule", "outcome"),
    [
        ((0, 0, 0, 0), {}, "void"),
        ((0, 0, 3, 0), {}, "no_support"),
        ((1, 0, 0, 0), {}, "adopted"),
        ((0, 1, 0, 0), {}, "adopted"),
        ((3, 0, 3, 0), {}, "insufficient_support"),
        ((4, 0, 3, 0), {}, "adopted"),
        ((4, 0, 3, 0), {"max_stand_asides": 2}, "too_many_stand_asides"),
        ((9, 0, 0, 1), {}, "blocked"),
        ((0, 0, 0, 1), {"max_blocks": 1}, "no_support"),
        ((9, 0, 0, 1), {"blocks_share": "1/10"}, "adopted"),
        ((8, 0, 0, 1), {"blocks_share": "1/10"}, "blocked"),
        ((18, 0, 0, 2), {"blocks_share": [1, 10]}, "adopted"),
    ],
)
def test_consensus(counts: tuple[int, ...], rule: dict[str, Any], outcome: str) -> None:
    found = motion("consensus", dict(zip(CODES, counts, strict=True)), parameters=rule)
    assert found.outcome == outcome
    assert found.explanation.said(words.of("fr"))


def test_consensus_says_when_hands_are_few_and_blocks_tolerated() -> None:
    counts = {"agree": 5, "stand_aside": 2, "block": 1}
    found = motion("consensus", counts, parameters={"max_blocks": 1})
    said = [note.said(words.of("fr")) for note in found.notes]
    assert said[0].startswith("1 blocage est toléré")
    assert said[1].startswith("Peu de bras")
    assert motion("consensus", {"agree": 9, "stand_aside": 1}).notes == ()


@pytest.mark.parametrize(
    ("objection", "judged_by", "still_open"),
    [
        (Objection("x"), "author", True),
        (Objection("x", "lifted"), "author", False),
        (Objection("x", "integrated"), "author", False),
        (Objection("x", "declared_unreasonable", 9, 0), "author", True),
        (Objection("x", "declared_unreasonable"), "circle", True),
        (Objection("x", "declared_unreasonable", 3, 1), "circle", False),
        (Objection("x", "declared_unreasonable", 2, 1), "circle", True),
        (Objection("x", "declared_unreasonable", facilitators=1), "pair", True),
        (Objection("x", "declared_unreasonable", facilitators=2), "pair", False),
        (Objection("x", "declared_unreasonable", 2, 1, 2, True), "pair", True),
        (Objection("x", "declared_unreasonable", 3, 1, 2, True), "pair", False),
    ],
)
def test_the_life_of_an_objection(objection: Objection, judged_by: str, still_open: bool) -> None:
    assert is_open(objection, judged_by) is still_open


def test_only_the_author_judges_in_a_small_circle() -> None:
    assert [judge("by_size", 12), judge("by_size", 13), judge("pair", 3)] == [
        "author",
        "circle",
        "pair",
    ]


def test_an_objection_that_nobody_wrote_down_is_open() -> None:
    assert count_open(None, 2, "author") == 2
    assert count_open([Objection("x", "lifted")], 2, "author") == 1
    assert count_open([Objection("x"), Objection("y", "lifted")], 1, "author") == 1


def _consent(counts: dict[str, int], rule: dict[str, Any] | None = None, **facts: Any) -> Any:
    given = {"electorate": 10, "parameters": rule or {}, **facts}
    return motion("consent", counts, **given)


@pytest.mark.parametrize(
    ("counts", "rule", "facts", "verdict"),
    [
        ({"consent": 4, "consent_with_concern": 1}, {}, {}, "adopted"),
        ({"consent": 4}, {}, {}, "quorum_not_met"),
        ({"consent": 4}, {"quorum": []}, {}, "adopted"),
        ({}, {"quorum": []}, {}, "void"),
        ({"not_concerned": 10}, {}, {}, "void"),
        ({"consent": 9, "objection": 1}, {}, {}, "blocked"),
        ({"consent": 9, "objection": 1}, {}, {"round": 2}, "blocked"),
        ({"consent": 9, "objection": 1}, {}, {"round": 3}, "rejected"),
        ({"consent": 9, "objection": 1}, {"fallback": "blocked"}, {"round": 3}, "blocked"),
        ({"consent": 3, "objection": 1}, {"fallback": {}, "quorum": []}, {"round": 3}, "adopted"),
        (
            {"consent": 2, "objection": 1},
            {"fallback": {"num": 3, "den": 4}, "quorum": []},
            {"round": 3},
            "rejected",
        ),
        (
            {"consent": 5, "objection": 1},
            {"fallback": {"num": 1, "den": 2, "base": "members"}},
            {"round": 9},
            "adopted",
        ),
        (
            {"consent": 5, "objection": 1, "not_concerned": 4},
            {"fallback": {"num": 1, "den": 2, "base": "voters", "strict": True}},
            {"round": 9},
            "rejected",
        ),
        ({"consent": 6}, {}, {"text_changed": True}, "deferred"),
        ({"consent": 6}, {"minimum_hours": 48}, {"hours_open": 47}, "deferred"),
        ({"consent": 6}, {"minimum_hours": 48}, {"hours_open": 48}, "adopted"),
        ({"consent": 9, "objection": 1}, {}, {"text_changed": True}, "blocked"),
    ],
)
def test_consent(
    counts: dict[str, int], rule: dict[str, Any], facts: dict[str, Any], verdict: str
) -> None:
    found = _consent(counts, rule, **facts)
    assert found.verdict == verdict
    for language in words.LANGUAGES:
        assert found.explanation.said(words.of(language))


def test_an_objection_that_was_lifted_no_longer_stands_in_the_way() -> None:
    lifted = [{"text": "Too dear.", "state": "lifted"}]
    found = _consent({"consent": 6, "objection": 1}, objections=lifted)
    assert (found.verdict, found.working["open_objections"]) == ("adopted", 0)
    assert found.notes[-1].key == "tally.note.review"


@pytest.mark.parametrize(
    ("answers", "facts", "silent"),
    [
        (5, {"notified_days": 7}, 5),
        (5, {"notified_days": 6}, 0),
        (5, {}, 0),
        (4, {"notified_days": 7}, 0),
    ],
)
def test_silence_is_consent_only_with_answers_and_notice(
    answers: int, facts: dict[str, Any], silent: int
) -> None:
    rule = {"silence_is_consent": True, "quorum": {"kind": "approval", "num": 9, "den": 10}}
    found = _consent({"consent": answers}, rule, **facts)
    assert found.counts["silent"] == silent
    assert found.verdict == ("adopted" if silent else "quorum_not_met")


@pytest.mark.parametrize(
    ("more", "where", "code"),
    [
        ({"parameters": {"minimum_hours": 1}}, "hours_open", "tally-fact-missing"),
        ({"parameters": {"fallback": "prayer"}}, "parameters.fallback", "tally-unknown-value"),
        (
            {"parameters": {"fallback": {"num": 5}}},
            "parameters.fallback.num",
            "tally-out-of-range",
        ),
        ({"objections": {}}, "objections", "tally-not-a-list"),
        ({"objections": [1]}, "objections[0]", "tally-not-a-mapping"),
        ({"objections": [{"text": " "}]}, "objections[0].text", "tally-objection-empty"),
        ({"objections": [{"why": "x"}]}, "objections[0].why", "tally-unknown-parameter"),
        (
            {"objections": [{"text": "x", "state": "gone"}]},
            "objections[0].state",
            "tally-unknown-value",
        ),
        (
            {"objections": [{"text": "x", "appealed": 1}]},
            "objections[0].appealed",
            "tally-not-a-flag",
        ),
        (
            {"objections": [{"text": "x", "votes_for": -1}]},
            "objections[0].votes_for",
            "tally-out-of-range",
        ),
        ({"text_changed": "no"}, "text_changed", "tally-not-a-flag"),
        ({"round": "two"}, "round", "tally-not-a-number"),
    ],
)
def test_wrong_facts_are_named(more: dict[str, Any], where: str, code: str) -> None:
    assert refused(document("consent", [(2, "consent")]) | more) == (where, code)
