"""Not everyone speaks the same dialect of signatures; what worked with a server is remembered."""

from collections.abc import Callable

import httpx
import pytest
from sqlalchemy import update

from node.federation import outbox
from node.models import Actor, ActorKey
from tests.conftest import Travel
from tests.federation.readers import letters, peer, publish, read_by
from tests.fediverse import Fediverse, TestNode

HOST = "strict.example"
Understands = Callable[..., list[str]]


@pytest.fixture
def understands(fediverse: Fediverse, monkeypatch: pytest.MonkeyPatch) -> Understands:
    """Let a server understand some dialects only; return a list of those it was addressed in."""
    carry = fediverse.handle_async_request

    def set_up(*dialects: str, otherwise: int = 401) -> list[str]:
        heard: list[str] = []

        async def listen(request: httpx.Request) -> httpx.Response:
            dialect = "rfc9421" if "signature-input" in request.headers else "cavage"
            heard.append(dialect)
            if dialect not in dialects:
                return httpx.Response(otherwise)
            return await carry(request)

        monkeypatch.setattr(fediverse, "handle_async_request", listen)
        return heard

    return set_up


@pytest.mark.parametrize("status", [400, 401])
async def test_a_second_knock_is_in_the_other_dialect_and_remembered(
    fediverse: Fediverse, riverside: TestNode, understands: Understands, status: int
) -> None:
    heard = understands("rfc9421", otherwise=status)
    await read_by(riverside, f"https://{HOST}/u/a")
    await publish(riverside)
    await fediverse.settle()
    assert heard == ["cavage", "rfc9421"]
    assert (await peer(riverside, HOST)).dialect == "rfc9421"
    await publish(riverside, "Une fontaine")
    await fediverse.settle()
    assert heard == ["cavage", "rfc9421", "rfc9421"]
    assert len(letters(fediverse, HOST)) == 2


async def test_a_server_that_unlearns_a_dialect_is_addressed_in_the_first_one_again(
    fediverse: Fediverse, riverside: TestNode, understands: Understands
) -> None:
    understands("rfc9421")
    await read_by(riverside, f"https://{HOST}/u/a")
    await publish(riverside)
    await fediverse.settle()
    heard = understands("cavage")
    await publish(riverside, "Une fontaine")
    await fediverse.settle()
    assert heard == ["rfc9421", "cavage"]
    assert (await peer(riverside, HOST)).dialect == "cavage"


async def test_a_dialect_is_remembered_for_one_server_only(
    fediverse: Fediverse, riverside: TestNode, understands: Understands
) -> None:
    heard = understands("rfc9421")
    await read_by(riverside, f"https://{HOST}/u/a")
    await publish(riverside)
    await fediverse.settle()
    await read_by(riverside, "https://other.example/u/a")
    heard.clear()
    await publish(riverside, "Une fontaine")
    await fediverse.settle()
    assert sorted(heard) == ["cavage", "rfc9421", "rfc9421"]


async def test_a_server_that_understands_neither_is_asked_again_later_and_twice_only(
    fediverse: Fediverse, riverside: TestNode, understands: Understands, travel: Travel
) -> None:
    heard = understands()
    await read_by(riverside, f"https://{HOST}/u/a")
    await publish(riverside)
    await fediverse.settle()
    assert heard == ["cavage", "rfc9421"]
    [row] = await riverside.waiting()
    assert (row.state, row.reason) == ("waiting", "answers 401")
    travel(minutes=1)
    await fediverse.settle()
    assert len(heard) == 4


async def test_a_server_that_goes_down_between_two_knocks_is_down(
    fediverse: Fediverse, riverside: TestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        if "signature-input" in request.headers:
            raise httpx.ConnectError("gone away", request=request)
        return httpx.Response(401)

    monkeypatch.setattr(fediverse, "handle_async_request", answer)
    await read_by(riverside, f"https://{HOST}/u/a")
    await publish(riverside)
    await fediverse.settle()
    assert (await peer(riverside, HOST)).down_since is not None


async def test_a_key_that_cannot_be_read_keeps_back_only_what_its_actor_says(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    ana = await riverside.member("Ana", published=True)
    await read_by(riverside, f"https://{HOST}/u/a", f"https://{HOST}/u/b")
    await publish(riverside)
    async with riverside.database.transaction() as tx:
        actor, to = await tx.get(Actor, ana.actor_id), f"https://{HOST}/u/a/inbox"
        assert actor is not None
        like = {"id": f"{riverside.origin}/a/1", "type": "Like", "object": "https://x.example"}
        await outbox.publish(tx, actor, like, [to], is_public=False)
        damaged = update(ActorKey).where(ActorKey.actor_id == ana.actor_id)
        await tx.execute(damaged.where(ActorKey.algorithm == "rsa").values(private="damaged"))
    await fediverse.settle()
    assert len(letters(fediverse, HOST)) == 2
    [left] = await riverside.waiting()
    assert (left.state, left.inbox) == ("failed", f"https://{HOST}/u/a/inbox")


async def test_an_unexpected_error_about_one_delivery_does_not_keep_the_others(
    fediverse: Fediverse, riverside: TestNode, monkeypatch: pytest.MonkeyPatch, travel: Travel
) -> None:
    carry = fediverse.handle_async_request

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/u/a/"):
            raise ZeroDivisionError("a bug of ours")
        return await carry(request)

    monkeypatch.setattr(fediverse, "handle_async_request", answer)
    await read_by(riverside, *(f"https://{HOST}/u/{name}" for name in "abc"))
    await publish(riverside)
    await fediverse.settle()
    [row] = await riverside.waiting()
    assert row.reason == "ZeroDivisionError: a bug of ours"
    assert len(letters(fediverse, HOST)) == 2
    monkeypatch.undo()
    travel(minutes=1)
    await fediverse.settle()
    assert await riverside.waiting() == []
