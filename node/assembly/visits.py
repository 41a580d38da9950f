"""A visitor's answer to a call: it has an address that only the visitor knows."""

from sqlalchemy import select

from node import ids
from node.assembly import assemblies, calls
from node.database import Transaction
from node.errors import NotFound
from node.models import Call, Rsvp


async def answer(tx: Transaction, call: Call, *, name: str, contact: str) -> str:
    """A visitor comes. Return the secret with which they can take it back."""
    assembly, secret = await assemblies.the(tx), ids.secret()
    uri = _address(assembly.origin, call.number, secret)
    await calls.answer(tx, call, name=name, contact=contact, uri=uri)
    return secret


async def find(tx: Transaction, call: Call, secret: str) -> Rsvp:
    """Return the answer with this secret. Raise NotFound, also once it was taken back."""
    assembly = await assemblies.the(tx)
    uri = _address(assembly.origin, call.number, secret)
    statement = select(Rsvp).where(Rsvp.uri == uri, Rsvp.call_id == call.id)
    rsvp = await tx.find(statement.where(Rsvp.actor_id.is_(None)))
    if not isinstance(rsvp, Rsvp):
        raise NotFound("there is no such answer", code="no-such-answer")
    return rsvp


async def take_back(tx: Transaction, call: Call, secret: str) -> None:
    """The visitor does not come after all."""
    await tx.delete(await find(tx, call, secret))
    await tx.flush()


def _address(origin: str, number: int, secret: str) -> str:
    return f"{origin}/e/{number}/reponse/{secret}"
