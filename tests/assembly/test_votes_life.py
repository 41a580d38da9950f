"""What happens to a vote while it is open: more time, an end, another text, a second round."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from node import clock
from node.assembly import attention, meetings, members, proposals, rules, votes
from node.assembly.events import VoteClosesSoon
from node.assembly.voting import reminding, sheets
from node.database import Database, Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Member, Proposal, State, Vote, VoteChange
from tests.assembly.conftest import later
from tests.conftest import Travel


@pytest.fixture
async def vote(tx: Transaction, proposal: Proposal, ana: Member, ben: Member) -> Vote:
    """A vote about Ben's text, open for two days, that asks Ana and Ben."""
    return await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))


async def cast(tx: Transaction, vote: Vote, voter: Member, choice: object, **more: Any) -> None:
    """Cast a ballot on the text of the vote."""
    digest = more.pop("digest", vote.version.digest)
    await votes.cast_ballot(tx, vote, voter, choice, version_digest=digest, **more)


async def test_more_time_keeps_the_ballots_and_says_why(
    tx: Transaction, vote: Vote, ana: Member, ben: Member, charlie: Member
) -> None:
    await cast(tx, vote, ana, "for")
    end = later(days=5)
    with pytest.raises(Invalid):
        await votes.extend(tx, vote, by=ben, closes_at=later(days=1), reason="Non")
    with pytest.raises(Invalid):
        await votes.extend(tx, vote, by=ben, closes_at=end, reason=" ")
    with pytest.raises(Refusal):
        await votes.extend(tx, vote, by=charlie, closes_at=end, reason="Moi")
    await votes.extend(tx, vote, by=ben, closes_at=end, reason="Grève des trains.")
    assert (vote.closes_at, vote.proposal.vote_closes_at) == (end, end)
    assert (await votes.tally(tx, vote))["for"] == 1
    [change] = await tx.all(select(VoteChange))
    assert (change.kind, change.reason, change.until) == ("extended", "Grève des trains.", end)


async def test_a_cancelled_vote_counts_nothing_and_gives_the_text_back(
    tx: Transaction, vote: Vote, proposal: Proposal, ana: Member, ben: Member
) -> None:
    await cast(tx, vote, ana, "for")
    await votes.cancel(tx, vote, by=ben, reason="Une annexe manque.")
    assert (vote.ended_as, proposal.state) == ("cancelled", State.DISCUSSION)
    with pytest.raises(NotNow):
        await cast(tx, vote, ana, "against")
    with pytest.raises(NotNow):
        await votes.close(tx, vote)
    again = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))
    assert (again.round, await votes.tally(tx, again)) == (
        2,
        {"for": 0, "against": 0, "abstain": 0},
    )


async def test_another_text_voids_the_ballots_and_asks_again(
    tx: Transaction, vote: Vote, proposal: Proposal, ana: Member, ben: Member
) -> None:
    await cast(tx, vote, ana, "for")
    old = vote.version.digest
    again = await votes.change_text(
        tx,
        vote,
        by=ben,
        title="Des bancs",
        text="Au soleil.",
        note="Plus d'ombre",
        closes_at=later(days=3),
    )
    assert (vote.ended_as, again.round, proposal.state) == ("voided", 2, State.VOTE)
    assert again.version.digest != old
    with pytest.raises(NotNow) as refused:
        await cast(tx, again, ana, "for", digest=old)
    assert refused.value.code == "other-version"
    [told], [other] = await attention.asked(tx, ana), await attention.asked(tx, ben)
    assert (told.is_void, told.has_voted, other.is_void) == (True, False, False)
    await cast(tx, again, ana, "against")
    assert [one.has_voted for one in await attention.asked(tx, ana)] == [True]


async def test_a_ballot_from_another_device_stands(
    tx: Transaction, vote: Vote, ana: Member
) -> None:
    await cast(tx, vote, ana, "for", seen=0)
    with pytest.raises(NotNow) as refused:
        await cast(tx, vote, ana, "against", seen=0)
    assert refused.value.code == "voted-meanwhile"
    ballot = await votes.ballot_of(tx, vote, ana)
    assert ballot is not None
    assert (ballot.choice, ballot.seq) == ("for", 1)
    await cast(tx, vote, ana, "against", seen=1)
    assert (await votes.tally(tx, vote))["against"] == 1


async def test_an_objection_is_a_text(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    on = votes.Terms(method="consent")
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    with pytest.raises(Invalid) as refused:
        await cast(tx, vote, ana, "objection")
    assert refused.value.problems[0].code == "reason-needed-objection"
    await cast(tx, vote, ana, "objection", reason="Le sol s'effondre.")
    await cast(tx, vote, ben, "consent")
    decision = await votes.close(tx, vote)
    assert decision is not None
    assert decision.outcome == "blocked"
    assert decision.reasons == {"objection": ["Le sol s'effondre."]}


async def test_a_day_before_the_close_those_who_did_not_vote_are_named_once(
    tx: Transaction, vote: Vote, ana: Member, ben: Member, travel: Travel
) -> None:
    await cast(tx, vote, ana, "for")
    assert await reminding.due(tx) == []
    travel(hours=25)
    assert await reminding.due(tx) == [vote.id]
    await reminding.remind(tx, vote)
    told = [event for event in tx.events if isinstance(event, VoteClosesSoon)]
    assert [event.waited_for for event in told] == [(ben.id,)]
    assert await reminding.due(tx) == []
    [asked] = await attention.asked(tx, ben)
    assert asked.ends_soon


async def test_nobody_is_reminded_of_a_vote_of_one_evening(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    await votes.open_vote(tx, proposal, by=ben, closes_at=later(hours=3))
    assert await reminding.due(tx) == []


QUORUM = {"kind": "participation", "num": 1, "den": 1}


@pytest.mark.parametrize(
    ("second", "quorum"),
    [
        ("same", [{**QUORUM, "represented": False}]),
        ("halved", [{**QUORUM, "den": 2, "represented": False}]),
        ("dropped", []),
        ("none", None),
    ],
)
async def test_a_quorum_that_fails_is_convened_again_by_the_rule(
    tx: Transaction,
    proposal: Proposal,
    ana: Member,
    ben: Member,
    monkeypatch: pytest.MonkeyPatch,
    second: str,
    quorum: list[Any] | None,
) -> None:
    async def defaults(_tx: Transaction) -> rules.Defaults:
        return rules.Defaults(second_quorum=second)

    monkeypatch.setattr(rules, "defaults", defaults)
    on = votes.Terms(method="majority", parameters={"quorum": QUORUM})
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    await cast(tx, vote, ana, "for")
    decision = await votes.close(tx, vote)
    assert decision is not None
    assert decision.outcome == "quorum_not_met"
    if quorum is None:
        with pytest.raises(NotNow):
            await votes.convene_again(tx, proposal, by=ben, closes_at=later(days=2))
        return
    again = await votes.convene_again(tx, proposal, by=ben, closes_at=later(days=2))
    assert (again.convocation, again.round, again.rule["quorum"]) == (2, 2, quorum)
    assert again.version_id == vote.version_id
    await cast(tx, again, ana, "for")
    second_decision = await votes.close(tx, again)
    assert second_decision is not None
    expected = "quorum_not_met" if second == "same" else "adopted"
    assert second_decision.outcome == expected
    with pytest.raises(NotNow):
        await votes.convene_again(tx, proposal, by=ben, closes_at=later(days=2))


async def test_another_text_meets_the_whole_quorum_again(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def defaults(_tx: Transaction) -> rules.Defaults:
        return rules.Defaults(second_quorum="dropped")

    monkeypatch.setattr(rules, "defaults", defaults)
    on = votes.Terms(method="majority", parameters={"quorum": QUORUM})
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    await cast(tx, vote, ana, "for")
    await votes.close(tx, vote)
    again = await votes.convene_again(tx, proposal, by=ben, closes_at=later(days=2))
    changed = await votes.change_text(
        tx,
        again,
        by=ben,
        title="Des bancs",
        text="Mille bancs de marbre.",
        note="Plus grand",
        closes_at=later(days=2),
    )
    assert (changed.convocation, changed.rule["quorum"]) == (1, vote.rule["quorum"])
    await cast(tx, changed, ana, "for")
    decision = await votes.close(tx, changed)
    assert decision is not None
    assert decision.outcome == "quorum_not_met"


async def test_another_text_is_not_asked_about_before_the_meeting(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    convocation = meetings.Convocation(
        title="Assemblée", text="", starts_at=later(days=3), how_to_join="Ici.", place_name="Salle"
    )
    meeting = await meetings.publish(tx, ana, convocation)
    on = votes.Terms(method="majority", meeting_id=meeting.id)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=4), on=on)
    text = {"title": "Des bancs", "text": "Au soleil.", "note": "Ombre"}
    with pytest.raises(Invalid) as refused:
        await votes.change_text(tx, vote, by=ben, closes_at=later(days=1), **text)
    assert refused.value.problems[0].code == "closes-before-the-meeting"
    assert vote.closed_at is None
    again = await votes.change_text(tx, vote, by=ben, closes_at=later(days=5), **text)
    assert again.meeting_id == meeting.id


async def test_a_clock_that_is_moved_back_reopens_nothing(
    tx: Transaction, vote: Vote, ana: Member, proposal: Proposal
) -> None:
    clock.travel(timedelta(days=3))
    try:
        await votes.close(tx, vote)
    finally:
        clock.travel(-timedelta(days=3))
    assert vote.closes_at > clock.now()
    assert votes.is_over(vote)
    assert await votes.next_close(tx) is None
    with pytest.raises(NotNow) as refused:
        await cast(tx, vote, ana, "for")
    assert refused.value.code == "vote-is-closed"
    assert proposal.state is State.DECIDED


async def test_a_sense_check_sums_up_and_decides_nothing(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    on = votes.Terms(method="sense_check")
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    await cast(tx, vote, ana, "agree")
    assert await votes.close(tx, vote) is None
    assert (proposal.state, vote.ended_as) == (State.DISCUSSION, "counted")
    assert (await votes.result(tx, vote)).counts["agree"] == 1
    await proposals.revise(tx, proposal, by=ben, title="Des bancs", text="Plus d'ombre.")


async def test_what_is_over_is_not_changed_any_more(
    tx: Transaction, vote: Vote, ben: Member, travel: Travel
) -> None:
    travel(days=2, minutes=1)
    for act in (
        votes.extend(tx, vote, by=ben, closes_at=later(days=5), reason="Trop tard."),
        votes.cancel(tx, vote, by=ben, reason="Trop tard."),
        votes.change_text(tx, vote, by=ben, title="a", text="b", note="c", closes_at=later(days=3)),
    ):
        with pytest.raises(NotNow) as refused:
            await act
        assert refused.value.code == "vote-is-closed"
    assert await tx.all(select(VoteChange)) == []


async def test_the_reason_of_a_change_is_short(tx: Transaction, vote: Vote, ben: Member) -> None:
    with pytest.raises(Invalid) as refused:
        await votes.cancel(tx, vote, by=ben, reason="a" * 501)
    assert [one.code for one in refused.value.problems] == ["reason-too-long"]
    assert not votes.is_over(vote)
    await votes.cancel(tx, vote, by=ben, reason="a" * 500)


async def test_nobody_is_reminded_of_what_is_over_or_when_all_have_voted(
    tx: Transaction, vote: Vote, ana: Member, ben: Member, travel: Travel
) -> None:
    for voter in (ana, ben):
        await cast(tx, vote, voter, "for")
    travel(hours=25)
    await reminding.remind(tx, vote)
    assert (vote.reminded_at is not None, await reminding.due(tx)) == (True, [])
    await votes.extend(tx, vote, by=ben, closes_at=later(days=3), reason="Encore.")
    assert vote.reminded_at is None
    travel(days=4)
    await reminding.remind(tx, vote)
    assert vote.reminded_at is None
    assert [one for one in tx.events if isinstance(one, VoteClosesSoon)] == []


async def test_a_reason_is_of_some_length(tx: Transaction, vote: Vote, ana: Member) -> None:
    with pytest.raises(Invalid) as refused:
        await cast(tx, vote, ana, "for", reason="a" * 2001)
    assert [one.code for one in refused.value.problems] == ["reason-too-long"]
    assert await votes.ballot_of(tx, vote, ana) is None
    await cast(tx, vote, ana, "for", reason="a" * 2000)


async def test_two_devices_that_vote_at_once_for_one_person_give_one_ballot(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        ana = await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        text = await proposals.publish(tx, carrier=ana, title="Des bancs", text="À l'ombre.")
        opened = await votes.open_vote(tx, text, by=ana, closes_at=later(days=2))

    async def device(choice: str) -> str:
        try:
            async with database.transaction() as tx:
                vote = await tx.get(Vote, opened.id)
                assert vote is not None
                await cast(tx, vote, await members.by_handle(tx, "ana"), choice, seen=0)
        except NotNow as error:
            return error.code
        return "cast"

    answered = await asyncio.gather(device("for"), device("against"))
    assert sorted(answered) == ["cast", "voted-meanwhile"]
    async with database.read() as tx:
        vote = await tx.get(Vote, opened.id)
        assert vote is not None
        assert sum((await votes.tally(tx, vote)).values()) == 1


async def test_a_vote_is_asked_for_by_the_number_of_its_text(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    with pytest.raises(NotFound):
        await sheets.about(tx, 7)
    with pytest.raises(NotNow) as early:
        await sheets.about(tx, proposal.number)
    assert early.value.code == "no-vote-yet"
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))
    assert (await sheets.about(tx, proposal.number)).vote_id == vote.id
    with pytest.raises(NotFound):
        await votes.amendment_of(tx, vote)
