"""The assemblies around ours: who reads whom, how well it travels, what they publish."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, bindparam, func, or_, select, union
from sqlalchemy.orm import aliased

from node.assembly.following import ACCEPTED, REFUSED
from node.database import Transaction
from node.errors import NotFound
from node.models import Actor, Delivery, Follow, Peer, Publication

GOOD, WATCH, DOWN = "good", "watch", "down"


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbour:
    """Somebody elsewhere whom we follow, or who follows us, and how well it travels."""

    name: str
    address: str
    domain: str
    kind: str | None
    url: str
    we_follow: str | None
    they_follow: str | None
    is_person: bool
    last_contact_at: datetime | None
    down_since: datetime | None
    waiting: int
    health: str


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """Something published elsewhere, as its own server says it."""

    id: int
    uri: str
    type: str
    kind: str | None
    name: str | None
    summary: str | None
    content: str
    url: str | None
    language: str | None
    is_proven: bool
    published_at: datetime
    updated_at: datetime | None
    author: str
    handle: str
    domain: str
    author_url: str | None
    shared_by: str | None


_sharer = aliased(Actor)
_NEWS = (
    select(
        Publication.id,
        Publication.uri,
        Publication.type,
        Publication.kind,
        Publication.name,
        Publication.summary,
        Publication.content,
        Publication.url,
        Publication.language,
        Publication.is_proven,
        Publication.published_at,
        Publication.updated_at,
        Actor.name.label("author"),
        Actor.handle,
        Actor.domain,
        Actor.url.label("author_url"),
        _sharer.name.label("shared_by"),
    )
    .join(Actor, Actor.id == Publication.author_id)
    .outerjoin(_sharer, _sharer.id == Publication.shared_by_id)
    .where(Publication.deleted_at.is_(None), Publication.is_public)
)
_one_of_them = aliased(Publication)


def _latest_of(column: Any) -> Any:
    """The latest of each one followed, by the index of the column: silence costs nothing."""
    each = (
        select(_one_of_them.id)
        .where(column == Follow.followed_id, _one_of_them.id < bindparam("before"))
        .where(_one_of_them.deleted_at.is_(None), _one_of_them.is_public)
        .where(or_(_one_of_them.in_reply_to.is_(None), _one_of_them.kind.is_not(None)))
        .order_by(_one_of_them.id.desc())
        .limit(bindparam("limit"))
        .correlate(Follow)
    )
    return (
        select(Publication.id)
        .select_from(Follow)
        .join(Publication, Publication.id.in_(each))
        .where(Follow.follower_id == bindparam("reader"), Follow.state == ACCEPTED)
    )


_OF_FOLLOWED = (
    _NEWS.where(
        Publication.id.in_(
            union(
                _latest_of(_one_of_them.author_id),
                _latest_of(_one_of_them.shared_by_id),
            )
        )
    )
    .order_by(Publication.id.desc())
    .limit(bindparam("limit"))
)
_ONE = _NEWS.where(Publication.id == bindparam("number"))
_AROUND = (
    select(Actor.id, Actor.name, Actor.handle, Actor.domain, Actor.kind)
    .add_columns(Actor.type, Actor.url, Actor.uri, Actor.inbox, Follow.follower_id, Follow.state)
    .join(Follow, or_(Follow.follower_id == Actor.id, Follow.followed_id == Actor.id))
    .where(or_(Follow.follower_id == bindparam("ours"), Follow.followed_id == bindparam("ours")))
    .where(Actor.id != bindparam("ours"), Follow.state != REFUSED, Actor.deleted_at.is_(None))
    .order_by(Actor.name, Actor.id)
)
_LAST = 2**63 - 1


async def news(
    tx: Transaction, reader: Actor, *, before: int | None = None, limit: int = 20
) -> list[News]:
    """Return what those followed by an actor publish or pass on, newest first."""
    values = {"reader": reader.id, "before": before or _LAST, "limit": limit}
    return [News(**row) for row in (await tx.execute(_OF_FOLLOWED, values)).mappings()]


async def one(tx: Transaction, publication_id: int) -> News:
    """Return one publication. Raise NotFound, also when it is not for everybody."""
    row = (await tx.execute(_ONE, {"number": publication_id})).mappings().first()
    if row is None:
        raise NotFound("there is no such publication")
    return News(**row)


async def around(tx: Transaction, ours: Actor) -> list[Neighbour]:
    """Return those whom one of ours follows or is followed by, by name."""
    rows = (await tx.execute(_AROUND, {"ours": ours.id})).all()
    relations: dict[int, dict[str, Any]] = {}
    for row in rows:
        relation = relations.setdefault(row.id, {"row": row, "we": None, "they": None})
        relation["we" if row.follower_id == ours.id else "they"] = row.state
    hosts = {_host(row.inbox) for row in rows}
    peers, waiting = await _peers(tx, hosts), await _waiting(tx, hosts)
    return [
        _neighbour(one, peers.get(_host(one["row"].inbox)), waiting) for one in relations.values()
    ]


def _neighbour(relation: dict[str, Any], peer: Any, waiting: dict[str, int]) -> Neighbour:
    row = relation["row"]
    moments = [m for m in (peer and peer.last_delivered_at, peer and peer.last_heard_at) if m]
    waits = waiting.get(_host(row.inbox), 0)
    return Neighbour(
        name=row.name,
        address=f"{row.handle}@{row.domain}",
        domain=row.domain,
        kind=row.kind,
        url=row.url or row.uri,
        we_follow=relation["we"],
        they_follow=relation["they"],
        is_person=row.type == "Person",
        last_contact_at=max(moments) if moments else None,
        down_since=peer.down_since if peer else None,
        waiting=waits,
        health=_health(peer),
    )


def _health(peer: Any) -> str:
    if peer is None:
        return GOOD
    if peer.down_since is not None:
        return DOWN
    return WATCH if peer.failures else GOOD


async def _peers(tx: Transaction, hosts: set[str]) -> dict[str, Any]:
    columns = Peer.host, Peer.failures, Peer.down_since, Peer.last_delivered_at, Peer.last_heard_at
    return {row.host: row for row in await _where(tx, select(*columns), Peer.host, hosts)}


async def _waiting(tx: Transaction, hosts: set[str]) -> dict[str, int]:
    statement = select(Delivery.host, func.count()).where(Delivery.state == "waiting")
    statement = statement.group_by(Delivery.host)
    return {row[0]: row[1] for row in await _where(tx, statement, Delivery.host, hosts)}


async def _where(
    tx: Transaction, statement: Any, column: ColumnElement[str] | Any, hosts: set[str]
) -> Sequence[Any]:
    return (await tx.execute(statement.where(column.in_(sorted(hosts))))).all() if hosts else []


def _host(inbox: str) -> str:
    return urlsplit(inbox).netloc.lower()
