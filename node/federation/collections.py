"""The collections of our actors and proposals, page by page."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, and_, func, select, union_all

from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.assembly import following
from node.database import Transaction
from node.models import (
    Actor,
    Assembly,
    Contribution,
    Member,
    OutboxItem,
    Proposal,
    RegisterEntry,
    State,
)

PAGE = 20


def summary(uri: str, total: int) -> Document:
    """Write a collection of which only the size is public."""
    return {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "OrderedCollection",
        "totalItems": total,
    }


def first(uri: str, total: int) -> Document:
    """Write a collection that is read page by page."""
    return {**summary(uri, total), "first": f"{uri}?page=1"}


def page(uri: str, number: int, items: Sequence[Any], *, has_more: bool) -> Document:
    """Write one page; `next` stands there only when there is one."""
    written: Document = {
        "@context": contexts.CONTEXT,
        "id": f"{uri}?page={number}",
        "type": "OrderedCollectionPage",
        "partOf": uri,
        "orderedItems": list(items),
    }
    if has_more:
        written["next"] = f"{uri}?page={number + 1}"
    return written


async def paged(
    tx: Transaction, uri: str, number: int | None, statement: Any, show: Callable[[Any], Any]
) -> Document:
    """Write a collection, or the page asked for, of what a statement selects."""
    if number is None:
        total = await tx.scalar(select(func.count()).select_from(statement.subquery()))
        return first(uri, int(total))
    statement = statement.offset((number - 1) * PAGE).limit(PAGE + 1)
    rows = (await tx.execute(statement)).all()
    items = [show(row) for row in rows[:PAGE]]
    return page(uri, number, items, has_more=len(rows) > PAGE)


async def outbox(tx: Transaction, actor: Actor, number: int | None) -> Document:
    """Everything an actor of ours said to everybody, newest first."""
    statement = (
        select(OutboxItem.document)
        .where(OutboxItem.actor_id == actor.id, OutboxItem.is_public)
        .order_by(OutboxItem.id.desc())
    )
    uri = uris.outbox(actor.uri)
    if number is None:
        # Counted as it is said: an outbox of many years is not counted again for each reader.
        return first(uri, actor.said_count)
    return await paged(tx, uri, number, statement, lambda row: msgspec.json.decode(row[0]))


async def followers(tx: Transaction, actor: Actor) -> Document:
    """How many follow; who they are is theirs to say (wire.md, section 3)."""
    return summary(uris.followers(actor.uri), await following.followers_count(tx, actor))


async def followed(tx: Transaction, actor: Actor) -> Document:
    """How many are followed."""
    return summary(uris.following(actor.uri), await following.following_count(tx, actor))


async def featured(tx: Transaction, actor: Actor, assembly: Assembly) -> Document:
    """What is open now: the proposals to the vote, then those under discussion."""
    uri = uris.featured(actor.uri)
    statement = (
        select(Proposal.number)
        .where(Proposal.state.in_((State.VOTE, State.DISCUSSION)))
        .order_by((Proposal.state == State.VOTE).desc(), Proposal.number.desc())
        .limit(5)
    )
    rows = (await tx.execute(statement)).all() if actor.id == assembly.actor_id else []
    items = [uris.proposal(assembly.origin, row[0]) for row in rows]
    return {**summary(uri, len(items)), "orderedItems": items}


async def replies(
    tx: Transaction, proposal: Proposal, assembly: Assembly, number: int | None
) -> Document:
    """What was said under a proposal, by those who are heard outside."""
    uri = uris.replies(assembly.origin, proposal.number)
    statement = (
        select(Contribution.uri)
        .where(Contribution.proposal_id == proposal.id, Contribution.deleted_at.is_(None))
        .where(Contribution.is_outside | _still_said())
        .order_by(Contribution.published_at, Contribution.id)
    )
    return await paged(tx, uri, number, statement, lambda row: row[0])


def _still_said() -> ColumnElement[bool]:
    """What members say outside, without those who no longer exist there."""
    gone = select(Member.actor_id).where(Member.is_published.is_(False))
    return and_(Contribution.is_federated, Contribution.author_id.not_in(gone))


async def context(
    tx: Transaction, proposal: Proposal, assembly: Assembly, number: int | None
) -> Document:
    """Every post of one dossier in order, notes of its phases included (FEP-7888, FEP-f228)."""
    uri = uris.context(assembly.origin, proposal.number)
    official = select(
        OutboxItem.object_uri.label("uri"), OutboxItem.published_at.label("at"), OutboxItem.id
    ).where(
        OutboxItem.proposal_id == proposal.id, OutboxItem.type == "Create", OutboxItem.is_public
    )
    said = select(Contribution.uri, Contribution.published_at.label("at"), Contribution.id).where(
        Contribution.proposal_id == proposal.id,
        Contribution.deleted_at.is_(None),
        Contribution.is_outside | _still_said(),
    )
    posts = union_all(official, said).subquery()
    statement = select(posts.c.uri).order_by(posts.c.at, posts.c.id)
    written = await paged(tx, uri, number, statement, lambda row: row[0])
    return {**written, "attributedTo": assembly.actor.uri}


async def register(tx: Transaction, assembly: Assembly, after: int) -> Document:
    """The entries of the register that follow a number, a hundred at most."""
    uri = uris.register(assembly.actor.uri)
    total = int(await tx.scalar(select(func.count()).select_from(RegisterEntry)))
    statement = select(RegisterEntry.entry).where(RegisterEntry.seq > after)
    rows = (await tx.execute(statement.order_by(RegisterEntry.seq).limit(100))).all()
    written = summary(uri, total)
    written["orderedItems"] = [msgspec.json.decode(row[0]) for row in rows]
    if rows and after + len(rows) < total:
        written["next"] = f"{uri}?after={after + len(rows)}"
    return written


async def numbered(
    tx: Transaction, uri: str, column: Any, base: str, number: int | None
) -> Document:
    """A collection of the things of ours that have a number, newest first."""
    statement = select(column).order_by(column.desc())
    if column is Proposal.number:
        statement = statement.where(Proposal.state != State.DRAFT)
    return await paged(tx, uri, number, statement, lambda row: f"{base}{row[0]}")
