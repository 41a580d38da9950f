"""What others publish: kept, changed and forgotten as their own servers say."""

import functools
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.sqlite import Insert

from node import clock
from node.assembly.events import PublicationKept
from node.database import Transaction, insert_into
from node.errors import NotFound
from node.events import record
from node.models import Actor, Follow, Publication, Tombstone

_COLUMNS = Publication.__table__.columns


async def keep(tx: Transaction, publication: Publication) -> bool:
    """Keep something from elsewhere, once; what its author deleted before stays forgotten.

    Return whether it is new. The object itself is only read, never attached.
    """
    values = {column.name: getattr(publication, column.name) for column in _COLUMNS}
    if (await tx.execute(_insert(tx.dialect), values)).rowcount != 1:
        return False
    record(tx, PublicationKept(publication))
    return True


@functools.cache
def _insert(dialect: str) -> Insert:
    """Return the statement that keeps what is new; making one takes longer than running it."""
    grave = (
        select(Tombstone.uri)
        .join(Actor, Actor.uri == Tombstone.author_uri)
        .where(Tombstone.uri == bindparam("uri"), Actor.id == bindparam("author_id"))
    )
    row = select(*(bindparam(column.name, type_=column.type) for column in _COLUMNS))
    statement = insert_into(Publication, dialect)
    statement = statement.from_select(_COLUMNS.keys(), row.where(~grave.exists()))
    return statement.on_conflict_do_nothing(index_elements=["uri"])


async def forget(tx: Transaction, uri: str, author: Actor, former_type: str | None = None) -> None:
    """Forget what its author deleted, also when it has not arrived yet."""
    known = await by_uri(tx, uri)
    if known is not None and known.author_id == author.id:
        known.content = known.document = ""
        known.name = known.summary = None
        known.deleted_at = clock.now()
    if await tx.get(Tombstone, (uri, author.uri)) is None:
        tx.add(Tombstone(uri=uri, author_uri=author.uri, former_type=former_type))
    await tx.flush()


async def forget_author(tx: Transaction, author: Actor) -> None:
    """Forget all that somebody elsewhere published, who is no longer there."""
    gone = {"content": "", "document": "", "name": None, "summary": None}
    statement = update(Publication).where(Publication.author_id == author.id)
    statement = statement.where(Publication.deleted_at.is_(None))
    await tx.execute(statement.values({**gone, "deleted_at": clock.now()}))


async def by_uri(tx: Transaction, uri: str) -> Publication | None:
    """Return the publication at this address, if we hold it."""
    found = await tx.find(select(Publication).where(Publication.uri == uri))
    return found if isinstance(found, Publication) else None


async def by_id(tx: Transaction, publication_id: int) -> Publication:
    """Return the publication with this row number. Raise NotFound."""
    found = await tx.get(Publication, publication_id)
    if found is None or found.deleted_at is not None or not found.is_public:
        raise NotFound("there is no such publication")
    return found


async def of_followed(
    tx: Transaction, follower: Actor, *, before: int | None = None, limit: int = 20
) -> Sequence[Publication]:
    """Return what those followed by an actor published openly, newest first."""
    followed = select(Follow.followed_id).where(
        Follow.follower_id == follower.id, Follow.state == "accepted"
    )
    statement = (
        select(Publication)
        .where(Publication.author_id.in_(followed), Publication.deleted_at.is_(None))
        .where(Publication.is_public, Publication.in_reply_to.is_(None) | _official())
    )
    if before is not None:
        statement = statement.where(Publication.id < before)
    return await tx.all(statement.order_by(Publication.id.desc()).limit(limit))


async def of_author(tx: Transaction, author: Actor, limit: int = 20) -> Sequence[Publication]:
    """Return what one actor published openly, newest first."""
    statement = select(Publication).where(
        Publication.author_id == author.id,
        Publication.deleted_at.is_(None),
        Publication.is_public,
    )
    return await tx.all(statement.order_by(Publication.id.desc()).limit(limit))


async def last_heard(tx: Transaction, author: Actor) -> datetime | None:
    """Return when an actor last published something that we keep."""
    statement = select(Publication.published_at).where(Publication.author_id == author.id)
    moment = await tx.scalar(statement.order_by(Publication.id.desc()).limit(1))
    return moment if isinstance(moment, datetime) else None


def _official() -> object:
    return Publication.kind.is_not(None)
