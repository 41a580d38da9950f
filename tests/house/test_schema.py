"""The tables are what the models say, and an older database is brought there unharmed."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, select, text
from sqlalchemy.pool import NullPool

from node import migrations
from node.assembly import assemblies
from node.database import open_database
from node.errors import WrongSchema
from node.migrations import HEAD, prepare
from node.migrations.runner import configuration
from node.models import Actor, Assembly, Member, Model
from tests.conftest import MakeSettings

REVISIONS = sorted(
    path.name.partition("_")[0] for path in (migrations.FOLDER / "versions").glob("[0-9]*.py")
)
ORIGIN = "https://rive.example"


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Model.metadata))


async def test_the_models_are_what_the_migrations_make(make_settings: MakeSettings) -> None:
    database = open_database(make_settings("rive.example").database)
    async with database.transaction() as tx:
        if tx.dialect == "sqlite":
            found = _differences(tx.connection)
        else:
            found = await tx._call(_differences, tx.connection)
    await database.close()
    assert found == []


@pytest.fixture
def old(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A database of an earlier version of this program, with an assembly and a member in it."""
    path = tmp_path / "palabre.db"
    engine = create_engine(f"sqlite:///{path}", poolclass=NullPool)
    with engine.connect() as connection:
        command.upgrade(configuration(connection), request.param)
        _fill(connection)
        connection.commit()
    return path


def _fill(connection: Connection) -> None:
    """Put an assembly and a member into whatever columns there are."""
    people = [(1, f"{ORIGIN}/g/rive", "Group"), (2, f"{ORIGIN}/actor", "Application")]
    for number, uri, kind in [*people, (3, f"{ORIGIN}/u/ana", "Person")]:
        name = uri.rsplit("/", 1)[-1]
        _insert(connection, "actor", id=number, uri=uri, type=kind, handle=name, name=name)
    _insert(connection, "assembly", id=1, actor_id=1, instance_id=2, origin=ORIGIN, language="fr")
    _insert(connection, "member", id=4, actor_id=3)


def _insert(connection: Connection, table: str, **values: object) -> None:
    for column in inspect(connection).get_columns(table):
        if column["name"] not in values and not column["nullable"] and column["default"] is None:
            kind = str(column["type"])
            values[column["name"]] = {"DATETIME": "2026-01-01 00:00:00", "JSON": "[]"}.get(
                kind, 0 if kind in ("BOOLEAN", "INTEGER", "BIGINT") else ""
            )
    names = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


@pytest.mark.parametrize("old", REVISIONS[:-1], indirect=True)
async def test_an_older_database_is_brought_up_to_date_after_a_copy(
    old: Path, tmp_path: Path
) -> None:
    before = await prepare(f"sqlite:///{old}", tmp_path / "backups")
    assert before in REVISIONS[:-1]
    [copy] = (tmp_path / "backups").iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    with sqlite3.connect(copy) as kept:
        assert kept.execute("SELECT version_num FROM alembic_version").fetchone() == (before,)
        assert kept.execute("SELECT count(*) FROM member").fetchone() == (1,)
    kept.close()
    database = open_database(f"sqlite:///{old}")
    async with database.read() as tx:
        assert (await assemblies.the(tx)).name == "rive"
        assert isinstance(await tx.find(select(Member)), Member)
        assert len(await tx.all(select(Actor))) == 3
        assert isinstance(await tx.get(Assembly, 1), Assembly)
        assert _differences(tx.connection) == []
    await database.close()
    assert await prepare(f"sqlite:///{old}", tmp_path / "backups") == HEAD
    assert len(list((tmp_path / "backups").iterdir())) == 1


@pytest.mark.parametrize("old", [REVISIONS[-1]], indirect=True)
def test_a_newer_database_is_refused_and_left_as_it_is(old: Path, tmp_path: Path) -> None:
    with sqlite3.connect(old) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = old.read_bytes()
    with pytest.raises(WrongSchema) as refused:
        asyncio.run(prepare(f"sqlite:///{old}", tmp_path / "backups"))
    assert refused.value.code == "schema-is-newer"
    assert refused.value.values == {"found": "9999", "known": HEAD}
    assert old.read_bytes() == before
    assert not (tmp_path / "backups").exists()


async def test_a_new_database_needs_no_copy(tmp_path: Path) -> None:
    assert await prepare(f"sqlite:///{tmp_path / 'new' / 'palabre.db'}", tmp_path / "b") is None
    assert not (tmp_path / "b").exists()
    assert (tmp_path / "new" / "palabre.db").stat().st_mode & 0o077 == 0


def test_migrations_follow_one_another_and_do_not_know_the_models() -> None:
    assert [int(revision) for revision in REVISIONS] == list(range(1, len(REVISIONS) + 1))
    for path in (migrations.FOLDER / "versions").glob("[0-9]*.py"):
        assert "node.models" not in path.read_text("utf-8"), f"{path.name} must be frozen"
