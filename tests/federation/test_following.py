"""Assemblies find, follow and hear each other."""

from datetime import timedelta

from node.assembly import contributions, proposals, sharing, votes
from node.clock import now
from node.models import Contribution, Follow, Proposal, Publication, Reaction
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


async def test_what_is_shared_reaches_followers_under_its_authors_name(
    fediverse: Fediverse, riverside: TestNode, hilltop: TestNode, valley: TestNode
) -> None:
    await hilltop.follow(riverside)
    await valley.follow(hilltop)
    await fediverse.settle()
    await publish(riverside)
    await fediverse.settle()
    [kept] = await hilltop.all(Publication)
    lou = await hilltop.member("Lou", is_in_charge=True)
    async with hilltop.database.transaction() as tx:
        await sharing.share(tx, kept, by=lou)
        await sharing.share(tx, kept, by=lou)
    await fediverse.settle()
    [passed_on] = await valley.all(Publication)
    assert passed_on.uri == f"{riverside.origin}/p/1"
    assert passed_on.author.address == "rive@riverside.example"
    assert passed_on.shared_by_id is not None
    assert await riverside.count(Reaction) == 1
    async with hilltop.database.transaction() as tx:
        await sharing.unshare(tx, kept, by=lou)
    await fediverse.settle()
    [taken_back] = await valley.all(Publication)
    assert taken_back.shared_by_id is None
    assert await riverside.count(Reaction) == 0
