"""Where the assembly answers only servers that sign what they ask, nobody else reads (P14)."""

import httpx
import pytest

from node.activitypub import contexts, signatures
from node.activitypub.request import Dialect, Request
from node.assembly import blocking
from node.clock import now
from node.errors import Unreachable
from node.federation import fetching
from tests.federation.threats.scene import Scene
from tests.fediverse import Fediverse, Stranger, TestNode

CLOSED = [
    "/p/1",
    "/p/1/r/1",
    "/p/1/replies",
    "/p/1/context",
    "/p/1/vote",
    "/d/1",
    "/e/1",
    "/n/1",
    "/a/1",
    "/q/1",
    "/actor/outbox",
    "/g/rive/outbox",
    "/g/rive/outbox?page=1",
    "/g/rive/followers",
    "/g/rive/featured",
    "/g/rive/register",
]
OPEN = [
    "/g/rive",
    "/g/rive?x",
    "/actor",
    "/g/rive/keys",
    "/nodeinfo/2.1",
    "/.well-known/nodeinfo",
    "/ns/palabre/v1",
    "/.well-known/webfinger?resource=acct:rive@riverside.example",
]


@pytest.fixture
async def closed(scene: Scene) -> Scene:
    """An assembly with a proposal, which answers only those that sign."""
    await scene.proposal()
    async with scene.node.database.transaction() as tx:
        await blocking.answer_only_signed(tx, only=True)
    return scene


async def ask(
    node: TestNode,
    path: str,
    reader: Stranger,
    *,
    method: str = "GET",
    signed: str = "",
    dialect: Dialect = "cavage",
) -> httpx.Response:
    """Ask for a document, with a signature; `signed` is another address than what is asked for."""
    headers = {"accept": contexts.MEDIA_TYPE}
    asked = Request(method, node.origin + (signed or path), headers, b"")
    headers |= signatures.sign(asked, reader.key, reader.key_id, at=now(), dialect=dialect)
    transport = httpx.ASGITransport(node.app)
    async with httpx.AsyncClient(transport=transport, base_url=node.origin) as client:
        return await client.request(method, path, headers=headers)


@pytest.mark.parametrize("path", CLOSED)
async def test_p14_who_does_not_sign_reads_nothing(closed: Scene, path: str) -> None:
    async with closed.unchanged():
        answer = await closed.node.get(path)
    assert answer.status_code == 401
    assert set(answer.json()) == {"error"}
    assert answer.headers["vary"] == "Accept, Signature"
    assert answer.headers["cache-control"] == "private"


@pytest.mark.parametrize("path", OPEN)
async def test_p14_keys_and_what_leads_to_them_are_for_everybody(closed: Scene, path: str) -> None:
    assert (await closed.node.get(path)).status_code == 200


@pytest.mark.parametrize("dialect", ["cavage", "rfc9421"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_p14_who_signs_reads_and_leaves_nothing(
    closed: Scene, alice: Stranger, dialect: Dialect, method: str
) -> None:
    async with closed.unchanged(asks={"honest.example"}):
        answer = await ask(closed.node, "/p/1", alice, method=method, dialect=dialect)
    assert answer.status_code == 200
    assert answer.headers["vary"] == "Accept, Signature"
    assert answer.headers["cache-control"] == "private"
    paged = await ask(closed.node, "/g/rive/outbox?page=1", alice, dialect=dialect)
    assert paged.json()["type"] == "OrderedCollectionPage"


async def test_p14_a_signature_of_something_else_opens_nothing(
    closed: Scene, alice: Stranger, mallory: Stranger
) -> None:
    answer = await ask(closed.node, "/p/1", alice, signed="/p/2")
    assert answer.status_code == 401
    stolen = Stranger(alice.uri, mallory.key, mallory.seal, closed.world)
    assert (await ask(closed.node, "/p/1", stolen)).status_code == 401


async def test_p14_who_is_blocked_reads_nothing(
    closed: Scene, alice: Stranger, mallory: Stranger
) -> None:
    async with closed.node.database.transaction() as tx:
        await blocking.rule_domain(tx, "evil.example", "blocked")
    assert (await ask(closed.node, "/p/1", mallory)).status_code == 403
    assert (await ask(closed.node, "/p/1", alice)).status_code == 200


async def test_p14_pages_stay_open(closed: Scene) -> None:
    assert (await closed.node.get("/p/1", accept="text/html")).status_code == 200


async def test_p14_an_open_assembly_answers_everybody(scene: Scene) -> None:
    await scene.proposal()
    answer = await scene.node.get("/p/1")
    assert answer.status_code == 200
    assert answer.headers["vary"] == "Accept"


async def test_p14_two_assemblies_that_both_ask_for_signatures_read_each_other(
    fediverse: Fediverse, riverside: TestNode, hilltop: TestNode
) -> None:
    for node in (riverside, hilltop):
        async with node.database.transaction() as tx:
            await blocking.answer_only_signed(tx, only=True)
    for reader, other in ((riverside, hilltop), (hilltop, riverside)):
        found = await fetching.read(reader.node, f"{other.actor_uri}/outbox")
        assert found["type"] == "OrderedCollection"
    async with riverside.database.transaction() as tx:
        await blocking.rule_domain(tx, "hilltop.example", "blocked")
    with pytest.raises(Unreachable, match="403"):
        await fetching.read(hilltop.node, f"{riverside.actor_uri}/outbox")
