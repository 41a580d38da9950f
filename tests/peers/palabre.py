"""A node of ours as its operator runs it: two processes, a port, a folder, the command line."""

import asyncio
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import httpx

from tests.peers.ending import end

ROOT = Path(__file__).parents[2]
ACTIVITY = "application/activity+json"

T = TypeVar("T")


class PalabreNode:
    """A running node with one assembly, reached over the loopback interface."""

    def __init__(self, folder: Path, *, handle: str = "ville") -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = _free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.group = f"{self.origin}/g/{handle}"
        self.handle = handle

    async def __aenter__(self) -> "PalabreNode":
        async with AsyncExitStack() as stack:
            name = ["--name", "Assemblée de la ville", "--handle", self.handle]
            await self.run("init", "--url", self.origin, *name)
            self._log = stack.enter_context((self.folder / "serve.log").open("w+b"))
            address = ["--host", "127.0.0.1", "--port", str(self.port), "--url", self.origin]
            process = await self._start(
                "serve", *address, "--allow-loopback", stdout=self._log, stderr=self._log
            )
            stack.push_async_callback(end, process)
            self._client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=self.origin, timeout=60, trust_env=False)
            )
            await eventually(self._answers)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def log(self) -> str:
        return (self.folder / "serve.log").read_text("utf-8", "replace")

    async def run(self, *words: str) -> str:
        """Give a command as an operator would, also while the node runs."""
        pipe = asyncio.subprocess.PIPE
        process = await self._start(*words, stdout=pipe, stderr=asyncio.subprocess.STDOUT)
        said = (await process.communicate())[0].decode()
        assert process.returncode == 0, f"palabre {' '.join(words)}: {said}"
        return said

    async def publish(self, *, closes_in: float | None = None) -> str:
        """Publish a proposal; with a vote that ends after so many seconds, if told."""
        text = self.folder / "proposal.md"
        text.write_text("La ligne 4 circule jusqu'à 1 h.\n", "utf-8")
        vote = []
        if closes_in is not None:
            await self.run("member", "add", "Lou Martin")  # a vote needs somebody on the roll
            vote = ["--vote-closes", _in(closes_in)]
        await self.run(
            "proposal", "publish", "--title", "Bus de nuit, ligne 4", "--file", str(text), *vote
        )
        return f"{self.origin}/p/1"

    async def call(self) -> str:
        """Call for participation."""
        text = self.folder / "call.md"
        text.write_text("Distribution de tracts devant la gare.\n", "utf-8")
        where = ["--place", "Place de la gare", "--join", "Venez, tout simplement."]
        starts = ["--title", "Tractage", "--starts", _in(86400), "--file", str(text)]
        await self.run("call", "publish", *starts, *where)
        return f"{self.origin}/e/1"

    async def page(self, uri: str) -> str:
        """What a person sees at an address."""
        response = await self._client.get(uri, headers={"Accept": "text/html"})
        assert response.status_code == 200, f"{uri}: {response.status_code}"
        return response.text

    async def document(self, uri: str) -> dict[str, Any]:
        """What a server reads at an address."""
        response = await self._client.get(uri, headers={"Accept": ACTIVITY})
        assert response.status_code == 200, f"{uri}: {response.status_code} {response.text}"
        document: dict[str, Any] = response.json()
        return document

    async def _answers(self) -> bool:
        try:
            return (await self._client.get(self.group, headers={"Accept": ACTIVITY})).is_success
        except httpx.TransportError:
            return False

    async def _start(self, *words: str, **streams: Any) -> asyncio.subprocess.Process:
        command = ["-m", "node.cli", *words, "--data", str(self.data)]
        return await asyncio.create_subprocess_exec(sys.executable, *command, cwd=ROOT, **streams)


async def eventually(look: Callable[[], Awaitable[T]], *, seconds: float = 60) -> T:
    """Look again and again until there is something to see."""
    deadline = time.monotonic() + seconds
    while not (seen := await look()):
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        await asyncio.sleep(0.1)
    return seen


def _in(seconds: float) -> str:
    moment = datetime.now(UTC) + timedelta(seconds=seconds)
    return moment.isoformat(timespec="seconds")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
