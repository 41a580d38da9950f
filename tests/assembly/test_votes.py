"""The assembly is asked: who may answer, until when, and what comes of it."""

import asyncio
import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from node import clock, digests
from node.assembly import decisions, members, method, proposals, register, votes
from node.assembly.method import Count
from node.database import Database, Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.federation.node import Node
from node.federation.timers import Timers
from node.models import Decision, Member, OutboxItem, Proposal, RegisterEntry, State, Vote
from tests.assembly.conftest import later, somebody
from tests.conftest import Travel

SHARED = Path(os.environ.get("PALABRE_SHARED") or Path(__file__).parents[3] / "shared")
VECTORS = SHARED / "vectors" / "decisions.json"


def motions() -> list[Any]:
    """The worked examples of a simple majority."""
    if not VECTORS.exists():
        if os.environ.get("CI"):
            raise FileNotFoundError(f"the worked examples are not at {VECTORS}")
        return []
    rows = json.loads(VECTORS.read_text("utf-8"))["motion"]
    return [pytest.param(row, id=row["name"]) for row in rows if row["rule"]["kind"] == "simple"]


@pytest.mark.parametrize("row", motions())
def test_a_simple_majority_is_as_in_the_worked_examples(node: Node, row: dict[str, Any]) -> None:
    counts = {code: row["counts"][code] for code in ("for", "against", "abstain")}
    rule = {**method.find("majority").rule, "tie": row["rule"]["tie"]}
    verdict = method.find("majority").decide(Count(counts, row["electorate"]), rule)
    assert verdict.outcome == row["expect"]["verdict"]


@pytest.mark.parametrize(
    ("favour", "against", "abstain", "outcome"),
    [
        (1, 0, 0, "adopted"),
        (0, 1, 0, "rejected"),
        (2, 1, 30, "adopted"),
        (1, 1, 0, "rejected"),
        (0, 0, 0, "void"),
        (0, 0, 5, "void"),
    ],
)
def test_more_votes_for_than_against_adopt(
    node: Node, favour: int, against: int, abstain: int, outcome: str
) -> None:
    counts = {"for": favour, "against": against, "abstain": abstain}
    majority = method.find("majority")
    verdict = majority.decide(Count(counts, 40), majority.rule)
    assert verdict.outcome == outcome
    assert Count(counts, 40).turnout == favour + against + abstain
    if outcome == "adopted":
        assert verdict.explanation == f"{favour} > {against}"


@pytest.fixture
async def vote(tx: Transaction, proposal: Proposal, ana: Member, ben: Member) -> Vote:
    """A vote about Ben's text, open for a day, that asks Ana and Ben."""
    return await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=1))


async def cast(tx: Transaction, vote: Vote, voter: Member, choice: str, **more: Any) -> Any:
    """Cast a ballot on the text of the vote."""
    digest = more.pop("digest", vote.version.digest)
    return await votes.cast_ballot(tx, vote, voter, choice, version_digest=digest, **more)


async def test_a_vote_freezes_the_text_and_the_roll(
    tx: Transaction, vote: Vote, proposal: Proposal, charlie: Member, ben: Member
) -> None:
    assert proposal.state is State.VOTE
    assert (vote.electorate_count, vote.version_id) == (2, proposal.version.id)
    assert vote.roll_digest.startswith("zQm")
    with pytest.raises(NotNow):
        await proposals.revise(tx, proposal, by=ben, title="Des bancs", text="Trop tard.")
    with pytest.raises(Refusal) as refused:
        await cast(tx, vote, charlie, "for")
    assert refused.value.code == "not-on-the-roll"
    assert not await votes.may_vote(tx, vote, charlie)
    assert await votes.may_vote(tx, vote, ben)


async def test_a_vote_that_would_close_in_the_past_is_not_opened(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    for closes_at in (clock.now(), clock.now() - timedelta(days=1)):
        with pytest.raises(Invalid) as refused:
            await votes.open_vote(tx, proposal, by=ben, closes_at=closes_at)
        assert refused.value.problems[0].code == "closes-in-the-past"
    assert proposal.state is State.DISCUSSION


async def test_a_vote_without_anybody_on_the_roll_is_not_opened(tx: Transaction) -> None:
    alone = await proposals.publish(tx, carrier=None, title="Personne", text="Texte.")
    with pytest.raises(NotNow) as refused:
        await votes.ask(tx, alone, closes_at=later(days=1))
    assert refused.value.code == "nobody-on-the-roll"


async def test_a_text_is_put_to_the_vote_once(
    tx: Transaction, vote: Vote, proposal: Proposal, ben: Member
) -> None:
    with pytest.raises(NotNow) as refused:
        await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))
    assert refused.value.code == "cannot-open-vote"


async def test_a_ballot_may_be_changed_and_counts_once(
    tx: Transaction, vote: Vote, ben: Member, ana: Member
) -> None:
    await cast(tx, vote, ben, "for", reason=" Il fait chaud. ")
    await cast(tx, vote, ben, "against")
    await cast(tx, vote, ana, "abstain")
    ballot = await votes.ballot_of(tx, vote, ben)
    assert ballot is not None
    assert (ballot.choice, ballot.reason) == ("against", "")
    assert await votes.tally(tx, vote) == {"for": 0, "against": 1, "abstain": 1}


async def test_a_ballot_is_for_one_version_and_one_of_the_answers(
    tx: Transaction, vote: Vote, ben: Member
) -> None:
    with pytest.raises(NotNow) as refused:
        await cast(tx, vote, ben, "for", digest="zQmSomethingElse")
    assert refused.value.code == "other-version"
    with pytest.raises(Invalid):
        await cast(tx, vote, ben, "perhaps")
    assert await votes.ballot_of(tx, vote, ben) is None


async def test_a_vote_closes_to_the_second(
    tx: Transaction, vote: Vote, ben: Member, ana: Member, travel: Travel
) -> None:
    travel(seconds=(vote.closes_at - clock.now()).total_seconds() - 5)
    await cast(tx, vote, ben, "for")
    assert not votes.is_over(vote)
    assert list(await votes.due(tx)) == []
    travel(seconds=5)
    assert votes.is_over(vote)
    with pytest.raises(NotNow) as refused:
        await cast(tx, vote, ana, "against")
    assert refused.value.code == "vote-is-closed"
    assert list(await votes.due(tx)) == [vote.id]


async def test_closing_counts_and_enters_a_decision(
    tx: Transaction, vote: Vote, proposal: Proposal, ben: Member, ana: Member, charlie: Member
) -> None:
    await cast(tx, vote, ben, "for")
    with pytest.raises(Refusal):
        await votes.close_vote(tx, vote, by=charlie)
    decision = await votes.close_vote(tx, vote, by=ben, statement=" Les bancs arrivent. ")
    assert decision is not None
    assert (decision.outcome, decision.explanation) == ("adopted", "1 > 0")
    assert (decision.turnout, decision.statement) == (1, "Les bancs arrivent.")
    assert {code: decision.tally[code] for code in ("for", "against")} == {"for": 1, "against": 0}
    assert proposal.state is State.DECIDED
    with pytest.raises(NotNow):
        await votes.close_vote(tx, vote, by=ben)
    with pytest.raises(NotNow):
        await cast(tx, vote, ana, "for")


async def test_opinions_from_outside_are_counted_apart_and_once(
    tx: Transaction, vote: Vote, ben: Member
) -> None:
    zoe, max_ = await somebody(tx), await somebody(tx, "https://other.example/users/max")
    assert await votes.hear_opinion(tx, vote, zoe, "against", uri=None) is not None
    assert await votes.hear_opinion(tx, vote, zoe, "for", uri=None) is None
    await votes.hear_opinion(tx, vote, max_, "against", uri="https://other.example/answers/1")
    with pytest.raises(Refusal):
        await votes.hear_opinion(tx, vote, max_, "perhaps", uri=None)
    await cast(tx, vote, ben, "for")
    assert await votes.opinions(tx, vote) == {"for": 0, "against": 2, "abstain": 0}
    decision = await votes.close_vote(tx, vote, by=ben)
    assert decision is not None
    assert decision.outcome == "adopted"
    assert decision.outside["against"] == 2
    with pytest.raises(NotNow):
        await votes.hear_opinion(tx, vote, zoe, "for", uri=None)


async def test_a_vote_is_found_with_its_proposal(
    tx: Transaction, vote: Vote, proposal: Proposal
) -> None:
    other = await proposals.publish(tx, carrier=None, title="Autre", text="Texte.")
    assert (await votes.on(tx, proposal)).id == vote.id
    assert await votes.latest(tx, other) is None
    assert await votes.next_close(tx) == vote.closes_at
    with pytest.raises(NotFound):
        await votes.on(tx, other)


async def opened(database: Database) -> int:
    """Open a vote that closes in an hour, with a ballot of Ana's; return its row number."""
    async with database.transaction() as tx:
        ana = await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        await members.admit(tx, name="Ben", handle="ben")
        text = await proposals.publish(tx, carrier=None, title="Des bancs", text="À l'ombre.")
        vote = await votes.open_vote(tx, text, by=ana, closes_at=later(hours=1))
        await cast(tx, vote, ana, "for")
    return vote.id


async def decided(database: Database) -> list[Decision]:
    """Return every decision."""
    async with database.read() as tx:
        return list(await decisions.listed(tx))


async def test_a_vote_closes_by_itself_also_after_a_downtime(
    node: Node, database: Database, travel: Travel
) -> None:
    vote_id = await opened(database)
    timers = Timers(node)
    await timers.work()
    assert await decided(database) == []
    travel(days=3)
    await timers.work()
    await timers.work()
    [decision] = await decided(database)
    assert (decision.outcome, decision.vote_id) == ("adopted", vote_id)
    async with database.read() as tx:
        assert await votes.next_close(tx) is None


async def test_two_who_close_at_once_make_one_decision(node: Node, database: Database) -> None:
    vote_id = await opened(database)

    async def close() -> None:
        async with database.transaction() as tx:
            vote = await tx.get(Vote, vote_id)
            assert vote is not None
            await votes.close_vote(tx, vote, by=await members.by_handle(tx, "ana"))

    outcomes = await asyncio.gather(*(close() for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", *["NotNow"] * 3]
    assert len(await decided(database)) == 1
    async with database.read() as tx:
        assert len(await tx.all(select(RegisterEntry))) == 1


async def test_a_ballot_cast_while_the_vote_is_closed_is_counted_or_refused(
    node: Node, database: Database
) -> None:
    vote_id = await opened(database)

    async def close() -> Any:
        async with database.transaction() as tx:
            vote = await tx.get(Vote, vote_id)
            assert vote is not None
            return await votes.close_vote(tx, vote, by=await members.by_handle(tx, "ana"))

    async def answer() -> Any:
        async with database.transaction() as tx:
            vote = await tx.get(Vote, vote_id)
            assert vote is not None
            await cast(tx, vote, await members.by_handle(tx, "ben"), "against")

    outcomes = await asyncio.gather(close(), answer(), return_exceptions=True)
    answered: Any = outcomes[1]
    [decision] = await decided(database)
    assert isinstance(answered, NotNow) or answered is None
    assert decision.turnout == (1 if isinstance(answered, NotNow) else 2)


async def test_two_first_ballots_of_one_member_at_once_are_one_ballot(
    node: Node, database: Database
) -> None:
    vote_id = await opened(database)

    async def answer(choice: str) -> None:
        async with database.transaction() as tx:
            vote = await tx.get(Vote, vote_id)
            assert vote is not None
            await cast(tx, vote, await members.by_handle(tx, "ben"), choice)

    outcomes = await asyncio.gather(answer("for"), answer("against"), return_exceptions=True)
    assert all(one is None or isinstance(one, NotNow) for one in outcomes)
    assert None in outcomes
    async with database.read() as tx:
        vote = await tx.get(Vote, vote_id)
        assert vote is not None
        assert sum((await votes.tally(tx, vote)).values()) == 2


async def test_the_register_is_a_chain_that_anybody_can_follow(
    node: Node, database: Database, travel: Travel
) -> None:
    await opened(database)
    travel(hours=2)
    await Timers(node).work()
    async with database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        second = await proposals.publish(tx, carrier=None, title="Un kiosque", text="Au parc.")
        await proposals.withdraw(tx, second, by=ana, reason="Non.")
    async with database.read() as tx:
        entries = await tx.all(select(RegisterEntry).order_by(RegisterEntry.seq))
        kept = await decisions.listed(tx)
        assert [one.seq for one in await register.after(tx, 1)] == [2]
        last = await register.head(tx)
        assert last is not None
        assert last.digest == entries[-1].digest
        assert (await decisions.by_number(tx, 2)).outcome == "withdrawn"
        with pytest.raises(NotFound):
            await decisions.by_number(tx, 17)
        said = await tx.all(select(OutboxItem))
    assert [entry.seq for entry in entries] == [1, 2]
    previous = None
    for entry, decision in zip(entries, reversed(kept), strict=True):
        written = json.loads(entry.entry)
        assert written["prev"] == entry.prev == previous
        assert digests.of(written) == entry.digest
        document = json.loads(decision.document or "{}")
        document.pop("proof")
        assert written["record"]["digest"] == digests.of(document)
        assert document["assembly"]["register"] == {"seq": entry.seq, "prev": previous}
        previous = entry.digest
    assert any(item.object_uri == "https://rive.example/d/2" for item in said)
