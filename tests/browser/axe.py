"""axe-core, which finds what keeps people from reading or using a page."""

import functools
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.peers import npm

FOLDER = Path(__file__).parent
# WCAG 2.2, levels A and AA; the advice of axe-core's makers beyond it is left aside.
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = """async tags => {
    const options = {
        runOnly: {type: "tag", values: tags}, resultTypes: ["violations"],
        iframes: false, preload: false,
    };
    const found = await axe.run(document, options);
    return found.violations.map(one => ({
        rule: one.id, why: one.help,
        where: one.nodes.map(node => node.html.slice(0, 200) + " – " + node.failureSummary),
    }));
}"""


def install() -> None:
    """Put axe-core in place, unless what the lock names is there already."""
    npm.install(FOLDER)


@functools.cache
def source() -> str:
    """Return the one file of axe-core, to be run in a page."""
    install()
    return (FOLDER / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")


async def violations(page: Page) -> list[dict[str, Any]]:
    """Return what axe-core finds wrong with a page. It is given by the browser, not by a tag."""
    await page.evaluate(source())
    found: list[dict[str, Any]] = await page.evaluate(_RUN, _TAGS)
    return found
