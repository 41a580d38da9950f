"""A signature proves who sent this very request, now, to us; nothing less will do."""

import asyncio
from base64 import b64encode
from datetime import timedelta
from typing import Any

import httpx
import pytest

from node.activitypub import bodies, message_signatures
from node.clock import now
from node.models import Follow, InboxItem
from tests.conftest import Travel
from tests.federation.threats.scene import ONE_DATABASE, Scene, encoded
from tests.fediverse import Document, Stranger

INBOX = "https://riverside.example/inbox"


def follow(scene: Scene, who: Stranger, number: int = 1, **more: Any) -> Document:
    return who.activity("Follow", scene.node.actor_uri, number, **more)


async def post(
    scene: Scene, headers: dict[str, str], body: bytes, path: str = "/inbox"
) -> httpx.Response:
    return await scene.node.post(path, body, headers)


@pytest.mark.parametrize("is_known", [False, True])
@pytest.mark.parametrize(
    "actor",
    [
        "https://honest.example/users/alice",
        "https://evil.example/users/mallory2",
        "https://evil.example/users/mallory/",
        "https://evil.example/users",
        "https://riverside.example/g/rive",
    ],
)
async def test_a1_nobody_speaks_for_another(
    scene: Scene, alice: Stranger, mallory: Stranger, actor: str, is_known: bool
) -> None:
    if is_known:
        await scene.meet(mallory)
        await scene.meet(alice)
    asks = {"evil.example"} if actor.startswith(f"{mallory.uri}/") else set()
    await scene.refused(401, mallory, {**follow(scene, mallory), "actor": actor}, asks=asks)


@ONE_DATABASE
@pytest.mark.parametrize(
    "actor",
    [
        7,
        None,
        [],
        ["https://evil.example/users/mallory", "https://honest.example/users/alice"],
        {"id": "https://evil.example/users/mallory"},
        {"id": "https://honest.example/users/alice", "type": "Person"},
        "/users/mallory",
        "acct:mallory@evil.example",
        "https://evil.example/users/mallory\u200b",
        "https://EVIL.example/users/mallory",
        "https://evil.example:443/users/mallory",
        "https://honest.example@evil.example/users/mallory",
    ],
)
async def test_a1_the_actor_is_one_plain_id(scene: Scene, mallory: Stranger, actor: Any) -> None:
    await scene.refused(400, mallory, {**follow(scene, mallory), "actor": actor})


async def test_a1_the_key_of_another_in_the_header_does_not_help(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    activity = follow(scene, alice)
    await scene.refused(401, mallory, activity, key_id=alice.key_id, asks={"honest.example"})
    await scene.meet(alice)
    await scene.refused(401, mallory, activity, key_id=alice.key_id)


async def test_a1_a_host_in_common_is_not_ownership(
    scene: Scene, alice: Stranger, neighbour: Stranger
) -> None:
    await scene.refused(401, neighbour, follow(scene, alice))


def altered(headers: dict[str, str], **changes: str | None) -> dict[str, str]:
    merged = {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return {name: value for name, value in merged.items() if value is not None}


@ONE_DATABASE
@pytest.mark.parametrize(
    "without", ["(request-target)", "host", "digest", "date", "digest content-type"]
)
async def test_a8_a_signature_over_less_is_none(
    scene: Scene, alice: Stranger, without: str
) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    headers = alice.signed(INBOX, body)
    covered = ["(request-target)", "host", "date", "digest", "content-type"]
    kept = [name for name in covered if name not in without.split(" ")]
    lines = {**headers, "(request-target)": "post /inbox"}
    text = "\n".join(f"{name}: {lines[name]}" for name in kept).encode()
    value = b64encode(
        alice.key.sign(text, message_signatures._PADDING, message_signatures._SHA_256)
    )
    signature = f'keyId="{alice.key_id}",headers="{" ".join(kept)}",signature="{value.decode()}"'
    async with scene.unchanged():
        answer = await post(scene, altered(headers, signature=signature), body)
    assert answer.status_code == 401


@ONE_DATABASE
@pytest.mark.parametrize(
    "changes",
    [
        {"digest": None},
        {"digest": "SHA-256=" + "A" * 43 + "="},
        {"digest": "MD5=" + "A" * 22 + "=="},
        {"host": "hilltop.example"},
        {"date": None},
        {"content_type": "text/plain"},
        {"signature": None},
        {"signature": ""},
        {"signature": "nonsense"},
        {"content_digest": "sha-256=:AAAA:"},
    ],
)
async def test_a8_what_was_signed_may_not_be_altered(
    scene: Scene, alice: Stranger, changes: dict[str, str | None]
) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    async with scene.unchanged():
        answer = await post(scene, altered(alice.signed(INBOX, body), **changes), body)
    assert answer.status_code == 401, answer.text


async def test_a8_the_body_may_not_be_altered(scene: Scene, alice: Stranger) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    other = encoded(follow(scene, alice, 2))
    async with scene.unchanged():
        answer = await post(scene, alice.signed(INBOX, body), other)
        forged = altered(alice.signed(INBOX, body), digest=bodies.digest(other))
        again = await post(scene, forged, other)
    assert (answer.status_code, again.status_code) == (401, 401)


@ONE_DATABASE
@pytest.mark.parametrize("path", ["/g/rive/inbox", "/u/x/inbox", "/INBOX/inbox"])
async def test_a8_a_request_is_for_one_address(scene: Scene, alice: Stranger, path: str) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    async with scene.unchanged():
        answer = await post(scene, alice.signed(INBOX, body), body, path)
    assert answer.status_code == 401


async def test_a8_a_request_to_another_node_is_not_passed_on(scene: Scene, alice: Stranger) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    async with scene.unchanged():
        answer = await post(scene, alice.signed("https://hilltop.example/inbox", body), body)
    assert answer.status_code == 401


@ONE_DATABASE
@pytest.mark.parametrize("name", ["date", "digest", "host", "signature", "content-type"])
async def test_p4_a_header_that_counts_stands_there_once(
    scene: Scene, alice: Stranger, name: str
) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    headers = list(alice.signed(INBOX, body).items())
    value = dict(headers)[name]
    async with scene.unchanged():
        transport = httpx.ASGITransport(scene.node.app)
        async with httpx.AsyncClient(transport=transport) as client:
            answer = await client.post(INBOX, content=body, headers=[*headers, (name, value)])
    assert answer.status_code == 401


@ONE_DATABASE
@pytest.mark.parametrize("hours", [-13, -24 * 365, 2, 24 * 365 * 50])
async def test_a10_a_request_is_neither_old_nor_from_the_future(
    scene: Scene, alice: Stranger, hours: int
) -> None:
    await scene.meet(alice)
    at = now() + timedelta(hours=hours)
    await scene.refused(401, alice, follow(scene, alice), at=at)
    await scene.refused(401, alice, follow(scene, alice), at=at, dialect="rfc9421")


@ONE_DATABASE
@pytest.mark.parametrize("hours", [-11, 0.9])
async def test_a10_clocks_may_differ_a_little(scene: Scene, alice: Stranger, hours: float) -> None:
    await scene.accepted(alice, follow(scene, alice), at=now() + timedelta(hours=hours))


def with_moments(alice: Stranger, body: bytes, params: str, covered: str) -> dict[str, str]:
    """Sign as hs2019 with (created) and (expires) as given."""
    headers = {"host": "riverside.example", "digest": bodies.digest(body)}
    values = dict(part.split("=") for part in params.split(","))
    lines = {
        **headers,
        "(request-target)": "post /inbox",
        "(created)": values.get("created", ""),
        "(expires)": values.get("expires", ""),
    }
    text = "\n".join(f"{name}: {lines[name]}" for name in covered.split(" ")).encode()
    value = b64encode(
        alice.key.sign(text, message_signatures._PADDING, message_signatures._SHA_256)
    )
    signature = (
        f'keyId="{alice.key_id}",algorithm="hs2019",{params},headers="{covered}",'
        f'signature="{value.decode()}"'
    )
    return {**headers, "signature": signature}


@ONE_DATABASE
@pytest.mark.parametrize(
    ("created", "expires", "status"),
    [
        (0, None, 202),
        (0, 600, 202),
        (-13 * 3600, None, 401),
        (2 * 3600, None, 401),
        (0, -60, 401),
        (0, 253_402_300_799, 401),
        (-11 * 3600, 60, 202),
    ],
)
async def test_a10_created_and_expires_are_heeded(
    scene: Scene, alice: Stranger, created: int, expires: int | None, status: int
) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    moment = int(now().timestamp())
    params, covered = f"created={moment + created}", "(request-target) (created) host digest"
    if expires is not None:
        params += f",expires={expires if expires > 10**11 else moment + expires}"
        covered += " (expires)"
    answer = await post(scene, with_moments(alice, body, params, covered), body)
    assert answer.status_code == status, answer.text
    assert await scene.node.count(InboxItem) == (status == 202)


async def test_a11_the_same_letter_again_changes_nothing(scene: Scene, alice: Stranger) -> None:
    body = encoded(follow(scene, alice))
    headers = alice.signed(INBOX, body)
    assert (await post(scene, headers, body)).status_code == 202
    await scene.work()
    async with scene.unchanged():
        assert (await post(scene, headers, body)).status_code == 202
        await scene.work()
        assert (await alice.send(scene.node, body)).status_code == 202
        await scene.work()
    assert len(alice.received("Accept")) == 1


async def test_a11_letters_sent_again_do_not_fill_the_inbox(scene: Scene, alice: Stranger) -> None:
    for _ in range(3):
        await alice.send(scene.node, follow(scene, alice))
        await scene.work()
    backlog = scene.node.app.worker.receiver._backlog
    assert (backlog.total, dict(backlog.by_operator)) == (0, {})


async def test_a11_twenty_at_once_have_one_effect(scene: Scene, alice: Stranger) -> None:
    body = encoded(follow(scene, alice))
    answers = await asyncio.gather(*[alice.send(scene.node, body) for _ in range(20)])
    assert {answer.status_code for answer in answers} == {202}
    await scene.work()
    assert await scene.node.count(InboxItem) == 1
    assert await scene.node.count(Follow) == 1
    assert len(alice.received("Accept")) == 1
    assert [url for _, url in scene.world.requests if url == alice.uri] == [alice.uri]


async def test_a11_a_letter_is_useless_after_its_time(
    scene: Scene, alice: Stranger, travel: Travel
) -> None:
    body = encoded(follow(scene, alice))
    headers = alice.signed(INBOX, body)
    travel(hours=12, minutes=1)
    await scene.meet(alice)
    async with scene.unchanged():
        assert (await post(scene, headers, body)).status_code == 401
