"""Asking to join from elsewhere, leaving, and linking an account, over whole nodes."""

import re
from typing import Any

import httpx
import pytest

from node.assembly import joining, leaving, linking, members
from node.federation import actors, back_links
from node.models import JoinRequest, LinkedAccount, Member, Publication
from tests.fediverse import Fediverse, Stranger, TestNode

ZOE = "https://social.example/users/zoe"


async def ask(fediverse: Fediverse, node: TestNode, uri: str = ZOE, number: int = 1) -> Stranger:
    """Somebody on another server asks to join."""
    zoe = fediverse.stranger(uri)
    join = zoe.activity("Join", node.actor_uri, number, content="<p>Je suis du quartier.</p>")
    assert (await zoe.send(node, join)).status_code == 202
    await fediverse.settle()
    return zoe


async def answer(fediverse: Fediverse, node: TestNode, act: Any, message: str = "") -> Member:
    """Somebody in charge answers the one request that waits."""
    ana = await node.member("Ana", is_in_charge=True)
    async with node.database.transaction() as tx:
        [asked] = await joining.waiting(tx)
        await act(tx, asked, by=await tx.get(Member, ana.id), message=message)
    await fediverse.settle()
    return ana


async def test_a_join_waits_for_a_person_who_says_yes(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    zoe = await ask(fediverse, riverside)
    [asked] = await riverside.all(JoinRequest)
    assert (asked.name, asked.reason) == ("zoe", "Je suis du quartier.")
    assert asked.member.state == "asked"
    assert zoe.received() == []
    await answer(fediverse, riverside, joining.admit, "Bienvenue & merci")
    [yes] = zoe.received("Accept")
    assert yes["object"] == f"{ZOE}/joins/1"
    assert yes["content"] == "<p>Bienvenue &amp; merci</p>"
    admitted = yes["result"]["assembly"]
    assert (admitted["kind"], admitted["role"]) == ("admission", "member")
    assert admitted["votesFrom"].endswith("Z")
    async with riverside.database.read() as tx:
        account = await actors.known(tx, ZOE)
        assert account is not None
        member = await members.by_linked_account(tx, account)
    assert member is not None
    assert (member.handle, member.actor.is_local) == ("zoe", True)


async def test_a_join_that_is_refused_is_said_so_and_cannot_be_pressed(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    zoe = await ask(fediverse, riverside)
    await answer(fediverse, riverside, joining.refuse, "Pas cette fois.")
    [no] = zoe.received("Reject")
    assert (no["object"], no["assembly"]["code"]) == (f"{ZOE}/joins/1", "not-admitted")
    await zoe.send(riverside, zoe.activity("Join", riverside.actor_uri, 2))
    await fediverse.settle()
    assert (await riverside.fates())[f"{ZOE}/joins/2"][0] == "refused"
    assert await riverside.count(Member, Member.state == "asked") == 0


async def test_asking_twice_asks_once_and_undoing_takes_it_back(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    zoe = await ask(fediverse, riverside)
    await zoe.send(riverside, zoe.activity("Join", riverside.actor_uri, 2))
    await fediverse.settle()
    assert await riverside.count(JoinRequest) == 1
    await zoe.send(riverside, zoe.activity("Undo", f"{ZOE}/joins/2"))
    await fediverse.settle()
    assert await riverside.count(JoinRequest) == await riverside.count(Member) == 0
    await zoe.send(riverside, zoe.activity("Undo", f"{ZOE}/joins/3", 2))
    await zoe.send(riverside, zoe.activity("Join", riverside.actor_uri, 3))
    await fediverse.settle()
    assert await riverside.count(JoinRequest) == 0


async def test_leave_ends_what_began_by_join_and_nothing_else(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    zoe = await ask(fediverse, riverside)
    await answer(fediverse, riverside, joining.admit)
    other = fediverse.stranger("https://autre.example/users/max")
    await other.send(riverside, other.activity("Leave", riverside.actor_uri))
    await zoe.send(riverside, zoe.activity("Leave", riverside.actor_uri))
    await fediverse.settle()
    fates = await riverside.fates()
    assert fates["https://autre.example/users/max/leaves/1"][0] == "ignored"
    assert fates[f"{ZOE}/leaves/1"][0] == "handled"
    assert await riverside.count(Member, Member.state == "left") == 1
    assert await riverside.count(LinkedAccount) == 0
    await zoe.send(riverside, zoe.activity("Join", riverside.actor_uri, 2))
    await fediverse.settle()
    assert await riverside.count(JoinRequest, JoinRequest.answered_at.is_(None)) == 1


async def test_one_server_cannot_fill_the_waiting_room(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    for number in range(4):
        await ask(fediverse, riverside, f"https://social.example/users/z{number}")
    assert await riverside.count(JoinRequest) == 3
    group = fediverse.stranger("https://autre.example/g/asso", type="Organization")
    await group.send(riverside, group.activity("Join", riverside.actor_uri))
    await fediverse.settle()
    assert (await riverside.fates())["https://autre.example/g/asso/joins/1"][0] == "kept"


async def claim(fediverse: Fediverse, node: TestNode, zoe: Stranger) -> tuple[Member, str]:
    """A member claims the account; return them and the code that it was sent."""
    ben = await node.member("Ben", published=True)
    account = await actors.look_up(node.node, zoe.uri)
    async with node.database.transaction() as tx:
        known = await actors.known(tx, account.uri)
        assert known is not None
        member = await tx.get(Member, ben.id)
        assert member is not None
        await linking.claim(tx, member, known)
    await fediverse.settle()
    [asked] = zoe.received("Create")
    assert (asked["to"], asked["object"]["to"]) == ([zoe.uri], [zoe.uri])
    assert "Ben" not in asked["object"]["content"]
    found = re.search(r"[A-Z2-9]{4}-[A-Z2-9]{4}", asked["object"]["content"])
    assert found
    return ben, found[0]


async def test_a_message_with_the_code_links_the_account(
    fediverse: Fediverse, riverside: TestNode
) -> None:
    zoe = fediverse.stranger(ZOE)
    ben, code = await claim(fediverse, riverside, zoe)
    thief = fediverse.stranger("https://social.example/users/max")
    for who, text in ((thief, code), (zoe, "Bonjour"), (zoe, f"@rive {code}")):
        note = who.note(len(text), to=[riverside.actor_uri], content=f"<p>{text}</p>")
        await who.send(riverside, who.activity("Create", note, len(text)))
        await fediverse.settle()
        linked = await riverside.all(LinkedAccount)
        assert bool(linked) is (who is zoe and code in text)
    assert linked[0].member_id == ben.id
    # Only what was no code is kept, as any message to us is.
    kept = [one.content for one in await riverside.all(Publication)]
    assert not any("@rive" in content for content in kept)


@pytest.mark.parametrize(
    ("page", "is_back_link"),
    [
        ('<a href="{ours}" rel="me nofollow">moi</a>', True),
        ("<link rel='ME' href='{ours}/'>", True),
        ("<p>{ours}</p>", False),
        ('<a href="{ours}">moi</a>', False),
        ('<a href="https://riverside.example/preuve/x" rel="me">moi</a>', False),
    ],
)
async def test_the_page_of_the_account_may_link_back(
    fediverse: Fediverse,
    riverside: TestNode,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    is_back_link: bool,
) -> None:
    ours = "https://riverside.example/preuve/abc"
    elsewhere = "https://ailleurs.example/@zoe"
    fediverse.stranger(ZOE, more={"url": "https://social.example/@zoe"})
    asked = fediverse.handle_async_request

    async def with_a_page(request: httpx.Request) -> httpx.Response:
        if str(request.url) == "https://social.example/@zoe":
            return httpx.Response(200, html=f"<html>{page.format(ours=ours)}</html>")
        return await asked(request)

    monkeypatch.setattr(fediverse, "handle_async_request", with_a_page)
    account = await actors.look_up(riverside.node, ZOE)
    assert await back_links.links_back(riverside.node, account, [ours]) is is_back_link
    account.url = elsewhere
    assert not await back_links.links_back(riverside.node, account, [ours])
    assert ("GET", elsewhere) not in fediverse.requests


async def test_an_exclusion_is_said_to_the_account_that_joined(
    fediverse: Fediverse, riverside: TestNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = await ask(fediverse, riverside)
    ana = await answer(fediverse, riverside, joining.admit)

    async def label(_tx: object, _written: str) -> str:
        return "2026-01"

    monkeypatch.setattr("node.assembly.journal.decision_label", label)
    async with riverside.database.transaction() as tx:
        by, member = await tx.get(Member, ana.id), await members.by_handle(tx, "zoe")
        await leaving.exclude(tx, member, by=by, reason="Menaces.", decision="2026-01")
    await fediverse.settle()
    assert zoe.received("Reject")[0]["assembly"]["code"] == "membership-ended"
