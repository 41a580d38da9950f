"""How the tests are shared out among the workers."""

import pytest
from xdist.scheduler import LoadScopeScheduling


class OneBrowser(LoadScopeScheduling):  # type: ignore[misc]
    """Each test goes to whoever is free, but all that need the browser go to one worker.

    They share one Chromium and one node with something on every page, which takes a minute to
    fill. The groups of xdist 3.8 are not seen by pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneBrowser:
    """Share the tests out by what they need."""
    return OneBrowser(config, log)
