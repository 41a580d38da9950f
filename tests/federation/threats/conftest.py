"""A node that somebody tries to deceive, those who try, and those they pretend to be."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from node.activitypub import keys
from tests.federation.threats.scene import Scene, World
from tests.fediverse import Stranger, TestNode


@pytest.fixture
async def fediverse(quick_keys: Any) -> AsyncIterator[World]:
    """The network, in which servers may lie."""
    world = World(quick_keys, keys.generate_ed25519)
    yield world
    for node in world.nodes.values():
        await node.close()


@pytest.fixture
def scene(fediverse: World, riverside: TestNode) -> Scene:
    """A node, and a look at whether it changed."""
    return Scene(fediverse, riverside)


@pytest.fixture
def alice(fediverse: World) -> Stranger:
    """Somebody honest."""
    return fediverse.stranger("https://honest.example/users/alice")


@pytest.fixture
def mallory(fediverse: World) -> Stranger:
    """Somebody else, on a server of their own."""
    return fediverse.stranger("https://evil.example/users/mallory")


@pytest.fixture
def neighbour(fediverse: World) -> Stranger:
    """Somebody else on the server of the honest one."""
    return fediverse.stranger("https://honest.example/users/neighbour")
