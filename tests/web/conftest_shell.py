"""A small assembly behind its doors, in one process, for the tests of the shell."""

import functools
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import create_engine

from node.app import App, create_app
from node.assembly import access, assemblies, members
from node.federation.node import Node
from node.models import Member, Model
from node.settings import Settings

ORIGIN = "https://collines.example"
PASSWORD = "quatre mots sans rapport"


@dataclass
class Door:
    """The assembly of the hills; ana is in charge, ben is a member."""

    app: App
    ana: Member
    ben: Member

    @property
    def node(self) -> Node:
        """What the parts of the node share."""
        return self.app.node

    def visitor(self, language: str = "fr", **headers: str) -> httpx.AsyncClient:
        """A browser in which nobody is signed in."""
        wanted = {"accept": "text/html", "accept-language": language, "origin": ORIGIN}
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport, base_url=ORIGIN, headers={**wanted, **headers}
        )

    async def signed_in(self, member: Member, language: str = "fr") -> httpx.AsyncClient:
        """A browser in which a member is signed in."""
        async with self.node.database.transaction() as tx:
            secret = await access.open_session(tx, member)
        browser = self.visitor(language)
        browser.cookies.set("__Host-session", secret, domain="collines.example")
        return browser

    async def link(self, purpose: str, member: Member | None = None) -> str:
        """The path of a fresh one-time link."""
        async with self.node.database.transaction() as tx:
            return f"/lien/{await access.make_link(tx, purpose, member=member)}"


@functools.cache
def _kept() -> str:
    return access.hash_password(PASSWORD)


@functools.cache
def _empty() -> bytes:
    """An SQLite file with all tables and no rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        engine = create_engine(f"sqlite:///{path}")
        Model.metadata.create_all(engine)
        engine.dispose()
        return path.read_bytes()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Door]:
    """Found the assembly in a folder, and open its doors."""
    path = folder / "palabre.db"
    path.write_bytes(_empty())
    app = create_app(
        Settings(url=ORIGIN, data=str(folder), database_url=f"sqlite:///{path}"), works=False
    )
    async with app.node.database.transaction() as tx:
        await assemblies.found(
            tx, origin=ORIGIN, name="Assemblée des collines", handle="collines", language="fr"
        )
        ana = await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        ben = await members.admit(tx, name="Ben", handle="ben")
        ana.password_hash = _kept()
    try:
        yield Door(app, ana, ben)
    finally:
        await app.node.client.close()
        await app.node.database.close()


def errors_in(page: str) -> dict[str, str]:
    """The sentences beside the fields of a form, by field."""
    found = re.findall(r'class="error" id="([^"]+)-error">([^<]*)<', page)
    return {
        field: sentence.replace("\u202f", " ").replace("\u00a0", " ") for field, sentence in found
    }


def token_in(page: str) -> str:
    """The mark that makes a double click one act."""
    found = re.search(r'name="form-token" value="([^"]+)"', page)
    assert found
    return found[1]
