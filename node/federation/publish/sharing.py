"""What another assembly published is passed on, or no longer."""

from node.assembly import assemblies
from node.assembly.events import PublicationShared, PublicationUnshared
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common
from node.models import Actor, Assembly, Publication


@on(PublicationShared)
async def announce(tx: Transaction, event: PublicationShared) -> None:
    """Followers see it under its author's name, passed on by ours; the author is told."""
    assembly = await assemblies.the(tx)
    activity = common.activity(
        "Announce",
        assembly.actor,
        event.publication.uri,
        **common.public(assembly.actor),
        uri=event.uri,
    )
    inboxes = await _inboxes(tx, assembly, event.publication)
    await outbox.publish(tx, assembly.actor, activity, inboxes, is_public=True)


@on(PublicationUnshared)
async def undo(tx: Transaction, event: PublicationUnshared) -> None:
    """Whoever saw it is told that it is taken back."""
    assembly = await assemblies.the(tx)
    undone = {
        "id": event.uri,
        "type": "Announce",
        "actor": assembly.actor.uri,
        "object": event.publication.uri,
    }
    activity = common.activity("Undo", assembly.actor, undone, **common.public(assembly.actor))
    inboxes = await _inboxes(tx, assembly, event.publication)
    await outbox.publish(tx, assembly.actor, activity, inboxes, is_public=False)


async def _inboxes(tx: Transaction, assembly: Assembly, publication: Publication) -> set[str]:
    author = await tx.get(Actor, publication.author_id)
    told = {author.inbox} if author is not None else set()
    return await outbox.followers(tx, assembly.actor) | told
