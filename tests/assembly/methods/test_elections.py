"""Choices among options: the edge cases, ties first (deciding.md, section 6)."""

from typing import Any

import pytest

from node import words
from tests.assembly.methods.counting import document, refused, tally

ABC = ["A", "B", "C"]


def test_a_tie_is_reported_with_those_who_share_it() -> None:
    found = tally("single", [(2, "A"), (2, "B"), (1, "C")], options=ABC)
    assert (found.verdict, found.winners, found.tied) == ("tie", (), ("A", "B"))
    assert found.inequality == "2 = 2"
    drawn = tally("single", [(2, "A"), (2, "B"), (1, "C")], options=ABC, draw=["C", "B", "A"])
    assert (drawn.verdict, drawn.winners, drawn.tied) == ("adopted", ("B",), ())
    assert "tirage" in drawn.explanation.said(words.of("fr"))


def test_several_places_can_be_given() -> None:
    votes = [(3, ["A", "B"]), (1, ["C"]), (1, ["D"])]
    given: dict[str, Any] = {"options": ["A", "B", "C", "D"], "parameters": {"winners": 2}}
    assert tally("approval", votes, **given).winners == ("A", "B")
    given["parameters"] = {"winners": 3}
    found = tally("approval", votes, **given)
    assert (found.verdict, found.winners, found.tied) == ("tie", ("A", "B"), ("C", "D"))
    assert tally("approval", votes, **given, draw=["D", "C"]).winners == ("A", "B", "D")
    given["parameters"] = {"winners": 4}
    assert tally("approval", votes, **given).winners == ("A", "B", "C", "D")


@pytest.mark.parametrize(
    "name",
    ["single", "approval", "score", "star", "dots", "d21", "schulze", "instant_runoff", "borda",
     "coombs", "majority_judgment"],
)  # fmt: skip
def test_blank_ballots_alone_are_void(name: str) -> None:
    blank: dict[str, Any] = {
        "single": None,
        "star": {},
        "score": {},
        "dots": {},
        "majority_judgment": {},
    }
    found = tally(name, [(3, blank.get(name, []))], options=ABC)
    assert (found.verdict, found.counts) == ("void", {"voters": 3, "blank": 3})
    assert tally(name, [], options=ABC).verdict == "void"


@pytest.mark.parametrize(
    ("name", "choice"),
    [("single", "A"), ("approval", ["A"]), ("score", {"A": 3}), ("star", {"A": 3}),
     ("dots", {"A": 3}), ("d21", ["A"]), ("schulze", ["A"]), ("instant_runoff", ["A"]),
     ("borda", ["A"]), ("coombs", ["A"]), ("majority_judgment", {"A": "good"}),
     ("dates", {"A": "yes"})],
)  # fmt: skip
def test_one_option_alone_is_chosen(name: str, choice: Any) -> None:
    found = tally(name, [(2, choice)], options=["A"])
    assert found.explanation.said(words.of("fr"), {"A": "Angers"}).find("Angers") >= 0
    assert found.winners == (() if name == "dates" else ("A",))


def test_score_can_ask_for_enough_ratings() -> None:
    ballots = [(1, {"A": 10}), (3, {"B": 3, "C": 1})]
    given: dict[str, Any] = {"options": ABC}
    assert tally("score", ballots, **given).winners == ("A",)
    rule = {"blank": "left_out", "minimum_ratings": 2}
    found = tally("score", ballots, **given, parameters=rule)
    assert (found.winners, found.counts["ratings"]) == (("B",), {"A": 1, "B": 3, "C": 3})
    nobody = tally("score", ballots, **given, parameters={**rule, "minimum_ratings": 9})
    assert (nobody.verdict, nobody.reason) == ("rejected", "insufficient_support")
    assert tally("score", ballots, **given, parameters={"blank": "left_out"}).notes == ()


def test_d21_tells_equal_scores_apart_by_the_plus() -> None:
    rule = {"plus_votes": 3, "minus_votes": 1}
    ballots = [
        (2, {"A": "+", "B": "+"}),
        (1, {"B": 1, "C": 1, "A": -1}),
        (1, ["A", "B", "C"]),
        (1, {"A": "+", "C": "+", "B": "-"}),
        (1, {"A": "+", "C": "+", "B": "-"}),
    ]
    found = tally("d21", ballots, options=ABC, parameters=rule)
    assert found.counts["scores"] == {"A": 4, "B": 2, "C": 4}
    assert found.winners == ("A",)
    assert found.explanation.key == "tally.choice.then"


def test_dots_are_added_up_and_limited() -> None:
    rule = {"points": 5, "maximum": 3}
    found = tally("dots", [(2, {"A": 3, "B": 2}), (1, {"C": 3})], options=ABC, parameters=rule)
    assert found.counts["points"] == {"A": 6, "B": 4, "C": 3}


def test_dates_are_summed_up() -> None:
    ballots = [(2, {"A": "yes", "B": "yes"}), (1, {"A": "no", "B": "maybe"})]
    found = tally("dates", ballots, options=ABC, electorate=None)
    assert (found.verdict, found.working["best"]) == (None, ["B"])
    assert found.counts["C"] == {"yes": 0, "maybe": 0, "no": 0, "unanswered": 3}


@pytest.mark.parametrize("name", ["advice", "sense_check"])
def test_what_decides_nothing_has_no_verdict(name: str) -> None:
    found = tally(name, [(2, "agree"), (1, "against")])
    assert (found.verdict, found.counts["agree"]) == (None, 2)
    assert tally(name, []).verdict is None


def test_schulze_finds_its_way_through_a_cycle() -> None:
    # Wikipedia, "Schulze method": 45 ballots, no Condorcet winner, E wins.
    ballots = [
        (5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"),
        (7, "DCEBA"), (8, "EBADC"),
    ]  # fmt: skip
    found = tally("schulze", [(n, list(order)) for n, order in ballots], options=list("ABCDE"))
    assert (found.winners, found.working["condorcet_winner"]) == (("E",), None)
    assert found.working["order"] == [["E"], ["A"], ["C"], ["B"], ["D"]]
    assert found.working["strongest_paths"]["E"] == {"A": 25, "B": 28, "C": 28, "D": 31}
    assert found.explanation.key == "tally.schulze.path"


def test_schulze_reports_a_tie_and_takes_a_draw() -> None:
    ballots = [(1, ["A", "B"]), (1, ["B", "A"])]
    found = tally("schulze", ballots, options=ABC)
    assert (found.verdict, found.tied) == ("tie", ("A", "B"))
    drawn = tally("schulze", ballots, options=ABC, draw=["B", "A"])
    assert (drawn.winners, drawn.explanation.key) == (("B",), "tally.schulze.drawn")


def test_rankings_may_have_equal_places_and_an_end() -> None:
    found = tally("schulze", [(1, [["A", "B"]]), (1, ["B"])], options=ABC)
    assert found.counts["pairwise"]["A"] == {"B": 0, "C": 1}
    assert found.winners == ("B",)


def _runoff(ballots: list[tuple[int, str]], options: str = "ABCD", **more: Any) -> Any:
    listed = [(weight, list(order)) for weight, order in ballots]
    return tally("instant_runoff", listed, options=list(options), **more)


def _eliminated(found: Any) -> list[list[str]]:
    return [one["eliminated"] for one in found.working["rounds"]]


def test_runoff_eliminates_a_batch_whose_sum_is_below_the_next() -> None:
    found = _runoff([(6, "A"), (5, "B"), (1, "CB"), (1, "DB")])
    assert _eliminated(found) == [["C", "D"], []]
    assert found.winners == ("B",)
    assert found.inequality == "2 × 7 > 13"


def test_runoff_tries_every_way_a_tie_can_go() -> None:
    found = _runoff([(5, "A"), (2, "BA"), (2, "CA"), (1, "DA")])
    assert found.winners == ("A",)
    tied = _runoff([(4, "A"), (2, "BA"), (2, "CA")], "ABC")
    assert tied.notes[0].key == "tally.note.universes"
    assert tied.winners == ("A",)


def test_runoff_looks_back_when_the_ways_differ() -> None:
    # After D, B and C tie at 5; who leaves decides. In the first round B had 5, C only 4.
    ballots = [(6, "A"), (3, "BA"), (2, "BC"), (4, "CB"), (1, "DC")]
    found = _runoff(ballots)
    assert _eliminated(found) == [["D"], ["C"], []]
    assert found.notes[0].key == "tally.note.backward"
    assert found.winners == ("B",)


def test_runoff_never_guesses() -> None:
    ballots = [(3, "A"), (3, "B")]
    found = _runoff(ballots, "AB")
    assert (found.verdict, found.tied) == ("tie", ("A", "B"))
    assert found.notes[0].key == "tally.note.draw-round-needed"
    drawn = _runoff(ballots, "AB", draw=["B", "A"])
    assert (drawn.winners, drawn.notes[0].figures["leaves"]) == (("B",), "A")


def test_runoff_looks_back_in_vain_but_no_longer_needs_to_choose() -> None:
    # B and C tie, and so they did before; whichever leaves, A and D can still both win.
    ballots = [(4, "A"), (4, "D"), (2, "BA"), (2, "CD")]
    found = _runoff(ballots)
    assert found.verdict == "tie"
    assert found.tied == ("A", "D")


def test_runoff_with_too_many_ways_says_so_rather_than_guess() -> None:
    options = "ABCDEFGHIJ"
    found = _runoff([(1, one) for one in options], options)
    assert (found.verdict, found.tied) == ("tie", tuple(options))


def test_ballots_that_name_nobody_left_are_exhausted() -> None:
    found = _runoff([(4, "A"), (3, "B"), (2, "C")], "ABC")
    assert found.working["rounds"][1] == {
        "counts": {"A": 4, "B": 3},
        "exhausted": 2,
        "eliminated": [],
    }


def test_coombs_shares_the_last_place_among_the_unranked() -> None:
    found = tally("coombs", [(2, ["A"]), (2, ["B", "A"]), (1, ["C", "B"])], options=ABC)
    assert _eliminated(found)[0] == ["C"]
    tied = tally("coombs", [(1, ["A", "B"]), (1, ["B", "A"])], options=["A", "B"])
    assert (tied.verdict, tied.tied) == ("tie", ("A", "B"))


STAR: dict[str, tuple[list[tuple[int, dict[str, int]]], tuple[str, ...], str]] = {
    "the runoff decides": ([(3, {"A": 5, "B": 4}), (4, {"B": 5, "A": 4})], ("B",), "won"),
    "an even runoff goes to the higher score": (
        [(1, {"A": 5, "B": 1}), (1, {"B": 3, "A": 1})],
        ("A",),
        "even",
    ),
    "then to more top ratings": (
        [(1, {"A": 5, "B": 3}), (1, {"B": 4, "A": 1}), (1, {"A": 2, "B": 2}), (1, {"A": 1})],
        (),
        "",
    ),
}


def test_star_runoff() -> None:
    ballots, winners, key = STAR["the runoff decides"]
    found = tally("star", ballots, options=ABC)
    assert (found.winners, found.explanation.key) == (winners, f"tally.star.{key}")
    ballots, winners, key = STAR["an even runoff goes to the higher score"]
    found = tally("star", ballots, options=ABC)
    assert (found.winners, found.explanation.key) == (winners, f"tally.star.{key}")


def test_star_with_even_runoff_and_scores_looks_at_top_ratings() -> None:
    ballots = [(1, {"A": 5, "B": 3}), (1, {"B": 4, "A": 2})]
    found = tally("star", ballots, options=["A", "B"])
    assert found.counts["sums"] == {"A": 7, "B": 7}
    assert (found.winners, found.counts["top_ratings"]) == (("A",), {"A": 1, "B": 0})


def test_star_needs_a_draw_when_nothing_tells_two_apart() -> None:
    ballots = [(1, {"A": 5, "B": 3}), (1, {"B": 5, "A": 3})]
    found = tally("star", ballots, options=["A", "B"])
    assert (found.verdict, found.tied) == ("tie", ("A", "B"))
    assert tally("star", ballots, options=["A", "B"], draw=["B", "A"]).winners == ("B",)


def test_star_tells_tied_scores_apart_head_to_head() -> None:
    # B, C and D tie for the second place; D loses to both and B loses to C.
    ballots = [
        (1, {"A": 5, "B": 3, "C": 4, "D": 1}),
        (1, {"A": 5, "B": 3, "C": 4, "D": 2}),
        (1, {"A": 5, "B": 2, "C": 0, "D": 5}),
    ]
    found = tally("star", ballots, options=["A", "B", "C", "D"])
    assert found.counts["sums"] == {"A": 15, "B": 8, "C": 8, "D": 8}
    assert found.working["finalists"] == [["A", "C"]]


def test_star_tries_every_pair_that_a_tie_leaves_open() -> None:
    ballots = [(2, {"A": 5}), (1, {"B": 1}), (1, {"C": 1})]
    found = tally("star", ballots, options=ABC)
    assert found.working["finalists"] == [["A", "B"], ["A", "C"]]
    assert found.winners == ("A",)
    drawn = tally("star", ballots, options=ABC, draw=["C", "B"])
    assert drawn.working["finalists"] == [["A", "C"]]
    circle = [(1, {"A": 2, "B": 1}), (1, {"B": 2, "C": 1}), (1, {"C": 2, "A": 1})]
    assert tally("star", circle, options=ABC).tied == ("A", "B", "C")


@pytest.mark.parametrize(
    ("name", "choice", "inside", "code"),
    [
        ("majority", "maybe", "", "tally-unknown-choice"),
        ("majority", ["for"], "", "tally-unknown-choice"),
        ("single", "Z", "", "tally-unknown-option"),
        ("single", ["A"], "", "tally-unknown-option"),
        ("schulze", "A", "", "tally-not-a-list"),
        ("schulze", ["A", "A"], "", "tally-option-twice"),
        ("schulze", ["A", ["B", "Z"]], "", "tally-unknown-option"),
        ("schulze", [3], "", "tally-unknown-option"),
        ("instant_runoff", [["A", "B"]], "", "tally-tied-ranks"),
        ("instant_runoff", ["A", "A"], "", "tally-option-twice"),
        ("approval", ["A", "A"], "", "tally-option-twice"),
        ("approval", [{}], "", "tally-unknown-option"),
        ("majority_judgment", ["A"], "", "tally-not-a-mapping"),
        ("majority_judgment", {"A": "superb"}, ".A", "tally-unknown-mark"),
        ("majority_judgment", {"A": 7}, ".A", "tally-unknown-mark"),
        ("majority_judgment", {"A": True}, ".A", "tally-unknown-mark"),
        ("majority_judgment", {"Z": 1}, "", "tally-unknown-option"),
        ("score", {"A": 11}, ".A", "tally-unknown-mark"),
        ("score", {"A": -1}, ".A", "tally-unknown-mark"),
        ("score", {"A": 2.5}, ".A", "tally-unknown-mark"),
        ("dots", {"A": 6, "B": 6}, "", "tally-too-many-points"),
        ("d21", ["A", "B", "C"], "", "tally-too-many-plus"),
        ("d21", {"A": "+", "B": "+", "C": "-"}, "", "tally-too-many-minus"),
        ("d21", {"A": "more"}, ".A", "tally-unknown-mark"),
        ("dates", {"A": "later"}, ".A", "tally-unknown-mark"),
    ],
)
def test_a_ballot_that_cannot_be_is_named(name: str, choice: Any, inside: str, code: str) -> None:
    more = {} if name == "majority" else {"options": ABC}
    blank = {"majority": "for", "single": "A"}.get(name)
    first: Any = blank or ([] if isinstance(choice, list) else {})
    first = {} if name in ("majority_judgment", "score", "dates", "dots") else first
    first = [] if name in ("schulze", "approval", "instant_runoff", "d21") else first
    file = document(name, [(1, first), (1, choice)], **more)
    assert refused(file) == (f"ballots[1].choice{inside}", code)


def test_a_minus_needs_two_plus() -> None:
    rule = {"plus_votes": 3, "minus_votes": 1}
    file = document("d21", [(1, {"A": "+", "B": "-"})], options=ABC, parameters=rule)
    assert refused(file) == ("ballots[0].choice", "tally-minus-needs-plus")


def test_d21_has_more_plus_votes_than_winners() -> None:
    rule = {"plus_votes": 2, "winners": 2}
    file = document("d21", [(1, ["A"])], options=ABC, parameters=rule)
    assert refused(file) == ("parameters.plus_votes", "tally-out-of-range")


def test_an_approval_quorum_needs_a_text() -> None:
    rule = {"quorum": {"kind": "approval", "num": 1, "den": 4}}
    file = document("single", [(1, "A")], options=ABC, parameters=rule)
    assert refused(file) == ("parameters.quorum", "tally-no-approval")
