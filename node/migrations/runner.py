"""Alembic on a connection that was handed over."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from node.migrations import FOLDER


def configuration(connection: Connection) -> Config:
    """Return alembic's settings, without any file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run every migration that the database has not seen."""
    command.upgrade(configuration(connection), "head")
