"""How the tables came to be, and how an older database is brought up to date."""

import importlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from node.errors import WrongSchema

FOLDER = Path(__file__).parent
HEAD = max(
    (path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py")), default=""
)
CONNECT_SECONDS = 10


async def prepare(url: str, backups: Path) -> str | None:
    """Bring the database up to date, after taking a copy of one that holds anything.

    Return the revision it had. Raise WrongSchema when it is newer than this program, or cannot
    be reached.
    """
    try:
        if make_url(url).get_backend_name() == "sqlite":
            return _prepare_sqlite(url, backups)
        return await _prepare_postgresql(url)
    except (SQLAlchemyError, OSError) as error:
        raise WrongSchema("database-unreachable", reason=_first_line(error)) from error


async def check(url: str) -> None:
    """Raise WrongSchema unless the database is exactly what this program knows."""
    try:
        if make_url(url).get_backend_name() == "sqlite":
            engine = create_engine(url, poolclass=NullPool)
            with engine.connect() as connection:
                found = revision(connection)
        else:
            found = await _postgresql_revision(url)
    except (SQLAlchemyError, OSError) as error:
        raise WrongSchema("database-unreachable", reason=_first_line(error)) from error
    _refuse_newer(found)
    if found != HEAD:
        raise WrongSchema("schema-is-older", found=found or "0", known=HEAD)


async def _postgresql_revision(url: str) -> str | None:
    engine = _postgresql(url)
    async with engine.connect() as connection:
        found: str | None = await connection.run_sync(revision)
    await engine.dispose()
    return found


def _postgresql(url: str) -> Any:
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    asyncio_ = importlib.import_module("sqlalchemy.ext.asyncio")
    patience = {"timeout": CONNECT_SECONDS}
    return asyncio_.create_async_engine(parsed, poolclass=NullPool, connect_args=patience)


def revision(connection: Connection) -> str | None:
    """Return the revision of the tables, None when there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return str(found) if found else None


def _prepare_sqlite(url: str, backups: Path) -> str | None:
    path = Path(make_url(url).database or "")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        before = revision(connection)
    if before == HEAD:
        return before
    _refuse_newer(before)
    if before is not None:
        _copy(url, backups, before)
    with engine.connect() as connection:
        _upgrade(connection)
    return before


async def _prepare_postgresql(url: str) -> str | None:
    engine = _postgresql(url)
    async with engine.connect() as connection:
        # Two processes may start at once: one migrates, the other waits and finds it done.
        await connection.execute(text("SELECT pg_advisory_lock(7254)"))
        before: str | None = await connection.run_sync(revision)
        if before != HEAD:
            _refuse_newer(before)
            await connection.run_sync(_upgrade)
        await connection.execute(text("SELECT pg_advisory_unlock_all()"))
        await connection.commit()
    await engine.dispose()
    return before


def _refuse_newer(before: str | None) -> None:
    if before is not None and before > HEAD:
        raise WrongSchema("schema-is-newer", found=before, known=HEAD)


def _upgrade(connection: Connection) -> None:
    """Alembic is loaded only when there is something to do: most starts have nothing."""
    importlib.import_module("node.migrations.runner").upgrade(connection)
    connection.commit()


def _copy(url: str, backups: Path, before: str) -> None:
    backups.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    target = backups / f"before-{HEAD}-from-{before}-{stamp}.db"
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM INTO :target"), {"target": str(target)})
    target.chmod(0o600)


def _first_line(error: Exception) -> str:
    # An error without words has at least a name: TimeoutError.
    said = str(error).splitlines() or [type(error).__name__]
    return said[0][:300]
