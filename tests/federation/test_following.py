"""Assemblies find, follow and hear each other."""

from datetime import timedelta

from node.assembly import contributions, proposals, votes
from node.clock import now
from node.models import Contribution, Follow, Proposal, Publication
from tests.fediverse import Fediverse, TestNode


async def publish(node: TestNode, title: str = "Des bancs pour la place") -> Proposal:
    async with node.database.transaction() as tx:
        return await proposals.publish(
            tx, carrier=None, title=title, text="Trois bancs, à l'ombre.\n\nEt une fontaine."
        )


async def test_an_assembly_follows_another_and_is_accepted(
    fediverse: Fediverse, riverside: TestNode, hilltop: TestNode
) -> None:
    await hilltop.follow(riverside)
    await fediverse.settle()
    [asked] = await hilltop.all(Follow)
    [followed] = await riverside.all(Follow)
    assert (asked.state, followed.state) == ("accepted", "accepted")
    assert followed.follower.address == "colline@hilltop.example"


async def test_a_proposal_reaches_those_who_follow(
    fediverse: Fediverse, riverside: TestNode, hilltop: TestNode
) -> None:
    await hilltop.follow(riverside)
    await fediverse.settle()
    await publish(riverside)
    await fediverse.settle()
    [kept] = await hilltop.all(Publication)
    assert kept.type == "Article"
    assert kept.kind == "proposal"
    assert kept.name == "Des bancs pour la place"
    assert "fontaine" in kept.content


async def test_an_answer_travels_back(
    fediverse: Fediverse, riverside: TestNode, hilltop: TestNode
) -> None:
    await hilltop.follow(riverside)
    await fediverse.settle()
    proposal = await publish(riverside)
    await fediverse.settle()
    [kept] = await hilltop.all(Publication)
    ana = await hilltop.member("Ana", published=True)
    async with hilltop.database.transaction() as tx:
        await contributions.comment(tx, ana, on=kept, text="Et pour les enfants ?")
    await fediverse.settle()
    [heard] = await riverside.all(Contribution)
    assert heard.proposal_id == proposal.id
    assert heard.is_outside
    assert heard.author.address == "ana@hilltop.example"
    assert heard.content == "<p>Et pour les enfants ?</p>"


async def test_a_decision_arrives_with_its_proof(
    fediverse: Fediverse, riverside: TestNode, hilltop: TestNode
) -> None:
    await hilltop.follow(riverside)
    await fediverse.settle()
    ben = await riverside.member("Ben")
    proposal = await publish(riverside)
    async with riverside.database.transaction() as tx:
        vote = await votes.ask(tx, proposal, closes_at=now() + timedelta(hours=1))
        await votes.cast_ballot(tx, vote, ben, "for", version_digest=vote.version.digest)
        await votes.close(tx, vote)
    await fediverse.settle()
    kinds = {kept.kind: kept for kept in await hilltop.all(Publication)}
    assert set(kinds) == {"proposal", "phase", "vote", "decision"}
    assert kinds["decision"].is_proven
    assert "adoptée" in kinds["decision"].content
