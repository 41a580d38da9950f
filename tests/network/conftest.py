"""A foreign TLS server on loopback, and clients of either engine that trust it."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

import pytest
import trustme

from node.network import fast
from node.network.client import Client
from tests.network.stage import Names, Play, Stage, says

NO_FAST = pytest.mark.skipif(not fast.IS_INSTALLED, reason="pyreqwest is not installed")
ENGINES = ["httpx", pytest.param("fast", marks=NO_FAST)]
Opener = Callable[..., Awaitable[Stage]]
Maker = Callable[..., Client]


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
async def server(authority: trustme.CA) -> AsyncIterator[Opener]:
    stages: list[Stage] = []

    async def open_stage(
        play: Play | bytes, *, address: str = "127.0.0.1", name: str = "", tls: bool = True
    ) -> Stage:
        names = [name] if name else ["server.example", "other.example", "localhost", "127.0.0.1"]
        certificate = authority.issue_cert(*names) if tls else None
        stage = Stage(says(play) if isinstance(play, bytes) else play, certificate)
        await stage.open(address)
        stages.append(stage)
        return stage

    yield open_stage
    for stage in stages:
        await stage.close()


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def client_of(trust: ssl.SSLContext) -> AsyncIterator[Maker]:
    clients: list[Client] = []

    def make(engine: str = "httpx", *answers: Sequence[str], **options: object) -> Client:
        names = options.pop("names", None) or Names(*(answers or (["127.0.0.1"],)))
        options = {"allow_loopback": True, "verify": trust} | options
        client = Client(engine=engine, resolver=names, **options)  # type: ignore[arg-type]
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.close()


@pytest.fixture
def client(client_of: Maker, engine: str) -> Client:
    return client_of(engine)
