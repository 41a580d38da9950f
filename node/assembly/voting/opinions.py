"""Answers to a vote from outside: heard, counted apart, and a ballot only where that was chosen."""

import json

from sqlalchemy import func, select

from node.assembly import members
from node.assembly.events import OpinionGiven
from node.assembly.voting import casting, finding, sheets
from node.assembly.voting.answers import Asking
from node.database import Transaction
from node.errors import NotNow, Refusal
from node.events import record
from node.models import Actor, Member, Opinion, Vote

_MULTIPLE = ("approvals",)
_EXPRESSIBLE = ("position", "one", *_MULTIPLE)


def is_expressible(vote: Vote) -> bool:
    """Say whether a poll of one or of several choices can carry an answer to this vote."""
    asking = Asking(vote.method, vote.rule, vote.options)
    return not vote.is_secret and asking.method.ballot.name in _EXPRESSIBLE


def is_multiple(vote: Vote) -> bool:
    """Say whether several options may be chosen at once."""
    return Asking(vote.method, vote.rule, vote.options).method.ballot.name in _MULTIPLE


async def hear(
    tx: Transaction, vote: Vote, actor: Actor, code: str, *, uri: str | None
) -> Opinion | None:
    """Take an answer from another server: a member's ballot, or an outside opinion.

    It is a ballot if, and only if, the vote is open, lets answers elsewhere count, and the
    account is linked to a member on its roll (wire.md, section 7).
    """
    if vote.poll_ballots and not vote.is_secret and not finding.is_over(vote):
        member = await members.by_linked_account(tx, actor)
        if member is not None and await finding.may_vote(tx, vote, member):
            await _take_as_ballot(tx, vote, member, code)
            return None
    return await hear_opinion(tx, vote, actor, code, uri=uri)


async def hear_opinion(
    tx: Transaction, vote: Vote, actor: Actor, choice: str, *, uri: str | None
) -> Opinion | None:
    """Keep an answer from outside: the first one of each actor, or one for each option."""
    if finding.is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")
    if choice not in finding.choices(vote) or not is_expressible(vote):
        raise Refusal(f"{choice!r} is not among the answers")
    known = await tx.find(
        select(Opinion).where(Opinion.vote_id == vote.id, Opinion.actor_id == actor.id)
    )
    if isinstance(known, Opinion):
        if not is_multiple(vote) or choice in json.loads(known.choice):
            return None
        known.choice = json.dumps(sorted([*json.loads(known.choice), choice]))
        await tx.flush()
        record(tx, OpinionGiven(vote, known))
        return known
    kept = json.dumps([choice]) if is_multiple(vote) else choice
    opinion = Opinion(vote_id=vote.id, actor_id=actor.id, choice=kept, uri=uri)
    tx.add(opinion)
    await tx.flush()
    record(tx, OpinionGiven(vote, opinion))
    return opinion


async def counted(tx: Transaction, vote: Vote) -> dict[str, int]:
    """Return the answers from outside by choice, every choice named."""
    statement = select(Opinion.choice, func.count()).where(Opinion.vote_id == vote.id)
    rows = (await tx.execute(statement.group_by(Opinion.choice))).all()
    found = dict.fromkeys(finding.choices(vote), 0)
    for kept, count in rows:
        for code in json.loads(kept) if is_multiple(vote) else [kept]:
            found[code] = found.get(code, 0) + count
    return found


async def people(tx: Transaction, vote: Vote) -> int:
    """Return how many answered from outside."""
    statement = select(func.count()).select_from(Opinion).where(Opinion.vote_id == vote.id)
    return int(await tx.scalar(statement))


async def _take_as_ballot(tx: Transaction, vote: Vote, member: Member, code: str) -> None:
    """Let an answer elsewhere be the ballot, unless the member voted here or answered already."""
    sheet = await sheets.held(tx, await sheets.of(tx, vote))
    place = await casting.may_cast(tx, sheet, member.id)
    if place.has_voted and place.via != casting.ACCOUNT:
        return
    choice: object = code
    if is_multiple(vote):
        before = json.loads(place.choice) if place.choice else []
        if code in before:
            return
        choice = sorted([*before, code], key=sheet.asking.codes.index)
    elif place.has_voted:
        return
    await casting.cast(
        tx,
        sheet,
        member.id,
        choice,
        digest=sheet.digest,
        seen=place.seq,
        via=casting.ACCOUNT,
    )
