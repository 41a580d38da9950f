"""The same activity any number of times has one effect, and the order of arrival none."""

import asyncio
from itertools import permutations
from typing import Any

import pytest

from node.activitypub.addressing import PUBLIC
from node.models import (
    ActorBlock,
    Contribution,
    Follow,
    InboxItem,
    Publication,
    Reaction,
    Rsvp,
)
from tests.federation.readers import publish, read
from tests.fediverse import Document, Fediverse, Stranger, TestNode


@pytest.fixture
def zoe(fediverse: Fediverse) -> Stranger:
    """Somebody on a server that is no node of ours."""
    return fediverse.stranger("https://social.example/users/zoe")


async def test_the_same_activity_twenty_times_at_once_has_one_effect(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger
) -> None:
    follow = zoe.activity("Follow", riverside.actor_uri)
    answers = await asyncio.gather(*(zoe.send(riverside, follow) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {202}
    await fediverse.settle()
    await zoe.send(riverside, follow)
    await fediverse.settle()
    assert await riverside.count(InboxItem) == 1
    assert await riverside.count(Follow) == 1
    assert len(zoe.received("Accept")) == 1


async def test_the_same_follow_under_another_id_is_one_follow(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger
) -> None:
    for number in (1, 2):
        await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri, number))
    await fediverse.settle()
    [follow] = await riverside.all(Follow)
    assert follow.uri == f"{zoe.uri}/follows/2"
    assert len(zoe.received("Accept")) == 2


async def arrive(
    fediverse: Fediverse, node: TestNode, zoe: Stranger, activities: Any, *, one_by_one: bool
) -> None:
    """Let activities arrive in this order, and be handled together or each before the next."""
    for activity in activities:
        answer = await zoe.send(node, activity)
        assert answer.status_code == 202
        if one_by_one:
            await fediverse.settle()
    await fediverse.settle()


together_or_one_by_one = pytest.mark.parametrize("one_by_one", [True, False])


async def doing(node: TestNode, kind: str) -> str:
    """Return the address of what an activity of this kind is about."""
    proposal = await publish(node)
    return f"{node.origin}/p/{proposal.number}" if kind in ("Like", "Announce") else node.actor_uri


@pytest.mark.parametrize("kind", ["Follow", "Like", "Announce", "Block"])
@together_or_one_by_one
async def test_what_was_undone_has_no_effect_in_whatever_order(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, kind: str, one_by_one: bool
) -> None:
    about = await doing(riverside, kind)
    for number, order in enumerate(permutations(range(2))):
        done = zoe.activity(kind, about, number)
        both = done, zoe.activity("Undo", done, number)
        activities = [both[index] for index in order]
        await arrive(fediverse, riverside, zoe, activities, one_by_one=one_by_one)
        for model in (Follow, Reaction, ActorBlock):
            assert await riverside.count(model) == 0, order


@together_or_one_by_one
async def test_an_undo_that_only_names_the_follow_counts_in_whatever_order(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, one_by_one: bool
) -> None:
    for number, order in enumerate(permutations(range(2))):
        follow = zoe.activity("Follow", riverside.actor_uri, number)
        both = follow, zoe.activity("Undo", follow["id"], number)
        activities = [both[index] for index in order]
        await arrive(fediverse, riverside, zoe, activities, one_by_one=one_by_one)
        assert await riverside.count(Follow) == 0, order


async def test_another_follow_after_an_undo_counts(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger
) -> None:
    first = zoe.activity("Follow", riverside.actor_uri, 1)
    await zoe.send(riverside, zoe.activity("Undo", first))
    await zoe.send(riverside, first)
    await zoe.send(riverside, zoe.activity("Follow", riverside.actor_uri, 2))
    await fediverse.settle()
    assert await riverside.count(Follow, Follow.state == "accepted") == 1


def life(zoe: Stranger, number: int, **more: Any) -> list[Document]:
    """A note that is written, changed, and taken back."""
    first = zoe.note(number, published="2026-01-01T00:00:00Z", **more)
    changed = {**first, "content": "<p>Bonsoir.</p>", "updated": "2026-01-01T01:00:00Z"}
    gone = {"id": first["id"], "type": "Tombstone"}
    return [
        zoe.activity("Create", first, number),
        zoe.activity("Update", changed, number),
        zoe.activity("Delete", gone, number),
    ]


async def reply_to(node: TestNode, *, is_reply: bool) -> Document:
    """Return what makes a note an answer to a proposal of the node."""
    proposal = await publish(node)
    return {"inReplyTo": f"{node.origin}/p/{proposal.number}"} if is_reply else {}


@pytest.mark.parametrize("is_reply", [True, False])
@together_or_one_by_one
async def test_what_was_deleted_stays_deleted_in_whatever_order(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, is_reply: bool, one_by_one: bool
) -> None:
    reply = await reply_to(riverside, is_reply=is_reply)
    await read(riverside, zoe)
    for number, order in enumerate(permutations(range(3))):
        steps = life(zoe, number, **reply)
        activities = [steps[index] for index in order]
        await arrive(fediverse, riverside, zoe, activities, one_by_one=one_by_one)
        for kept in [*await riverside.all(Publication), *await riverside.all(Contribution)]:
            assert kept.deleted_at is not None, order
            assert kept.content == "", order


@pytest.mark.parametrize("is_reply", [True, False])
@together_or_one_by_one
async def test_the_last_words_stay_in_whatever_order(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, is_reply: bool, one_by_one: bool
) -> None:
    reply = await reply_to(riverside, is_reply=is_reply)
    await read(riverside, zoe)
    for number, order in enumerate(permutations(range(2))):
        steps = life(zoe, number, **reply)
        activities = [steps[index] for index in order]
        await arrive(fediverse, riverside, zoe, activities, one_by_one=one_by_one)
    kept = await riverside.all(Contribution if is_reply else Publication)
    assert [one.content for one in kept] == ["<p>Bonsoir.</p>"] * 2


@pytest.mark.parametrize("is_reply", [True, False])
async def test_of_two_changes_the_later_one_stays(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger, is_reply: bool
) -> None:
    reply = await reply_to(riverside, is_reply=is_reply)
    await read(riverside, zoe)
    first = zoe.note(1, **reply)
    versions = [
        {**first, "content": f"<p>{hour}</p>", "updated": f"2026-01-01T0{hour}:00:00Z"}
        for hour in (2, 1)
    ]
    await zoe.send(riverside, zoe.activity("Create", first))
    for number, version in enumerate(versions):
        await zoe.send(riverside, zoe.activity("Update", version, number))
    await fediverse.settle()
    [kept] = await riverside.all(Contribution if is_reply else Publication)
    assert kept.content == "<p>2</p>"


async def test_an_answer_to_a_call_that_was_taken_back_first_does_not_count(
    fediverse: Fediverse, riverside: TestNode, zoe: Stranger
) -> None:
    join = zoe.activity("Join", f"{riverside.origin}/e/1", to=[PUBLIC])
    await zoe.send(riverside, zoe.activity("Undo", join))
    await zoe.send(riverside, join)
    await fediverse.settle()
    assert await riverside.count(Rsvp) == 0
