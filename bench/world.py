"""Where a run of the bench takes place: a folder, a port, an assembly."""

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class World:
    """What all measures of one run share."""

    folder: Path
    port: int
    quick: bool
    runs: int
    handle: str = "ville"

    @property
    def host(self) -> str:
        """The host that everybody signs for."""
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and host of the node."""
        return f"http://{self.host}"

    @property
    def group(self) -> str:
        """The address of the assembly."""
        return f"{self.origin}/g/{self.handle}"

    @property
    def template(self) -> Path:
        """A data folder that every measure begins with a copy of."""
        return self.folder / "template"

    def some(self, count: int) -> int:
        """A number of operations: a quarter of them when in a hurry."""
        return count // 4 if self.quick else count


@contextmanager
def opened(*, quick: bool, runs: int) -> Iterator[World]:
    """Make room for a run; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="palabre-bench-") as folder:
        yield World(Path(folder), free_port(), quick, runs)


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
