"""What people say: members here, and others from their own servers."""

from collections.abc import Sequence

from sqlalchemy import func, select, update

from node import clock, ids
from node.assembly import assemblies
from node.assembly.events import (
    ContributionEdited,
    ContributionMade,
    ContributionRemoved,
    OutsideContributionHeard,
)
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem, Refusal
from node.events import record
from node.models import Actor, Contribution, Member, Proposal, Publication, State
from node.texts import readable, render

TEXT_MAX = 20_000


async def comment(
    tx: Transaction,
    author: Member,
    *,
    on: Proposal | Publication,
    text: str,
    in_reply_to: Contribution | None = None,
) -> Contribution:
    """Say something about a proposal of ours, or a text of another assembly."""
    if isinstance(on, Proposal) and on.state is State.DRAFT:
        raise NotNow("a draft is not discussed yet", code="not-now")
    if isinstance(on, Publication) and not author.is_published:
        raise Refusal("an answer elsewhere needs a published member", code="not-published")
    assembly = await assemblies.the(tx)
    contribution = Contribution(
        uri=f"{assembly.origin}/n/{ids.ulid()}",
        author=author.actor,
        source=_checked(text),
        content=render(text),
        language=author.language or assembly.language,
        is_federated=author.is_published,
    )
    if isinstance(on, Proposal):
        contribution.proposal_id, contribution.version_number = on.id, on.version.number
        contribution.in_reply_to = in_reply_to.uri if in_reply_to else None
    else:
        contribution.publication_id, contribution.in_reply_to = on.id, on.uri
    tx.add(contribution)
    await tx.flush()
    record(tx, ContributionMade(contribution))
    return contribution


async def edit(tx: Transaction, contribution: Contribution, *, by: Member, text: str) -> None:
    """Put one's own words in another way."""
    _must_be_author(contribution, by)
    contribution.source, contribution.content = _checked(text), render(text)
    contribution.edited_at = clock.now()
    record(tx, ContributionEdited(contribution))


async def remove(tx: Transaction, contribution: Contribution, *, by: Member) -> None:
    """Take one's own words back, or as someone in charge those of anybody."""
    if not by.is_in_charge:
        _must_be_author(contribution, by)
    if contribution.deleted_at is None:
        _forget(contribution)
        record(tx, ContributionRemoved(contribution))


async def hear(
    tx: Transaction,
    proposal: Proposal,
    author: Actor,
    *,
    uri: str,
    content: str,
    url: str | None,
    language: str | None,
    in_reply_to: str | None,
) -> Contribution:
    """Keep what somebody on another server says about a proposal, once."""
    known = await by_uri(tx, uri)
    if known is not None:
        return known
    contribution = Contribution(
        uri=uri,
        proposal_id=proposal.id,
        author=author,
        content=content,
        url=url,
        language=language,
        in_reply_to=in_reply_to,
        is_outside=True,
    )
    tx.add(contribution)
    await tx.flush()
    record(tx, OutsideContributionHeard(contribution))
    return contribution


async def hear_edit(tx: Transaction, contribution: Contribution, *, content: str) -> None:
    """Keep the new words of an outside voice."""
    if contribution.deleted_at is None:
        contribution.content = content
        contribution.edited_at = clock.now()
        await tx.flush()


async def hear_removal(tx: Transaction, contribution: Contribution) -> None:
    """Forget the words that an outside voice took back."""
    _forget(contribution)
    await tx.flush()


async def forget_author(tx: Transaction, author: Actor) -> None:
    """Forget all that somebody elsewhere said, who is no longer there; its place stays."""
    mine = (Contribution.author_id == author.id) & Contribution.is_outside
    gone = {"content": "", "source": None, "deleted_at": clock.now()}
    statement = update(Contribution).where(mine, Contribution.deleted_at.is_(None))
    await tx.execute(statement.values(gone))


async def by_uri(tx: Transaction, uri: str) -> Contribution | None:
    """Return the contribution at this address, if we hold it."""
    found = await tx.find(select(Contribution).where(Contribution.uri == uri))
    return found if isinstance(found, Contribution) else None


async def by_id(tx: Transaction, contribution_id: int) -> Contribution:
    """Return the contribution with this row number. Raise NotFound."""
    found = await tx.get(Contribution, contribution_id)
    if found is None or found.deleted_at is not None:
        raise NotFound("there is no such contribution")
    return found


async def on_proposal(tx: Transaction, proposal: Proposal) -> Sequence[Contribution]:
    """Return what was said about a proposal, oldest first."""
    statement = select(Contribution).where(
        Contribution.proposal_id == proposal.id, Contribution.deleted_at.is_(None)
    )
    return await tx.all(statement.order_by(Contribution.published_at, Contribution.id))


async def on_publication(tx: Transaction, publication: Publication) -> Sequence[Contribution]:
    """Return what our members answered to a text of another assembly, oldest first."""
    statement = select(Contribution).where(
        Contribution.publication_id == publication.id, Contribution.deleted_at.is_(None)
    )
    return await tx.all(statement.order_by(Contribution.id))


async def counts(tx: Transaction, proposals: Sequence[Proposal]) -> dict[int, int]:
    """Return how many contributions each of these proposals has, by row number."""
    statement = (
        select(Contribution.proposal_id, func.count())
        .where(
            Contribution.proposal_id.in_([proposal.id for proposal in proposals]),
            Contribution.deleted_at.is_(None),
        )
        .group_by(Contribution.proposal_id)
    )
    return {row[0]: row[1] for row in (await tx.execute(statement)).all()}


def _must_be_author(contribution: Contribution, member: Member) -> None:
    if contribution.author_id != member.actor_id or contribution.deleted_at is not None:
        raise Refusal(f"{member.handle} did not write {contribution.uri}", code="not-the-author")


def _forget(contribution: Contribution) -> None:
    contribution.content = ""
    contribution.source = None
    contribution.deleted_at = clock.now()


def _checked(text: str) -> str:
    text = readable(text).strip()
    if not text:
        raise Invalid(Problem("text", "text-missing", {}))
    if len(text) > TEXT_MAX:
        raise Invalid(Problem("text", "text-too-long", {"max": TEXT_MAX}))
    return text
