"""Floods, repetitions and accidents: one bad message never stops the others."""

import asyncio
import datetime
from typing import Any

import pytest

from node import clock
from node.assembly import following
from node.federation import inbox
from node.federation.receiver import Receiver
from node.models import Contribution, Delivery, Follow, InboxItem, Publication, Reaction
from tests.conftest import Travel
from tests.federation.threats.scene import PUBLIC, Scene, encoded
from tests.fediverse import Document, Stranger


def follow(scene: Scene, who: Stranger, number: int = 1) -> Document:
    return who.activity("Follow", scene.node.actor_uri, number)


async def test_f1_a_flood_is_answered_with_429(
    scene: Scene, alice: Stranger, mallory: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_MOST_WAITING_OF_ONE", 3)
    for who in (alice, mallory):
        await scene.meet(who)
    answers = [await mallory.send(scene.node, follow(scene, mallory, n)) for n in range(6)]
    assert [answer.status_code for answer in answers] == [202] * 3 + [429] * 3
    assert answers[-1].headers["retry-after"]
    assert await scene.node.count(InboxItem) == 3
    assert (await alice.send(scene.node, follow(scene, alice))).status_code == 202
    await scene.work()
    assert (await mallory.send(scene.node, follow(scene, mallory, 9))).status_code == 202


async def test_f1_names_below_one_domain_share_its_place(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_MOST_WAITING_OF_ONE", 2)
    statuses = []
    for number in range(4):
        who = scene.world.stranger(f"https://u{number}.evil.example:{4000 + number}/u")
        statuses.append((await who.send(scene.node, follow(scene, who))).status_code)
    assert statuses == [202, 202, 429, 429]


async def test_f1_what_others_handled_makes_room(
    scene: Scene, alice: Stranger, monkeypatch: pytest.MonkeyPatch, travel: Travel
) -> None:
    """Another process may empty the inbox that this one fills."""
    monkeypatch.setattr(inbox, "_MOST_WAITING_OF_ONE", 2)
    for number in range(2):
        await alice.send(scene.node, follow(scene, alice, number))
    backlog = scene.node.app.worker.receiver._backlog
    counted = dict(backlog.by_operator)
    await scene.work()
    backlog.by_operator.update(counted)
    backlog.total = 2
    assert (await alice.send(scene.node, follow(scene, alice, 8))).status_code == 202
    backlog.by_operator.update({"honest.example": 2})
    assert (await alice.send(scene.node, follow(scene, alice, 9))).status_code == 429
    travel(seconds=11)
    assert (await alice.send(scene.node, follow(scene, alice, 9))).status_code == 202


async def test_f1_followers_on_dead_servers_cost_one_attempt_each(
    scene: Scene, travel: Travel
) -> None:
    for number in range(12):
        who = scene.world.stranger(f"https://dead.example/users/u{number}")
        await scene.accepted(who, follow(scene, who))
    scene.world.unreachable.add("dead.example")
    asked = len(scene.world.requests)
    await scene.proposal()
    await scene.work()
    assert len(scene.world.requests) - asked <= 3
    assert await scene.node.count(Delivery) == 12


async def test_f1_what_was_accepted_is_never_dropped(scene: Scene, alice: Stranger) -> None:
    await scene.meet(alice)
    found = [await alice.send(scene.node, follow(scene, alice, n)) for n in range(30)]
    assert {answer.status_code for answer in found} == {202}
    assert await scene.node.count(InboxItem) == 30
    await scene.work()
    assert await scene.node.count(InboxItem, InboxItem.state == "handled") == 30


async def test_f4_two_workers_have_one_effect(
    scene: Scene, alice: Stranger, mallory: Stranger, travel: Travel
) -> None:
    proposal = await scene.proposal()
    on = f"{scene.node.origin}/p/{proposal.number}"
    for who in (alice, mallory):
        await scene.meet(who)
        for number in range(10):
            await who.send(scene.node, follow(scene, who, number))
            await who.send(scene.node, who.activity("Like", on, number))
            note = who.note(number % 3, inReplyTo=on)
            await who.send(scene.node, who.activity("Create", note, number))
    first = scene.node.app.worker.receiver
    workers = [first, *(Receiver(scene.node.node, first._acceptor) for _ in range(3))]
    for _ in range(10):
        await asyncio.gather(*[worker.work() for worker in workers])
        for worker in workers:
            await worker.idle()
    # Where two collided, one of them tries again.
    travel(minutes=1)
    await scene.work()
    assert await scene.node.count(InboxItem, InboxItem.state != "handled") == 0
    counts = [await scene.node.count(kind) for kind in (Follow, Reaction, Contribution)]
    assert counts == [2, 2, 6]


async def test_f4_strangers_who_arrive_at_once_are_met_once(scene: Scene) -> None:
    who = scene.world.stranger("https://honest.example/users/new")
    other = scene.world.stranger("https://honest.example/users/other")
    letters = [(one, follow(scene, one, n)) for n in range(10) for one in (who, other)]
    answers = await asyncio.gather(*[one.send(scene.node, letter) for one, letter in letters])
    assert {answer.status_code for answer in answers} == {202}
    await scene.work()
    assert await scene.node.count(Follow) == 2
    asked = [url for method, url in scene.world.requests if method == "GET"]
    assert sorted(asked) == sorted([who.uri, other.uri])


async def test_p20_a_handler_that_breaks_stops_nobody(
    scene: Scene,
    alice: Stranger,
    mallory: Stranger,
    monkeypatch: pytest.MonkeyPatch,
    travel: Travel,
) -> None:
    admit = following.admit_follower

    async def breaks(tx: Any, follower: Any, followed: Any, *, uri: str) -> Any:
        if follower.uri == mallory.uri:
            raise RuntimeError("a bug of ours")
        return await admit(tx, follower, followed, uri=uri)

    monkeypatch.setattr(following, "admit_follower", breaks)
    for who in (mallory, alice):
        await scene.meet(who)
        await who.send(scene.node, follow(scene, who))
    await scene.work()
    assert len(alice.received("Accept")) == 1
    for _ in range(5):
        travel(hours=6)
        await scene.work()
    [item] = await scene.node.all(InboxItem, InboxItem.sender_uri == mallory.uri)
    assert (item.state, item.reason) == ("quarantined", "RuntimeError: a bug of ours")


async def test_p20_one_letter_that_cannot_be_written_stops_nobody(
    scene: Scene, alice: Stranger, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = inbox.write

    async def breaks(tx: Any, letters: Any) -> set[tuple[str, str]]:
        if any(letter.uri.endswith("/3") for letter in letters):
            raise RuntimeError("the database cannot hold this")
        return await write(tx, letters)

    monkeypatch.setattr(inbox, "write", breaks)
    await scene.meet(alice)
    bodies = [encoded(follow(scene, alice, n)) for n in range(6)]
    found = await asyncio.gather(
        *[alice.send(scene.node, body) for body in bodies], return_exceptions=True
    )
    assert sum(isinstance(one, Exception) for one in found) == 1
    assert await scene.node.count(InboxItem) == 5


Step = tuple[str, Any]


def story(scene: Scene, alice: Stranger, on: str) -> dict[str, list[Document]]:
    """What somebody did, in the order in which they did it."""
    like = alice.activity("Like", on)
    block = alice.activity("Block", scene.node.actor_uri)
    first = follow(scene, alice)
    note, remark = alice.note(1), alice.note(2, inReplyTo=on)
    later = "2026-01-02T00:00:00Z"
    return {
        "follow and undo": [first, alice.activity("Undo", first)],
        "follow and undo by name": [first, alice.activity("Undo", first["id"])],
        "like and undo": [like, alice.activity("Undo", like)],
        "block and undo": [block, alice.activity("Undo", block)],
        "note and delete": [
            alice.activity("Create", note),
            alice.activity("Delete", note["id"]),
        ],
        "remark and delete": [
            alice.activity("Create", remark),
            alice.activity("Delete", {"id": remark["id"], "type": "Tombstone"}),
        ],
        "remark and update": [
            alice.activity("Create", remark),
            alice.activity("Update", {**remark, "content": "<p>Two.</p>", "updated": later}),
        ],
        "note and update": [
            alice.activity("Create", note),
            alice.activity("Update", {**note, "content": "<p>Two.</p>", "updated": later}),
        ],
        "note, update and delete": [
            alice.activity("Create", note),
            alice.activity("Update", {**note, "content": "<p>Two.</p>", "updated": later}),
            alice.activity("Delete", note["id"]),
        ],
    }


async def shown(scene: Scene) -> set[tuple[str, str]]:
    """What a reader would see of it, and who follows."""
    found: set[tuple[str, str]] = set()
    for kind in (Publication, Contribution):
        for one in await scene.node.all(kind, kind.deleted_at.is_(None)):
            found.add((kind.__name__, one.content))
    for wish in await scene.node.all(Follow):
        found.add(("Follow", wish.follower.uri))
    for like in await scene.node.all(Reaction):
        found.add(("Reaction", like.object_uri))
    return found


STORIES = [
    "follow and undo", "follow and undo by name", "like and undo", "block and undo",
    "note and delete", "remark and delete", "remark and update", "note and update",
    "note, update and delete",
]  # fmt: skip


@pytest.mark.parametrize("name", STORIES)
async def test_p19_the_order_of_arrival_changes_nothing(
    scene: Scene, alice: Stranger, name: str
) -> None:
    """Forwards or backwards, once or twice, the end is the same."""
    proposal = await scene.proposal()
    on = f"{scene.node.origin}/p/{proposal.number}"
    await scene.follow(alice)
    steps = story(scene, alice, on)[name]
    for step in [*reversed(steps), *steps]:
        assert (await alice.send(scene.node, step)).status_code == 202
        await scene.work()
    expected = {("Follow", f"{scene.node.actor_uri}")}
    if name == "block and undo":
        expected = set()
    if name.endswith("and update"):
        kind = "Contribution" if name.startswith("remark") else "Publication"
        expected.add((kind, "<p>Two.</p>"))
    assert await shown(scene) - expected <= {("Follow", scene.node.actor_uri)}
    assert expected - await shown(scene) <= {("Follow", scene.node.actor_uri)}


async def test_p19_of_two_changes_the_later_one_stays(scene: Scene, alice: Stranger) -> None:
    proposal = await scene.proposal()
    on = f"{scene.node.origin}/p/{proposal.number}"
    await scene.follow(alice)
    for number, more in enumerate(({}, {"inReplyTo": on})):
        note = alice.note(number, to=[PUBLIC], **more)
        await scene.accepted(alice, alice.activity("Create", note, number))
        for day in (3, 2):
            changed = {**note, "content": f"<p>{day}</p>", "updated": f"2026-01-0{day}T00:00:00Z"}
            await alice.send(scene.node, alice.activity("Update", changed, f"{number}-{day}"))
            await scene.work()
    assert {content for _, content in await shown(scene) if content.startswith("<")} == {"<p>3</p>"}


@pytest.mark.parametrize("days", [365 * 12, 365 * 13])
async def test_f6_the_year_2038_is_a_year_like_others(
    scene: Scene, alice: Stranger, travel: Travel, days: int
) -> None:
    travel(days=days)
    await scene.follow(alice)
    note = alice.note(1, published="2038-01-19T03:14:08Z")
    await scene.accepted(alice, alice.activity("Create", note))
    [kept] = await scene.node.all(Publication)
    assert kept.published_at <= clock.now()
    assert kept.published_at.tzinfo is datetime.UTC


async def test_f6_a_clock_that_jumps_loses_nothing(
    scene: Scene, alice: Stranger, travel: Travel
) -> None:
    await scene.meet(alice)
    assert (await alice.send(scene.node, follow(scene, alice))).status_code == 202
    travel(hours=-2)
    await scene.work()
    travel(hours=4)
    await scene.work()
    assert len(alice.received("Accept")) == 1


async def test_f6_their_dates_are_claims(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    for number, date in enumerate(
        ("2999-01-01T00:00:00Z", "2026-06-30T23:59:60Z", "2026-01-01", "1066-10-14T09:00:00Z")
    ):
        note = alice.note(number, published=date, updated=date)
        await scene.accepted(alice, alice.activity("Create", note, number))
        change = {**note, "content": "<p>Two.</p>"}
        await alice.send(scene.node, alice.activity("Update", change, number))
    await scene.work()
    for kept in await scene.node.all(Publication):
        assert kept.published_at <= clock.now()
        assert kept.updated_at is None or kept.updated_at <= clock.now()
