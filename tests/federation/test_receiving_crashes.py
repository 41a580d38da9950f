"""Real processes killed in the middle of their work: nothing that was promised is lost."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest
from sqlalchemy import update

from node import clock
from node.activitypub.addressing import PUBLIC
from node.app import create_app
from node.assembly import assemblies
from node.models import Delivery, InboxItem, Publication
from node.settings import Settings
from tests.conftest import MakeSettings
from tests.federation.loopback import Post, kill, palabre, until
from tests.federation.readers import publish, read_by
from tests.fediverse import Fediverse, Stranger, TestNode

Served = tuple[Settings, list[asyncio.subprocess.Process]]

INBOXES, ACTS = 20, 20
LETTERS = 400

only_postgres = pytest.mark.parametrize(
    "make_settings", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True
)


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    """A server on the loopback interface."""
    async with Post() as server:
        yield server


@only_postgres
async def test_two_workers_killed_in_the_middle_lose_nothing_and_repeat_only_the_unconfirmed(
    fediverse: Fediverse, make_settings: MakeSettings, post: Post
) -> None:
    node = await fediverse.node("riverside.example", make_settings("riverside.example"), "Rive")
    await read_by(node, *(f"{post.origin}/users/{number}" for number in range(INBOXES)))
    for number in range(ACTS):
        await publish(node, f"Proposition {number}")
    owed = {(row.inbox, row.outbox_item_id) for row in await node.waiting()}
    assert len(owed) == INBOXES * ACTS

    post.holds_after = 150
    work = ("worker", "--data", node.settings.data)
    where = {"PALABRE_DATABASE_URL": node.settings.database_url, "PALABRE_URL": node.settings.url}
    workers = [await palabre(*work, **where) for _ in range(2)]
    await until(lambda: not post.answers.is_set())
    await kill(*workers)
    post.holds_after = None
    post.answers.set()
    unconfirmed = await node.waiting()
    assert 0 < len(unconfirmed) < len(owed)

    before = post.arrived.copy()
    await forget_leases(node)
    third = await palabre(*work, **where)

    async def is_done() -> bool:
        return await node.count(Delivery) == 0

    await until(is_done)
    await kill(third)
    assert len(post.arrived) == len(owed)
    repeated = {key for key, count in post.arrived.items() if count > 1}
    allowed = {row.inbox.removeprefix(post.origin) for row in unconfirmed}
    assert {path for path, _ in repeated} <= allowed
    assert sum((post.arrived - before).values()) == len(unconfirmed)
    assert max(post.arrived.values()) <= 2


async def forget_leases(node: TestNode) -> None:
    """Five minutes pass for the database."""
    async with node.database.transaction() as tx:
        await tx.execute(update(Delivery).values(next_attempt_at=clock.now()))


@pytest.fixture
async def served(
    tmp_path: Path,
) -> AsyncIterator[tuple[Settings, list[asyncio.subprocess.Process]]]:
    """A node on SQLite served by a process of its own, which may be killed and started again."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    origin = f"http://127.0.0.1:{port}"
    running: list[asyncio.subprocess.Process] = []
    yield Settings(url=origin, port=port, data=str(tmp_path / "data"), allow_loopback=True), running
    await kill(*running)


async def serve(settings: Settings, running: list[asyncio.subprocess.Process]) -> None:
    """Start the node, and return once it answers."""
    flags = ("--data", settings.data, "--port", str(settings.port), "--url", settings.url)
    running.append(await palabre("serve", *flags))

    async def answers() -> bool:
        try:
            async with httpx.AsyncClient(trust_env=False) as client:
                answer = await client.get(f"{settings.url}/nodeinfo/2.0")
        except httpx.TransportError:
            return False
        return answer.is_success

    await until(answers)


async def test_a_serving_node_killed_in_the_middle_keeps_everything_it_said_it_had_accepted(
    fediverse: Fediverse, post: Post, served: Served
) -> None:
    settings, running = served
    await serve(settings, running)
    zoe = fediverse.stranger(f"{post.origin}/users/zoe")
    post.documents[zoe.uri] = zoe.document()
    accepted: set[str] = set()

    async def write(client: httpx.AsyncClient, numbers: range) -> None:
        for number in numbers:
            activity, body = letter(zoe, settings.url, number)
            headers = zoe.signed(f"{settings.url}/inbox", body)
            try:
                answer = await client.post(f"{settings.url}/inbox", content=body, headers=headers)
            except httpx.TransportError:
                return
            if answer.status_code == 202:
                accepted.add(activity)
            if len(accepted) > LETTERS // 4:
                with contextlib.suppress(ProcessLookupError):
                    running[0].kill()

    async with httpx.AsyncClient(trust_env=False) as client:
        shares = [range(start, LETTERS, 8) for start in range(8)]
        await asyncio.gather(*(write(client, share) for share in shares))
    await kill(running[0])
    assert 0 < len(accepted) < LETTERS

    await serve(settings, running)
    node = await memory(settings)

    async def is_handled() -> bool:
        return await node.count(InboxItem, InboxItem.state == "waiting") == 0

    await until(is_handled)
    fates = await node.fates()
    assert accepted <= set(fates)
    assert {state for state, _ in fates.values()} == {"handled"}
    assert await node.count(Publication) == len(fates)
    await node.close()


def letter(zoe: Stranger, origin: str, number: int) -> tuple[str, bytes]:
    """Something addressed to the assembly, with its id."""
    note = zoe.note(number, to=[PUBLIC, f"{origin}/g/assemblee"])
    activity = zoe.activity("Create", note, number)
    return activity["id"], msgspec.json.encode(activity)


async def memory(settings: Settings) -> TestNode:
    """Look into the memory of a node that another process serves."""
    app = create_app(settings)
    async with app.node.database.read() as tx:
        return TestNode(settings, app, await assemblies.the(tx))
