"""Servers that run for real on the loopback interface: Fedify's and ours."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.peers.fedify import FedifyPeer, install
from tests.peers.palabre import PalabreNode


@pytest.fixture(scope="session")
def installed() -> None:
    install()


@pytest.fixture
async def fedify(installed: None) -> AsyncIterator[FedifyPeer]:
    async with FedifyPeer(log_level="warning") as peer:
        yield peer
        print(f"The log of the Fedify peer:\n{peer.log()}")  # shown when the test fails


@pytest.fixture
async def ours(tmp_path: Path) -> AsyncIterator[PalabreNode]:
    async with PalabreNode(tmp_path) as node:
        yield node
        print(f"The log of the Palabre node:\n{node.log()}")
