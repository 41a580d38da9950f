"""Whoever linked an account elsewhere is reminded there, in a message that nobody else reads."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from node.assembly import blocking, follow_ups, members, proposals, rules, votes
from node.clock import now
from node.federation import actors
from node.models import Actor, Delivery, LinkedAccount, Member, OutboxItem, Vote
from tests.conftest import Travel
from tests.fediverse import Fediverse, Stranger, TestNode


@pytest.fixture
def zoe(fediverse: Fediverse) -> Stranger:
    """Somebody on another server."""
    return fediverse.stranger("https://social.example/users/zoe")


@pytest.fixture
async def linked(fediverse: Fediverse, riverside: TestNode, zoe: Stranger) -> None:
    """Ben, Lea and Omar are members; Ben linked zoe's account, and reads English."""
    await actors.discover(riverside.node, zoe.uri)
    async with riverside.database.transaction() as tx:
        await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        ben = await members.admit(tx, name="Ben", handle="ben")
        await members.admit(tx, name="Léa", handle="lea")
        ben.language = "en"
        account = await tx.find(select(Actor).where(Actor.uri == zoe.uri))
        tx.add(LinkedAccount(member_id=ben.id, actor=account, proof="message"))


async def opened(riverside: TestNode, days: float = 3) -> None:
    """A vote that everybody is asked about."""
    async with riverside.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        text = await proposals.publish(tx, carrier=ana, title="Des bancs", text="À l'ombre.")
        await votes.open_vote(tx, text, by=ana, closes_at=now() + timedelta(days=days))


async def cast(riverside: TestNode, handle: str) -> None:
    """A member votes."""
    async with riverside.database.transaction() as tx:
        voter: Member = await members.by_handle(tx, handle)
        vote = await tx.find(select(Vote))
        digest = vote.version.digest
        await votes.cast_ballot(tx, vote, voter, "for", version_digest=digest)


async def told(riverside: TestNode) -> list[dict[str, Any]]:
    """The messages that went to one account alone."""
    items = await riverside.all(OutboxItem, OutboxItem.is_public.is_(False))
    return [msgspec.json.decode(item.document) for item in items]


async def test_who_has_not_voted_is_reminded_once_a_day_before_the_close(
    riverside: TestNode, zoe: Stranger, linked: None, travel: Travel
) -> None:
    await opened(riverside)
    await riverside.app.worker.timers.work()
    assert await told(riverside) == []
    travel(days=2, hours=1)
    for _ in range(2):
        await riverside.app.worker.timers.work()
    [said] = await told(riverside)
    note = said["object"]
    assert (said["to"], said["cc"], note["to"], note["cc"]) == ([zoe.uri], [], [zoe.uri], [])
    assert note["attributedTo"] == riverside.actor_uri
    assert list(note["contentMap"]) == ["en"]
    assert "You have not voted yet." in note["content"]
    assert f'href="{riverside.origin}/p/1/voter"' in note["content"]
    assert "Ben" not in note["content"]
    assert note["tag"] == [{"type": "Mention", "href": zoe.uri, "name": note["tag"][0]["name"]}]
    [delivery] = [
        one
        for one in await riverside.all(Delivery)
        if one.outbox_item_id in {item.id for item in await _private(riverside)}
    ]
    assert delivery.inbox == zoe.inbox
    answer = await riverside.get("/n/" + note["id"].rpartition("/")[2])
    assert answer.status_code == 404


async def _private(riverside: TestNode) -> list[OutboxItem]:
    return list(await riverside.all(OutboxItem, OutboxItem.is_public.is_(False)))


async def test_who_has_voted_is_left_alone(
    riverside: TestNode, linked: None, travel: Travel
) -> None:
    await opened(riverside)
    await cast(riverside, "ben")
    travel(days=2, hours=1)
    await riverside.app.worker.timers.work()
    assert await told(riverside) == []


async def test_a_secret_vote_does_not_tell_who_has_voted(
    riverside: TestNode, linked: None, travel: Travel
) -> None:
    async with riverside.database.transaction() as tx:
        await rules.change(tx, "is_secret", True, by=await members.by_handle(tx, "ana"))
    await opened(riverside)
    await cast(riverside, "ben")
    travel(days=2, hours=1)
    await riverside.app.worker.timers.work()
    [said] = await told(riverside)
    assert "If you have not voted yet" in said["object"]["content"]
    assert "Everybody on the roll" in said["object"]["content"]


async def test_who_is_blocked_or_gone_is_told_nothing(
    riverside: TestNode, zoe: Stranger, linked: None, travel: Travel
) -> None:
    await opened(riverside)
    async with riverside.database.transaction() as tx:
        account = await tx.find(select(Actor).where(Actor.uri == zoe.uri))
        await blocking.block(tx, riverside.assembly.actor, account)
    travel(days=2, hours=1)
    await riverside.app.worker.timers.work()
    assert await told(riverside) == []


async def test_the_day_of_a_decision_is_told_once_to_whom_it_concerns(
    riverside: TestNode, linked: None, travel: Travel
) -> None:
    await opened(riverside)
    async with riverside.database.transaction() as tx:
        decision = await votes.close(tx, await tx.find(select(Vote)))
        assert decision is not None
        ana = await members.by_handle(tx, "ana")
        due = (now() + timedelta(days=4)).date()
        review = due + timedelta(days=10)
        await follow_ups.add(tx, decision, by=ana, holder="Ben", due_on=due, review_on=review)
    for days, expected in ((2, 0), (2, 1), (3, 1), (8, 2), (1, 2)):
        travel(days=days)
        await riverside.app.worker.timers.work()
        await riverside.app.worker.timers.work()
        assert len(await told(riverside)) == expected, days
    first, second = await told(riverside)
    assert "Decision" in first["object"]["content"]
    assert "carried out (Ben)" in first["object"]["content"]
    assert f"{riverside.origin}/d/1#suite" in first["object"]["content"]
    assert "look at it again" in second["object"]["content"]
