"""Inserts that may find a row in their place, which each database spells in its own module."""

import importlib
from typing import cast

from sqlalchemy.dialects.sqlite import Insert


def insert_into(model: type, dialect: str) -> Insert:
    """Return an insert with `on_conflict_do_nothing` and `on_conflict_do_update`.

    `dialect` is the one of the transaction. What belongs to PostgreSQL is loaded where it is
    used: most nodes are on SQLite, and three megabytes are many on a small machine.
    """
    insert = importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert
    return cast(Insert, insert(model))
