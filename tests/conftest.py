"""The little world in which the tests live: two assemblies, their people, two databases."""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from node import clock
from node.activitypub import keys
from node.database import sqlite
from node.settings import Settings
from tests.databases import Postgres, share_what_is_compiled, sqlite_template
from tests.fediverse import Fediverse, TestNode

pytest_plugins = ["tests.limit", "tests.sharing_out"]

MakeSettings = Callable[[str], Settings]
Travel = Callable[..., None]

# No order was promised where none was asked for: here SQLite answers in the other one, as
# PostgreSQL does when it pleases.
sqlite.PRAGMAS = (*sqlite.PRAGMAS, "PRAGMA reverse_unordered_selects=ON")
share_what_is_compiled()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--accept` rewrites the golden documents; the difference is reviewed."""
    parser.addoption("--accept", action="store_true", help="rewrite tests/wire/ours")


@pytest.fixture(scope="session")
def rsa_keys() -> list[RSAPrivateKey]:
    """A few real keys, made once: making one takes a tenth of a second."""
    return [keys.generate_rsa() for _ in range(6)]


@pytest.fixture(autouse=True)
def quick_keys(rsa_keys: list[RSAPrivateKey], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Hand out the session's keys in turn instead of making new ones."""
    turn = itertools.cycle(rsa_keys)
    monkeypatch.setattr(keys, "generate_rsa", lambda: next(turn))
    return lambda: next(turn)


@pytest.fixture
def travel() -> Iterator[Travel]:
    """Let time pass: `travel(hours=2)`. The test's end takes everybody back."""
    gone: list[timedelta] = []

    def go(**by: float) -> None:
        gone.append(timedelta(**by))
        clock.travel(gone[-1])

    yield go
    clock.travel(-sum(gone, timedelta()))


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """No budget fills up again during the test, however slow the machine is."""
    moment = clock.seconds()
    monkeypatch.setattr(clock, "seconds", lambda: moment)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file, copied for each node."""
    return sqlite_template(tmp_path_factory.mktemp("template") / "palabre.db")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL server, started when the first test asks for it."""
    # Not below pytest's folder, which every other run of pytest closes to the server's user.
    with tempfile.TemporaryDirectory(prefix="palabre-", ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder))
        yield server
        server.stop()


@pytest.fixture
def at_the_end() -> Iterator[ExitStack]:
    """What is given back once the nodes of a test are closed."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def make_settings(
    request: pytest.FixtureRequest, tmp_path: Path, template: Path, at_the_end: ExitStack
) -> MakeSettings:
    """Return the settings of a fresh node at a place, once for each kind of database."""
    server: Postgres | None = None
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")

    def make(place: str) -> Settings:
        folder = tmp_path / place
        folder.mkdir()
        if server is None:
            shutil.copy(template, folder / "palabre.db")
            return Settings(url=f"https://{place}", data=str(folder))
        name = server.borrow()
        at_the_end.callback(server.give_back, name)
        return Settings(url=f"https://{place}", data=str(folder), database_url=server.url(name))

    return make


@pytest.fixture
async def fediverse(quick_keys: Any, at_the_end: ExitStack) -> AsyncIterator[Fediverse]:
    """The network between the nodes of a test."""
    world = Fediverse(quick_keys, keys.generate_ed25519)
    yield world
    for node in world.nodes.values():
        await node.close()


@pytest.fixture
async def riverside(fediverse: Fediverse, make_settings: MakeSettings) -> TestNode:
    """An assembly by the river."""
    settings = make_settings("riverside.example")
    return await fediverse.node("riverside.example", settings, "Assemblée de la rive", "rive")


@pytest.fixture
async def hilltop(fediverse: Fediverse, make_settings: MakeSettings) -> TestNode:
    """An assembly on the hill."""
    settings = make_settings("hilltop.example")
    return await fediverse.node("hilltop.example", settings, "Assemblée de la colline", "colline")


@pytest.fixture
async def valley(fediverse: Fediverse, make_settings: MakeSettings) -> TestNode:
    """A third assembly, in the valley."""
    settings = make_settings("valley.example")
    return await fediverse.node("valley.example", settings, "Assemblée du vallon", "vallon")
