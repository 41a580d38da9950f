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
    async with FedifyPeer() as peer:
        yield peer


@pytest.fixture
async def ours(tmp_path: Path) -> AsyncIterator[PalabreNode]:
    async with PalabreNode(tmp_path) as node:
        yield node
