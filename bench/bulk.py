"""Years of traffic in a minute: rows written past the node, as it would have left them."""

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

_AUTHORS = 2000
_FOLLOWED_SHARE = 0.9
_NEWEST = datetime.now(UTC)
_TEXT = "<p>Une réunion sur le budget du quartier se tient jeudi, ouverte à qui veut.</p>" * 3
_ACTOR = (
    "INSERT INTO actor (id, uri, type, handle, domain, name, inbox, is_local, summary, is_locked,"
    " is_discoverable, also_known_as, said_count, created_at, updated_at)"
    " VALUES (?, ?, 'Person', ?, ?, ?, ?, 0, '', 0, 0, '[]', 0, ?, ?)"
)
_INBOX = (
    "INSERT INTO inbox_item (id, uri, sender_uri, type, document, state, attempts,"
    " next_attempt_at, received_at, handled_at) VALUES (?, ?, ?, 'Create', '', ?, 0, ?, ?, ?)"
)
_PUBLICATION = (
    "INSERT INTO publication (id, uri, author_id, type, document, is_public, content, url,"
    " language, is_proven, is_featured, published_at)"
    " VALUES (?, ?, ?, 'Note', ?, 1, ?, ?, 'fr', 0, 0, ?)"
)
_OUTBOX = (
    "INSERT INTO outbox_item (id, uri, actor_id, type, document, is_public, object_uri,"
    " published_at) VALUES (?, ?, ?, 'Create', ?, 1, ?, ?)"
)


def fill(path: Path, count: int, *, followed_share: float = _FOLLOWED_SHARE) -> None:
    """Write so many received activities and publications, and a tenth as many of our own."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        followed = [row[0] for row in connection.execute("SELECT followed_id FROM follow")]
        (ours,) = connection.execute("SELECT actor_id FROM assembly").fetchone()
        origin = connection.execute("SELECT origin FROM assembly").fetchone()[0]
        connection.executemany(_ACTOR, _strangers())
        dice = random.Random(7)
        connection.executemany(_INBOX, _received(count))
        connection.executemany(_PUBLICATION, _published(count, followed, dice, followed_share))
        connection.executemany(_OUTBOX, _said(count // 10, ours, origin))
        more = "UPDATE actor SET said_count = said_count + ? WHERE id = ?"
        connection.execute(more, (count // 10, ours))
    connection.close()


def analyze(path: Path) -> None:
    """Let SQLite count, as `PRAGMA optimize` does from time to time."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("ANALYZE")
    connection.close()


def silence(path: Path) -> None:
    """Let the assembly follow nobody who ever published: the worst case of the news."""
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM follow")
    connection.close()


def _moment(number: int, count: int) -> str:
    # All of it within the month for which a node keeps what it has handled.
    moment = _NEWEST - timedelta(days=25) * (count - number) / max(count, 1)
    return moment.strftime("%Y-%m-%d %H:%M:%S.000000")


def _host(number: int) -> str:
    return f"s{number * 7919 % 500}.example"


def _strangers() -> Iterator[tuple[object, ...]]:
    now = _moment(0, 0)
    for number in range(_AUTHORS):
        host = _host(number)
        uri = f"https://{host}/users/u{number}"
        yield number + 1, uri, f"u{number}", host, f"U {number}", f"{uri}/inbox", now, now


def _received(count: int) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        host, moment = _host(number), _moment(number, count)
        # One in a hundred was not understood and is kept; nothing waits.
        state = "kept" if number % 100 == 0 else "handled"
        sender = f"https://{host}/users/u{number % _AUTHORS}"
        uri = f"{sender}/statuses/{number}/activity"
        yield number + 1, uri, sender, state, moment, moment, moment


def _published(
    count: int, followed: list[int], dice: random.Random, share: float
) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        is_followed = dice.random() < share
        author = dice.choice(followed) if is_followed else dice.randrange(_AUTHORS) + 1
        uri = f"https://{_host(number)}/users/u{number % _AUTHORS}/statuses/{number}"
        document = f'{{"id":"{uri}","type":"Note","content":"{_TEXT}"}}'
        yield number + 1, uri, author, document, _TEXT, uri, _moment(number, count)


def _said(count: int, ours: int, origin: str) -> Iterator[tuple[object, ...]]:
    for number in range(count):
        uri, thing = f"{origin}/a/X{number}", f"{origin}/n/X{number}"
        document = (
            f'{{"id":"{uri}","type":"Create","object":{{"id":"{thing}","content":"{_TEXT}"}}}}'
        )
        yield number + 1, uri, ours, document, thing, _moment(number, count)
