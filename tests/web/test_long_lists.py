"""However much there is, every page stays light, and everything is found by turning pages."""

import html
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import update

from node import clock
from node.assembly import assemblies, blocking, hearing, invitations, members, proposals, votes
from node.database import Transaction
from node.models import Actor, Decision, Follow, Peer
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, text

MANY = 130
_HEAVIEST = 35_000  # bytes


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        yield place


async def turned(browser: httpx.AsyncClient, path: str, name: str) -> list[str]:
    """Return what the pages of one list say, following `next` to the end."""
    said: list[str] = []
    while path:
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert len(answer.content) <= _HEAVIEST, f"{path}: {len(answer.content)} bytes"
        said.append(text(answer))
        links = [html.unescape(one) for one in re.findall(r'rel="next" href="(.*?)"', answer.text)]
        found = [link.partition("#") for link in links]
        path = next((to for to, _, mark in found if (mark or "page") == name), "")
    assert len(said) > 1, "there is one page only"
    return said


def everything(start: str, said: list[str]) -> list[int]:
    """Return the numbers after a word, as often as they stand there."""
    return sorted(int(number) for page in said for number in re.findall(rf"{start}(\d+)\b", page))


async def test_proposals_are_listed_page_by_page(place: Place) -> None:
    async with place.database.transaction() as tx:
        for number in range(MANY):
            await proposals.publish(tx, carrier=None, title=f"Texte{number}", text="Un banc.")
    async with place.visitor() as browser:
        said = await turned(browser, "/propositions?etat=discussion", "page")
        assert everything("Texte", said) == list(range(MANY))
        assert "Page 2 sur 3" in said[1]
        for beyond in ("4", "9" * 18):
            last = await browser.get(f"/propositions?etat=discussion&page={beyond}")
            assert "Page 3 sur 3" in text(last)
        for nothing in ("0", "-1", "x", ""):
            first = await browser.get(f"/propositions?etat=discussion&page={nothing}")
            assert "Page 1 sur 3" in text(first)


async def test_decisions_are_listed_page_by_page_and_by_year(place: Place) -> None:
    async with place.database.transaction() as tx:
        for number in range(56):
            on = await proposals.publish(tx, carrier=None, title=f"Texte{number}", text="Un banc.")
            vote = await votes.ask(tx, on, closes_at=clock.now() + timedelta(days=1))
            await votes.close(tx, vote)
    async with place.database.transaction() as tx:
        earlier = update(Decision).where(Decision.number < 3)
        await tx.execute(earlier.values(year=Decision.year - 1))
    async with place.visitor() as browser:
        assert everything("Texte", await turned(browser, "/decisions", "page")) == list(range(56))
        year = clock.now().astimezone(assemblies.zone(place.assembly)).year
        first = text(await browser.get("/decisions"))
        assert f"Années : {year} {year - 1}" in first.replace("\u00a0", " ")
        assert "54 décisions" in first.replace("\u00a0", " ")
        of_before = text(await browser.get(f"/decisions?annee={year - 1}"))
        assert everything("Texte", [of_before]) == [0, 1]
        assert "Toutes" in of_before
        of_now = await turned(browser, f"/decisions?annee={year}", "page")
        assert everything("Texte", of_now) == list(range(2, 56))
        unknown = text(await browser.get("/decisions?annee=1789"))
        assert unknown == first


async def test_the_reasons_of_a_great_vote_are_read_page_by_page(place: Place) -> None:
    async with place.database.transaction() as tx:
        voters = [await members.admit(tx, name=f"Camille {n}") for n in range(70)]
    await place.propose("Un jardin", "On plante.")
    await place.open_vote(1)
    for number, voter in enumerate(voters):
        await place.cast(1, voter, ("for", "against")[number % 2], f"Raison{number}")
    await place.close(1)
    async with place.visitor() as browser:
        said = await turned(browser, "/d/1", "raisons")
    assert everything("Raison", said) == list(range(70))
    assert said[0].index("Pour") < said[0].index("Contre")
    assert "Pour" in said[1] or "Contre" in said[1]


async def test_partners_and_readers_are_listed_page_by_page(place: Place) -> None:
    async with place.database.transaction() as tx:
        await _follow(tx, MANY, "accepted", "Group", "assemblee")
        await _follow(tx, MANY, "accepted", "Person", "personne")
        await _follow(tx, MANY, "asked", "Group", "demande")
    async with await place.signed_in(place.ben) as browser:
        partners = await turned(browser, "/partenaires", "page")
        assert everything("Assemblee", partners) == list(range(MANY))
        people = await turned(browser, "/partenaires", "personnes")
        assert everything("Personne", people) == list(range(MANY))
        servers = await turned(browser, "/partenaires", "serveurs")
        assert set(everything("personne-", servers)) == set(range(MANY))
        asking = await turned(browser, "/partenaires", "demandes")
        assert everything("Demande", asking) == list(range(MANY))


async def test_the_network_is_managed_page_by_page(place: Place) -> None:
    async with place.database.transaction() as tx:
        await _follow(tx, 40, "accepted", "Group", "assemblee")
        await _follow(tx, 40, "asked", "Group", "demande")
        for number in range(40):
            tx.add(Peer(host=f"pair{number}.example"))
            await blocking.rule_domain(tx, f"regle{number}.example", hearing.BLOCKED)
    async with await place.signed_in(place.ana) as browser:
        for name, start in {
            "abonnes": "Assemblee",
            "demandes": "Demande",
            "serveurs": "pair",
            "bloques": "regle",
        }.items():
            assert everything(start, await turned(browser, "/admin/reseau", name)) == [*range(40)]


async def test_members_are_listed_page_by_page_and_found_by_name(place: Place) -> None:
    async with place.database.transaction() as tx:
        for number in range(MANY):
            await members.admit(tx, name=f"Chloé{number}")
        ana = await members.by_handle(tx, "ana")
        for number in range(40):
            await invitations.make(tx, by=ana, label=f"Porte{number}")
    async with await place.signed_in(place.ana) as browser:
        said = await turned(browser, "/admin/membres", "membres")
        assert everything("Chloé", said) == list(range(MANY))
        assert "132 membres" in said[0].replace("\u00a0", " ")
        doors = await turned(browser, "/admin/membres", "invitations")
        assert everything("Porte", doors) == list(range(40))
        found = await turned(browser, "/admin/membres?nom=CHLOE", "membres")
        assert everything("Chloé", found) == list(range(MANY))
        one = text(await browser.get("/admin/membres?nom=chloe77"))
        assert everything("Chloé", [one]) == [77]
        nobody = text(await browser.get("/admin/membres?nom=<b>Zoé"))
        assert "Personne ici ne s’appelle « <b>Zoé »." in nobody.replace("\u00a0", " ")


async def _follow(tx: Transaction, count: int, state: str, type: str, name: str) -> None:
    """Let so many follow the assembly, or wish to."""
    ours = (await assemblies.the(tx)).actor
    for number in range(count):
        uri = f"https://{name}-{number}.example/x"
        actor = Actor(
            uri=uri,
            type=type,
            handle="x",
            domain=f"{name}-{number}.example",
            name=f"{name.title()}{number}",
            inbox=f"{uri}/inbox",
        )
        tx.add(actor, Follow(uri=f"{uri}/f", follower=actor, followed=ours, state=state))
