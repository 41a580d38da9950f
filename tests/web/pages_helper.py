"""A small assembly with its pages, in one process, for the tests of the reading pages."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx

from node import clock
from node.app import App, create_app
from node.assembly import access, assemblies, calls, contributions, members, proposals, votes
from node.assembly.calls import Invitation
from node.database import Database
from node.models import Assembly, Call, Decision, Member, Proposal, Vote
from node.settings import Settings

HOST = "collines.example"
ORIGIN = f"https://{HOST}"


@dataclass
class Place:
    """The assembly of the hills, seen by a visitor and by those who are signed in."""

    database: Database
    app: App
    assembly: Assembly
    ana: Member
    ben: Member

    def visitor(self, **headers: str) -> httpx.AsyncClient:
        """A browser in which nobody is signed in."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url=ORIGIN,
            headers={"accept": "text/html", "accept-language": "fr", "origin": ORIGIN, **headers},
        )

    async def signed_in(self, member: Member) -> httpx.AsyncClient:
        """A browser in which a member is signed in."""
        async with self.database.transaction() as tx:
            secret = await access.open_session(tx, member)
        browser = self.visitor()
        browser.cookies.set("__Host-session", secret, domain=HOST)
        return browser

    async def admit(self, name: str, **more: object) -> Member:
        """Admit a member."""
        async with self.database.transaction() as tx:
            return await members.admit(tx, name=name, **more)  # type: ignore[arg-type]

    async def propose(self, title: str, text: str, carrier: Member | None = None) -> Proposal:
        """Publish a proposal."""
        async with self.database.transaction() as tx:
            carrier = await members.by_handle(tx, (carrier or self.ana).handle)
            return await proposals.publish(tx, carrier=carrier, title=title, text=text)

    async def revise(self, number: int, text: str, note: str = "") -> None:
        """Give a proposal a new version."""
        async with self.database.transaction() as tx:
            found, ana = await proposals.by_number(tx, number), await self._ana(tx)
            await proposals.revise(tx, found, by=ana, title=found.title, text=text, note=note)

    async def open_vote(self, number: int, days: float = 4) -> Vote:
        """Open the vote about a proposal."""
        async with self.database.transaction() as tx:
            found, ana = await proposals.by_number(tx, number), await self._ana(tx)
            closes_at = clock.now() + timedelta(days=days)
            return await votes.open_vote(tx, found, by=ana, closes_at=closes_at)

    async def cast(self, number: int, member: Member, choice: str, reason: str = "") -> None:
        """Cast a ballot."""
        async with self.database.transaction() as tx:
            vote = await votes.on(tx, await proposals.by_number(tx, number))
            voter = await members.by_handle(tx, member.handle)
            digest = vote.version.digest
            await votes.cast_ballot(tx, vote, voter, choice, version_digest=digest, reason=reason)

    async def close(self, number: int, statement: str = "", minority: str = "") -> Decision:
        """Close the vote about a proposal."""
        async with self.database.transaction() as tx:
            vote = await votes.on(tx, await proposals.by_number(tx, number))
            ana = await self._ana(tx)
            decision = await votes.close_vote(
                tx, vote, by=ana, statement=statement, minority=minority
            )
        assert decision is not None
        return decision

    async def say(self, number: int, member: Member, text: str) -> str:
        """Comment on a proposal, and return the address of the comment."""
        async with self.database.transaction() as tx:
            author = await members.by_handle(tx, member.handle)
            on = await proposals.by_number(tx, number)
            return (await contributions.comment(tx, author, on=on, text=text)).uri

    async def call(self, **changes: object) -> Call:
        """Publish a call for participation."""
        values: dict[str, object] = {
            "title": "Chantier de la haie",
            "text": "On plante cent vingt arbustes.",
            "starts_at": clock.now() + timedelta(days=9),
            "how_to_join": "Venez avec des gants.",
            "place_name": "Salle des fêtes",
            "locality": "Villeneuve",
            "needed": 10,
            **changes,
        }
        async with self.database.transaction() as tx:
            return await calls.publish(
                tx,
                await self._ana(tx),
                Invitation(**values),  # type: ignore[arg-type]
            )

    async def _ana(self, tx: object) -> Member:
        return await members.by_handle(tx, self.ana.handle)  # type: ignore[arg-type]


@asynccontextmanager
async def a_place(settings: Settings) -> AsyncIterator[Place]:
    """Found the assembly of the hills, with Ana in charge and Ben."""
    app = create_app(settings, works=False)
    database = app.node.database
    async with database.transaction() as tx:
        assembly = await assemblies.found(
            tx,
            origin=settings.origin,
            name="Assemblée des Collines",
            handle="collines",
            language="fr",
        )
    async with database.transaction() as tx:
        ana = await members.admit(tx, name="Ana Morel", handle="ana", is_in_charge=True)
    async with database.transaction() as tx:
        ben = await members.admit(tx, name="Ben", handle="ben")
    try:
        yield Place(database, app, assembly, ana, ben)
    finally:
        await app.node.client.close()
        await database.close()


def text(answer: httpx.Response) -> str:
    """Return the words a person sees on a page, in one line."""
    main = re.sub(r"<(script|style|svg|head)\b.*?</\1>", " ", answer.text, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def hidden(answer: httpx.Response) -> dict[str, str]:
    """Return the hidden fields of a page's forms."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(value) for name, value in found if name != "suite"}


def sheets(pdf: bytes) -> int:
    """Count the sheets of a PDF, which must be whole."""
    assert pdf.startswith(b"%PDF-1.7")
    assert pdf.endswith(b"%%EOF\n")
    packed = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return sum(len(re.findall(rb"/Type /Page\b", zlib.decompress(one))) for one in packed)
