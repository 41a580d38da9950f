"""The load generator: raw HTTP/1.1 on kept connections, one request in flight on each."""

import argparse
import asyncio
import json
import resource
import struct
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import uvloop

from bench.nodes import environment
from bench.world import ROOT, World

_LENGTH = b"content-length: "
_FRAME = struct.Struct(">I")


@dataclass(frozen=True)
class Report:
    """What the generator saw."""

    seconds: float
    began: float
    statuses: dict[str, int]
    done: list[int]
    p50_ms: float
    p99_ms: float
    cpu: float

    @property
    def is_bound(self) -> bool:
        """Whether the generator itself had no time left."""
        return self.seconds > 0 and self.cpu / self.seconds > 0.9


class Run:
    """One run: the requests still to send, and what came of those that were sent."""

    def __init__(self, requests: Sequence[bytes], count: int) -> None:
        self.requests = requests
        self.feed: Iterator[int] = iter(range(count))
        self.size = len(requests)
        self.times: list[float] = []
        self.done: list[int] = []
        self.statuses: Counter[str] = Counter()
        self.lanes = 0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Lane(asyncio.Protocol):
    """One connection: send, wait for the whole answer, send the next."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._buffer = b""
        self._missing = 0
        self._status = ""
        self._number = 0
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._run.lanes += 1
        self._next()

    def data_received(self, data: bytes) -> None:
        if self._missing:
            self._missing -= len(data)
        else:
            data = self._buffer + data if self._buffer else data
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = data
                return
            self._buffer = b""
            self._status = data[9:12].decode()
            at = data.find(_LENGTH, 0, end)
            length = int(data[at + 16 : data.find(b"\r", at)]) if at > 0 else 0
            self._missing = end + 4 + length - len(data)
        if self._missing <= 0:
            self._answered()

    def connection_lost(self, _error: Exception | None) -> None:
        self._run.lanes -= 1
        if not self._run.lanes and not self._run.over.done():
            self._run.over.set_result(None)

    def _answered(self) -> None:
        run = self._run
        self._missing = 0
        run.times.append(time.perf_counter() - self._sent)
        run.done.append(self._number)
        run.statuses[self._status] += 1
        self._next()

    def _next(self) -> None:
        number = next(self._run.feed, None)
        if number is None:
            self._transport.close()
            return
        self._number = number
        self._sent = time.perf_counter()
        self._transport.write(self._run.requests[number % self._run.size])


async def generate(
    port: int, requests: Sequence[bytes], count: int, connections: int, seconds: float
) -> dict[str, Any]:
    """Send so many requests, or as many as the time allows; return what came of them."""
    loop = asyncio.get_running_loop()
    run = Run(requests, count)
    began, start = time.time(), time.perf_counter()
    for _ in range(connections):
        await loop.create_connection(lambda: Lane(run), "127.0.0.1", port)
    try:
        await asyncio.wait_for(asyncio.shield(run.over), seconds)
    except TimeoutError:
        run.feed = iter(())
    took = time.perf_counter() - start
    times = sorted(run.times) or [0.0]
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": took,
        "began": began,
        "statuses": dict(run.statuses),
        "done": run.done,
        "p50_ms": times[len(times) // 2] * 1000,
        "p99_ms": times[min(len(times) - 1, len(times) * 99 // 100)] * 1000,
        "cpu": used.ru_utime + used.ru_stime,
    }


class Generator:
    """A generator process, started ahead of time so that only its work is measured."""

    def __init__(
        self,
        world: World,
        requests: Sequence[bytes],
        *,
        count: int | None = None,
        connections: int = 16,
        seconds: float = 60,
    ) -> None:
        path = world.folder / "requests"
        path.write_bytes(b"".join(_FRAME.pack(len(one)) + one for one in requests))
        arguments = [sys.executable, "-m", "bench.load", str(world.port), str(path)]
        arguments += [str(count or len(requests)), str(connections), str(seconds)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            arguments,
            cwd=ROOT,
            env=environment(world),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def go(self) -> None:
        """Begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        self._process.stdin.flush()

    def report(self) -> Report:
        """Wait for the end and return what was seen."""
        out, _ = self._process.communicate(timeout=180)
        return Report(**json.loads(out))


def run(world: World, requests: Sequence[bytes], **more: Any) -> Report:
    """Send requests to the node of this world and return what was seen."""
    generator = Generator(world, requests, **more)
    generator.go()
    return generator.report()


def get(world: World, path: str, accept: str, *, cookie: str = "") -> bytes:
    """Write a request that reads something; with a cookie it is answered for this reader alone."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {world.host}", f"Accept: {accept}"]
    lines += ["Accept-Language: fr", "User-Agent: palabre-bench"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return "\r\n".join([*lines, "", ""]).encode()


def _read(path: Path) -> list[bytes]:
    data, requests, at = path.read_bytes(), [], 0
    while at < len(data):
        (size,) = _FRAME.unpack_from(data, at)
        requests.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return requests


def main() -> None:
    """Be the generator process: load, say so, wait for the word, work, report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("connections", type=int)
    parser.add_argument("seconds", type=float)
    given = parser.parse_args()
    requests = _read(given.file)
    print("ready", flush=True)
    sys.stdin.readline()
    work = generate(given.port, requests, given.count, given.connections, given.seconds)
    print(json.dumps(uvloop.run(work)))


if __name__ == "__main__":
    main()
