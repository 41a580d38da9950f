"""Servers of others on loopback, which say exactly what a test lets them say."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence

import trustme

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Play = Callable[[bytes, Writer], Awaitable[None]]


class Stage:
    """One foreign server: it remembers what it was asked and answers as `play` says."""

    def __init__(self, play: Play, certificate: trustme.LeafCert | None) -> None:
        self.play = play
        self.asked: list[bytes] = []
        self.bodies: list[bytes] = []
        self.doors: list[str] = []
        self.busy = self.busiest = 0
        self._certificate = certificate
        self._visits: set[asyncio.Task[None]] = set()

    async def open(self, address: str = "127.0.0.1") -> None:
        tls = None
        if self._certificate is not None:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self._certificate.configure_cert(tls)
        self._server = await asyncio.start_server(self._visit, address, 0, ssl=tls, limit=200_000)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        self._server.close()
        for visit in self._visits:
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)

    def url(self, path: str = "/", host: str = "server.example", scheme: str = "https") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    async def _visit(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        self.doors.append(writer.get_extra_info("sockname")[0])
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            await self._talk(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.busy -= 1
            self._visits.discard(task)
            writer.transport.abort()

    async def _talk(self, reader: Reader, writer: Writer) -> None:
        while not writer.is_closing():
            head = await reader.readuntil(b"\r\n\r\n")
            self.asked.append(head)
            length = 0
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.bodies.append(await reader.readexactly(length))
            await self.play(head, writer)
            await writer.drain()


def says(answer: bytes, *, hang_up: bool = False) -> Play:
    async def play(head: bytes, writer: Writer) -> None:
        writer.write(answer)
        if hang_up:
            await writer.drain()
            writer.close()

    return play


async def pour(writer: Writer, piece: bytes) -> None:
    """Write without end, until the other side hangs up.

    Python 3.11 says that a TLS connection was lost only to who lets the event loop have a turn,
    and `drain` does not while there is room to write.
    """
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0)


def answer(body: bytes = b"", *headers: bytes, status: bytes = b"200 OK") -> bytes:
    length = b"content-length: %d" % len(body)
    return b"\r\n".join([b"HTTP/1.1 " + status, *headers, length, b"", b""]) + body


class Names:
    """A resolver that knows what a test told it, and counts how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
