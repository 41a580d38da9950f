"""Every page, in both lights and both languages, can be read and used by everybody."""

import pytest
from playwright.async_api import Page, ViewportSize
from starlette.routing import Route

import node.web
from node.autoload import autoload
from tests.browser import axe
from tests.browser.chromium import DESK, MARKS, PHONE, Look
from tests.browser.pages import MISSING, NO_PAGES, PAGES
from tests.browser.place import Place
from tests.browser.watch import Watch

pytestmark = MARKS

HEAVIEST = 35_000  # bytes of HTML, as they stand
_NARROWEST = ViewportSize(width=320, height=640)
_UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true })"
# A page that has room for today has room for any day.
_WIDEST_DAYS = r"""() => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
        texts.currentNode.data = texts.currentNode.data.replace(
            /\b\d{1,2} (\p{L}+)\.? (\d{4})\b/gu,
            (_, month, year) => `28 ${month.length < 6 ? "sept." : "septembre"} ${year}`);
}"""
_TOO_WIDE = """() => {
    const wide = document.documentElement.scrollWidth;
    if (wide <= innerWidth) return [];
    const beyond = [...document.querySelectorAll("body *")].filter(one =>
        one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".scroll, .unseen"));
    return [wide, ...beyond.slice(0, 5).map(one => one.outerHTML.slice(0, 150))];
}"""


@pytest.mark.parametrize("look", [DESK, PHONE], ids=lambda look: look.name)
@pytest.mark.parametrize(("who", "path"), PAGES)
async def test_a_page_is_open_to_everybody(place: Place, look: Look, who: str, path: str) -> None:
    window = await place.window(look, who)
    page = window.pages[0] if window.pages else await window.new_page()
    with Watch(page, place.node.origin) as watch:
        answer = await page.goto(path.format(**place.found))
        assert answer is not None
        assert answer.status == (404 if path == MISSING else 200), await page.inner_text("main")
        assert len(await answer.body()) <= HEAVIEST
        assert len(watch.files) <= 2, "more than a style sheet and the sign of the assembly"
        await page.evaluate(_UNFOLD)
        assert await axe.violations(page) == []
        if look is PHONE:
            assert await too_wide(page, look) == []
        assert watch.strangers == []
        assert [one for one in watch.complaints if "status of 404" not in one] == []


async def test_no_page_is_forgotten() -> None:
    """Whoever adds a page adds its address to the list in tests/browser/pages.py."""
    routes = [route for one in autoload(node.web) for route in getattr(one, "routes", [])]
    wanted = {
        route.path: route.path_regex
        for route in routes
        if isinstance(route, Route) and "GET" in (route.methods or ())
    }
    filled = [path.partition("?")[0].format_map(_Any()) for _, path in PAGES]
    forgotten = {
        path
        for path, pattern in wanted.items()
        if not path.startswith("/static/") and not any(map(pattern.match, filled))
    }
    assert forgotten - NO_PAGES == set()


class _Any(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "1"


async def too_wide(page: Page, look: Look) -> list[str]:
    """Return how wide the page is, and what makes it so, where it must be moved sideways."""
    await page.set_viewport_size(_NARROWEST)
    await page.evaluate(_WIDEST_DAYS)
    found: list[str] = await page.evaluate(_TOO_WIDE)
    await page.set_viewport_size(ViewportSize(width=look.width, height=look.height))
    return found
