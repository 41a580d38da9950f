"""The sheet a member is handed: what is asked, until when, and their own place in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select

from node import clock
from node.assembly.voting.answers import Asking
from node.database import Transaction
from node.errors import NotFound, NotNow
from node.models import (
    Amendment,
    Attendance,
    Ballot,
    Participation,
    Proposal,
    State,
    Version,
    Vote,
    Voter,
)


class Sheet(NamedTuple):
    """A vote with the text it is about: a row of `_SHEET`."""

    vote_id: int
    proposal_id: int
    number: int
    title: str
    language: str
    version: int
    version_id: int
    digest: str
    carrier_id: int | None
    method: str
    rule: dict[str, Any]
    options: Sequence[dict[str, Any]]
    budget: str | None
    round: int
    convocation: int
    opened_at: datetime
    closes_at: datetime
    closed_at: datetime | None
    ended_as: str | None
    electorate: int
    is_secret: bool
    hides_results: bool
    poll_ballots: bool
    proxies_max: int
    meeting_id: int | None
    ties: str
    state: State
    amendment: int | None

    @property
    def path(self) -> str:
        """Where what is voted on is read."""
        about = f"/amendements/{self.amendment}" if self.amendment is not None else ""
        return f"/p/{self.number}{about}"

    @property
    def is_open(self) -> bool:
        """Say whether ballots count now, by our own clock and our own record."""
        return self.closed_at is None and self.closes_at > clock.now()

    @property
    def asking(self) -> Asking:
        """How answers to this vote are written and read."""
        return Asking(self.method, self.rule, self.options)


class Place(NamedTuple):
    """Where one member stands in a vote: a row of `_PLACE`."""

    choice: str | None
    reason: str
    cast_at: datetime | None
    seq: int
    via: str
    has_voted: bool
    votes_in_the_room: bool


_SHEET = (
    select(
        Vote.id,
        Vote.proposal_id,
        Proposal.number,
        Version.title,
        Proposal.language,
        Version.number.label("version"),
        Version.id.label("version_id"),
        Version.digest,
        Proposal.carrier_id,
        Vote.method,
        Vote.rule,
        Vote.options,
        Vote.budget,
        Vote.round,
        Vote.convocation,
        Vote.opened_at,
        Vote.closes_at,
        Vote.closed_at,
        Vote.ended_as,
        Vote.electorate_count,
        Vote.is_secret,
        Vote.hides_results,
        Vote.poll_ballots,
        Vote.proxies_max,
        Vote.meeting_id,
        Vote.ties,
        Proposal.state,
        Amendment.number.label("amendment"),
    )
    .join(Proposal, Proposal.id == Vote.proposal_id)
    .join(Version, Version.id == Vote.version_id)
    .outerjoin(Amendment, Amendment.id == Vote.amendment_id)
)
_LAST = (
    _SHEET.where(Proposal.number == bindparam("number"), Proposal.state != State.DRAFT)
    .order_by(Vote.round.desc())
    .limit(1)
)
_ON_THE_TEXT = _LAST.where(Vote.amendment_id.is_(None))
_ON_AN_AMENDMENT = _LAST.where(Amendment.number == bindparam("amendment"))
_BY_ID = _SHEET.where(Vote.id == bindparam("vote"))
_STATE = select(Vote.closes_at, Vote.closed_at, Vote.ended_as).where(Vote.id == bindparam("vote"))
_PROPOSAL = select(Proposal.id).where(
    Proposal.number == bindparam("number"), Proposal.state != State.DRAFT
)
_PLACE = (
    select(
        Ballot.choice,
        Ballot.reason,
        Ballot.cast_at,
        Ballot.seq,
        Ballot.via,
        Participation.has_voted,
        Attendance.member_id,
    )
    .select_from(Voter)
    .outerjoin(Ballot, and_(Ballot.vote_id == Voter.vote_id, Ballot.member_id == Voter.member_id))
    .outerjoin(
        Participation,
        and_(Participation.vote_id == Voter.vote_id, Participation.member_id == Voter.member_id),
    )
    .outerjoin(
        Attendance,
        and_(Attendance.vote_id == Voter.vote_id, Attendance.member_id == Voter.member_id),
    )
    .where(Voter.vote_id == bindparam("vote"), Voter.member_id == bindparam("member"))
)


async def about(tx: Transaction, number: int, amendment: int | None = None) -> Sheet:
    """Return the last vote about a proposal, or about an amendment to it.

    Raise NotFound, or NotNow before any vote.
    """
    if amendment is None:
        row = (await tx.execute(_ON_THE_TEXT, {"number": number})).first()
    else:
        values = {"number": number, "amendment": amendment}
        row = (await tx.execute(_ON_AN_AMENDMENT, values)).first()
    if row is not None:
        return Sheet._make(row)
    if (await tx.execute(_PROPOSAL, {"number": number})).first() is None:
        raise NotFound(f"there is no proposal {number}")
    raise NotNow(f"proposal {number} is not at the vote", code="no-vote-yet")


async def of(tx: Transaction, vote: Vote) -> Sheet:
    """Return the sheet of a vote."""
    return Sheet._make((await tx.execute(_BY_ID, {"vote": vote.id})).one())


async def held(tx: Transaction, sheet: Sheet) -> Sheet:
    """Return the sheet as it is now, and keep the vote from being closed until we are done.

    Ballots of an open vote come in side by side, those of a secret one after the other.
    """
    if tx.dialect == "sqlite":
        return sheet
    statement = _STATE.with_for_update(read=not sheet.is_secret)
    row = (await tx.execute(statement, {"vote": sheet.vote_id})).one()
    return sheet._replace(closes_at=row[0], closed_at=row[1], ended_as=row[2])


async def place_of(tx: Transaction, vote_id: int, member_id: int) -> Place | None:
    """Return where a member on the roll stands; None for somebody who is not on it."""
    row = (await tx.execute(_PLACE, {"vote": vote_id, "member": member_id})).first()
    if row is None:
        return None
    return Place(
        choice=row[0],
        reason=row[1] or "",
        cast_at=row[2],
        seq=row[3] or 0,
        via=row[4] or "",
        has_voted=row[0] is not None or bool(row[5]),
        votes_in_the_room=row[6] is not None,
    )
