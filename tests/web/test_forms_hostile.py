"""Every form of the node is sent with what no browser would send; none breaks it."""

import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from node import clock
from node.assembly import drafts, votes
from node.assembly import proposals as texts
from node.assembly.voting.terms import Terms
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place

# Digits that are no numbers, numbers that no row has, text that no database keeps as it is.
HOSTILE = [
    "²",
    "9" * 19,
    "9" * 5000,
    "-1",
    "\0",
    "\ud800",
    "1/0",
    "²/³",
    "2026-02-31",
    "0001-01-01",
    "9999-12-31",
    "25:61",
    "x" * 200_000,
    "\u202e" + "<b>'\"",
    "",
]
# What is also put into one field at a time, the others as the page shows them.
ALONE = ("²", "9" * 19, "\0", "")
# What ends the session, or the membership, of who fills the forms in.
_FIELDS = ("input", "button", "select", "textarea")
LAST = ("deconnexion", "quitter")


@dataclass(frozen=True)
class Sheet:
    """A form as its page shows it: where it goes, and each field with what stands in it."""

    action: str
    fields: tuple[tuple[str, str], ...]


class _Forms(HTMLParser):
    """Read the forms and the links of a page."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.links: set[str] = set()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.add(urljoin(self.base, found.get("href", "")))
        elif tag == "form":
            self._is_open = found.get("method", "").lower() == "post"
            if self._is_open:
                self.forms.append((urljoin(self.base, found.get("action", "")), []))
        elif self._is_open and tag in _FIELDS and "name" in found:
            self.forms[-1][1].append((found["name"], found.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        for number, title in enumerate(("Un jardin", "La halle", "Le lavoir", "Un four"), 1):
            await place.propose(title, "On le fait.\n\nEnsemble.")
            await place.say(number, place.ben, "Pourquoi pas.")
        await place.open_vote(2)
        await place.open_vote(3)
        await place.cast(3, place.ben, "for", "Il fuit.")
        await place.close(3)
        async with place.database.transaction() as tx:
            on = await texts.by_number(tx, 4)
            ana = await place._ana(tx)
            heat = [{"text": "Au bois"}, {"text": "Au gaz"}]
            rule = Terms(method="majority_judgment", options=heat)
            ends_at = clock.now() + timedelta(days=4)
            await votes.open_vote(tx, on, by=ana, closes_at=ends_at, on=rule)
            await drafts.begin(tx, ana, title="Une fête", text="Au printemps.")
        await place.call()
        yield place


async def sheets_of(browser: httpx.AsyncClient) -> list[Sheet]:
    """Walk to every page that links lead to, and return each kind of form once."""
    found: dict[tuple[str, tuple[str, ...]], Sheet] = {}
    waiting, seen = ["/", "/tableau-de-bord", "/ecrire", "/admin", "/compte"], set[str]()
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 400:
            continue
        seen.add(path)
        answer = await browser.get(path)
        assert answer.status_code < 500, path
        if "html" not in answer.headers.get("content-type", ""):
            continue
        page = _Forms(str(answer.url))
        page.feed(answer.text)
        for link in page.links:
            parts = urlsplit(link)
            if parts.hostname == HOST and not any(word in parts.path for word in LAST):
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))
        for action, fields in page.forms:
            kind = (re.sub(r"\d{3,}", "N", action), tuple(sorted({name for name, _ in fields})))
            found.setdefault(kind, Sheet(action, tuple(fields)))
    return [one for one in found.values() if not any(word in one.action for word in LAST)]


def encoded(fields: dict[str, str]) -> bytes:
    """Write a form as a browser would, and what a browser would not."""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields.items()).encode()


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))


async def test_no_form_breaks_the_node(place: Place) -> None:
    sent = 0
    async with await place.signed_in(place.ana) as browser:
        forms = await sheets_of(browser)
        for hostile in HOSTILE:
            for sheet in forms:
                usual = dict(sheet.fields)
                tries = [dict.fromkeys(usual, hostile)]
                if hostile in ALONE:
                    tries += [usual | {name: hostile} for name in usual]
                for fields in tries:
                    answer = await browser.post(
                        sheet.action,
                        content=encoded(fields),
                        headers={"content-type": "application/x-www-form-urlencoded"},
                    )
                    sent += 1
                    assert answer.status_code < 500, (sheet.action, html.escape(str(fields))[:500])
    assert len(forms) > 40
    assert sent > 1500
    print(f"{len(forms)} forms were sent {sent} times")
