"""The demonstration plays to its end, as a newcomer would see it."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_demonstration_plays_to_its_end(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "node.cli", "demo", "--data", str(tmp_path / "demo"), "--exit"]
    told = subprocess.run(
        [*command, "--port", str(_two_free_ports())],
        cwd=ROOT,
        env={**os.environ, "LC_ALL": "fr_FR.UTF-8"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert "La décision est arrivée sur la Colline" in told.stdout
    first, second = re.findall(r"http://127\.0\.0\.1:\d+", told.stdout.splitlines()[-1])
    assert first != second


def _two_free_ports() -> int:
    """A port whose neighbour is free too."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port = int(one.getsockname()[1])
            try:
                other.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port
