"""The two nodes of the demonstration: real processes, each with its own folder and port."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from node.cli.command import Context, WrongUse
from node.cli.demo.visitor import Visitor
from node.network.client import Client


@dataclass(frozen=True)
class Place:
    """Where one of the two assemblies lives."""

    name: str
    handle: str
    port: int
    folder: Path

    @property
    def origin(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


class Stage:
    """Sets up a place by the same commands a person would type, and keeps its node running."""

    def __init__(self, context: Context, client: Client) -> None:
        self._context = context
        self._client = client
        self._running: list[asyncio.subprocess.Process] = []

    async def command(self, place: Place, *arguments: str) -> str:
        """Run a command on a place and return what it printed."""
        process = await asyncio.create_subprocess_exec(
            *_palabre(), *arguments, "--data", str(place.folder), stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        if process.returncode:
            raise WrongUse(self._context.said("cli.demo.failed", command=" ".join(arguments)))
        return printed.decode()

    async def open(self, place: Place) -> None:
        """Create the node and let it run."""
        await self.command(
            place, "init", "--url", place.origin, "--name", place.name, "--handle", place.handle
        )
        process = await asyncio.create_subprocess_exec(
            *_palabre(),
            "serve",
            *("--data", str(place.folder), "--port", str(place.port), "--allow-loopback"),
            stdout=asyncio.subprocess.DEVNULL,
        )
        self._running.append(process)
        await Visitor(self._client, place.origin).wait_until_there()

    async def member(self, place: Place, name: str, *more: str) -> Visitor:
        """Admit a person, and let them sign in with their link."""
        printed = await self.command(place, "member", "add", name, "--json", *more)
        link = json.loads(printed)[0]["link"]
        visitor = Visitor(self._client, place.origin)
        await visitor.fill_in(link)
        return visitor

    async def stay(self) -> None:
        """Return when one of the nodes has ended."""
        await asyncio.wait(
            [asyncio.create_task(process.wait()) for process in self._running],
            return_when=asyncio.FIRST_COMPLETED,
        )

    async def close(self) -> None:
        """End both nodes."""
        for process in self._running:
            if process.returncode is None:
                process.terminate()
        await asyncio.gather(*(process.wait() for process in self._running))


def _palabre() -> Sequence[str]:
    return (sys.executable, "-m", "node.cli")
