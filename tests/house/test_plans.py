"""What SQLite makes of a statement once it has counted its tables, which nodes let it do."""

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy.dialects import sqlite

from node.assembly import neighbours

AUTHORS, PUBLISHED = 20, 4000
MOMENT = "2026-11-24 10:00:00.000000"


def test_the_news_are_found_by_their_authors_also_when_the_tables_were_counted(
    template: Path, tmp_path: Path
) -> None:
    """A column that is nearly always empty must not lead the planner through the whole table."""
    with sqlite3.connect(tmp_path / "counted.db") as connection:
        sqlite3.connect(template).backup(connection)
        _fill(connection)
        connection.execute("ANALYZE")
    connection.close()
    connection = sqlite3.connect(tmp_path / "counted.db")
    compiled = neighbours._OF_FOLLOWED.compile(dialect=sqlite.dialect(paramstyle="named"))
    values = {"reader": 1, "before": 2**63 - 1, "limit": 20}
    given = {name: values.get(name, value) for name, value in dict(compiled.params).items()}
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {compiled}", given)]
    connection.close()
    of_each = [step for step in plan if step.startswith("SEARCH publication_1")]
    assert [step.rpartition(" (")[0].rpartition(" ")[2] for step in of_each] == [
        "ix_publication_author_id_id",
        "ix_publication_shared_by_id_id",
    ], plan


def _fill(connection: sqlite3.Connection) -> None:
    """Write actors, follows and publications as a node would hold them, none of them shared."""
    people = range(1, AUTHORS + 1)
    _write(connection, "actor", [{"id": one} for one in people])
    follows = [{"id": one, "follower_id": 1, "followed_id": one} for one in people if one > 1]
    _write(connection, "follow", [{**one, "state": "accepted"} for one in follows])
    published = range(1, PUBLISHED + 1)
    texts = [{"id": one, "author_id": one % AUTHORS + 1, "is_public": 1} for one in published]
    _write(connection, "publication", texts)


def _write(
    connection: sqlite3.Connection, table: str, rows: Sequence[Mapping[str, object]]
) -> None:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    needed = [name for _, name, _, is_needed, *_ in columns if is_needed]
    usual = {name: MOMENT if name.endswith("_at") else 0 for name in needed}
    filled = [{**usual, "uri": f"https://a.example/{table}/{row['id']}", **row} for row in rows]
    names, places = ", ".join(filled[0]), ", ".join(f":{name}" for name in filled[0])
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", filled)
