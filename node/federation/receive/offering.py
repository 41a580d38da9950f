"""Somebody offers a ballot, a text or a register head: kept, and answered honestly."""

from node.assembly import assemblies
from node.database import Transaction
from node.federation import outbox
from node.federation.incoming import Incoming, receives
from node.federation.objects import common


@receives("Offer")
async def say_not_yet(tx: Transaction, incoming: Incoming) -> None:
    """No offer is taken up by this road yet, and the sender is told so."""
    assembly = await assemblies.the(tx)
    answer = common.activity(
        "Reject",
        assembly.actor,
        incoming.activity.id,
        to=[incoming.sender.uri],
        content=common.paragraph(common.spoken(assembly)("wire.offer.refused")),
        assembly={"v": 1, "code": "method-not-federated"},
    )
    await outbox.publish(tx, assembly.actor, answer, [incoming.sender.inbox], is_public=False)
    incoming.keep("an offer, answered as not taken up yet")
