"""What we read from others is bounded, and nobody chooses where we read."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from node.app import App, create_app, create_node
from node.federation import actors, routes
from node.models import Actor, Delivery, OutboxItem, Publication
from tests.conftest import Travel
from tests.federation.threats.scene import ONE_DATABASE, PUBLIC, SENDER, Scene, encoded, short
from tests.fediverse import Document, Stranger, TestNode
from tests.patience import ends

INSIDE = [
    "127.0.0.1",
    "10.1.2.3",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "198.18.0.1",
    "192.168.1.1",
    "224.0.0.1",
    "240.0.0.1",
    "[::1]",
    "[fc00::1]",
    "[fe80::1]",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "localhost",
    "intranet",
    "2130706433",
    "0x7f.1",
    "127.1",
]


@ONE_DATABASE
@pytest.mark.parametrize("host", INSIDE)
async def test_b1_nothing_inside_is_asked_for_a_key(
    scene: Scene, mallory: Stranger, host: str
) -> None:
    inside = Stranger(f"https://{host}/users/x", mallory.key, mallory.seal, scene.world)
    activity = inside.activity("Follow", scene.node.actor_uri)
    async with scene.unchanged():
        answer = await mallory.send(scene.node, activity, key_id=inside.key_id)
    assert answer.status_code in (400, 401)


@ONE_DATABASE
@pytest.mark.parametrize("host", ["127.0.0.1", "169.254.169.254", "[::1]", "localhost"])
@pytest.mark.parametrize("written", ["https://{}/users/x", "x@{}", "https://{}:8080/x"])
async def test_b1_nothing_inside_is_looked_up(scene: Scene, host: str, written: str) -> None:
    async with scene.unchanged():
        with pytest.raises(Exception, match=r"\S"):
            await actors.look_up(scene.node.node, written.format(host))


@pytest.mark.parametrize("name", ["inbox", "outbox", "followers", "featured", "sharedInbox"])
async def test_b1_an_actor_sends_us_to_its_own_server_only(
    scene: Scene, mallory: Stranger, name: str
) -> None:
    document = mallory.document()
    if name == "sharedInbox":
        document["endpoints"] = {"sharedInbox": "https://127.0.0.1/inbox"}
    else:
        document[name] = "https://127.0.0.1/inbox"
    scene.world.documents[mallory.uri] = document
    await mallory.send(scene.node, mallory.activity("Follow", scene.node.actor_uri))
    await scene.work()
    assert not [url for _, url in scene.world.requests if "127.0.0.1" in url]


async def rebound(scene: Scene, *addresses: str) -> App:
    """Serve the same node again, with a network in which names mean these addresses."""

    async def resolver(_host: str, _port: int) -> list[str]:
        return list(addresses)

    node = create_node(scene.node.settings, transport=scene.world, resolver=resolver)
    return create_app(scene.node.settings, node_=node)


@ONE_DATABASE
@pytest.mark.parametrize(
    "addresses", [("127.0.0.1",), ("93.184.215.14", "10.0.0.1"), ("2606:2800:21f::1", "::1")]
)
async def test_b3_a_name_that_means_one_address_inside_is_not_asked(
    scene: Scene, mallory: Stranger, addresses: tuple[str, ...]
) -> None:
    app = await rebound(scene, *addresses)
    there = TestNode(scene.node.settings, app, scene.node.assembly)
    async with scene.unchanged():
        answer = await mallory.send(there, mallory.activity("Follow", there.actor_uri))
    await there.close()
    assert answer.status_code == 401


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b" " * 65_536


async def slow() -> AsyncIterator[bytes]:
    while True:
        await asyncio.sleep(0.01)
        yield b" "


BOMB = gzip.compress(b" " * 50_000_000, mtime=0)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b" " * 2_000_000, {}),
        (BOMB, {"content-encoding": "gzip"}),
        (b"{}", {"content-encoding": "br"}),
        (b"{}", {"content-encoding": "gzip"}),
        (b"{}", {"content-length": "9999999999"}),
        (b"", {}),
        (b"\xff\xfe", {}),
        (b"[" * 500_000, {}),
        (b'{"id":"a","id":"b"}', {}),
    ],
    ids=short,
)
async def test_b5_what_is_too_long_or_broken_is_not_read(
    scene: Scene, mallory: Stranger, content: bytes, headers: dict[str, str]
) -> None:
    given = {"content-type": "application/activity+json", **headers}
    stream = httpx.ByteStream(content)
    answer = httpx.Response(200, stream=stream, headers=given)
    scene.world.answers[mallory.uri] = lambda _: answer
    follow = mallory.activity("Follow", scene.node.actor_uri)
    await scene.refused(401, mallory, follow, asks={"evil.example"})


class Stream(httpx.AsyncByteStream):
    """A body that never ends."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces


@pytest.mark.parametrize("pieces", [endless, slow])
async def test_b5_what_never_ends_is_left(
    scene: Scene, mallory: Stranger, pieces: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = scene.node.node.client.get

    async def quick(url: str, **given: Any) -> Any:
        return await get(url, **{**given, "seconds": 0.3})

    monkeypatch.setattr(scene.node.node.client, "get", quick)
    given = {"content-type": "application/activity+json"}
    scene.world.answers[mallory.uri] = lambda _: httpx.Response(
        200, stream=Stream(pieces()), headers=given
    )
    follow = mallory.activity("Follow", scene.node.actor_uri)
    await scene.refused(401, mallory, follow, asks={"evil.example"})


async def test_b5_a_letter_has_at_most_a_megabyte(scene: Scene, alice: Stranger) -> None:
    await scene.meet(alice)
    follow = alice.activity("Follow", scene.node.actor_uri)
    for size in (1_000_001, 5_000_000):
        await scene.refused(413, alice, encoded(follow) + b" " * size)


async def deliver(scene: Scene, pieces: list[bytes], *, announced: str | None = None) -> list[int]:
    """Send a body in pieces, the way a slow or lying client does; return the statuses."""
    headers = [(b"host", b"riverside.example")]
    if announced is not None:
        headers.append((b"content-length", announced.encode()))
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/inbox",
        "raw_path": b"/inbox",
        "query_string": b"",
        "headers": headers,
    }
    left, said = list(pieces), []

    async def receive() -> Document:
        if not left:
            await asyncio.sleep(3600)
        return {"type": "http.request", "body": left.pop(0), "more_body": True}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            said.append(message["status"])

    await scene.node.app(scope, receive, send)
    return said


async def test_b5_a_slow_body_is_not_awaited(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "BODY_SECONDS", 0.2)
    async with scene.unchanged():
        assert await deliver(scene, [b"{", b" "]) == [408]


@ONE_DATABASE
@pytest.mark.parametrize("announced", ["99999999", "9" * 5000, "-1", "1e3", "٣"], ids=short)
async def test_b5_a_length_is_a_number_within_the_limit(scene: Scene, announced: str) -> None:
    async with scene.unchanged():
        assert await deliver(scene, [], announced=announced) == [413]


async def test_b5_a_body_without_a_length_is_counted(scene: Scene) -> None:
    async with scene.unchanged():
        assert await deliver(scene, [b" " * 400_000] * 4) == [413]


async def test_b7_a_chain_of_replies_is_not_followed(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    before = [alice.uri, alice.inbox]
    for number in range(3):
        note = alice.note(number, inReplyTo=f"https://victim.example/notes/{number}")
        note["replies"] = {"type": "Collection", "first": f"https://victim.example/r/{number}"}
        note["context"] = "https://victim.example/context"
        await scene.accepted(alice, alice.activity("Create", note, number))
    assert {url for _, url in scene.world.requests} == set(before)


async def test_b7_a_thing_that_answers_itself_is_kept_once(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    one = alice.note(1, inReplyTo=f"{alice.uri}/notes/2")
    other = alice.note(2, inReplyTo=f"{alice.uri}/notes/1")
    for number, note in enumerate((one, other, alice.note(3, inReplyTo=f"{alice.uri}/notes/3"))):
        await scene.accepted(alice, alice.activity("Create", note, number))
    assert await scene.node.count(Publication) == 3


async def test_b8_mentions_are_not_looked_up(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    mention = {"type": "Mention", "href": "https://victim.example/users/{}", "name": "@x"}
    tags = [{**mention, "href": f"https://victim.example/users/{n}"} for n in range(900)]
    asked = len(scene.world.requests)
    await scene.accepted(alice, alice.activity("Create", alice.note(1, tag=tags)))
    to = [f"https://victim.example/users/{n}" for n in range(900)]
    await scene.accepted(alice, alice.activity("Create", alice.note(2, cc=to), 2))
    assert len(scene.world.requests) == asked


@ONE_DATABASE
@pytest.mark.parametrize("field", ["to", "cc", "tag", "object"])
async def test_b8_ten_thousand_of_anything_are_too_many(
    scene: Scene, alice: Stranger, field: str
) -> None:
    await scene.follow(alice)
    many = [f"https://victim.example/{n}" for n in range(10_000)]
    note = alice.note(1, **{field: many}) if field != "object" else many
    async with scene.unchanged(but={"inbox_item"}):
        answer = await alice.send(scene.node, alice.activity("Create", note))
        await scene.work()
    assert answer.status_code in (202, 400)


@pytest.mark.usefixtures("still")
async def test_b9_a_dead_server_is_not_asked_again_and_again(
    scene: Scene, mallory: Stranger
) -> None:
    scene.world.unreachable.add("evil.example")
    async with scene.unchanged(asks={"evil.example"}):
        for number in range(40):
            other = Stranger(f"{mallory.uri}{number}", mallory.key, mallory.seal, scene.world)
            follow = other.activity("Follow", scene.node.actor_uri)
            assert (await other.send(scene.node, follow)).status_code == 401
    assert len(scene.world.requests) <= 3


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize("status", [404, 410, 200, 302])
async def test_b9_a_key_that_is_not_there_is_not_asked_for_again_and_again(
    scene: Scene, mallory: Stranger, status: int
) -> None:
    scene.world.statuses[mallory.uri] = status
    follow = mallory.activity("Follow", scene.node.actor_uri)
    async with scene.unchanged(asks={"evil.example"}):
        for _ in range(20):
            assert (await mallory.send(scene.node, follow)).status_code == 401
    assert len(scene.world.requests) <= 3


@pytest.mark.usefixtures("still")
async def test_b9_ports_and_subdomains_have_one_budget(scene: Scene, mallory: Stranger) -> None:
    for number in range(1024, 1324):
        host = f"x{number}.victim.example:{number}"
        other = Stranger(f"https://{host}/x", mallory.key, mallory.seal, scene.world)
        answer = await other.send(scene.node, other.activity("Follow", scene.node.actor_uri))
        assert answer.status_code == 401
    assert len(scene.world.requests) <= 150


async def test_b9_a_server_that_is_back_is_heard(
    scene: Scene, alice: Stranger, travel: Travel
) -> None:
    scene.world.unreachable.add("honest.example")
    follow = alice.activity("Follow", scene.node.actor_uri)
    for _ in range(5):
        await scene.refused(401, alice, follow, asks={"honest.example"})
    scene.world.unreachable.clear()
    travel(minutes=6)
    await scene.accepted(alice, follow)


@ONE_DATABASE
@pytest.mark.parametrize("size", [10_000, 900_000])
async def test_b11_a_page_where_an_actor_should_be_is_left(
    scene: Scene, mallory: Stranger, size: int
) -> None:
    page = "<link rel='alternate' " * (size // 22)
    headers = {"content-type": "text/html", "link": "<a>;" * 2000}
    scene.world.answers[mallory.uri] = lambda _: httpx.Response(200, text=page, headers=headers)
    follow = mallory.activity("Follow", scene.node.actor_uri)
    with ends():
        await scene.refused(401, mallory, follow, asks={"evil.example"})


async def test_b12_contexts_are_never_fetched(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    context = ["https://victim.example/context", {"@import": "https://victim.example/import"}]
    note = {"@context": context, **alice.note(1)}
    asked = len(scene.world.requests)
    await scene.accepted(alice, {**alice.activity("Create", note), "@context": context})
    assert len(scene.world.requests) == asked


@ONE_DATABASE
@pytest.mark.parametrize(
    "path",
    [
        "/p/../../etc/passwd",
        "/n/..%2f..%2fetc%2fpasswd",
        "/n/%00",
        "/p/1%2f..%2f2",
        "/g/rive/../../actor/inbox",
        "/u/%2e%2e/outbox",
        "/p/99999999999999999999999",
        "/p/-1",
        "/g/rive/outbox?page=0",
        "/g/rive/outbox?page=99999999999999999999",
        "/g/rive/outbox?page=١",
        "/g/rive/register?after=-1",
        "/g/rive/register?after=99999999999999999999",
        "/nodeinfo/9.9",
        "/d/0",
        "/e/1/attendees",
    ],
    ids=short,
)
async def test_b13_no_path_leads_anywhere_but_to_things_of_ours(scene: Scene, path: str) -> None:
    async with scene.unchanged():
        answer = await scene.node.get(path)
    assert answer.status_code in (200, 404, 405)


async def test_p9_what_leaves_stays_with_the_sender(
    scene: Scene, mallory: Stranger, travel: Travel
) -> None:
    """An offer is answered at the inbox of who made it, and nowhere else."""
    offer = mallory.activity("Offer", "https://victim.example/1", target="https://victim.example/2")
    await mallory.send(scene.node, {**offer, "to": ["https://victim.example/users/v"]})
    await scene.work()
    travel(hours=1)
    await scene.work()
    assert {httpx.URL(url).host for _, url in scene.world.requests} == {"evil.example"}
    assert await scene.node.count(Delivery) == 0
    assert await scene.node.count(OutboxItem) == 1


async def test_p22_a_stranger_leaves_nothing_but_themselves(
    scene: Scene, mallory: Stranger
) -> None:
    note = mallory.note(1, to=[PUBLIC])
    async with scene.unchanged(but={"inbox_item", *SENDER}, asks={"evil.example"}):
        await mallory.send(scene.node, mallory.activity("Create", note))
        await scene.work()
    [actor] = await scene.node.all(Actor, ~Actor.is_local)
    assert actor.uri == mallory.uri
