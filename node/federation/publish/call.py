"""A call is published, changed, cancelled, answered."""

from sqlalchemy import select

from node.assembly import assemblies, calls
from node.assembly.events import CallCancelled, CallChanged, CallPublished, RsvpReceived
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import call as call_object
from node.federation.objects import common
from node.federation.publish import proposal as publish_proposal
from node.models import Call, Rsvp


@on(CallPublished)
async def send(tx: Transaction, event: CallPublished) -> None:
    """One post."""
    await _send(tx, event.call, "Create")


@on(CallChanged, CallCancelled)
async def send_change(tx: Transaction, event: CallChanged | CallCancelled) -> None:
    """Everyone who may hold a copy is told, those who said they come above all."""
    await _send(tx, event.call, "Update")


@on(RsvpReceived)
async def confirm(tx: Transaction, event: RsvpReceived) -> None:
    """Somebody elsewhere who joined is told that it has arrived."""
    rsvp, actor = event.rsvp, event.rsvp.actor
    if actor is None or actor.is_local or rsvp.uri is None:
        return
    assembly = await assemblies.the(tx)
    accept = common.activity("Accept", assembly.actor, rsvp.uri, to=[actor.uri])
    await outbox.publish(tx, assembly.actor, accept, [actor.inbox], is_public=False)


async def _send(tx: Transaction, call: Call, kind: str) -> None:
    assembly = await assemblies.the(tx)
    event = call_object.event(call, await calls.coming_count(tx, call), assembly)
    who = select(Rsvp.actor_id).where(Rsvp.call_id == call.id, Rsvp.actor_id.is_not(None))
    coming = await outbox.inboxes(tx, assembly.actor, who)
    await publish_proposal.send_official(tx, assembly, kind, event, coming)
