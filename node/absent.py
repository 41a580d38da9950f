"""Modules that libraries import and we never use, kept out of memory and off the network."""

import sys
from types import ModuleType

# The command line of httpx, which brings rich and pygments in wherever they are installed.
_REFUSED = ("httpx._main",)
# little-boxes imports it and calls nothing of it; nothing here may reach the network with it.
_EMPTY = ("requests",)


def keep_out() -> None:
    """Let these be imported as nothing, unless somebody who does use them was first."""
    for name in _REFUSED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    for name in _EMPTY:
        sys.modules.setdefault(name, ModuleType(name))
