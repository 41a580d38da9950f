"""What is late is what the last lines say, and only that is read."""

import random
from datetime import date, timedelta

import pytest

from node.assembly import corrections, decisions, follow_ups, proposals, votes
from node.assembly.corrections import Correction
from node.assembly.voting.terms import Terms
from node.database import Transaction
from node.errors import Invalid
from node.models import Decision, Member
from tests.assembly.conftest import later

TODAY = date(2030, 5, 20)
PAST, TODAY_TOO, AHEAD = TODAY - timedelta(days=9), TODAY, TODAY + timedelta(days=9)


async def decided(tx: Transaction, carrier: Member, title: str) -> Decision:
    """A decision about a text of its own."""
    proposal = await proposals.publish(tx, carrier=carrier, title=title, text="Un texte.")
    vote = await votes.open_vote(tx, proposal, by=carrier, closes_at=later(days=1))
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, carrier, "for", version_digest=digest)
    decision = await votes.close(tx, vote)
    assert decision is not None
    return decision


async def late(tx: Transaction) -> list[int]:
    """The numbers of what is late."""
    return [one.number for one, _ in await follow_ups.late(tx, TODAY)]


async def test_the_last_line_says_whether_it_is_late(tx: Transaction, ana: Member) -> None:
    one = await decided(tx, ana, "Un banc")
    for line, expected in (
        ({"due_on": AHEAD}, []),
        ({"due_on": PAST}, [1]),
        ({"is_done": True}, []),
        ({"is_done": False}, [1]),
        ({"due_on": TODAY_TOO}, []),
        ({"review_on": TODAY_TOO}, [1]),
        ({"text": "On verra."}, [1]),
        ({"review_on": AHEAD}, []),
    ):
        await follow_ups.add(tx, one, by=ana, **line)
        assert await late(tx) == expected, line


async def test_what_was_noted_goes_on_under_the_correction(tx: Transaction, ana: Member) -> None:
    one = await decided(tx, ana, "Un banc")
    await follow_ups.add(tx, one, by=ana, due_on=PAST, holder="Léa")
    new = await corrections.correct(tx, one, ana, Correction(reason="Date", statement="En bois."))
    [(found, now)] = await follow_ups.late(tx, TODAY)
    assert (found.id, now.holder) == (new.id, "Léa")
    await follow_ups.add(tx, new, by=ana, is_done=True)
    assert await late(tx) == []


async def test_what_was_consented_to_keeps_its_date_of_review(tx: Transaction, ana: Member) -> None:
    text = await proposals.publish(tx, carrier=ana, title="Un banc", text="Un texte.")
    on = Terms(method="consent", parameters={"minimum_hours": 0})
    vote = await votes.open_vote(tx, text, by=ana, closes_at=later(days=1), on=on)
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, ana, "consent", version_digest=digest)
    decision = await votes.close(tx, vote)
    assert decision is not None
    assert (decision.outcome, decision.review_on is not None) == ("adopted", True)
    with pytest.raises(Invalid) as refused:
        await corrections.correct(tx, decision, ana, Correction(reason="a", statement="b"))
    assert [one.field for one in refused.value.problems] == ["review_on"]
    kept = Correction(reason="a", statement="b", review_on=AHEAD)
    assert (await corrections.correct(tx, decision, ana, kept)).review_on == AHEAD


@pytest.mark.parametrize("seed", range(4))
async def test_what_is_read_is_enough(tx: Transaction, ana: Member, seed: int) -> None:
    """The narrow question finds the same as reading everything does."""
    chance = random.Random(seed)
    listed = [await decided(tx, ana, f"Texte {number}") for number in range(6)]
    for _ in range(24):
        one = chance.choice(listed)
        if chance.random() < 0.1:
            said = f"Autrement {chance.random()}"
            new = await corrections.correct(tx, one, ana, Correction(reason="a", statement=said))
            listed[listed.index(one)] = new
            continue
        days = (PAST, TODAY_TOO, AHEAD, None)
        line = {
            "due_on": chance.choice(days),
            "review_on": chance.choice((*days, None, None)),
            "is_done": chance.choice((True, False, None, None)),
        }
        await follow_ups.add(tx, one, by=ana, text="a", **line)  # type: ignore[arg-type]
    everything = await follow_ups.standings(tx)
    expected = [n for n, (_, now) in everything.items() if follow_ups.is_late(now, TODAY)]
    assert sorted(await late(tx)) == sorted(expected)
    assert len(await decisions.listed(tx)) >= 6
