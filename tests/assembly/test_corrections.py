"""A correction says why, corrects something, and follows from the figures where it counts anew."""

from datetime import date
from typing import Any

import pytest

from node.assembly import corrections, decisions, members, proposals, votes
from node.assembly.corrections import Correction
from node.assembly.voting import room
from node.assembly.voting.terms import Terms
from node.database import Transaction
from node.errors import Invalid, NotNow, Refusal
from node.models import Decision, Member
from tests.assembly.conftest import later

BENCH = "Un banc en bois."


async def decided(tx: Transaction, ana: Member, ben: Member, **terms: Any) -> Decision:
    """A decision of three: Ana and Ben are for it, a third one is against it."""
    eva = await members.admit(tx, name="Eva", handle="eva")
    text = await proposals.publish(tx, carrier=ben, title="Un banc", text="Un texte.")
    on = Terms(**{"method": "majority", **terms})
    vote = await votes.open_vote(tx, text, by=ben, closes_at=later(days=1), on=on)
    for member, choice in ((ana, "for"), (ben, "for"), (eva, "against")):
        await votes.cast_ballot(tx, vote, member, choice, version_digest=vote.version.digest)
    decision = await votes.close(tx, vote)
    assert decision is not None
    return decision


async def corrected(tx: Transaction, old: Decision, by: Member, **said: Any) -> Decision:
    """Correct with a reason."""
    return await corrections.correct(tx, old, by, Correction(**{"reason": "Erreur.", **said}))


async def refused(tx: Transaction, old: Decision, by: Member, **said: Any) -> list[tuple[str, str]]:
    """The fields and codes for which a correction is refused."""
    with pytest.raises(Invalid) as told:
        await corrected(tx, old, by, **said)
    assert await decisions.superseding(tx, old) is None
    return [(one.field, one.code) for one in told.value.problems]


async def test_a_correction_takes_the_place_of_a_decision_once(
    tx: Transaction, ana: Member, ben: Member
) -> None:
    old = await decided(tx, ana, ben)
    with pytest.raises(Refusal):
        await corrected(tx, old, ben, statement=BENCH)
    new = await corrected(tx, old, ana, statement=BENCH, minority="Trop cher.", tolerated=[" x "])
    assert (new.number, new.supersedes_id, new.corrected_because) == (2, old.id, "Erreur.")
    assert (new.statement, new.minority, list(new.tolerated)) == (BENCH, "Trop cher.", ["x"])
    assert (new.outcome, new.tally, new.turnout) == (old.outcome, old.tally, old.turnout)
    assert (new.ballots_digest, new.vote, new.version) == (
        old.ballots_digest, old.vote, old.version,
    )  # fmt: skip
    assert (old.statement, await decisions.superseding(tx, old)) == ("", new)
    with pytest.raises(NotNow) as again:
        await corrected(tx, old, ana, statement="Autre.")
    assert again.value.code == "decision-superseded"
    await corrected(tx, new, ana, statement="Un banc en pierre.")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"reason": " ", "statement": BENCH}, [("reason", "correction-reason-missing")]),
        ({"reason": "a" * 1001, "statement": BENCH}, [("reason", "correction-too-long")]),
        ({"statement": "a" * 4001}, [("statement", "correction-too-long")]),
        (
            {"statement": BENCH, "minority": "a" * 4001, "tolerated": ["a" * 2000] * 2},
            [("minority", "correction-too-long"), ("tolerated", "correction-too-long")],
        ),
        ({"statement": ""}, [("statement", "correction-changes-nothing")]),
        (
            {"statement": " \n", "tally": {"for": 2, "against": 1}},
            [("statement", "correction-changes-nothing")],
        ),
    ],
)
async def test_a_correction_says_why_and_corrects_something(
    tx: Transaction, ana: Member, ben: Member, said: dict[str, Any], expected: list[Any]
) -> None:
    old = await decided(tx, ana, ben)
    assert await refused(tx, old, ana, **said) == expected


async def test_a_date_alone_is_a_correction(tx: Transaction, ana: Member, ben: Member) -> None:
    old = await decided(tx, ana, ben)
    day = date(2031, 1, 2)
    assert (await corrected(tx, old, ana, statement="", review_on=day)).review_on == day


HALF = {"kind": "participation", "num": 1, "den": 1}


@pytest.mark.parametrize(
    ("terms", "tally", "outcome", "turnout"),
    [
        ({}, {"for": 1, "against": 2}, "rejected", 3),
        ({}, {"for": 3, "against": 0}, "adopted", 3),
        # The quorum is held against the new figures too.
        ({"parameters": {"quorum": HALF}}, {"for": 1}, "quorum_not_met", 2),
    ],
)
async def test_the_verdict_follows_from_the_figures_and_nobody_writes_it(
    tx: Transaction,
    ana: Member,
    ben: Member,
    terms: dict[str, Any],
    tally: dict[str, int],
    outcome: str,
    turnout: int,
) -> None:
    old = await decided(tx, ana, ben, **terms)
    assert (old.outcome, corrections.may_recount(old)) == ("adopted", True)
    new = await corrected(tx, old, ana, statement="", tally=tally)
    assert (new.outcome, new.turnout, old.outcome) == (outcome, turnout, "adopted")
    assert new.tally == {**old.tally, **tally}
    assert [one["met"] for one in new.quorums] == [outcome == "adopted"] * len(old.quorums)


async def test_figures_are_corrected_only_where_the_verdict_follows_from_them(
    tx: Transaction, ana: Member, ben: Member
) -> None:
    text = await proposals.publish(tx, carrier=ben, title="Un puits", text="Un texte.")
    quorum = {"quorum": {"kind": "presence", "num": 1, "den": 2}}
    on = Terms(method="majority", parameters=quorum)
    vote = await votes.open_vote(tx, text, by=ben, closes_at=later(days=1), on=on)
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 2})
    await room.confirm(tx, vote, by=ben)
    present = await votes.close(tx, vote)
    withdrawn = await proposals.publish(tx, carrier=ben, title="Rien", text="Rien.")
    await proposals.withdraw(tx, withdrawn, by=ben, reason="Inutile.")
    taken_back = await decisions.about(tx, withdrawn)
    for old in (present, taken_back):
        assert old is not None
        assert not corrections.may_recount(old)
        problems = await refused(tx, old, ana, statement=BENCH, tally={"for": 1})
        assert problems == [("tally", "correction-not-countable")]
        assert (await corrected(tx, old, ana, statement=BENCH)).outcome == old.outcome


async def test_figures_that_would_tie_are_not_entered_for_nobody_draws_upon_them(
    tx: Transaction, ana: Member, ben: Member
) -> None:
    old = await decided(tx, ana, ben, parameters={"tie": "draw"})
    told = await refused(tx, old, ana, statement="", tally={"for": 1})
    assert told == [("tally", "correction-is-a-tie")]
    assert (await corrected(tx, old, ana, statement="", tally={"against": 0})).outcome == "adopted"
