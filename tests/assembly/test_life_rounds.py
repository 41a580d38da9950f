"""Rounds end by themselves, leanings decide nothing, support may be needed, a text is put off."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from node import clock
from node.assembly import (
    assemblies,
    carrying,
    decisions,
    endorsements,
    members,
    proposals,
    rounds,
    rules,
    votes,
)
from node.database import Database, Transaction
from node.errors import Invalid, NotNow, Refusal
from node.federation.objects import proposal as proposal_object
from node.models import Member, OutboxItem, Proposal, State
from tests.assembly.conftest import later


async def test_a_round_is_over_when_its_time_is(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    until = later(days=3)
    await rounds.open_round(tx, proposal, by=ben, kind="amendments", closes_at=until)
    assert (proposal.state, proposal.running_round) == (State.AMENDMENT, "amendments")
    article = proposal_object.article(proposal, await assemblies.the(tx))
    assert article["assembly"]["phases"] == [{"kind": "amendment", "end": clock.wire(until)}]
    clock.travel(timedelta(days=3))
    try:
        assert not proposal.running_round
    finally:
        clock.travel(timedelta(days=-3))
    await rounds.open_round(tx, proposal, by=ben, kind="reactions", closes_at=until)
    assert (proposal.state, proposal.running_round) == (State.DISCUSSION, "reactions")
    assert [step.kind for step in await carrying.steps(tx, proposal.id)] == [
        "amendments",
        "reactions",
    ]


async def test_a_round_needs_its_carrier_a_name_and_a_time_ahead(
    tx: Transaction, proposal: Proposal, ben: Member, charlie: Member
) -> None:
    with pytest.raises(Refusal):
        await rounds.open_round(tx, proposal, by=charlie, kind="reactions", closes_at=later(days=1))
    for kind, days in (("none", 1), ("reactions", 0)):
        with pytest.raises(Invalid):
            await rounds.open_round(tx, proposal, by=ben, kind=kind, closes_at=later(days=days))
    proposal.state = State.FROZEN
    with pytest.raises(NotNow):
        await rounds.open_round(tx, proposal, by=ben, kind="reactions", closes_at=later(days=1))


async def test_leanings_are_counted_and_replaced(
    tx: Transaction, proposal: Proposal, ben: Member, charlie: Member
) -> None:
    await rounds.lean(tx, proposal, ben, "favourable")
    await rounds.lean(tx, proposal, charlie, "mixed")
    await rounds.lean(tx, proposal, charlie, "reserved")
    counted = {"favourable": 1, "mixed": 0, "reserved": 1}
    assert await rounds.leanings(tx, proposal.id) == counted
    assert await rounds.leaning_of(tx, proposal.id, charlie) == "reserved"
    await rounds.lean(tx, proposal, charlie, "")
    assert await rounds.leaning_of(tx, proposal.id, charlie) == ""
    with pytest.raises(Invalid):
        await rounds.lean(tx, proposal, ben, "contre")
    proposal.state = State.FROZEN
    with pytest.raises(NotNow):
        await rounds.lean(tx, proposal, ben, "mixed")


async def test_a_vote_waits_for_the_support_that_the_rules_ask_for(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    await rules.change(tx, "endorsements", 2, by=ana)
    await endorsements.give(tx, proposal, charlie)
    await endorsements.give(tx, proposal, charlie)
    with pytest.raises(NotNow) as refused:
        await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=1))
    assert (refused.value.code, refused.value.values) == ("endorsements-missing", {"missing": 1})
    await endorsements.give(tx, proposal, ben)
    await endorsements.take_back(tx, proposal, ben)
    assert await endorsements.count(tx, proposal.id) == 1
    await endorsements.give(tx, proposal, ana)
    await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=1))
    with pytest.raises(NotNow):
        await endorsements.take_back(tx, proposal, ana)


async def test_a_text_is_put_off_with_a_reason(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    await rounds.open_round(tx, proposal, by=ben, kind="amendments", closes_at=later(days=1))
    for reason in (" ", "a" * 501):
        with pytest.raises(Invalid):
            await carrying.defer(tx, proposal, by=ben, reason=reason)
    await carrying.defer(tx, proposal, by=ben, reason="Il manque le devis.")
    assert (proposal.state, proposal.running_round) == (State.DISCUSSION, None)
    assert (await carrying.steps(tx, proposal.id))[-1].reason == "Il manque le devis."
    await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=1))
    with pytest.raises(NotNow):
        await carrying.defer(tx, proposal, by=ben, reason="Trop tard.")


async def test_what_decided_nothing_is_taken_up_again(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=1))
    await votes.close_vote(tx, vote, by=ben)
    decision = await decisions.about(tx, proposal)
    assert decision is not None
    assert decision.outcome in carrying.UNSETTLED
    await carrying.defer(tx, proposal, by=ben, reason="On en reparle.")
    await proposals.revise(tx, proposal, by=ben, title="Des bancs", text="Mieux.")
    await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=1))
    assert not carrying.can_be_deferred(State.DECIDED, None)


async def test_rounds_and_deferrals_are_told_to_others(database: Database) -> None:
    async with database.transaction() as tx:
        ben = await members.admit(tx, name="Ben", handle="ben")
        text = await proposals.publish(tx, carrier=ben, title="Des bancs", text="À l'ombre.")
    async with database.transaction() as tx:
        text, ben = await proposals.by_number(tx, 1), await members.by_handle(tx, "ben")
        await rounds.open_round(tx, text, by=ben, kind="reactions", closes_at=later(days=1))
        await carrying.defer(tx, text, by=ben, reason="Le devis.")
    async with database.read() as tx:
        documents = [
            msgspec.json.decode(item.document)
            for item in await tx.all(select(OutboxItem).order_by(OutboxItem.id))
        ]
    told = [(one["type"], one["object"]["type"]) for one in documents]
    assert told[1:] == [("Update", "Article"), ("Create", "Note")] * 2
    assert "Le devis." in documents[-1]["object"]["content"]
    assert documents[-1]["object"]["assembly"]["kind"] == "phase"
