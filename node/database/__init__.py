"""One way to change what the node remembers and one way to look, on SQLite and PostgreSQL alike."""

from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from node.database.base import Database, DatabaseUnavailable
from node.database.postgres import PostgresDatabase
from node.database.sqlite import SqliteDatabase
from node.database.transaction import Transaction, transaction_is_open

__all__ = [
    "Database",
    "DatabaseUnavailable",
    "Transaction",
    "open_database",
    "transaction_is_open",
]


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://…`.

    Raise DatabaseUnavailable with a sentence that says what to do.
    """
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(f"PALABRE_DATABASE_URL cannot be read: {error}") from error
    if parsed.get_backend_name() == "sqlite":
        return SqliteDatabase(Path(parsed.database or "palabre.db"))
    if parsed.get_backend_name() == "postgresql":
        return PostgresDatabase(parsed.set(drivername="postgresql+asyncpg").render_as_string(False))
    raise DatabaseUnavailable("PALABRE_DATABASE_URL must begin with sqlite:/// or postgresql://")
