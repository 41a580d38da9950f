"""Every statement of the hot paths, caught as it is made, and how SQLite would answer it."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import Engine, event

from bench import letters
from bench.world import World
from node.app import create_app, create_node
from node.assembly import proposals
from node.federation.node import Node
from node.settings import Settings

PAGES = ("/", "/p/1", "/propositions", "/decisions", "/agenda", "/reseau", "/partenaires")
_BIG = re.compile(r"\b(?:SCAN|SEARCH) (\w+)(.*)")
_TABLES = ("inbox_item", "publication", "outbox_item", "delivery", "tombstone", "reaction")

Caught = dict[str, Any]


async def scans(world: World, data: str) -> list[str]:
    """Return the statements that read a whole table of those that grow."""
    quiet = httpx.MockTransport(lambda _request: httpx.Response(202))
    node = create_node(Settings(url=world.origin, data=data), transport=quiet, resolver=_nowhere)
    with _catching() as caught:
        await _act(node, world)
    plans = sqlite3.connect(f"file:{data}/palabre.db?mode=ro", uri=True)
    try:
        found = {line for sql, values in caught.items() for line in _scanned(plans, sql, values)}
    finally:
        plans.close()
    return sorted(found)


async def _act(node: Node, world: World) -> None:
    """Do once what a node does all day: receive, publish, deliver, show."""
    app = create_app(node.settings, node_=node, works=False)
    transport = httpx.ASGITransport(app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url=world.origin) as client:
            [letter], _ = letters.written(world, 1, "plan")
            await client.post("/inbox", headers=letters.headers(letter), content=_body(letter))
            while await app.worker.receiver.work():
                pass
            async with node.database.transaction() as tx:
                await proposals.publish(tx, carrier=None, title="Un arrêt", text="À la gare.\n")
            await app.worker.courier.start_due()
            await app.worker.courier.idle()
            for path in PAGES:
                await client.get(path, headers={"accept": "text/html"})
            for path in ("outbox", "outbox?page=1", "followers", "featured"):
                await client.get(f"/g/{world.handle}/{path}")
            await client.get("/nodeinfo/2.1")
    finally:
        await node.client.close()
        await node.database.close()


async def _nowhere(_host: str, _port: int) -> Sequence[str]:
    return ["93.184.216.34"]


def _body(letter: bytes) -> bytes:
    return letter.partition(b"\r\n\r\n")[2]


@contextmanager
def _catching() -> Iterator[Caught]:
    caught: Caught = {}

    def catch(_c: object, _k: object, sql: str, values: Any, _x: object, many: bool) -> None:
        caught.setdefault(sql, values[0] if many else values)

    event.listen(Engine, "before_cursor_execute", catch)
    try:
        yield caught
    finally:
        event.remove(Engine, "before_cursor_execute", catch)


def _scanned(plans: sqlite3.Connection, sql: str, values: Any) -> Iterator[str]:
    if not sql.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
        return
    for row in plans.execute(f"EXPLAIN QUERY PLAN {sql}", values):
        step = _BIG.search(row[3])
        if step and row[3].startswith("SCAN") and step[1] in _TABLES:
            yield f"{row[3]}: {' '.join(sql.split())[:160]}"
