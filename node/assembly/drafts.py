"""Texts in preparation: seen, changed and published by those who carry them, and nobody else."""

from collections.abc import Sequence

from sqlalchemy import or_, select

from node import clock, digests
from node.assembly import members, proposals
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem
from node.models import CoCarrier, Draft, DraftCarrier, Member, Proposal
from node.texts import line, readable

CARRIERS_MAX = 12


class Changed(Invalid):
    """Another page changed the draft after this one was opened; nothing was kept."""

    status = 409


def digest(draft: Draft) -> str:
    """Return the fingerprint of what the draft says now, for a page to say what it is based on."""
    return digests.of([draft.title, draft.source, draft.is_signed])


async def begin(
    tx: Transaction, author: Member, *, title: str, text: str, is_signed: bool = False
) -> Draft:
    """Keep a text that is not finished."""
    title, text = _checked(title, text)
    draft = Draft(author=author, title=title, source=text, is_signed=is_signed, carriers=[])
    tx.add(draft)
    await tx.flush()
    return draft


async def save(
    tx: Transaction,
    draft: Draft,
    *,
    title: str,
    text: str,
    is_signed: bool = False,
    seen: str = "",
) -> None:
    """Keep the draft as it is now.

    `seen` is the digest of what the author had before them: raise Changed, and keep nothing, when
    the draft says something else by now. Without it, nothing is compared.
    """
    title, text = _checked(title, text)
    await _lock(tx, draft)
    _must_be_as_seen(draft, (title, text, is_signed), seen)
    draft.title, draft.source, draft.is_signed = title, text, is_signed
    draft.changed_at = clock.now()
    await tx.flush()


async def invite(tx: Transaction, draft: Draft, handle: str) -> Member:
    """Let another member write and publish the draft. Raise Invalid for nobody of ours."""
    wanted = handle.strip().removeprefix("@")
    if not wanted:
        raise Invalid(Problem("handle", "carrier-missing", {}))
    try:
        member = await members.by_handle(tx, wanted)
    except NotFound as error:
        raise Invalid(Problem("handle", "no-such-member", {"handle": wanted})) from error
    if not _is_carried_by(draft, member):
        if len(draft.carriers) >= CARRIERS_MAX:
            raise Invalid(Problem("handle", "carriers-too-many", {"max": CARRIERS_MAX}))
        draft.carriers.append(DraftCarrier(member=member))
        await tx.flush()
    return member


async def publish(
    tx: Transaction,
    draft: Draft,
    *,
    by: Member,
    title: str,
    text: str,
    is_signed: bool = False,
    seen: str = "",
) -> Proposal:
    """Put the draft to the assembly in the name of all its carriers; the draft is gone then.

    `seen` is as for `save`: nobody publishes over what another carrier wrote meanwhile.
    """
    await _lock(tx, draft)
    proposals.checked(title, text)
    _must_be_as_seen(draft, (*_checked(title, text), is_signed), seen)
    others = [one.member_id for one in draft.carriers if one.member.left_at is None]
    carrier = draft.author if draft.author.left_at is None else by
    proposal = await proposals.publish(
        tx, carrier=carrier, title=title, text=text, is_signed=is_signed
    )
    proposal.co_carriers += [CoCarrier(member_id=one) for one in others if one != carrier.id]
    await tx.delete(draft)
    await tx.flush()
    return proposal


async def throw_away(tx: Transaction, draft: Draft) -> None:
    """Forget a draft, for all who carry it."""
    await tx.delete(draft)
    await tx.flush()


async def find(tx: Transaction, draft_id: int, member: Member) -> Draft:
    """Return a draft to one who carries it. For everybody else there is none: raise NotFound."""
    draft = await tx.find(select(Draft).where(Draft.id == draft_id))
    if not isinstance(draft, Draft) or not _is_carried_by(draft, member):
        raise NotFound(f"{member.handle} carries no draft {draft_id}")
    return draft


async def carried(tx: Transaction, member: Member) -> Sequence[Draft]:
    """Return the drafts that a member carries, last changed first."""
    shared = select(DraftCarrier.draft_id).where(DraftCarrier.member_id == member.id)
    statement = select(Draft).where(or_(Draft.author_id == member.id, Draft.id.in_(shared)))
    return await tx.all(statement.order_by(Draft.changed_at.desc(), Draft.id.desc()))


async def _lock(tx: Transaction, draft: Draft) -> None:
    """Read the draft as it is now, and keep other carriers from changing it meanwhile."""
    statement = select(Draft).where(Draft.id == draft.id).with_for_update(of=Draft)
    if await tx.find(statement.execution_options(populate_existing=True)) is None:
        raise NotFound("the draft was published or thrown away a moment ago")


def _must_be_as_seen(draft: Draft, written: tuple[str, str, bool], seen: str) -> None:
    """Raise Changed when these words would replace others that their author has not seen."""
    is_same = written == (draft.title, draft.source, draft.is_signed)
    if seen not in ("", digest(draft)) and not is_same:
        raise Changed(Problem("text", "draft-changed", {}))


def _is_carried_by(draft: Draft, member: Member) -> bool:
    return member.id in {draft.author_id, *(one.member_id for one in draft.carriers)}


def _checked(title: str, text: str) -> tuple[str, str]:
    """A draft may be unfinished, but not longer than what can be published."""
    title, text = line(title), readable(text).strip()
    problems = []
    if len(title) > proposals.TITLE_MAX:
        problems.append(Problem("title", "title-too-long", {"max": proposals.TITLE_MAX}))
    if len(text) > proposals.TEXT_MAX:
        problems.append(Problem("text", "text-too-long", {"max": proposals.TEXT_MAX}))
    if not title and not text:
        problems.append(Problem("text", "text-missing", {}))
    if problems:
        raise Invalid(*problems)
    return title, text
