"""The life of an objection: raised, lifted, integrated, judged, carried over."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from node.assembly import attention, carrying, members, proposals, rules, tallying, votes
from node.assembly.events import ObjectionAppealed, ObjectionJudged, ObjectionRaised
from node.assembly.objections import Objection as Counted
from node.assembly.voting import counting, objecting, proxies, room, settling
from node.assembly.voting.objection_words import Words
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Decision, Member, Objection, Proposal, State, Vote, VoteChange
from tests.assembly.conftest import later
from tests.conftest import Travel

TEXT = "Le sol s'effondre."
CONSENT = votes.Terms(method="consent")


@pytest.fixture
async def vote(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> Vote:
    """A vote by consent about Ben's text, that asks Ana, Ben and Charlie."""
    return await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=9), on=CONSENT)


async def cast(tx: Transaction, vote: Vote, voter: Member, choice: str, text: str = "") -> None:
    """Take a position on the text of the vote."""
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, voter, choice, version_digest=digest, reason=text)


async def objects(tx: Transaction, vote: Vote, voter: Member, text: str = TEXT) -> Objection:
    """Object to the text of the vote."""
    await cast(tx, vote, voter, "objection", text)
    found = await objecting.of_author(tx, vote.id, voter.id)
    assert found is not None
    return found


async def closed(tx: Transaction, vote: Vote) -> Decision:
    """Close the vote, and see that the published file gives the same verdict."""
    decision = await votes.close(tx, vote)
    assert decision is not None
    task = tallying.read(json.dumps(await votes.export(tx, vote)))
    again = task.tally()
    assert (again.verdict, again.reason) == (
        "rejected" if decision.outcome_reason else decision.outcome,
        decision.outcome_reason,
    )
    assert again.inequality == decision.explanation
    return decision


async def opened(tx: Transaction, proposal: Proposal, by: Member, **more: Any) -> Vote:
    """Open a vote by consent with other parameters."""
    on = votes.Terms(method="consent", parameters={"quorum": [], **more})
    return await votes.open_vote(tx, proposal, by=by, closes_at=later(days=9), on=on)


async def ruled(tx: Transaction, ana: Member, judge: str) -> None:
    """Let the assembly's rule say who judges."""
    await rules.change(tx, "objections_judge", judge, by=ana)


async def test_an_objection_says_what_why_and_what_would_be_better(
    tx: Transaction, vote: Vote, ana: Member
) -> None:
    words = Words(1, " Des chutes. ", "Du gravier.")
    digest = vote.version.digest
    given: dict[str, Any] = {"version_digest": digest, "reason": TEXT}
    with pytest.raises(Invalid) as wrong:
        await votes.cast_ballot(
            tx,
            vote,
            ana,
            "objection",
            version_digest=digest,
            reason="Non",
            words=Words(2, "a" * 2001, "b" * 2001),
        )
    assert [one.field for one in wrong.value.problems] == [
        "reason",
        "paragraph",
        "risk",
        "improvement",
    ]
    assert await objecting.listed(tx, vote.id) == []
    await votes.cast_ballot(tx, vote, ana, "objection", words=words, **given)
    [card] = await objecting.listed(tx, vote.id)
    assert (card.author, card.text, card.paragraph) == ("Ana Morel", TEXT, 1)
    assert (card.risk, card.improvement, card.state) == ("Des chutes.", "Du gravier.", "raised")
    assert [type(one) for one in tx.events][-1] is ObjectionRaised


async def test_its_author_lifts_it_and_answers_instead(
    tx: Transaction, vote: Vote, ana: Member, ben: Member, charlie: Member
) -> None:
    mine = await objects(tx, vote, ana)
    await cast(tx, vote, ben, "consent")
    with pytest.raises(Refusal) as not_his:
        await settling.lift(tx, mine, by=ben, position="consent")
    assert not_his.value.code == "objection-not-yours"
    with pytest.raises(Invalid):
        await settling.lift(tx, mine, by=ana, position="objection")
    with pytest.raises(NotNow) as same:
        await settling.accept(tx, mine, by=ana, position="consent")
    assert same.value.code == "objection-same-text"
    assert (await votes.result(tx, vote)).verdict == "blocked"
    await settling.lift(tx, mine, by=ana, position="consent_with_concern", reason="Je veillerai.")
    with pytest.raises(NotNow):
        await settling.lift(tx, mine, by=ana, position="consent")
    assert (await votes.tally(tx, vote))["consent_with_concern"] == 1
    decision = await closed(tx, vote)
    assert (decision.outcome, decision.tally["objection"]) == ("adopted", 0)
    assert decision.reasons == {
        "consent_with_concern": ["Je veillerai."],
        "objection_lifted": [TEXT],
    }
    assert decision.working["objections"] == {"lifted": 1}
    assert decision.review_on is not None
    kinds = [one.kind for one in await tx.all(select(VoteChange).order_by(VoteChange.id))]
    assert kinds == ["objection-raised", "objection-lifted"]


async def test_another_position_lifts_it_and_another_text_raises_it_again(
    tx: Transaction, vote: Vote, ana: Member, ben: Member, charlie: Member
) -> None:
    mine = await objects(tx, vote, ana)
    await cast(tx, vote, ana, "not_concerned")
    assert (mine.state, mine.settled_at is not None) == ("lifted", True)
    await cast(tx, vote, ana, "consent")
    await objects(tx, vote, ana, "Autre chose encore.")
    assert (mine.state, mine.text, mine.settled_at) == ("raised", "Autre chose encore.", None)
    await cast(tx, vote, ben, "consent")
    await cast(tx, vote, charlie, "consent")
    decision = await closed(tx, vote)
    assert (decision.outcome, decision.explanation) == ("blocked", "1 > 0")
    assert decision.reasons == {"objection": ["Autre chose encore."]}
    with pytest.raises(NotNow):
        await settling.lift(tx, mine, by=ana, position="consent")


async def test_nobody_else_judges_where_the_author_alone_does(
    tx: Transaction, vote: Vote, ana: Member, ben: Member
) -> None:
    mine = await objects(tx, vote, ana)
    with pytest.raises(Refusal) as refused:
        await settling.judge(tx, mine, by=ben, is_unreasonable=True)
    assert refused.value.code == "objection-author-alone"
    with pytest.raises(Refusal):
        await settling.judge(tx, mine, by=ana, is_unreasonable=True)
    with pytest.raises(NotFound):
        await settling.by_id(tx, vote, 7)


@pytest.mark.parametrize(
    ("against", "outcome", "state"),
    [(1, "adopted", "declared_unreasonable"), (2, "blocked", "raised")],
)
async def test_the_circle_judges_by_three_quarters_of_the_votes(
    tx: Transaction, proposal: Proposal, ana: Member, against: int, outcome: str, state: str
) -> None:
    await ruled(tx, ana, "circle")
    people = [
        await members.admit(tx, name=f"Membre {n}", handle=f"m{n}") for n in range(3 + against)
    ]
    outsider = await members.admit(tx, name="Zoé", handle="zoe")
    vote = await opened(tx, proposal, ana)
    late = await members.admit(tx, name="Tard", handle="tard")
    mine = await objects(tx, vote, outsider)
    await cast(tx, vote, ana, "consent")
    with pytest.raises(Refusal) as refused:
        await settling.judge(tx, mine, by=late, is_unreasonable=True)
    assert refused.value.code == "not-on-the-roll"
    for one in people:
        await settling.judge(tx, mine, by=one, is_unreasonable=False)
    for one in people[against:]:
        await settling.judge(tx, mine, by=one, is_unreasonable=True)
    with pytest.raises(NotNow):
        await settling.appeal(tx, mine, by=ana)
    [card] = await objecting.listed(tx, vote.id)
    assert (card.votes_for, card.votes_against) == (3, against)
    assert [type(one) for one in tx.events][-1] is ObjectionJudged
    decision = await closed(tx, vote)
    assert (decision.outcome, mine.state) == (outcome, state)
    [counted] = (await counting.facts(tx, vote)).objections or ()
    assert counted == Counted(TEXT, state, 3, against)
    key = "objection" if state == "raised" else f"objection_{state}"
    assert decision.reasons == {key: [TEXT]}


async def test_other_words_are_judged_anew(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    await ruled(tx, ana, "circle")
    vote = await opened(tx, proposal, ana)
    mine = await objects(tx, vote, ana)
    await settling.judge(tx, mine, by=ben, is_unreasonable=True)
    await objects(tx, vote, ana)
    assert (await objecting.facts(tx, vote))[0].state == "declared_unreasonable"
    await objects(tx, vote, ana, "Le sol s'effondre, la preuve en est là.")
    assert (await objecting.facts(tx, vote))[0].state == "raised"


async def test_a_pair_of_facilitators_judges_and_the_circle_on_appeal(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    await ruled(tx, ana, "pair")
    second = await members.admit(tx, name="Dora", handle="dora", is_in_charge=True)
    vote = await opened(tx, proposal, ana)
    mine = await objects(tx, vote, charlie)
    await cast(tx, vote, ana, "consent")
    with pytest.raises(Refusal) as refused:
        await settling.judge(tx, mine, by=ben, is_unreasonable=True)
    assert refused.value.code == "objection-not-a-facilitator"
    await settling.judge(tx, mine, by=ana, is_unreasonable=True)
    assert (await objecting.facts(tx, vote))[0].state == "raised"
    with pytest.raises(NotNow):
        await settling.appeal(tx, mine, by=charlie)
    await settling.judge(tx, mine, by=second, is_unreasonable=True)
    assert (await objecting.facts(tx, vote))[0].state == "declared_unreasonable"
    await settling.appeal(tx, mine, by=charlie)
    assert [type(one) for one in tx.events][-1] is ObjectionAppealed
    with pytest.raises(NotNow):
        await settling.appeal(tx, mine, by=charlie)
    assert (await objecting.facts(tx, vote))[0].state == "raised"
    for one in (ana, second, ben):
        await settling.judge(tx, mine, by=one, is_unreasonable=True)
    [counted] = await objecting.facts(tx, vote)
    assert counted == Counted(TEXT, "declared_unreasonable", 3, 0, 2, True)
    assert (await closed(tx, vote)).outcome == "adopted"


async def test_who_judges_is_not_for_the_opener_to_choose(
    tx: Transaction, proposal: Proposal, ana: Member
) -> None:
    await ruled(tx, ana, "pair")
    await rules.change(tx, "consent_rounds", 1, by=ana)
    await rules.change(tx, "consent_fallback", "three_quarters", by=ana)
    usual = await votes.usual(tx, "consent")
    assert usual.parameters == {
        "judged_by": "pair",
        "further_rounds": 1,
        "fallback": "three_quarters",
    }
    vote = await opened(tx, proposal, ana, judged_by="author")
    assert vote.rule["judged_by"] == "pair"


async def test_a_new_text_asks_again_and_its_author_says_whether_it_answers(
    tx: Transaction, vote: Vote, ana: Member, ben: Member, charlie: Member
) -> None:
    mine, other = await objects(tx, vote, ana), await objects(tx, vote, charlie, "Trop cher ici.")
    await cast(tx, vote, ben, "consent")
    again = await votes.change_text(
        tx,
        vote,
        by=ben,
        title="Des bancs",
        text="À l'ombre, sur du gravier.",
        note="Gravier",
        closes_at=later(days=9),
    )
    assert sum((await votes.tally(tx, again)).values()) == 0
    cards = await objecting.listed(tx, again.id)
    assert [(one.is_carried, one.version_number, one.text) for one in cards] == [
        (True, 1, TEXT),
        (True, 1, "Trop cher ici."),
    ]
    assert (mine.state, other.state) == ("raised", "raised")
    carried = await objecting.of_author(tx, again.id, ana.id)
    assert carried is not None
    assert carried.continues_id == mine.id
    await settling.accept(tx, carried, by=ana, position="consent")
    assert (carried.state, carried.integrated_in) == ("integrated", 2)
    await cast(tx, again, ben, "consent")
    assert (await votes.result(tx, again)).verdict == "blocked"
    await cast(tx, again, charlie, "consent")
    decision = await closed(tx, again)
    assert decision.outcome == "adopted"
    assert decision.reasons == {
        "objection_integrated": [TEXT],
        "objection_lifted": ["Trop cher ici."],
    }


async def test_objections_at_the_deadline_block_then_come_the_rounds_then_the_fallback(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    await rules.change(tx, "consent_rounds", 1, by=ana)
    await rules.change(tx, "consent_fallback", "two_thirds", by=ana)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))
    assert not await votes.may_have_next_round(tx, proposal, vote)
    await votes.cancel(tx, vote, by=ben, reason="Par consentement plutôt.")
    usual = await votes.usual(tx, "consent")
    first = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=usual)
    assert not await votes.may_have_next_round(tx, proposal, first)
    await objects(tx, first, ana)
    await cast(tx, first, ben, "consent")
    decision = await closed(tx, first)
    assert (decision.outcome, decision.working["round"]) == ("blocked", 1)
    with pytest.raises(Refusal):
        await votes.next_round(tx, proposal, by=charlie, closes_at=later(days=2))
    second = await votes.next_round(tx, proposal, by=ben, closes_at=later(days=2))
    [card] = await objecting.listed(tx, second.id)
    assert (card.is_carried, card.position) == (True, None)
    for one in (ben, charlie):
        await cast(tx, second, one, "consent")
    await objects(tx, second, ana)
    last = await closed(tx, second)
    assert (last.outcome, last.working["round"]) == ("adopted", 2)
    assert last.explanation == "2 ≥ 2/3 × 3"
    with pytest.raises(NotNow) as none_left:
        await votes.next_round(tx, proposal, by=ben, closes_at=later(days=2))
    assert none_left.value.code == "no-further-round"


async def test_after_the_last_round_a_blocked_text_has_no_other(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    vote = await opened(tx, proposal, ana, further_rounds=0, fallback="blocked")
    await objects(tx, vote, ana)
    assert (await closed(tx, vote)).outcome == "blocked"
    assert not await votes.may_have_next_round(tx, proposal, vote)
    await carrying.defer(tx, proposal, by=ben, reason="On en reparle.")
    await proposals.revise(tx, proposal, by=ben, title="Des bancs", text="Mieux.")
    assert not (await counting.facts(tx, vote)).is_changed
    again = await opened(tx, proposal, ana)
    assert [one.text for one in await objecting.listed(tx, again.id)] == [TEXT]
    assert (await counting.facts(tx, again)).round == 2


async def test_who_left_the_roll_takes_their_objection_along(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    vote = await opened(tx, proposal, ana)
    await objects(tx, vote, charlie)
    await cast(tx, vote, ana, "consent")
    assert (await closed(tx, vote)).outcome == "blocked"
    charlie.state = "left"
    await tx.flush()
    again = await votes.next_round(tx, proposal, by=ben, closes_at=later(days=9))
    assert await objecting.listed(tx, again.id) == []


async def test_a_proxy_objects_too_and_is_settled_with_its_holder(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    await ruled(tx, ana, "circle")
    on = votes.Terms(method="consent", parameters={"quorum": []}, proxies_max=1)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    await proxies.give(tx, vote, giver=charlie, holder=ana)
    mine = await objects(tx, vote, ana)
    await cast(tx, vote, ben, "consent")
    assert [one.weight for one in await objecting.facts(tx, vote)] == [2]
    await settling.judge(tx, mine, by=ben, is_unreasonable=True)
    decision = await closed(tx, vote)
    assert (decision.outcome, decision.tally["objection"]) == ("adopted", 2)


@pytest.mark.parametrize(
    ("days", "answers", "outcome"),
    [(8, 2, "adopted"), (6, 2, "quorum_not_met"), (8, 1, "quorum_not_met")],
)
async def test_silence_is_consent_only_with_answers_and_notice(
    tx: Transaction,
    proposal: Proposal,
    ana: Member,
    ben: Member,
    charlie: Member,
    travel: Travel,
    days: int,
    answers: int,
    outcome: str,
) -> None:
    quorum = {"kind": "participation", "num": 1, "den": 1}
    vote = await opened(tx, proposal, ana, silence_is_consent=True, quorum=quorum)
    for one in (ana, ben)[:answers]:
        await cast(tx, vote, one, "consent")
    travel(days=days)
    assert (await closed(tx, vote)).outcome == outcome


async def test_a_vote_shorter_than_its_time_is_put_off(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, travel: Travel
) -> None:
    vote = await opened(tx, proposal, ana, minimum_hours=48)
    await cast(tx, vote, ana, "consent")
    travel(hours=47)
    assert (await closed(tx, vote)).outcome == "deferred"


async def test_a_version_behind_the_back_of_a_vote_is_noticed(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    vote = await opened(tx, proposal, ana)
    await cast(tx, vote, ana, "consent")
    proposal.state = State.DISCUSSION
    await proposals.revise(tx, proposal, by=ben, title="Des bancs", text="Un autre texte.")
    proposal.state = State.VOTE
    assert (await closed(tx, vote)).outcome == "deferred"


async def test_who_votes_in_the_room_lifts_their_objection_without_a_ballot(
    tx: Transaction, vote: Vote, ana: Member, ben: Member, charlie: Member
) -> None:
    await objects(tx, vote, ana)
    again = await votes.change_text(
        tx, vote, by=ben, title="Des bancs", text="Ici.", note="Lieu", closes_at=later(days=9)
    )
    here = [ana.id, ben.id, charlie.id]
    await room.enter(tx, again, by=ben, present=here, figures={"consent": 3})
    await room.confirm(tx, again, by=charlie)
    carried = await objecting.of_author(tx, again.id, ana.id)
    assert carried is not None
    assert (await votes.result(tx, again)).verdict == "blocked"
    await settling.lift(tx, carried, by=ana, position="consent")
    assert (await closed(tx, again)).outcome == "adopted"


async def test_an_objection_that_is_open_waits_for_its_author(
    tx: Transaction, vote: Vote, ana: Member, ben: Member
) -> None:
    await objects(tx, vote, ana)
    assert [one.number for one in await attention.objected(tx, ana)] == [1]
    assert await attention.objected(tx, ben) == []
    await cast(tx, vote, ana, "consent")
    assert await attention.objected(tx, ana) == []


async def test_an_objection_is_found_under_its_own_vote(
    tx: Transaction, vote: Vote, ana: Member, ben: Member
) -> None:
    raised = await objects(tx, vote, ana)
    assert await settling.by_id(tx, vote, raised.id) is raised
    text = await proposals.publish(tx, carrier=ben, title="Un puits", text="Profond.")
    other = await votes.open_vote(tx, text, by=ben, closes_at=later(days=9), on=CONSENT)
    for where, number in ((other, raised.id), (vote, 7)):
        with pytest.raises(NotFound):
            await settling.by_id(tx, where, number)


@pytest.mark.parametrize("ends", ["closed", "cancelled"])
async def test_what_is_asked_in_between_lifts_no_objection(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member, ends: str
) -> None:
    first = await opened(tx, proposal, ben)
    mine = await objects(tx, first, ana)
    if ends == "closed":
        assert (await closed(tx, first)).outcome == "blocked"
        await carrying.defer(tx, proposal, by=ben, reason="Reparlons-en.")
    else:
        await votes.cancel(tx, first, by=ben, reason="On recommence.")
    sense = votes.Terms(method="sense_check")
    between = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=sense)
    await votes.close(tx, between)
    again = await opened(tx, proposal, ben)
    carried = await objecting.of_author(tx, again.id, ana.id)
    assert carried is not None
    assert (carried.continues_id, carried.text) == (mine.id, TEXT)
    for voter in (ben, charlie):
        await cast(tx, again, voter, "consent")
    assert (await closed(tx, again)).outcome == "blocked"


async def test_a_node_that_was_down_at_the_end_gives_nobody_more_notice(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member, travel: Travel
) -> None:
    silence = {"silence_is_consent": True, "silence_days": 7}
    on = votes.Terms(method="consent", parameters=silence)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=4, hours=1), on=on)
    await cast(tx, vote, ana, "consent")
    travel(days=8)
    facts = await counting.facts(tx, vote)
    assert facts.notified_days == 4
    assert facts.hours_open in (96, 97)
    assert (await closed(tx, vote)).outcome == "quorum_not_met"
    assert (await counting.facts(tx, vote)).notified_days == 4
