"""What an act owes to others is written down with the act."""

import pytest

from node.activitypub import document
from node.assembly import assemblies, blocking, hearing, proposals
from node.database import transaction_is_open
from node.federation import outbox
from node.models import Delivery, OutboxItem, Proposal
from tests.federation.loopback import until
from tests.federation.readers import inboxes, letters, posts, publish, read_by, sent
from tests.fediverse import Fediverse, TestNode

BIG = "https://big.example"


async def test_one_delivery_is_written_for_each_distinct_inbox(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    await read_by(riverside, f"{BIG}/u/a", f"{BIG}/u/b", shared_inbox=f"{BIG}/inbox")
    await read_by(riverside, *inboxes("small.example", 2))
    await publish(riverside)
    assert sorted(row.inbox for row in await riverside.waiting()) == [
        "https://big.example/inbox",
        "https://small.example/users/0/inbox",
        "https://small.example/users/1/inbox",
    ]
    await fediverse.settle()
    assert len(letters(fediverse, "big.example")) == 1
    assert await riverside.waiting() == []


async def test_a_failed_act_leaves_nothing_behind(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    await read_by(riverside, *inboxes("small.example", 2))

    async def act() -> None:
        async with riverside.database.transaction() as tx:
            await proposals.publish(tx, carrier=None, title="Un banc", text="À l'ombre.")
            await tx.flush()
            raise RuntimeError("on second thoughts")

    with pytest.raises(RuntimeError, match="on second thoughts"):
        await act()
    await fediverse.settle()
    for model in (Proposal, OutboxItem, Delivery):
        assert await riverside.count(model) == 0
    assert fediverse.requests == []


async def test_an_act_whose_activity_cannot_be_written_does_not_happen(
    riverside: TestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(document, "encode", fail)
    with pytest.raises(OSError, match="full"):
        await publish(riverside)
    assert await riverside.count(Proposal) == 0


async def test_nothing_is_sent_to_ourselves(fediverse: Fediverse, riverside: TestNode) -> None:
    async with riverside.database.transaction() as tx:
        assembly = await assemblies.the(tx)
        note = {"id": f"{riverside.origin}/a/1", "type": "Note", "object": riverside.actor_uri}
        own = f"{riverside.origin}/inbox"
        await outbox.publish(tx, assembly.actor, note, [own], is_public=True)
    assert len(await sent(riverside)) == 1
    assert await riverside.waiting() == []


@pytest.mark.parametrize("rule", ["big.example", "BIG.example.", "https://big.example/"])
async def test_a_blocked_server_gets_nothing(
    fediverse: Fediverse, riverside: TestNode, rule: str
) -> None:
    await read_by(riverside, f"{BIG}/u/a", "https://friends.test/u/b")
    async with riverside.database.transaction() as tx:
        await blocking.rule_domain(tx, rule, hearing.BLOCKED)
        assembly = await assemblies.the(tx)
        note = {"id": f"{riverside.origin}/a/1", "type": "Note", "object": riverside.actor_uri}
        addressed = [f"{BIG}/u/a/inbox", "https://www.big.example/inbox"]
        await outbox.publish(tx, assembly.actor, note, addressed, is_public=True)
    await publish(riverside)
    await fediverse.settle()
    assert posts(fediverse, "big.example") == posts(fediverse, "www.big.example") == 0
    assert posts(fediverse, "friends.test") == 1


async def test_what_waits_for_a_server_is_not_sent_once_it_is_blocked(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    await read_by(riverside, f"{BIG}/u/a")
    await publish(riverside)
    assert len(await riverside.waiting()) == 1
    async with riverside.database.transaction() as tx:
        await blocking.rule_domain(tx, "big.example", hearing.BLOCKED)
    await fediverse.settle()
    assert posts(fediverse, "big.example") == 0
    assert await riverside.waiting() == []


async def test_only_allowed_servers_get_anything_when_the_assembly_says_so(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    await read_by(riverside, f"{BIG}/u/a", "https://friends.test/u/b")
    async with riverside.database.transaction() as tx:
        await blocking.rule_domain(tx, "friends.test", hearing.ALLOWED)
        await blocking.hear_only_allowed(tx, only=True)
    await publish(riverside)
    await fediverse.settle()
    assert posts(fediverse, "big.example") == 0
    assert posts(fediverse, "friends.test") == 1


async def test_the_network_is_never_used_inside_a_transaction(
    fediverse: Fediverse, riverside: TestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_while_sending: list[bool] = []
    carry = fediverse.handle_async_request

    async def look(request: object) -> object:
        open_while_sending.append(transaction_is_open())
        return await carry(request)  # type: ignore[arg-type]

    monkeypatch.setattr(fediverse, "handle_async_request", look)
    await read_by(riverside, f"{BIG}/u/a")
    await publish(riverside)
    await fediverse.settle()
    assert open_while_sending == [False]
    async with riverside.database.transaction():
        with pytest.raises(RuntimeError, match="talk first, then act"):
            await riverside.node.client.post(f"{BIG}/inbox", headers={}, body=b"{}")
        with pytest.raises(RuntimeError, match="talk first, then act"):
            await riverside.node.client.get(f"{BIG}/u/a", accept="application/json")
    async with riverside.database.read():
        with pytest.raises(RuntimeError, match="talk first, then act"):
            await riverside.node.client.get(f"{BIG}/u/a", accept="application/json")
    assert open_while_sending == [False]


async def test_a_commit_wakes_the_one_who_delivers(riverside: TestNode) -> None:
    await read_by(riverside, f"{BIG}/u/a")
    async with riverside.app.worker.running():
        await publish(riverside)

        async def is_sent() -> bool:
            return not await riverside.waiting()

        await until(is_sent, 5)
