"""What is printed can be read by everybody too: an invitation, the sheet of a meeting, minutes."""

import pytest

from tests.browser import axe
from tests.browser.chromium import DESK, MARKS, PHONE, Look
from tests.browser.people import Person
from tests.browser.place import Place
from tests.browser.test_pages import too_wide
from tests.browser.watch import Watch

pytestmark = MARKS


@pytest.mark.parametrize("look", [DESK, PHONE], ids=lambda look: look.name)
async def test_a_printed_invitation_is_open_to_everybody(place: Place, look: Look) -> None:
    window = await place.open(look, who="ana")
    ana = await Person.at(window)
    await ana.invite(f"Fête, {look.name}")
    with Watch(ana.page, place.node.origin) as watch:
        await ana.main.locator('a[href$="/imprimer"]').click()
        await ana.page.wait_for_url("**/imprimer")
        assert await ana.page.locator("svg").first.is_visible()
        assert await axe.violations(ana.page) == []
        if look is PHONE:
            assert await too_wide(ana.page, look) == []
        assert watch.strangers == []
    await window.close()


@pytest.mark.parametrize("media", ["screen", "print"])
async def test_paper_shows_no_navigation(place: Place, media: str) -> None:
    window = await place.open(DESK, who="ben")
    page = await window.new_page()
    await page.emulate_media(media="print" if media == "print" else "screen")
    await page.goto("/e/2/emargement/imprimer")
    assert await page.locator("nav").is_visible() is (media == "screen")
    assert await page.locator(".signs").is_visible()
    await window.close()
