"""Everything that an assembly says to others, said once, in the order of a year's life."""

from dataclasses import dataclass, field
from datetime import timedelta

import msgspec

from node import clock
from node.activitypub.addressing import PUBLIC
from node.assembly import (
    assemblies,
    calls,
    contributions,
    following,
    members,
    proposals,
    publications,
    sharing,
    votes,
)
from node.assembly.calls import Invitation
from node.database import Transaction
from node.federation import actors
from node.models import Actor, Contribution, Follow, Member, OutboxItem, Proposal, Vote
from tests.fediverse import Document, Fediverse, Stranger, TestNode
from tests.wire.conftest import Standstill

TEXT = """## Pourquoi

La ligne 4 s'arrête à 22 h. Celles et ceux qui travaillent le soir rentrent **à pied**.

- un bus à 23 h ;
- un autre à 1 h.
"""


@dataclass
class Story:
    """A node, what it has said so far, and a name for each thing it said."""

    node: TestNode
    time: Standstill
    said: dict[str, Document] = field(default_factory=dict)
    heard: int = 0

    async def note(self, *names: str) -> None:
        """Name what was said since the last time, in order; `-` leaves one out."""
        items = sorted(await self.node.all(OutboxItem), key=lambda item: item.id)
        fresh = [msgspec.json.decode(item.document) for item in items[self.heard :]]
        self.heard = len(items)
        assert len(fresh) == len(names), [one["type"] for one in fresh]
        self.said.update((name, one) for name, one in zip(names, fresh, strict=True) if name != "-")
        self.time.pass_by(hours=1)

    async def serve(self, name: str, path: str, status: int = 200) -> None:
        """Name what stands at an address."""
        answer = await self.node.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text}"
        self.said[name] = answer.json()


async def tell(fediverse: Fediverse, node: TestNode, time: Standstill) -> tuple[Story, Stranger]:
    """Let everything happen once; return what was said so far, and to whom."""
    story = Story(node, time)
    zoe = fediverse.stranger("https://social.example/users/zoe")
    ana = await node.member("Ana Morel", handle="ana", is_in_charge=True, published=True)
    for name, path in [("group", "/g/town"), ("person", "/u/ana"), ("application", "/actor")]:
        await story.serve(f"actor-{name}", path)
    await _follow(story, fediverse, zoe)
    number = await _propose(story, ana)
    await _discuss(story, ana, number)
    await _decide(story, fediverse, zoe, ana, number)
    await _withdraw(story, ana)
    await _call(story, fediverse, zoe, ana)
    await _share(story, fediverse, zoe, ana)
    await _change_actors(story, ana)
    await zoe.send(node, zoe.activity("Offer", f"{node.origin}/p/{number}"))
    await fediverse.settle()
    await story.note("reject-offer")
    return story, zoe


async def _follow(story: Story, fediverse: Fediverse, zoe: Stranger) -> None:
    node = story.node
    followed = await actors.discover(node.node, zoe.uri)
    async with node.database.transaction() as tx:
        ours = (await assemblies.the(tx)).actor
        await following.follow(tx, ours, await _again(tx, followed))
    await story.note("follow")
    async with node.database.transaction() as tx:
        ours = (await assemblies.the(tx)).actor
        await following.unfollow(tx, ours, await _again(tx, followed))
    await story.note("undo-follow")
    await zoe.send(node, zoe.activity("Follow", node.actor_uri))
    await fediverse.settle()
    await story.note("accept-follow")
    async with node.database.transaction() as tx:
        [wish] = await following.followers(tx, (await assemblies.the(tx)).actor)
        await following.refuse_follower(tx, await following.by_id(tx, wish.id))
    await story.note("reject-follow")
    assert [one.state for one in await node.all(Follow)] == ["refused"]


async def _propose(story: Story, ana: Member) -> int:
    async with story.node.database.transaction() as tx:
        carrier = await members.by_handle(tx, ana.handle)
        proposal = await proposals.publish(
            tx, carrier=carrier, title="Bus de nuit, ligne 4", text=TEXT, is_signed=True
        )
    await story.note("create-proposal")
    async with story.node.database.transaction() as tx:
        found, carrier = await _ours(tx, proposal.number, ana)
        await proposals.revise(
            tx, found, by=carrier, title="Bus de nuit, ligne 4", text=TEXT + "\nEt le samedi.\n"
        )
    await story.note("update-proposal", "create-phase-revised")
    await story.serve("proposal", "/p/1")
    await story.serve("revision", "/p/1/r/1")
    return proposal.number


async def _discuss(story: Story, ana: Member, number: int) -> None:
    async with story.node.database.transaction() as tx:
        found, author = await _ours(tx, number, ana)
        said = await contributions.comment(tx, author, on=found, text="Et les jours fériés ?")
    await story.note("create-comment")
    path = said.uri.removeprefix(story.node.origin)
    await story.serve("comment", path)
    async with story.node.database.transaction() as tx:
        _, author = await _ours(tx, number, ana)
        mine = await tx.get(Contribution, said.id)
        assert mine is not None
        await contributions.edit(tx, mine, by=author, text="Et les *jours fériés* ?")
    await story.note("update-comment")
    async with story.node.database.transaction() as tx:
        _, author = await _ours(tx, number, ana)
        mine = await tx.get(Contribution, said.id)
        assert mine is not None
        await contributions.remove(tx, mine, by=author)
    await story.note("delete-comment")
    await story.serve("tombstone", path, status=410)


async def _decide(
    story: Story, fediverse: Fediverse, zoe: Stranger, ana: Member, number: int
) -> None:
    node = story.node
    async with node.database.transaction() as tx:
        found, carrier = await _ours(tx, number, ana)
        closes_at = clock.now() + timedelta(days=6)
        vote = await votes.open_vote(tx, found, by=carrier, closes_at=closes_at)
    await story.note("update-proposal-vote", "create-phase-vote", "create-question")
    answer = {
        "type": "Note",
        "id": f"{zoe.uri}/answers/1",
        "attributedTo": zoe.uri,
        "to": node.actor_uri,
        "inReplyTo": f"{node.origin}/p/{number}/vote",
        "name": "Pour",
    }
    await zoe.send(node, zoe.activity("Create", answer, to=[node.actor_uri]))
    await fediverse.settle()
    await node.app.worker.timers.work()
    await story.note("update-question")
    await story.serve("question", "/p/1/vote")
    async with node.database.transaction() as tx:
        open_vote, (_, voter) = await tx.get(Vote, vote.id), await _ours(tx, number, ana)
        assert open_vote is not None
        digest = open_vote.version.digest
        await votes.cast_ballot(tx, open_vote, voter, "for", version_digest=digest)
    async with node.database.transaction() as tx:
        open_vote, (_, carrier) = await tx.get(Vote, vote.id), await _ours(tx, number, ana)
        assert open_vote is not None
        statement = "La mairie est saisie lundi."
        await votes.close_vote(tx, open_vote, by=carrier, statement=statement)
    await story.note("update-question-closed", "update-proposal-decided", "create-decision")
    for name, path in [
        ("decision", "/d/1"),
        ("register", "/g/town/register"),
        ("register-head", "/g/town/register/head"),
        ("keys", "/g/town/keys"),
        ("outbox", "/g/town/outbox"),
        ("followers", "/g/town/followers"),
        ("featured", "/g/town/featured"),
        ("context", "/p/1/context"),
        ("context-page", "/p/1/context?page=1"),
    ]:
        await story.serve(name, path)


async def _withdraw(story: Story, ana: Member) -> None:
    async with story.node.database.transaction() as tx:
        carrier = await members.by_handle(tx, ana.handle)
        second = await proposals.publish(tx, carrier=carrier, title="Un kiosque", text="Au parc.")
    await story.note("-")
    async with story.node.database.transaction() as tx:
        found, carrier = await _ours(tx, second.number, ana)
        await proposals.withdraw(tx, found, by=carrier, reason="Il y en a déjà un.")
    await story.note("update-proposal-withdrawn", "create-phase-withdrawn", "create-withdrawal")


async def _call(story: Story, fediverse: Fediverse, zoe: Stranger, ana: Member) -> None:
    node = story.node
    invitation = Invitation(
        title="Chantier de la haie",
        text="On plante *cent vingt* arbustes.",
        starts_at=clock.now() + timedelta(days=9),
        ends_at=clock.now() + timedelta(days=9, hours=3),
        how_to_join="Venez avec des gants.",
        place_name="Salle des fêtes",
        street="1, place de la Mairie",
        locality="Villeneuve",
        postal_code="12345",
        online_url="https://visio.example/haie",
        needed=10,
    )
    async with node.database.transaction() as tx:
        call = await calls.publish(tx, await members.by_handle(tx, ana.handle), invitation)
    await story.note("create-event")
    await zoe.send(node, zoe.activity("Join", f"{node.origin}/e/{call.number}"))
    await fediverse.settle()
    await story.note("accept-join")
    await story.serve("event", "/e/1")
    await story.serve("attendees", "/e/1/attendees")
    async with node.database.transaction() as tx:
        found, organiser = await calls.by_number(tx, 1), await members.by_handle(tx, ana.handle)
        later = Invitation(
            title="Chantier de la haie",
            text="On plante *cent vingt* arbustes.",
            starts_at=clock.now() + timedelta(days=12),
            how_to_join="Venez avec des gants.",
            place_name="Salle des fêtes",
        )
        await calls.change(tx, found, by=organiser, invitation=later)
    await story.note("update-event")
    async with node.database.transaction() as tx:
        found, organiser = await calls.by_number(tx, 1), await members.by_handle(tx, ana.handle)
        await calls.cancel(tx, found, by=organiser, reason="Alerte orange.")
    await story.note("update-event-cancelled")


async def _share(story: Story, fediverse: Fediverse, zoe: Stranger, ana: Member) -> None:
    node, text = story.node, zoe.note(1, to=[PUBLIC, story.node.actor_uri])
    await zoe.send(node, zoe.activity("Create", text, 2))
    await fediverse.settle()
    for name, act in (("announce", sharing.share), ("undo-announce", sharing.unshare)):
        async with node.database.transaction() as tx:
            kept = await publications.by_uri(tx, text["id"])
            assert kept is not None
            await act(tx, kept, by=await members.by_handle(tx, ana.handle))
        await story.note(name)


async def _change_actors(story: Story, ana: Member) -> None:
    async with story.node.database.transaction() as tx:
        await assemblies.describe(
            tx,
            name="Assemblée de la ville",
            summary="Trois messages par décision, pas plus.",
            place="Villeneuve",
            timezone="Europe/Paris",
            approves=True,
        )
    await story.note("update-actor")
    async with story.node.database.transaction() as tx:
        await members.unpublish(tx, await members.by_handle(tx, ana.handle))
    await story.note("delete-actor")


async def _ours(tx: Transaction, number: int, ana: Member) -> tuple[Proposal, Member]:
    return await proposals.by_number(tx, number), await members.by_handle(tx, ana.handle)


async def _again(tx: Transaction, actor: Actor) -> Actor:
    found = await tx.get(Actor, actor.id)
    assert found is not None
    return found
