"""What is late is what the last lines say, and only that is read."""

import random
from datetime import date, timedelta

import pytest

from node import clock
from node.assembly import (
    assemblies,
    corrections,
    decisions,
    follow_up_reminders,
    follow_ups,
    leaving,
    members,
    proposals,
    votes,
)
from node.assembly.corrections import Correction
from node.assembly.events import FollowUpDue
from node.assembly.voting.terms import Terms
from node.database import Transaction
from node.errors import Invalid, NotNow, Refusal
from node.models import Assembly, CoCarrier, Decision, Member
from tests.assembly.conftest import later
from tests.conftest import Travel

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
    everything = await follow_ups.standings(tx, [one.id for one in await decisions.listed(tx)])
    for one in listed:
        alone = await follow_ups.standings(tx, [one.id])
        assert alone == {n: told for n, told in everything.items() if n == one.number}
    expected = [n for n, (_, now) in everything.items() if follow_ups.is_late(now, TODAY)]
    assert sorted(await late(tx)) == sorted(expected)
    assert len(await decisions.listed(tx)) >= 6


async def test_only_those_in_charge_or_who_carried_it_say_what_became_of_it(
    tx: Transaction, ana: Member, ben: Member, charlie: Member
) -> None:
    one = await decided(tx, ben, "Un banc")
    for who in (ana, ben):
        await follow_ups.add(tx, one, by=who, text="Le bois est commandé.")
    with pytest.raises(Refusal):
        await follow_ups.add(tx, one, by=charlie, text="Moi aussi.")
    withdrawn = await proposals.publish(tx, carrier=ben, title="Rien", text="Rien.")
    await proposals.withdraw(tx, withdrawn, by=ben, reason="Inutile.")
    taken_back = await decisions.about(tx, withdrawn)
    assert taken_back is not None
    with pytest.raises(Refusal):
        await follow_ups.add(tx, taken_back, by=ana, text="Il n'y a rien à faire.")


async def test_a_line_says_something_of_a_decision_in_force(tx: Transaction, ana: Member) -> None:
    one = await decided(tx, ana, "Un banc")
    for text, code in ((" ", "follow-up-empty"), ("a" * 2001, "correction-too-long")):
        with pytest.raises(Invalid) as refused:
            await follow_ups.add(tx, one, by=ana, text=text)
        assert [problem.code for problem in refused.value.problems] == [code]
    new = await corrections.correct(tx, one, ana, Correction(reason="a", statement="En bois."))
    with pytest.raises(NotNow) as corrected:
        await follow_ups.add(tx, one, by=ana, text="Fait.")
    assert corrected.value.code == "decision-superseded"
    await follow_ups.add(tx, new, by=ana, text="Fait.")
    assert [line.text for line in await follow_ups.listed(tx, new)] == ["Fait."]


async def reminded(tx: Transaction) -> list[tuple[int, str, str, tuple[int, ...]]]:
    """What people are told of now, by number of the decision."""
    before = len(tx.events)
    await follow_up_reminders.remind(tx)
    said = [one for one in list(tx.events)[before:] if isinstance(one, FollowUpDue)]
    return [(one.decision.number, one.kind, one.holder, one.members) for one in said]


def today(assembly: Assembly) -> date:
    """The day it is for this assembly."""
    return clock.now().astimezone(assemblies.zone(assembly)).date()


async def test_people_are_told_once_on_the_day_itself(
    tx: Transaction, assembly: Assembly, ana: Member, ben: Member, travel: Travel
) -> None:
    one = await decided(tx, ben, "Un banc")
    day = today(assembly)
    await follow_ups.add(tx, one, by=ana, due_on=day + timedelta(days=1), holder="Léa")
    await follow_ups.add(tx, one, by=ana, review_on=day + timedelta(days=3))
    assert await reminded(tx) == []
    travel(days=1)
    everybody = (ana.id, ben.id)
    assert await reminded(tx) == [(1, "due", "Léa", everybody)]
    assert await reminded(tx) == []
    travel(days=2)
    assert await reminded(tx) == [(1, "review", "Léa", everybody)]
    # Another day is another reminder.
    await follow_ups.add(tx, one, by=ana, due_on=today(assembly))
    assert await reminded(tx) == [(1, "due", "Léa", everybody)]
    assert await reminded(tx) == []


async def test_what_is_done_is_no_longer_due_but_is_looked_at_again(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    one, other = await decided(tx, ana, "Un banc"), await decided(tx, ana, "Un puits")
    day = today(assembly)
    await follow_ups.add(tx, one, by=ana, due_on=day, is_done=True)
    await follow_ups.add(tx, other, by=ana, due_on=day, review_on=day, is_done=True)
    assert await reminded(tx) == [(2, "review", "", (ana.id,))]


@pytest.mark.parametrize("holder", ["Dan", "@dan", "dan", "@DAN"])
async def test_those_who_carry_it_out_or_carried_the_text_are_told(
    tx: Transaction,
    assembly: Assembly,
    ana: Member,
    ben: Member,
    charlie: Member,
    holder: str,
) -> None:
    dan = await members.admit(tx, name="Dan", handle="dan")
    await members.admit(tx, name="Eva", handle="eva")
    one = await decided(tx, ben, "Un banc")
    one.proposal.co_carriers.append(CoCarrier(member_id=charlie.id))
    await follow_ups.add(tx, one, by=ana, due_on=today(assembly), holder=holder)
    told = (ana.id, ben.id, charlie.id, dan.id)
    assert await reminded(tx) == [(1, "due", holder, told)]
    await leaving.leave(tx, charlie)
    await follow_ups.add(tx, one, by=ana, review_on=today(assembly))
    assert await reminded(tx) == [(1, "review", holder, (ana.id, ben.id, dan.id))]
