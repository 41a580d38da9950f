"""Somebody answers a call, or asks to be admitted to the assembly; or no longer."""

from node.assembly import assemblies, calls, joining, knocking, leaving
from node.database import Transaction
from node.errors import NotFound
from node.federation import ours
from node.federation.incoming import Ignored, Incoming, receives
from node.texts import plain, sanitise

_LONGEST = 20_000


@receives("Join")
async def join(tx: Transaction, incoming: Incoming) -> None:
    """They come; or they wish to be members, which waits for the answer of a person."""
    assembly = await assemblies.the(tx)
    is_about_us = incoming.object_id == assembly.actor.uri
    if is_about_us and incoming.sender.type != "Person":
        incoming.keep("an organisation asks to be admitted to the assembly")
        return
    if await ours.was_taken_back(tx, incoming.activity.id, incoming.sender):
        raise Ignored("this was taken back before it arrived")
    if is_about_us:
        said = incoming.activity.document.get("content")
        reason = plain(sanitise(said[:_LONGEST])) if isinstance(said, str) else ""
        await knocking.hear(tx, incoming.sender, uri=incoming.activity.id, reason=reason)
        return
    call = await ours.call(tx, incoming.object_id)
    if call is None:
        raise NotFound(f"there is no call {incoming.object_id}")
    await calls.answer(tx, call, actor=incoming.sender, uri=incoming.activity.id)


@receives("Leave")
async def leave(tx: Transaction, incoming: Incoming) -> None:
    """They do not come after all; or they are members no more, at once (wire.md, 5.8)."""
    assembly = await assemblies.the(tx)
    if incoming.object_id == assembly.actor.uri:
        await _leave_assembly(tx, incoming)
        return
    call = await ours.call(tx, incoming.object_id)
    if call is None:
        raise Ignored("it is about no call of ours")
    await calls.take_back(tx, call, incoming.sender)


async def _leave_assembly(tx: Transaction, incoming: Incoming) -> None:
    """Only what began by this account ends by it: a linked one is needed for nothing."""
    request = await knocking.asked_by(tx, incoming.sender)
    if request is not None:
        await joining.take_back(tx, request)
        return
    member = await knocking.joined_by(tx, incoming.sender)
    if member is None:
        raise Ignored("they did not join by this account")
    await leaving.leave(tx, member)
