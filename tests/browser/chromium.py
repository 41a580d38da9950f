"""The Chromium of the machine, and what a person looks at the pages with."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, BrowserContext, ViewportSize, async_playwright

# One worker runs all of these tests, in one loop: it needs one browser and one node.
MARKS = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@dataclass(frozen=True)
class Look:
    """A screen, a light and a language."""

    name: str
    width: int
    height: int
    is_dark: bool
    locale: str


DESK = Look("fr-light-1280", 1280, 900, is_dark=False, locale="fr-FR")
PHONE = Look("en-dark-360", 360, 740, is_dark=True, locale="en-GB")
FRENCH_PHONE = Look("fr-light-360", 360, 740, is_dark=False, locale="fr-FR")


def executable() -> str:
    """Return where Chromium is. Without it the tests are skipped, but not where they count."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    missing = "Chromium is not installed: `apt-get install chromium`, or run scripts/test."
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Start Chromium, without a window."""
    path = executable()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        await browser.close()


async def context(
    browser: Browser, look: Look, origin: str, *, script: bool = True, cookies: str = ""
) -> BrowserContext:
    """Open a window in which nobody is signed in, or somebody whose session is given."""
    made = await browser.new_context(
        base_url=origin,
        viewport=ViewportSize(width=look.width, height=look.height),
        color_scheme="dark" if look.is_dark else "light",
        locale=look.locale,
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    made.set_default_timeout(60_000)
    if cookies:
        await made.add_cookies([{"name": "session", "value": cookies, "url": origin}])
    return made
