"""Who leaves is gone: 410 and a Tombstone for ours, forgotten words for those elsewhere."""

import pytest

from node.assembly import contributions, leaving, members, proposals
from node.models import Actor, Contribution, Publication
from tests.fediverse import Fediverse, Stranger, TestNode
from tests.reading import has_word

HTML = "text/html"


@pytest.fixture
async def said(riverside: TestNode) -> str:
    """A text, and what Ana, who exists outside too, said about it."""
    async with riverside.database.transaction() as tx:
        await members.admit(tx, name="Omar", handle="omar", is_in_charge=True)
        ana = await members.admit(tx, name="Ana", handle="ana")
        await members.admit(tx, name="Ben", handle="ben")
        await members.publish(tx, ana)
        await proposals.publish(tx, carrier=ana, title="Des bancs", text="À l'ombre.")
    async with riverside.database.transaction() as tx:
        ana, text = await members.by_handle(tx, "ana"), await proposals.by_number(tx, 1)
        return (await contributions.comment(tx, ana, on=text, text="Oui, un banc.")).uri


@pytest.mark.parametrize("leaves", [True, False], ids=["left", "unpublished"])
async def test_a_member_who_is_gone_is_a_tombstone(
    riverside: TestNode, said: str, leaves: bool
) -> None:
    note = said.removeprefix(riverside.origin)
    finger = f"/.well-known/webfinger?resource=acct:ana@{riverside.settings.origin[8:]}"
    assert [(await riverside.get(path)).status_code for path in ("/u/ana", note, finger)] == [
        200,
        200,
        200,
    ]
    async with riverside.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        if leaves:
            await leaving.leave(tx, ana)
        else:
            await members.unpublish(tx, ana)
    await riverside.work()
    gone = await riverside.get("/u/ana")
    assert gone.status_code == 410
    assert gone.headers["content-type"].startswith("application/activity+json")
    tombstone = gone.json()
    assert (tombstone["type"], tombstone["formerType"]) == ("Tombstone", "Person")
    assert tombstone["id"] == f"{riverside.origin}/u/ana"
    assert "Ana" not in gone.text
    for path in (note, "/u/ana/outbox", "/u/ana/followers", finger):
        assert (await riverside.get(path)).status_code == 410, path
    assert (await riverside.get(note)).json()["formerType"] == "Note"
    assert said not in (await riverside.get("/p/1/replies?page=1")).text
    assert said not in (await riverside.get("/p/1/context?page=1")).text
    page = await riverside.get("/@ana", HTML)
    assert page.status_code == 410
    assert "n’a plus de page publique" in page.text
    assert "Oui, un banc." in (await riverside.get("/p/1", HTML)).text


async def test_who_never_existed_outside_is_not_known_to_be_here(
    riverside: TestNode, said: str
) -> None:
    for handle in ("ben", "nobody"):
        finger = f"/.well-known/webfinger?resource=acct:{handle}@{riverside.settings.origin[8:]}"
        for path in (f"/u/{handle}", finger, f"/u/{handle}/outbox"):
            assert (await riverside.get(path)).status_code == 404, path
        assert (await riverside.get(f"/@{handle}", HTML)).status_code == 404


async def test_who_comes_back_is_there_again(riverside: TestNode, said: str) -> None:
    for act, status in ((members.unpublish, 410), (members.publish, 200)):
        async with riverside.database.transaction() as tx:
            await act(tx, await members.by_handle(tx, "ana"))
        assert (await riverside.get("/u/ana")).status_code == status
        assert (await riverside.get(said.removeprefix(riverside.origin))).status_code == status


async def test_the_words_of_an_actor_elsewhere_go_with_it(
    fediverse: Fediverse, riverside: TestNode, said: str
) -> None:
    zoe = fediverse.stranger("https://social.example/users/zoe")
    max_ = fediverse.stranger("https://autre.example/users/max")
    on = f"{riverside.origin}/p/1"
    await _says(fediverse, riverside, zoe, "Un mot de loin.", 1, on)
    await _says(fediverse, riverside, max_, "Et une réponse.", 1, f"{zoe.uri}/notes/1")
    await _says(fediverse, riverside, zoe, "Un mot sans réponse.", 2, on)
    page = (await riverside.get("/p/1", HTML)).text
    assert "Un mot de loin." in page
    assert "Un mot sans réponse." in page
    await zoe.send(riverside, zoe.activity("Delete", zoe.uri, 9))
    await fediverse.settle()
    page = (await riverside.get("/p/1", HTML)).text
    assert "Un mot" not in page
    assert not has_word(page.lower(), "zoe")
    assert page.count("Contribution retirée.") == 1
    assert "Et une réponse." in page
    assert "Oui, un banc." in page
    mine = await riverside.all(Contribution, Contribution.is_outside)
    assert sorted(one.content == "" for one in mine) == [False, True, True]
    assert not [one for one in await riverside.all(Publication) if one.deleted_at is None]
    [actor] = await riverside.all(Actor, Actor.uri == zoe.uri)
    assert (actor.name, actor.summary) == (actor.handle, "")


async def _says(
    fediverse: Fediverse, riverside: TestNode, who: Stranger, words: str, number: int, on: str
) -> None:
    note = who.note(number, inReplyTo=on, content=f"<p>{words}</p>")
    await who.send(riverside, who.activity("Create", note, number))
    await fediverse.settle()
