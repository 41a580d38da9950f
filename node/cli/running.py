"""What a running node tells the commands that are used beside it."""

import contextlib
import json
import os
from collections.abc import Iterator

from node.settings import Settings

_FILE = "running.json"


@contextlib.contextmanager
def announced(settings: Settings) -> Iterator[None]:
    """Say in the data folder that this process serves the node, for as long as it does."""
    path = settings.folder / _FILE
    about = {"pid": os.getpid(), "allow_loopback": settings.allow_loopback}
    path.write_text(json.dumps(about))
    path.chmod(0o600)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def allows_loopback(settings: Settings) -> bool:
    """Say whether the node that runs on this data folder was allowed loopback peers."""
    try:
        about = json.loads((settings.folder / _FILE).read_text())
        os.kill(int(about["pid"]), 0)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return about.get("allow_loopback") is True
