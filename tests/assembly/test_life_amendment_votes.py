"""The assembly votes on an amendment before it votes on the text."""

from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from node import clock
from node.assembly import (
    amending,
    amendments,
    attention,
    carrying,
    decisions,
    members,
    paragraphs,
    proposals,
    rules,
    votes,
)
from node.assembly.events import ProposalRevised
from node.assembly.voting import on_amendments, reminding, sheets
from node.assembly.voting.terms import Terms
from node.database import Database, Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Amendment, Member, OutboxItem, Proposal, Standing, State, Vote
from tests.assembly.conftest import later
from tests.assembly.test_life_amendments import TEXT, amended, under
from tests.conftest import Travel


@pytest.fixture
async def bench(tx: Transaction, ben: Member, ana: Member, charlie: Member) -> Proposal:
    """A text of three paragraphs that Ben carries; Ana and Charlie vote too."""
    return await proposals.publish(tx, carrier=ben, title="Des bancs", text=TEXT)


@pytest.fixture
async def one(tx: Transaction, bench: Proposal, charlie: Member, ben: Member) -> Amendment:
    """An amendment to the second paragraph that was left to the assembly."""
    made = await amended(tx, bench, charlie)
    await amendments.put_to_vote(tx, made, by=ben)
    return made


async def voted(tx: Transaction, vote: Vote, *said: tuple[Member, str]) -> None:
    """Cast these ballots, and close."""
    for member, choice in said:
        digest = vote.version.digest
        await votes.cast_ballot(tx, vote, member, choice, version_digest=digest)
    assert await votes.close(tx, vote) is None


async def test_what_the_assembly_adopts_enters_the_text_with_its_credit(
    tx: Transaction,
    bench: Proposal,
    one: Amendment,
    ana: Member,
    ben: Member,
    charlie: Member,
) -> None:
    vote = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2))
    assert (vote.method, vote.electorate_count, vote.round) == ("majority", 3, 1)
    assert (bench.state, one.state) == (State.FROZEN, Standing.VOTING)
    assert [a.path for a in await attention.asked(tx, ana)] == ["/p/1/amendements/1/voter"]
    await voted(tx, vote, (ana, "for"), (charlie, "for"), (ben, "against"))
    assert bench.version.source == "Un banc.\n\nAu soleil.\n\nEn bois.\n"
    assert bench.version.note == "Amendement 1, proposé par Charlie, adopté par l’assemblée (2 > 1)"
    assert (one.state, one.integrated_in) == (Standing.ACCEPTED, 2)
    assert (vote.outcome, vote.explanation) == ("adopted", "2 > 1")
    assert (bench.state, bench.vote_closes_at) == (State.DISCUSSION, None)
    assert await decisions.about(tx, bench) is None
    main = await votes.open_vote(tx, bench, by=ben, closes_at=later(days=2))
    assert (main.round, main.version.number) == (1, 2)
    assert await votes.latest(tx, bench) is main


async def test_what_the_assembly_rejects_leaves_the_text_as_it_is(
    tx: Transaction, bench: Proposal, one: Amendment, ana: Member, ben: Member, charlie: Member
) -> None:
    vote = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2))
    await voted(tx, vote, (ana, "for"), (ben, "against"))
    assert (one.state, vote.outcome, vote.explanation) == (Standing.DECLINED, "rejected", "1 ≤ 1")
    assert bench.version.number == 1
    await votes.open_vote(tx, bench, by=ben, closes_at=later(days=2))


async def test_the_text_waits_for_what_is_marked_for_the_vote(
    tx: Transaction, bench: Proposal, one: Amendment, ben: Member, charlie: Member
) -> None:
    with pytest.raises(NotNow) as refused:
        await votes.open_vote(tx, bench, by=ben, closes_at=later(days=2))
    assert (refused.value.code, refused.value.values) == ("amendment-undecided", {"number": 1})
    vote = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2))
    for act in (
        votes.open_vote(tx, bench, by=ben, closes_at=later(days=2)),
        on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2)),
        proposals.revise(tx, bench, by=ben, title="Des bancs", text="Autre."),
        amendments.accept(tx, one, by=ben, note=""),
        amendments.decline(tx, one, by=ben, reason="Non."),
        amendments.take_back(tx, one, by=charlie),
        carrying.defer(tx, bench, by=ben, reason="Plus tard."),
        votes.change_text(tx, vote, by=ben, title="a", text="b", note="c", closes_at=later(days=3)),
        amended(tx, bench, charlie, 3, "En fer."),
    ):
        with pytest.raises(NotNow):
            await act
    with pytest.raises(NotNow):
        await sheets.about(tx, bench.number)
    assert (await sheets.about(tx, bench.number, 1)).path == "/p/1/amendements/1"


async def test_only_its_carriers_open_a_vote_on_what_was_marked(
    tx: Transaction, bench: Proposal, one: Amendment, ben: Member, charlie: Member
) -> None:
    with pytest.raises(Refusal):
        await on_amendments.open_vote(tx, one, by=charlie, closes_at=later(days=2))
    with pytest.raises(Invalid):
        await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=-2))
    for method in ("consent", "schulze", "sense_check"):
        with pytest.raises(Invalid):
            await on_amendments.open_vote(
                tx, one, by=ben, closes_at=later(days=2), on=Terms(method=method)
            )
    other = await amended(tx, bench, charlie, 3, "En fer.")
    with pytest.raises(NotNow) as refused:
        await on_amendments.open_vote(tx, other, by=ben, closes_at=later(days=2))
    assert refused.value.code == "amendment-not-for-vote"
    with pytest.raises(NotFound):
        await on_amendments.on(tx, other)
    chosen = Terms(method="qualified_majority", parameters={"num": 2, "den": 3})
    vote = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2), on=chosen)
    await voted(tx, vote, (ben, "for"), (charlie, "against"))
    assert vote.outcome == "rejected"


async def test_a_sub_amendment_goes_before_its_amendment(
    tx: Transaction, bench: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    first = await amended(tx, bench, charlie)
    sub, rival = await under(tx, bench, first, ben), await under(tx, bench, first, ana)
    for each in (sub, rival):
        await amendments.put_to_vote(tx, each, by=charlie)
    with pytest.raises(NotNow) as refused:
        await amendments.accept(tx, first, by=ben, note="")
    assert refused.value.code == "sub-amendment-first"
    await amendments.put_to_vote(tx, first, by=ben)
    with pytest.raises(NotNow) as refused:
        await on_amendments.open_vote(tx, first, by=ben, closes_at=later(days=2))
    assert (refused.value.code, refused.value.values) == ("sub-amendment-first", {"number": 2})
    vote = await on_amendments.open_vote(tx, sub, by=ben, closes_at=later(days=2))
    await voted(tx, vote, (ana, "for"))
    assert first.replacement == "Au soleil, près du puits."
    assert (sub.state, rival.state) == (Standing.ACCEPTED, Standing.WITHOUT_OBJECT)
    assert bench.version.number == 1
    vote = await on_amendments.open_vote(tx, first, by=ben, closes_at=later(days=2))
    await voted(tx, vote, (ana, "for"))
    assert "près du puits" in bench.version.source


async def test_nobody_takes_back_what_the_assembly_is_about_to_change(
    tx: Transaction, bench: Proposal, ben: Member, charlie: Member
) -> None:
    one = await amended(tx, bench, charlie)
    sub = await under(tx, bench, one, ben)
    await amendments.put_to_vote(tx, sub, by=charlie)
    vote = await on_amendments.open_vote(tx, sub, by=ben, closes_at=later(days=2))
    with pytest.raises(NotNow) as refused:
        await amendments.take_back(tx, one, by=charlie)
    assert refused.value.code == "amendment-at-vote"
    await votes.cancel(tx, vote, by=ben, reason="On arrête.")
    await amendments.take_back(tx, one, by=charlie)
    assert one.state is Standing.WITHDRAWN


async def test_of_two_on_one_passage_the_second_has_no_object(
    tx: Transaction, bench: Proposal, one: Amendment, ana: Member, ben: Member, charlie: Member
) -> None:
    second = await amended(tx, bench, charlie, 2, "Sous la pluie.")
    moved = await amended(tx, bench, charlie, 3, "En fer.")
    for each in (second, moved):
        await amendments.put_to_vote(tx, each, by=ben)
    third = await amended(tx, bench, ana, 1, "D'abord.\n\nDeux bancs.")
    await amendments.accept(tx, third, by=ben, note="")
    assert amending.where(moved, bench.version.source) == 4
    vote = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2))
    await voted(tx, vote, (ana, "for"))
    await amending.leave_without_object(tx, _revised(bench))
    assert (second.state, second.outdated_by) == (Standing.WITHOUT_OBJECT, 3)
    assert (moved.state, moved.outdated_by) == (Standing.TO_VOTE, None)
    vote = await on_amendments.open_vote(tx, moved, by=ben, closes_at=later(days=2))
    await voted(tx, vote, (ana, "for"))
    assert bench.version.source == "D'abord.\n\nDeux bancs.\n\nAu soleil.\n\nEn fer.\n"
    await votes.open_vote(tx, bench, by=ben, closes_at=later(days=2))


def _revised(proposal: Proposal) -> ProposalRevised:
    """Listeners are told at the end of a transaction, which here is the end of the test."""
    return ProposalRevised(proposal)


async def test_a_new_version_leaves_a_marked_amendment_without_object(
    database: Database, travel: Travel
) -> None:
    from_scratch = await _founded(database)
    async with database.transaction() as tx:
        bench = await proposals.by_number(tx, from_scratch)
        assert bench.carrier is not None
        text = "Autre chose."
        await proposals.revise(tx, bench, by=bench.carrier, title="Des bancs", text=text)
    async with database.transaction() as tx:
        bench = await proposals.by_number(tx, from_scratch)
        [one] = await amendments.on_proposal(tx, bench.id)
        assert (one.state, one.outdated_by) == (Standing.WITHOUT_OBJECT, 2)
        await amending.must_be_decided(tx, bench)


async def test_a_vote_that_decides_nothing_leaves_it_to_be_voted(
    tx: Transaction, bench: Proposal, one: Amendment, ana: Member, ben: Member, charlie: Member
) -> None:
    vote = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2))
    await voted(tx, vote)
    assert (vote.outcome, one.state, bench.state) == ("void", Standing.TO_VOTE, State.DISCUSSION)
    quorum = {"quorum": [{"kind": "participation", "num": 1, "den": 2}]}
    chosen = Terms(method="majority", parameters=quorum)
    again = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2), on=chosen)
    assert again.round == 2
    await voted(tx, again, (ana, "for"))
    assert (again.outcome, one.state) == ("quorum_not_met", Standing.TO_VOTE)
    third = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2))
    await votes.extend(tx, third, by=ben, closes_at=later(days=4), reason="Grève.")
    assert bench.vote_closes_at == third.closes_at
    await votes.cancel(tx, third, by=ben, reason="On en parle encore.")
    now = await proposals.by_number(tx, bench.number)
    assert (one.state, now.state) == (Standing.TO_VOTE, State.DISCUSSION)
    assert now.vote_closes_at is None
    await amendments.take_back(tx, one, by=charlie)
    await votes.open_vote(tx, bench, by=ben, closes_at=later(days=2))


async def test_what_could_not_be_taken_in_is_found_out_before_the_vote(
    tx: Transaction, ben: Member, charlie: Member
) -> None:
    short = await proposals.publish(tx, carrier=ben, title="Court", text="Un seul passage.")
    one = await amended(tx, short, charlie, 1, " ")
    await amendments.put_to_vote(tx, one, by=ben)
    with pytest.raises(Invalid):
        await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=2))


async def test_secrecy_and_reminders_are_those_of_any_vote(
    tx: Transaction, bench: Proposal, one: Amendment, ana: Member, ben: Member, travel: Travel
) -> None:
    await rules.change(tx, "is_secret", True, by=ana)
    vote = await on_amendments.open_vote(tx, one, by=ben, closes_at=later(days=3))
    assert (vote.is_secret, vote.poll_ballots) == (True, False)
    travel(days=2, hours=1)
    assert await reminding.due(tx) == [vote.id]
    await voted(tx, vote, (ana, "for"), (ben, "for"))
    assert vote.outcome == "quorum_not_met"
    assert "2 < 3" in vote.explanation


async def test_others_read_where_the_text_stands_and_what_came_of_it(
    database: Database, travel: Travel
) -> None:
    number = await _founded(database)
    async with database.transaction() as tx:
        bench = await proposals.by_number(tx, number)
        assert bench.carrier is not None
        [one] = await amendments.on_proposal(tx, bench.id)
        closes_at = clock.now() + timedelta(days=2)
        vote = await on_amendments.open_vote(tx, one, by=bench.carrier, closes_at=closes_at)
        digest = vote.version.digest
        await votes.cast_ballot(tx, vote, bench.carrier, "for", version_digest=digest)
    async with database.transaction() as tx:
        await votes.close(tx, await on_amendments.on(tx, await tx.get(Amendment, one.id) or one))
    async with database.read() as tx:
        items = await tx.all(select(OutboxItem).order_by(OutboxItem.id))
    said = [msgspec.json.decode(item.document)["object"] for item in items]
    states = [thing["assembly"].get("state") for thing in said if thing["type"] == "Article"]
    assert "frozen" in states
    frozen = next(t for t in said if t["assembly"].get("state") == "frozen")
    assert "vote sur un amendement" in frozen["summary"]
    assert [phase["kind"] for phase in frozen["assembly"]["phases"]] == ["amendment"]
    notes = [thing["content"] for thing in said if thing["assembly"]["kind"] == "phase"]
    assert any("vote sur l’amendement 1" in note for note in notes)
    assert any("amendement 1 est adopté (1 &gt; 0)" in note for note in notes)
    assert not [thing for thing in said if thing["type"] == "Question"]


async def _founded(database: Database) -> int:
    """A text with an amendment that is left to the assembly, each in its own transaction."""
    async with database.transaction() as tx:
        ben = await members.admit(tx, name="Ben", handle="ben")
    async with database.transaction() as tx:
        ben = await members.by_handle(tx, "ben")
        bench = await proposals.publish(tx, carrier=ben, title="Des bancs", text=TEXT)
    async with database.transaction() as tx:
        ben, bench = await members.by_handle(tx, "ben"), await proposals.by_number(tx, bench.number)
        seen = paragraphs.digest("À l'ombre.")
        one = await amendments.propose(
            tx, bench, ben, paragraph=2, seen=seen, replacement="Au soleil.", reason="Le froid."
        )
        await amendments.put_to_vote(tx, one, by=ben)
    return bench.number
