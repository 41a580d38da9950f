"""Every page, in both lights and both languages, can be read and used by everybody."""

import pytest

from tests.browser.place import Place

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_it_stands(place: Place) -> None:
    for path in ("/p/1", "/p/2", "/d/1", "/e/2", "/reseau"):
        assert await place.node.page(path)
