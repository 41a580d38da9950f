"""A server on the loopback interface that counts what arrives, and real processes of ours."""

import asyncio
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).parents[2]


class Post:
    """Takes letters at any inbox, serves documents, and can stop answering."""

    def __init__(self) -> None:
        self.arrived: Counter[tuple[str, str]] = Counter()
        self.documents: dict[str, dict[str, Any]] = {}
        self.answers = asyncio.Event()
        self.answers.set()
        self.holds_after: int | None = None

    async def __aenter__(self) -> "Post":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.origin = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.answers.set()
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                method, path, _ = head.split(" ", 2)
                length = 0
                for line in head.split("\r\n"):
                    name, _, value = line.partition(":")
                    if name.lower() == "content-length":
                        length = int(value)
                body = await reader.readexactly(length)
                writer.write(await self._answer(method, path, body))
                await writer.drain()
        writer.close()

    async def _answer(self, method: str, path: str, body: bytes) -> bytes:
        if method == "POST":
            self.arrived[path, json.loads(body)["id"]] += 1
            if self.holds_after is not None and self.arrived.total() >= self.holds_after:
                self.answers.clear()
            await self.answers.wait()
            return b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"
        found = self.documents.get(self.origin + path)
        if found is None:
            return b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"
        written = json.dumps(found).encode()
        head = "HTTP/1.1 200 OK\r\ncontent-type: application/activity+json\r\n"
        return f"{head}content-length: {len(written)}\r\n\r\n".encode() + written


async def palabre(*words: str, **environment: str) -> asyncio.subprocess.Process:
    """Start a command of ours as a process of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "node.cli", *words, "--allow-loopback"),
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def kill(*processes: asyncio.subprocess.Process) -> None:
    """End processes at once, without a word."""
    for process in processes:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def until(look: Callable[[], Awaitable[bool] | bool], seconds: float = 60) -> None:
    """Return once what is looked for can be seen; other processes set the pace."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen if isinstance(seen, bool) else await seen:
            return
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        await asyncio.sleep(0.02)
