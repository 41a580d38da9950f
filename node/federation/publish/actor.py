"""Our actors appear, change and disappear."""

from node import clock
from node.activitypub.addressing import PUBLIC
from node.assembly import assemblies
from node.assembly.events import (
    ActorChanged,
    AssemblyFounded,
    MemberPublished,
    MemberUnpublished,
)
from node.database import Transaction
from node.events import on
from node.federation import identity, outbox
from node.federation.objects import actor as actor_object
from node.federation.objects import common
from node.models import Actor


@on(AssemblyFounded)
async def give_keys(tx: Transaction, event: AssemblyFounded) -> None:
    """The assembly and the node itself sign from their first day."""
    await identity.make_keys(tx, event.assembly.actor)
    await identity.make_keys(tx, event.assembly.instance)


@on(MemberPublished)
async def give_member_keys(tx: Transaction, event: MemberPublished) -> None:
    """A member needs keys only once they exist outside."""
    tx.tell("actors")
    await identity.make_keys(tx, event.member.actor)


@on(ActorChanged)
async def send_change(tx: Transaction, event: ActorChanged) -> None:
    """Those who may hold a copy of the actor get the new one."""
    tx.tell("actors")
    assembly, actor = await assemblies.the(tx), event.actor
    document = actor_object.document(actor, await identity.public_keys(tx, actor), assembly)
    activity = common.activity("Update", actor, document, **common.public(actor))
    inboxes = await outbox.followers(tx, actor) | await outbox.partners(tx, actor)
    await outbox.publish(tx, actor, activity, inboxes, is_public=True)


@on(MemberUnpublished)
async def send_farewell(tx: Transaction, event: MemberUnpublished) -> None:
    """Others are asked to forget a member who left the wider network."""
    tx.tell("actors")
    actor = event.member.actor
    inboxes = await outbox.followers(tx, actor) | await _who_may_know(tx, actor)
    gone = common.activity("Delete", actor, actor.uri, to=[PUBLIC], cc=[])
    await outbox.publish(tx, actor, gone, inboxes, is_public=True)
    actor.updated_at = clock.now()


async def _who_may_know(tx: Transaction, actor: Actor) -> set[str]:
    assembly = await assemblies.the(tx)
    return await outbox.followers(tx, assembly.actor) | await outbox.partners(tx, actor)
