"""A node as its operator runs it: a process of its own, watched from outside."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.world import ROOT, World

_TICK = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 30.0


class NodeProcess:
    """One running node; only its own process is ever ended."""

    def __init__(self, process: subprocess.Popen[bytes], data: Path, port: int) -> None:
        self.process = process
        self.data = data
        self.port = port
        self.ready_seconds = 0.0

    @property
    def database(self) -> Path:
        """The file in which it remembers."""
        return self.data / "palabre.db"

    def cpu(self) -> float:
        """Seconds of processor time it has used, its children included."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text()
        numbers = text.rpartition(") ")[2].split()
        return sum(int(number) for number in numbers[11:15]) / _TICK

    def pss(self) -> float:
        """Megabytes of memory it holds, shared pages counted by share."""
        for line in Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """End it politely, then not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


def environment(world: World, **more: str) -> dict[str, str]:
    """What a process of the bench gets: compiled modules in a folder of our own."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("PALABRE_")}
    known.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**known, "PYTHONPYCACHEPREFIX": str(world.folder / "compiled"), "LANG": "en", **more}


def command(world: World, *words: str) -> None:
    """Give a command to the node and wait for its end."""
    arguments = [sys.executable, "-m", "node.cli", *words]
    done = subprocess.run(  # noqa: S603 - our own program
        arguments, cwd=ROOT, env=environment(world), capture_output=True, timeout=60, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.decode()}")


def copied(world: World, name: str, source: Path | None = None) -> Path:
    """Return a fresh copy of a data folder that was made ready before."""
    target = world.folder / name
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source or world.template, target)
    return target


@contextlib.contextmanager
def running(
    world: World, data: Path, *flags: str, program: str = "node.cli", **env: str
) -> Iterator[NodeProcess]:
    """Start a node on a data folder, wait until it answers, and end it after the block."""
    arguments = [sys.executable, "-m", program, "serve", "--data", str(data)]
    arguments += ["--port", str(world.port), "--allow-loopback", *flags]
    began = time.monotonic()
    with (data / "serve.log").open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - our own program
            arguments,
            cwd=ROOT,
            env=environment(world, PALABRE_LOG="warning", **env),
            stdout=log,
            stderr=log,
        )
    node = NodeProcess(process, data, world.port)
    try:
        _wait_until_ready(world, process, data)
        node.ready_seconds = time.monotonic() - began
        yield node
    finally:
        node.stop()


def get(world: World, path: str, accept: str = "text/html") -> int:
    """Ask once and return the status; 0 when nobody is there."""
    request = f"GET {path} HTTP/1.1\r\nHost: {world.host}\r\nAccept: {accept}\r\n"
    try:
        with socket.create_connection(("127.0.0.1", world.port), timeout=10) as line:
            line.sendall(f"{request}Connection: close\r\n\r\n".encode())
            answer = line.recv(64)
            while line.recv(65_536):
                pass
    except OSError:
        return 0
    return int(answer[9:12]) if len(answer) > 12 else 0


def _wait_until_ready(world: World, process: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while get(world, f"/g/{world.handle}", "application/activity+json") != 200:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the node does not start: {(data / 'serve.log').read_text()}")
        time.sleep(0.005)
