"""One way to change what the node remembers and one way to look, on SQLite and PostgreSQL alike."""

import importlib
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from node.database.base import Database
from node.database.inserting import insert_into
from node.database.sqlite import SqliteDatabase
from node.database.transaction import Transaction, transaction_is_open
from node.errors import DatabaseUnavailable

__all__ = [
    "Database",
    "Transaction",
    "insert_into",
    "open_database",
    "transaction_is_open",
]


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://…`.

    Raise DatabaseUnavailable.
    """
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise DatabaseUnavailable("database-url-unreadable", reason=error) from error
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(Path(parsed.database or "palabre.db"))
    if parsed.get_backend_name() == "postgresql":
        # Loaded only where it is asked for: most nodes are on SQLite.
        postgres = importlib.import_module("node.database.postgres")
        address = parsed.set(drivername="postgresql+asyncpg").render_as_string(False)
        database: Database = postgres.PostgresDatabase(address)
        return database
    raise DatabaseUnavailable("database-url-unknown", found=parsed.drivername)
