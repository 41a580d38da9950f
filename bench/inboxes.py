"""Other people's servers: one process that takes deliveries under any number of names, by TLS."""

import argparse
import asyncio
import contextlib
import json
import resource
import ssl
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import trustme
import uvloop

from bench.nodes import environment
from bench.world import ROOT, World, free_port

DOMAIN = "bench.localhost"
_ANSWER = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True)
class Arrivals:
    """What arrived: when it was complete, how many inboxes and connections, what it cost."""

    last: float
    inboxes: int
    requests: int
    connections: int
    cpu: float


class Server(asyncio.Protocol):
    """A connection at which every delivery is answered 202, after a while if so asked."""

    def __init__(self, book: "Book") -> None:
        self._book = book
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._book.connections += 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length: ")
        size = int(head[at + 16 :].partition(b"\r\n")[0]) if at > 0 else 0
        if len(self._buffer) < end + 4 + size:
            return
        self._buffer = self._buffer[end + 4 + size :]
        host = head.partition(b"\r\nhost: ")[2].partition(b"\r\n")[0]
        inbox = (host + head.split(b" ", 2)[1]).decode()
        loop = asyncio.get_running_loop()
        if self._book.delay:
            loop.call_later(self._book.delay, self._answer, inbox)
        else:
            self._answer(inbox)

    def _answer(self, inbox: str) -> None:
        if not self._transport.is_closing():
            self._transport.write(_ANSWER)
            self._book.note(inbox)


class Book:
    """Which inboxes were delivered to, and when the last one was."""

    def __init__(self, expected: int, delay: float) -> None:
        self.expected = expected
        self.delay = delay
        self.connections = 0
        self.seen: Counter[str] = Counter()
        self.last = 0.0
        self.complete: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def note(self, inbox: str) -> None:
        """Count an answer."""
        self.seen[inbox] += 1
        self.last = time.monotonic()
        if len(self.seen) >= self.expected and not self.complete.done():
            self.complete.set_result(None)


async def serve(given: argparse.Namespace) -> dict[str, Any]:
    """Take deliveries until every expected inbox had one, or time is up."""
    book = Book(given.expected, given.delay)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(given.certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(book), "127.0.0.1", given.port, ssl=tls, backlog=2048
    )
    print("ready", flush=True)
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(book.complete), given.seconds)
    last = book.last
    await asyncio.sleep(0.3)
    server.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "last": last,
        "inboxes": len(book.seen),
        "requests": book.seen.total(),
        "connections": book.connections,
        "cpu": used.ru_utime + used.ru_stime,
    }


class Certificates:
    """An authority of our own, and the one certificate for all names of the bench."""

    def __init__(self, folder: Path) -> None:
        self.authority = folder / "authority.pem"
        self.certificate = folder / "certificate.pem"
        self.port = free_port()
        authority = trustme.CA()
        authority.cert_pem.write_to_path(str(self.authority))
        issued = authority.issue_cert(f"*.{DOMAIN}")
        issued.private_key_and_cert_chain_pem.write_to_path(str(self.certificate))

    def address(self, host: str, name: str) -> str:
        """Return the address of somebody on one of the servers."""
        return f"https://{host}.{DOMAIN}:{self.port}/users/{name}"


class Inboxes:
    """The server process, listening before anything is sent."""

    def __init__(
        self, world: World, papers: Certificates, expected: int, delay: float, seconds: float = 60
    ) -> None:
        arguments = [sys.executable, "-m", "bench.inboxes", str(papers.port)]
        arguments += [str(papers.certificate), str(expected), str(delay), str(seconds)]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            arguments, cwd=ROOT, env=environment(world), stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self._process.stdout.readline()

    def arrivals(self) -> Arrivals:
        """Wait until all arrived, or none does any more, and return what did."""
        out, _ = self._process.communicate(timeout=120)
        return Arrivals(**json.loads(out))


def main() -> None:
    """Be the server process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("certificate", type=Path)
    parser.add_argument("expected", type=int)
    parser.add_argument("delay", type=float)
    parser.add_argument("seconds", type=float)
    print(json.dumps(uvloop.run(serve(parser.parse_args()))))


if __name__ == "__main__":
    main()
