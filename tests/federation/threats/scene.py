"""What a test of a threat needs: a node that must not change, and a network that may lie."""

import contextlib
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from node import clock
from node.activitypub import addressing, contexts
from node.assembly import proposals, votes
from node.federation import actors
from node.models import Actor, Proposal, Vote
from node.models.base import Model
from tests.fediverse import Document, Fediverse, Stranger, TestNode

# For what is refused before any database is asked: the other one would not differ.
ONE_DATABASE = pytest.mark.parametrize("make_settings", ["sqlite"], indirect=True)
PUBLIC = f"{contexts.AS}#Public"
# The only traces that a refusal may leave.
TRACES = {"counter"}
ARRIVED = {"inbox_item"}
# What is known of somebody who has proven who they are.
SENDER = {"actor", "actor_key"}

Contents = dict[str, list[str]]


class World(Fediverse):
    """A network in which a server may answer with anything at all."""

    def __init__(self, rsa: Any, ed25519: Any) -> None:
        super().__init__(rsa, ed25519)
        self.answers: dict[str, Callable[[httpx.Request], httpx.Response]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with what was prepared for this address, else as always."""
        url = str(request.url)
        if (answer := self.answers.get(url)) is not None:
            self.requests.append((request.method, url))
            return answer(request)
        return await super().handle_async_request(request)

    def says(self, url: str, document: Document, content_type: str = contexts.MEDIA_TYPE) -> None:
        """Let a document stand at an address, under a media type."""
        self.documents[url] = document
        self.headers[url] = {"content-type": content_type}

    def leads(self, url: str, target: str) -> None:
        """Let an address redirect to another one."""
        self.answers[url] = lambda _: httpx.Response(302, headers={"location": target})

    def knows(self, handle: str, actor_uri: str, *, subject: str | None = None) -> None:
        """Let a server answer WebFinger for a handle of its own."""
        domain = handle.partition("@")[2]
        url = f"https://{domain}/.well-known/webfinger?resource=acct%3A{handle.replace('@', '%40')}"
        link = {"rel": "self", "type": contexts.MEDIA_TYPE, "href": actor_uri}
        self.says(url, {"subject": f"acct:{subject or handle}", "links": [link]})


@dataclass
class Scene:
    """One node, and how it is after somebody wrote to it."""

    world: World
    node: TestNode

    async def contents(self, *, but: Collection[str] = ()) -> Contents:
        """Return every row of every table, save those tables in which a change is allowed."""
        found: Contents = {}
        async with self.node.database.read() as tx:
            for table in Model.metadata.sorted_tables:
                if table.name not in {*TRACES, *but}:
                    rows = (await tx.execute(select(table))).all()
                    found[table.name] = sorted(map(repr, rows))
        return found

    @contextlib.asynccontextmanager
    async def unchanged(
        self, *, but: Collection[str] = (), asks: Collection[str] = ()
    ) -> AsyncIterator[None]:
        """Demand that the block changes nothing, and asks nothing but these servers."""
        before, asked = await self.contents(but=but), len(self.world.requests)
        yield
        after = await self.contents(but=but)
        changed = {table for table in before if before[table] != after[table]}
        assert not changed, {table: set(after[table]) ^ set(before[table]) for table in changed}
        hosts = {addressing.host(url) for _, url in self.world.requests[asked:]}
        assert hosts <= set(asks), self.world.requests[asked:]

    async def refused(
        self,
        status: int,
        sender: Stranger,
        activity: Document | bytes,
        *,
        asks: Collection[str] = (),
        **more: Any,
    ) -> None:
        """Demand that the door refuses what somebody sends, and that nothing is left of it."""
        async with self.unchanged(asks=asks):
            answer = await sender.send(self.node, activity, **more)
            assert answer.status_code == status, answer.text
            assert answer.text
            await self.work()

    async def without_effect(
        self,
        sender: Stranger,
        activity: Document,
        state: str = "refused",
        *,
        but: Collection[str] = (),
        asks: Collection[str] = (),
    ) -> str:
        """Demand that an activity is taken in and then comes to nothing; return why."""
        async with self.unchanged(but={*ARRIVED, *but}, asks=asks):
            answer = await sender.send(self.node, activity)
            assert answer.status_code == 202, answer.text
            await self.work()
        return await self.fate(activity["id"], state)

    async def fate(self, uri: str, state: str) -> str:
        """Demand what became of an activity; return the reason."""
        found, reason = (await self.node.fates())[uri]
        assert found == state, (found, reason)
        assert reason
        assert not reason.partition(":")[0].endswith(("Error", "Exception")), reason
        return reason

    async def accepted(self, sender: Stranger, activity: Document, **more: Any) -> None:
        """Let an activity arrive and be handled."""
        answer = await sender.send(self.node, activity, **more)
        assert answer.status_code == 202, answer.text
        await self.work()
        assert (await self.node.fates())[activity["id"]][0] == "handled", await self.node.fates()

    async def work(self) -> None:
        """Let the node handle and deliver everything."""
        for _ in range(20):
            if not await self.node.work():
                return

    async def meet(self, stranger: Stranger) -> Actor:
        """Let the node get to know somebody and their keys."""
        actor = await actors.discover(self.node.node, stranger.uri)
        self.node.node.keys.clear()
        return actor

    async def follow(self, stranger: Stranger) -> None:
        """Let the assembly follow somebody who says yes."""
        await self.meet(stranger)
        await self.node.follow(stranger.uri)
        await self.work()
        asked = stranger.received("Follow")[-1]
        await self.accepted(stranger, stranger.activity("Accept", asked["id"], asked["id"][-9:]))

    async def proposal(self) -> Proposal:
        """Publish a proposal."""
        async with self.node.database.transaction() as tx:
            return await proposals.publish(tx, carrier=None, title="Des bancs", text="À l'ombre.")

    async def vote(self, hours: int = 1) -> Vote:
        """Open a vote on a new proposal, with one member on the roll."""
        await self.node.member("Ben")
        proposal = await self.proposal()
        async with self.node.database.transaction() as tx:
            return await votes.ask(tx, proposal, closes_at=clock.now() + timedelta(hours=hours))


def short(value: object) -> str:
    """Name a case of a table after its value, however long and odd that is."""
    return ascii(value)[:40]


def encoded(document: Document) -> bytes:
    """Write a document as its author's server would."""
    return msgspec.json.encode(document)
