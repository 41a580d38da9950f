"""One Chromium and one node with something on every page, for all tests of a worker."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.browser import axe
from tests.browser.chromium import executable, launched
from tests.browser.place import Place, prepared


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    executable()
    axe.source()
    async with launched() as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Place]:
    async with prepared(tmp_path_factory.mktemp("browser"), browser) as place:
        yield place
