"""What the operating system knows about the addresses of a name, asked in threads of our own."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

_THREADS = 16


class SystemResolver:
    """A guard.Resolver over getaddrinfo.

    The threads are its own, since those of the event loop are few and belong to everybody:
    names of dead name servers would hold them for as long as the system allows.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="resolver")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        if host == "localhost" or host.endswith(".localhost"):  # RFC 6761: never asked of others
            return ["127.0.0.1", "::1"]
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, _look_up, host, port)

    def close(self) -> None:
        """Let the threads go; those still waiting for an answer are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]
