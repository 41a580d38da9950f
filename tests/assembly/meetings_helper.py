"""An assembly of five with a meeting, for the tests of meetings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from node import clock
from node.app import create_node
from node.assembly import assemblies, attendance, meetings, members
from node.assembly.meetings import Convocation
from node.database import Database, Transaction
from node.models import Meeting, Member
from node.settings import Settings

HOST = "meetings.example"
NAMES = ("ana", "ben", "chloe", "dina", "elio")


@dataclass
class Room:
    """The database, and the people by their handle: Ana is in charge."""

    database: Database
    people: dict[str, Member] = field(default_factory=dict)

    async def call(self, *, days: float = 7, by: str = "ana", **changes: Any) -> int:
        """Announce a meeting, and return its number."""
        values: dict[str, Any] = {
            "title": "Assemblée de décembre",
            "text": "Venez nombreuses.",
            "starts_at": clock.now() + timedelta(days=days),
            "how_to_join": "Répondez ici.",
            "place_name": "Salle des fêtes",
            **changes,
        }
        async with self.database.transaction() as tx:
            meeting = await meetings.publish(tx, await self.get(tx, by), Convocation(**values))
            return meeting.call.number

    async def get(self, tx: Transaction, handle: str) -> Member:
        """Return somebody, as an object of this transaction."""
        return await members.by_handle(tx, handle)

    async def there(self, number: int, *handles: str, presence: str = "present") -> None:
        """Note people on the sheet."""
        async with self.database.transaction() as tx:
            meeting = await meetings.by_number(tx, number)
            noted = {self.people[handle].id: presence for handle in handles}
            await attendance.note(tx, meeting, noted, by=await self.get(tx, "ana"))

    async def found(self, number: int) -> Meeting:
        """Return a meeting, to look at."""
        async with self.database.read() as tx:
            return await meetings.by_number(tx, number)


@asynccontextmanager
async def a_room(settings: Settings) -> AsyncIterator[Room]:
    """Found an assembly with Ana in charge and four other members."""
    node = create_node(settings)
    room = Room(node.database)
    async with node.database.transaction() as tx:
        await assemblies.found(
            tx, origin=settings.origin, name="Collines", handle="collines", language="fr"
        )
    for name in NAMES:
        async with node.database.transaction() as tx:
            room.people[name] = await members.admit(
                tx, name=name.title(), handle=name, is_in_charge=name == "ana"
            )
    try:
        yield room
    finally:
        await node.client.close()
        await node.database.close()
