"""What a running node tells the commands that are used beside it."""

import contextlib
import fcntl
import json
from collections.abc import Iterator

from node.settings import Settings

_FILE = "running.json"


@contextlib.contextmanager
def announced(settings: Settings) -> Iterator[None]:
    """Say in the data folder that this process serves the node, for as long as it does.

    The lock on the file ends with the process, however that ends.
    """
    path = settings.folder / _FILE
    path.touch(mode=0o600)
    with path.open("r+") as file:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate()
        file.write(json.dumps({"allow_loopback": settings.allow_loopback}))
        file.flush()
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def allows_loopback(settings: Settings) -> bool:
    """Say whether the node that runs on this data folder was allowed loopback peers."""
    return _about(settings).get("allow_loopback") is True


def _about(settings: Settings) -> dict[str, object]:
    """What the running node says; nothing when no process holds the file."""
    try:
        with (settings.folder / _FILE).open() as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                found = json.loads(file.read())
                return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        pass
    return {}
