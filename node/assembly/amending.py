"""What comes of an amendment: taken in, left without object, or waiting for the assembly."""

from collections.abc import Sequence

from sqlalchemy import func, select

from node import clock
from node.assembly import paragraphs, proposals
from node.assembly.events import ProposalRevised
from node.database import Transaction
from node.errors import NotNow
from node.events import on
from node.models import Amendment, Proposal, Standing

WAITING = (Standing.PROPOSED, Standing.TO_VOTE)


async def take_in(
    tx: Transaction,
    proposal: Proposal,
    amendment: Amendment,
    amended: Amendment | None,
    *,
    note: str,
) -> None:
    """Do what `accept` does, whoever said so: its carrier or the whole assembly."""
    changed = with_it(proposal, amendment, amended)
    if amended is not None:
        amended.replacement = changed
        await _leave_siblings(tx, amendment, amended)
    else:
        version = await proposals.change(
            tx, proposal, title=proposal.title, text=changed, note=note
        )
        amendment.integrated_in = version.number
    await settle(tx, amendment, Standing.ACCEPTED)


def with_it(proposal: Proposal, amendment: Amendment, amended: Amendment | None) -> str:
    """Return the text, or the amendment that is amended, with the new words in it.

    Raise NotNow when they aim at a passage that is not there any more.
    """
    if amended is not None:
        if paragraphs.digest(amended.replacement) != amendment.original_digest:
            raise NotNow(f"amendment {amended.number} has changed", code="amendment-outdated")
        return amendment.replacement
    place = where(amendment, proposal.version.source)
    if place is None:
        raise NotNow(f"paragraph {amendment.paragraph} changed", code="amendment-outdated")
    return paragraphs.replaced(proposal.version.source, place, amendment.replacement)


def where(amendment: Amendment, text: str) -> int | None:
    """Return where the paragraph aimed at stands now, or None when it is no longer there."""
    return paragraphs.find(text, amendment.original_digest, amendment.paragraph)


def is_outdated(amendment: Amendment, text: str, amended: Amendment | None) -> bool:
    """Say whether a waiting amendment aims at words that are no longer there."""
    if amendment.state not in WAITING:
        return False
    if amended is None:
        return where(amendment, text) is None
    is_as_seen = paragraphs.digest(amended.replacement) == amendment.original_digest
    return amended.state not in WAITING or not is_as_seen


async def settle(tx: Transaction, amendment: Amendment, state: Standing) -> None:
    """Note what became of an amendment; those that amend it have no object any more."""
    for one in await under(tx, amendment):
        one.state, one.settled_at = Standing.WITHOUT_OBJECT, clock.now()
    amendment.state, amendment.settled_at = state, clock.now()
    await tx.flush()


async def _leave_siblings(tx: Transaction, taken: Amendment, amended: Amendment) -> None:
    """Those marked for the vote that aim at what the amendment said before have no object."""
    for one in await under(tx, amended):
        if one.id != taken.id and one.state is Standing.TO_VOTE:
            await settle(tx, one, Standing.WITHOUT_OBJECT)


@on(ProposalRevised)
async def leave_without_object(tx: Transaction, event: ProposalRevised) -> None:
    """What waits for a vote and aims at a passage that the new version changed has no object.

    It is said with the number of the version, and holds up no vote on the text. An amendment
    whose paragraph only moved goes with it.
    """
    version = event.proposal.version
    statement = select(Amendment).where(
        Amendment.proposal_id == event.proposal.id,
        Amendment.state == Standing.TO_VOTE,
        Amendment.amends_id.is_(None),
    )
    for one in await tx.all(statement):
        if where(one, version.source) is None:
            one.outdated_by = version.number
            await settle(tx, one, Standing.WITHOUT_OBJECT)


async def sub_amendments_first(
    tx: Transaction, amendment: Amendment, states: Sequence[Standing]
) -> None:
    """Raise NotNow while a sub-amendment in one of these states waits: it goes first."""
    for one in await under(tx, amendment):
        if one.state in states and paragraphs.digest(amendment.replacement) == one.original_digest:
            raise NotNow(
                f"sub-amendment {one.number} goes first",
                code="sub-amendment-first",
                number=one.number,
            )


async def must_be_decided(tx: Transaction, proposal: Proposal) -> None:
    """Raise NotNow while an amendment is marked for the vote and the assembly has not voted."""
    statement = select(func.min(Amendment.number)).where(
        Amendment.proposal_id == proposal.id,
        Amendment.state.in_((Standing.TO_VOTE, Standing.VOTING)),
    )
    number = await tx.scalar(statement)
    if number is not None:
        raise NotNow(
            f"amendment {number} is not decided", code="amendment-undecided", number=number
        )


async def amended_by(tx: Transaction, amendment: Amendment) -> Amendment | None:
    """Return the amendment that a sub-amendment aims at, None for one that aims at the text."""
    return await tx.get(Amendment, amendment.amends_id) if amendment.amends_id else None


async def under(tx: Transaction, amendment: Amendment) -> Sequence[Amendment]:
    """Return the sub-amendments that wait, oldest first."""
    statement = select(Amendment).where(
        Amendment.amends_id == amendment.id, Amendment.state.in_(WAITING)
    )
    return await tx.all(statement.order_by(Amendment.number))


async def as_it_is(tx: Transaction, amendment: Amendment) -> Amendment:
    """Return the amendment as it stands now, and keep others from answering it meanwhile."""
    statement = select(Amendment).where(Amendment.id == amendment.id).with_for_update(of=Amendment)
    found = await tx.find(statement.execution_options(populate_existing=True))
    assert isinstance(found, Amendment)
    return found
