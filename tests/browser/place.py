"""A node that runs for real, with an assembly that has something on every page."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Browser, BrowserContext

from tests.browser import chromium
from tests.browser.chromium import DESK, Look
from tests.browser.people import Person
from tests.peers.palabre import PalabreNode, eventually

PASSWORD = "quatre mots sans rapport"
TEXT = """La halle ferme à 19 h, avant la sortie du travail.

Nous proposons de l'ouvrir jusqu'à 22 h le jeudi, tenue par deux bénévoles.

- Les clés restent à la mairie.
- Le chauffage est coupé à 21 h 30.
"""


class Place:
    """The node, its people's sessions, and the windows that were opened on it."""

    def __init__(self, node: PalabreNode, browser: Browser) -> None:
        self.node = node
        self.browser = browser
        self.sessions: dict[str, str] = {"": ""}
        self.found: dict[str, str] = {}  # addresses of things that are called by no number
        self._windows: dict[tuple[str, str], BrowserContext] = {}

    async def link(self, handle: str) -> str:
        """Ask the command line for a fresh link with which a member signs in."""
        return _link_in(await self.node.run("member", "link", handle))

    async def open(self, look: Look, *, who: str = "", script: bool = True) -> BrowserContext:
        """Open a window of its own, as somebody who is signed in or as a visitor."""
        session = self.sessions[who]
        origin = self.node.origin
        return await chromium.context(self.browser, look, origin, script=script, cookies=session)

    async def window(self, look: Look, who: str) -> BrowserContext:
        """Return the one window kept for a look and a person."""
        key = (look.name, who)
        if key not in self._windows:
            self._windows[key] = await self.open(look, who=who)
        return self._windows[key]

    async def newcomer(self, handle: str, link: str, name: str = "") -> Person:
        """Let somebody in for the first time: a link, a password, and a session kept."""
        window = await self.open(DESK)
        person = await Person.at(window)
        await person.page.goto(link)
        if name:
            await person.write(name=name, handle=handle)
        await person.come_in(PASSWORD)
        cookies = {one.get("name"): one.get("value", "") for one in await window.cookies()}
        self.sessions[handle] = cookies["session"]
        return person

    async def person(self, handle: str, look: Look = DESK, *, script: bool = True) -> Person:
        """Sit somebody down at a window in which they are signed in."""
        return await Person.at(await self.open(look, who=handle, script=script))


@asynccontextmanager
async def prepared(folder: Path, browser: Browser) -> AsyncIterator[Place]:
    """Run a node and fill it: what an operator does by command, everything else by its pages."""
    async with AsyncExitStack() as stack:
        nodes = (
            PalabreNode(_made(folder / "ours")),
            PalabreNode(_made(folder / "port"), handle="port"),
        )
        ours, partner = await asyncio.gather(*map(stack.enter_async_context, nodes))
        place, port = Place(ours, browser), Place(partner, browser)
        ana = await place.newcomer("ana", _link_in(ours.log()), "Ana Morel")
        dora, _ = await asyncio.gather(
            port.newcomer("dora", _link_in(partner.log()), "Dora Petit"),
            ana.ask_to_follow(partner.group),
        )
        await asyncio.gather(_fill(place, ana), dora.propose("Un quai pour les barques", TEXT))
        await eventually(lambda: _has_news(place))
        yield place
        print(f"The log of the node:\n{ours.log()}")  # shown when a test fails


async def _fill(place: Place, ana: Person) -> None:
    """Bring each proposal to another point of its way, call for help, and call a meeting."""
    ben = await place.newcomer("ben", await ana.admit("Ben Diallo", "ben"))
    chloe = await place.newcomer("chloe", await ana.admit("Chloé Roux", "chloe"))
    await ben.propose("Ouvrir la halle le jeudi soir", TEXT)
    await chloe.comment(1, "Qui **tient** la porte ?")
    await ana.page.goto("/p/1")
    await ana.main.get_by_role("link", name=re.compile("Répondre")).first.click()
    await ana.write(text="Deux personnes à la fois.")
    await ana.press("Publier")
    place.found["note"] = await _comment_of_his(ben)
    place.found["draft"] = await ben.keep_draft("Un nouveau lavoir", "Le lavoir fuit.")
    place.found["member"] = await ana.find_member("Ben Diallo")
    await ana.exist_elsewhere()
    place.found["invitation"] = await ana.invite("Marché de décembre")
    await ben.revise(1, TEXT.replace("22 h", "21 h"), "La mairie ferme à 21 h.")
    await ben.propose("Prêter les outils du jardin", "Chaque outil porte une fiche.\n")
    await ben.open_vote(2)
    await ben.vote(2, "Pour", "On y gagne du temps.")
    await ben.propose("Un compost au verger", "Trois bacs, derrière le mur.\n")
    await ben.open_vote(3)
    await asyncio.gather(ben.vote(3, "Pour"), ana.vote(3, "Contre", "Trop près du mur."))
    await ben.close(3, "Le compost se fait ; Ben s'en charge.")
    await ben.propose("La couleur de la porte", "La porte de la halle est à repeindre.\n")
    await ben.open_vote(4, "Jugement majoritaire", options="Bleu\nVert\nOcre", proxies="1")
    await ben.propose("Une clé de la halle par association", "Chacune garde une clé.\n")
    await ben.open_vote(5, "Consentement")
    await chloe.vote(5, "Objection", "Une clé perdue ouvre la halle à tous.")
    for number, title in ((6, "L'heure du marché"), (7, "Le nom de la place")):
        await ben.propose(title, "À neuf heures.\n\nEt le dimanche à dix.\n")
        await ben.amend(number, "À huit heures.")
    await ben.open_amendment_vote(6)
    await _announce(ben, "appel", "Publier l’appel", "Chantier de la haie")
    await _announce(ben, "reunion", "Annoncer la réunion", "Assemblée d'hiver")
    for one in (ana, ben, chloe):
        await one.page.context.close()


async def _comment_of_his(person: Person) -> str:
    await person.comment(1, "La mairie prête les clés.")
    mine = person.main.locator('a[href$="/modifier"]').first
    return (await mine.get_attribute("href") or "").split("/")[2]


async def _announce(caller: Person, kind: str, publish: str, title: str) -> None:
    await caller.page.goto(f"/ecrire/{kind}")
    day = datetime.now(UTC) + timedelta(days=9)
    await caller.write(
        title=title,
        text="Venez nombreux.",
        starts_at_date=f"{day:%Y-%m-%d}",
        starts_at_time="19:00",
        place_name="Salle des fêtes",
        how_to_join="La porte est ouverte.",
    )
    await caller.press("Relire")
    await caller.press(publish)
    assert re.search(r"/e/\d+", caller.page.url), await caller.text()


async def _has_news(place: Place) -> bool:
    shown = re.search(r"/reseau/(\d+)", await place.node.page("/reseau"))
    place.found["news"] = shown[1] if shown else ""
    return shown is not None


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _link_in(said: str) -> str:
    found = re.search(r"http\S+/lien/[^\s\"]+", said)
    assert found, said
    return found[0]
