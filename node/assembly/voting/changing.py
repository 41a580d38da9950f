"""What may be done to an open vote: more time, an end without a count, another text."""

from datetime import datetime

from node import clock
from node.assembly import proposals
from node.assembly.events import VoteCancelled, VoteExtended, VoteVoided
from node.assembly.voting import finding, on_amendments, opening, seats
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.events import record
from node.models import Member, State, Vote, VoteChange
from node.texts import line

REASON_MAX = 500


async def extend(
    tx: Transaction, vote: Vote, *, by: Member, closes_at: datetime, reason: str
) -> None:
    """Give more time, and say why. The end only ever moves away."""
    vote, reason = await _open(tx, vote, by), _checked(reason)
    if closes_at <= vote.closes_at:
        raise Invalid(Problem("closes_at", "extension-is-none", {}))
    vote.closes_at = vote.proposal.vote_closes_at = closes_at
    vote.reminded_at = None
    vote.proposal.changed_at = clock.now()
    _note(tx, vote, "extended", by, reason, closes_at)
    record(tx, VoteExtended(vote))


async def cancel(tx: Transaction, vote: Vote, *, by: Member, reason: str) -> None:
    """End the vote without a count, and say why; the proposal is under discussion again."""
    vote, reason = await _open(tx, vote, by), _checked(reason)
    _end(vote, "cancelled")
    if vote.amendment_id is not None:
        await on_amendments.cancel(tx, vote)
    _note(tx, vote, "cancelled", by, reason)
    record(tx, VoteCancelled(vote))


async def change_text(
    tx: Transaction,
    vote: Vote,
    *,
    by: Member,
    title: str,
    text: str,
    note: str,
    closes_at: datetime,
) -> Vote:
    """Put another version to the vote: the ballots cast so far are void, and a new round opens.

    A ballot is bound to a text (deciding.md, section 2); whoever had voted is asked again.
    """
    vote, reason = await _open(tx, vote, by), _checked(note, "note")
    if vote.amendment_id is not None:
        raise NotNow("a vote on an amendment is cancelled instead", code="amendment-at-vote")
    opening.must_be_ahead(closes_at)
    if vote.meeting_id is not None:
        await seats.must_be_held(tx, vote.meeting_id, before=closes_at)
    proposal = vote.proposal
    _end(vote, "voided")
    await tx.flush()
    await proposals.revise(tx, proposal, by=by, title=title, text=text, note=reason)
    _note(tx, vote, "voided", by, reason)
    record(tx, VoteVoided(vote))
    on = await opening.as_before(tx, vote)
    again = await opening.ask_again(tx, proposal, closes_at=closes_at, on=on)
    again.meeting_id = vote.meeting_id
    await tx.flush()
    return again


async def _open(tx: Transaction, vote: Vote, by: Member) -> Vote:
    proposals.must_carry(vote.proposal, by)
    vote = await finding.locked(tx, vote)
    if finding.is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    return vote


def _end(vote: Vote, how: str) -> None:
    vote.closed_at = clock.now()
    vote.ended_as = how
    vote.proposal.state = State.DISCUSSION
    vote.proposal.vote_closes_at = None
    vote.proposal.changed_at = clock.now()


def _checked(reason: str, field: str = "reason") -> str:
    reason = line(reason)
    if not reason:
        raise Invalid(Problem(field, "reason-missing", {}))
    if len(reason) > REASON_MAX:
        raise Invalid(Problem(field, "reason-too-long", {"max": REASON_MAX}))
    return reason


def _note(
    tx: Transaction,
    vote: Vote,
    kind: str,
    by: Member,
    reason: str,
    until: datetime | None = None,
) -> None:
    change = VoteChange(vote_id=vote.id, kind=kind, reason=reason, member_id=by.id, until=until)
    tx.add(change)
