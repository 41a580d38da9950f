"""The conversation about a proposal is one collection, in order, page by page."""

from datetime import timedelta

from sqlalchemy import select

from node.assembly import carrying, contributions, members, proposals, votes
from node.clock import now
from node.federation import actors
from node.models import Actor, Vote
from tests.conftest import Travel
from tests.fediverse import Fediverse, TestNode

ZOE = "https://social.example/users/zoe"


async def _say(riverside: TestNode, handle: str, text: str) -> str:
    async with riverside.database.transaction() as tx:
        author = await members.by_handle(tx, handle)
        on = await proposals.by_number(tx, 1)
        return (await contributions.comment(tx, author, on=on, text=text)).uri


async def test_everything_of_a_conversation_is_listed_in_order(
    fediverse: Fediverse, riverside: TestNode, travel: Travel
) -> None:
    zoe = fediverse.stranger(ZOE)
    await actors.discover(riverside.node, zoe.uri)
    async with riverside.database.transaction() as tx:
        ana = await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        await members.admit(tx, name="Ben", handle="ben")
        await members.publish(tx, ana)
        for title in ("Des bancs", "Un autre texte"):
            await proposals.publish(tx, carrier=ana, title=title, text="À l'ombre.")
    travel(minutes=1)
    mine = await _say(riverside, "ana", "Oui.")
    await _say(riverside, "ben", "Cela reste ici.")
    travel(minutes=1)
    async with riverside.database.transaction() as tx:
        ana, text = await members.by_handle(tx, "ana"), await proposals.by_number(tx, 1)
        await carrying.defer(tx, text, by=ana, reason="Il manque le devis.")
    travel(minutes=1)
    async with riverside.database.transaction() as tx:
        account = await tx.find(select(Actor).where(Actor.uri == zoe.uri))
        outside = f"{zoe.uri}/notes/1"
        await contributions.hear(
            tx,
            await proposals.by_number(tx, 1),
            account,
            uri=outside,
            content="<p>De loin.</p>",
            url=None,
            language="fr",
            in_reply_to=None,
        )
    travel(minutes=1)
    async with riverside.database.transaction() as tx:
        ana, text = await members.by_handle(tx, "ana"), await proposals.by_number(tx, 1)
        await votes.open_vote(tx, text, by=ana, closes_at=now() + timedelta(days=1))
    async with riverside.database.transaction() as tx:
        await votes.close(tx, await tx.find(select(Vote)))
    whole = (await riverside.get("/p/1/context")).json()
    assert whole["attributedTo"] == riverside.actor_uri
    page = (await riverside.get("/p/1/context?page=1")).json()
    origin, listed = riverside.origin, page["orderedItems"]
    assert whole["totalItems"] == len(listed) == 7
    proposal, said, deferred, heard, opening, vote, decision = listed
    assert (proposal, said, heard) == (f"{origin}/p/1", mine, outside)
    assert (vote, decision) == (f"{origin}/p/1/vote", f"{origin}/d/1")
    for phase in (deferred, opening):
        note = (await riverside.get(phase.removeprefix(origin))).json()
        assert note["assembly"]["kind"] == "phase"
        assert note["context"] == whole["id"]
    async with riverside.database.transaction() as tx:
        gone = await contributions.by_uri(tx, mine)
        assert gone is not None
        await contributions.remove(tx, gone, by=await members.by_handle(tx, "ana"))
    assert mine not in (await riverside.get("/p/1/context?page=1")).json()["orderedItems"]


async def test_a_long_conversation_is_read_page_by_page(riverside: TestNode) -> None:
    async with riverside.database.transaction() as tx:
        ana = await members.admit(tx, name="Ana", handle="ana")
        await members.publish(tx, ana)
        await proposals.publish(tx, carrier=ana, title="Des bancs", text="À l'ombre.")
    async with riverside.database.transaction() as tx:
        ana, on = await members.by_handle(tx, "ana"), await proposals.by_number(tx, 1)
        for number in range(44):
            await contributions.comment(tx, ana, on=on, text=f"Et de {number}.")
    page, seen = "/p/1/context?page=1", []
    while page:
        written = (await riverside.get(page)).json()
        assert len(written["orderedItems"]) <= 20
        seen += written["orderedItems"]
        page = written.get("next", "").removeprefix(riverside.origin)
    assert len(seen) == len(set(seen)) == 45
    assert seen[0] == f"{riverside.origin}/p/1"
