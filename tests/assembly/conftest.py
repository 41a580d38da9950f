"""An assembly with its people, one transaction at a time and no network at all."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import httpx
import pytest

from node import clock
from node.app import create_node
from node.assembly import assemblies, members, proposals
from node.database import Database, Transaction, transaction
from node.federation.node import Node
from node.models import Actor, Assembly, Member, Proposal
from tests.conftest import MakeSettings


def _no_network(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"{request.url}: rules are tested without any network")


@pytest.fixture
async def node(make_settings: MakeSettings) -> AsyncIterator[Node]:
    """A node with its real listeners, whose assembly was just founded."""
    settings = make_settings("rive.example")
    made = create_node(settings, transport=httpx.MockTransport(_no_network))
    async with made.database.transaction() as tx:
        await assemblies.found(
            tx, origin=settings.origin, name="Assemblée de la rive", handle="rive", language="fr"
        )
    yield made
    await made.client.close()
    await made.database.close()


@pytest.fixture
def database(node: Node) -> Database:
    """The memory of the node."""
    return node.database


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[Transaction]:
    """A transaction that commits, with all its consequences, at the end of the test."""
    async with database.transaction() as tx:
        # A mark that outlived a test which fails at its end would stop all those after it.
        transaction._open.set(False)
        yield tx


@pytest.fixture
async def assembly(tx: Transaction) -> Assembly:
    """The assembly itself."""
    return await assemblies.the(tx)


@pytest.fixture
async def ana(tx: Transaction) -> Member:
    """Somebody in charge."""
    return await members.admit(tx, name="Ana Morel", handle="ana", is_in_charge=True)


@pytest.fixture
async def ben(tx: Transaction) -> Member:
    """A member."""
    return await members.admit(tx, name="Ben", handle="ben")


@pytest.fixture
async def charlie(tx: Transaction) -> Member:
    """Another member."""
    return await members.admit(tx, name="Charlie", handle="charlie")


@pytest.fixture
async def proposal(tx: Transaction, ben: Member) -> Proposal:
    """A text that Ben carries."""
    return await proposals.publish(tx, carrier=ben, title="Des bancs", text="À l'ombre.")


async def somebody(tx: Transaction, uri: str = "https://social.example/users/zoe") -> Actor:
    """Somebody on another server."""
    name, domain = uri.rsplit("/", 1)[-1], uri.split("/")[2]
    actor = Actor(
        uri=uri, type="Person", handle=name, domain=domain, name=name, inbox=f"{uri}/inbox"
    )
    tx.add(actor)
    await tx.flush()
    return actor


def later(**span: float) -> datetime:
    """A moment ahead."""
    return clock.now() + timedelta(**span)
