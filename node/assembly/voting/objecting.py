"""Objections of a vote by consent: raised with a ballot, followed until the close, counted."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, case, delete, func, select
from sqlalchemy.orm import aliased

from node import clock
from node.assembly import objections
from node.assembly.events import ObjectionRaised, ObjectionSettled
from node.assembly.voting import proxies
from node.assembly.voting.objection_words import Words
from node.assembly.voting.sheets import Sheet
from node.database import Transaction
from node.events import record
from node.models import (
    Actor,
    Ballot,
    Member,
    Objection,
    ObjectionVoice,
    Vote,
    VoteChange,
    Voter,
)

OBJECTION = "objection"


class Card(NamedTuple):
    """An objection as it stands, with its author and what was said of it."""

    id: int
    author_id: int
    author: str
    version_number: int
    text: str
    paragraph: int | None
    risk: str
    improvement: str
    state: str
    integrated_in: int | None
    is_carried: bool
    is_appealed: bool
    raised_at: datetime
    settled_at: datetime | None
    votes_for: int
    votes_against: int
    facilitators: int
    position: str | None


async def follow(
    tx: Transaction, sheet: Sheet, member_id: int, choice: str, text: str, words: Words
) -> None:
    """Raise what a ballot objects; a ballot that objects no more lifts what its voter raised."""
    mine = await of_author(tx, sheet.vote_id, member_id)
    if choice != OBJECTION:
        if mine is not None and mine.state == "raised":
            await end(tx, mine, "lifted")
        return
    if mine is None:
        mine = Objection(
            vote_id=sheet.vote_id, author_id=member_id, version_number=sheet.version, text=text
        )
        tx.add(mine)
    elif (mine.state, mine.text, _words(mine)) == ("raised", text, words):
        mine.version_number = sheet.version
        return
    else:
        # What was said of other words says nothing of these.
        await tx.execute(delete(ObjectionVoice).where(ObjectionVoice.objection_id == mine.id))
        mine.text, mine.version_number, mine.raised_at = text, sheet.version, clock.now()
        mine.state, mine.settled_at, mine.integrated_in = "raised", None, None
        mine.appealed_at = mine.appealed_by_id = None
    mine.paragraph, mine.risk, mine.improvement = words
    await tx.flush()
    note(tx, mine, "objection-raised", member_id)
    record(tx, ObjectionRaised(mine))


async def carry_over(tx: Transaction, before: Vote, vote: Vote) -> None:
    """Raise again what was still open when the round before ended, of authors on the roll."""
    statement = (
        select(Objection)
        .join(
            Voter,
            and_(Voter.vote_id == vote.id, Voter.member_id == Objection.author_id),
        )
        .where(Objection.vote_id == before.id, Objection.state == "raised")
        .order_by(Objection.raised_at, Objection.id)
    )
    for old in await tx.all(statement):
        paragraph, risk, improvement = _words(old)
        again = Objection(
            vote_id=vote.id,
            author_id=old.author_id,
            version_number=old.version_number,
            text=old.text,
            paragraph=paragraph,
            risk=risk,
            improvement=improvement,
            continues_id=old.id,
        )
        tx.add(again)
    await tx.flush()


async def listed(tx: Transaction, vote_id: int) -> list[Card]:
    """Return the objections of a vote, oldest first, with what was said of each so far."""
    author = aliased(Actor)
    is_mine = and_(Ballot.vote_id == Objection.vote_id, Ballot.member_id == Objection.author_id)
    statement = (
        select(
            Objection.id,
            Objection.author_id,
            author.name,
            Objection.version_number,
            Objection.text,
            Objection.paragraph,
            Objection.risk,
            Objection.improvement,
            Objection.state,
            Objection.integrated_in,
            Objection.continues_id.is_not(None),
            Objection.appealed_at.is_not(None),
            Objection.raised_at,
            Objection.settled_at,
            _voices(as_facilitator=False, unreasonable=True),
            _voices(as_facilitator=False, unreasonable=False),
            _voices(as_facilitator=True, unreasonable=True),
            Ballot.choice,
        )
        .join(Member, Member.id == Objection.author_id)
        .join(author, author.id == Member.actor_id)
        .outerjoin(Ballot, is_mine)
        .outerjoin(ObjectionVoice, ObjectionVoice.objection_id == Objection.id)
        .where(Objection.vote_id == vote_id)
        .group_by(Objection.id, author.name, Ballot.choice)
        .order_by(Objection.raised_at, Objection.id)
    )
    return [Card._make(row) for row in (await tx.execute(statement)).all()]


async def facts(tx: Transaction, vote: Vote) -> tuple[objections.Objection, ...]:
    """Return the objections as they are counted, without names."""
    weights = await proxies.held(tx, vote)
    judged_by = judge(vote)
    return tuple(as_counted(one, judged_by, weights) for one in await listed(tx, vote.id))


def as_counted(
    card: Card, judged_by: str, weights: Counter[int] | None = None
) -> objections.Objection:
    """Return an objection as it is counted now; what others said is enough, or is not."""
    stands = card.position == OBJECTION
    raised = objections.Objection(
        text=card.text,
        state=card.state,
        votes_for=card.votes_for,
        votes_against=card.votes_against,
        facilitators=card.facilitators,
        is_appealed=card.is_appealed,
        weight=1 + (weights or Counter())[card.author_id] if stands else 0,
    )
    return objections.as_judged(raised, judged_by)


async def settle(tx: Transaction, vote: Vote) -> None:
    """Write down at the close which objections were declared unreasonable."""
    judged_by = judge(vote) if vote.method == "consent" else ""
    for card in await listed(tx, vote.id) if judged_by else ():
        if card.state == "raised" and as_counted(card, judged_by).state != "raised":
            objection = await tx.get(Objection, card.id)
            assert objection is not None
            await end(tx, objection, "declared_unreasonable")


async def of_author(tx: Transaction, vote_id: int, member_id: int) -> Objection | None:
    """Return what a member objects in a vote, lifted or not."""
    statement = select(Objection).where(Objection.vote_id == vote_id)
    found = await tx.find(statement.where(Objection.author_id == member_id))
    return found if isinstance(found, Objection) else None


async def texts(tx: Transaction, vote_id: int) -> Sequence[tuple[str, str]]:
    """Return the texts of the objections by what became of them, in no order of time."""
    statement = select(Objection.state, Objection.text).where(Objection.vote_id == vote_id)
    rows = (await tx.execute(statement)).all()
    ended = ((f"{OBJECTION}_{row[0]}" if row[0] != "raised" else OBJECTION, row[1]) for row in rows)
    return sorted(ended)


def judge(vote: Vote) -> str:
    """Return who may declare an objection of this vote unreasonable: author, circle or pair."""
    return objections.judge(str(vote.rule["judged_by"]), vote.electorate_count)


def note(tx: Transaction, objection: Objection, kind: str, member_id: int | None) -> None:
    """Write into the log of the vote what happened to an objection."""
    tx.add(
        VoteChange(vote_id=objection.vote_id, kind=kind, reason=objection.text, member_id=member_id)
    )


async def end(tx: Transaction, objection: Objection, state: str) -> None:
    """Let it be lifted or integrated, which is its author's to say, or declared unreasonable."""
    objection.state, objection.settled_at = state, clock.now()
    await tx.flush()
    by = None if state == "declared_unreasonable" else objection.author_id
    note(tx, objection, f"objection-{state.replace('_', '-')}", by)
    record(tx, ObjectionSettled(objection))


def _words(objection: Objection) -> Words:
    return Words(objection.paragraph, objection.risk, objection.improvement)


def _voices(*, as_facilitator: bool, unreasonable: bool) -> ColumnElement[int]:
    counted = and_(
        ObjectionVoice.as_facilitator.is_(as_facilitator),
        ObjectionVoice.is_unreasonable.is_(unreasonable),
    )
    return func.coalesce(func.sum(case((counted, 1), else_=0)), 0)
