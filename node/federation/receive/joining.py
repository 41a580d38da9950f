"""Somebody answers a call, or no longer comes."""

from node.assembly import assemblies, calls
from node.database import Transaction
from node.errors import NotFound
from node.federation import ours
from node.federation.incoming import Ignored, Incoming, receives


@receives("Join")
async def join(tx: Transaction, incoming: Incoming) -> None:
    """They come; a wish to be admitted to the assembly itself is kept for those in charge."""
    assembly = await assemblies.the(tx)
    if incoming.object_id == assembly.actor.uri:
        incoming.keep("asks to be admitted to the assembly")
        return
    if await ours.was_taken_back(tx, incoming.activity.id, incoming.sender):
        raise Ignored("this answer was taken back before it arrived")
    call = await ours.call(tx, incoming.object_id)
    if call is None:
        raise NotFound(f"there is no call {incoming.object_id}")
    await calls.answer(tx, call, actor=incoming.sender, uri=incoming.activity.id)


@receives("Leave")
async def leave(tx: Transaction, incoming: Incoming) -> None:
    """They do not come after all."""
    call = await ours.call(tx, incoming.object_id)
    if call is None:
        raise Ignored("it is about no call of ours")
    await calls.take_back(tx, call, incoming.sender)
