"""What came of a proposal, entered in the register for good."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from node import clock
from node.assembly import assemblies, turnout
from node.assembly.events import DecisionTaken
from node.assembly.method import Verdict
from node.assembly.voting import objecting
from node.database import Transaction
from node.errors import NotFound
from node.events import record
from node.models import Assembly, Decision, Proposal, State, Vote
from node.texts import readable

ADOPTED = ("adopted", "adopted-with-reservations", "amended")
_REVIEW_AFTER = timedelta(days=365)


async def decide(
    tx: Transaction,
    vote: Vote,
    verdict: Verdict,
    *,
    tally: Mapping[str, Any],
    outside: Mapping[str, int],
    ballots: str | None,
    statement: str = "",
    turnout_count: int | None = None,
    working: Mapping[str, Any] | None = None,
    tolerated: Sequence[str] = (),
    minority: str = "",
    review_on: date | None = None,
) -> Decision:
    """Enter the verdict of a vote as a decision, and end the proposal's life.

    `tolerated` are the reasons of the blocks that did not stop it; a consent is always looked at
    again, after a year unless said otherwise.
    """
    assembly = await assemblies.locked(tx)
    if review_on is None and vote.method == "consent" and verdict.outcome in ADOPTED:
        review_on = _today(assembly) + _REVIEW_AFTER
    reasons = await _reasons(tx, vote)
    vote.proposal.state = State.DECIDED
    vote.proposal.changed_at = clock.now()
    return await _enter(
        tx,
        assembly,
        outcome=verdict.outcome,
        outcome_reason=verdict.reason,
        explanation=verdict.explanation,
        tally=dict(tally),
        outside=dict(outside),
        working=dict(working or {}),
        quorums=quorums(verdict),
        reasons=reasons,
        tolerated=[readable(one).strip() for one in tolerated],
        minority=readable(minority).strip(),
        turnout=sum(tally.values()) if turnout_count is None else turnout_count,
        statement=readable(statement).strip(),
        review_on=review_on,
        ballots_digest=ballots,
        proposal=vote.proposal,
        version=vote.version,
        vote=vote,
    )


async def supersede(
    tx: Transaction,
    assembly: Assembly,
    old: Decision,
    verdict: Verdict,
    *,
    because: str,
    **changed: Any,
) -> Decision:
    """Enter another decision in the place of this one; what is not changed stays what it was.

    The caller holds the lock of the assembly.
    """
    kept: dict[str, Any] = {
        "tally": dict(old.tally),
        "outside": dict(old.outside),
        "working": dict(old.working),
        "quorums": list(old.quorums),
        "reasons": dict(old.reasons),
        "tolerated": list(old.tolerated),
        "minority": old.minority,
        "turnout": old.turnout,
        "statement": old.statement,
        "review_on": old.review_on,
    }
    return await _enter(
        tx,
        assembly,
        outcome=verdict.outcome,
        outcome_reason=verdict.reason,
        explanation=verdict.explanation,
        supersedes_id=old.id,
        corrected_because=because,
        ballots_digest=old.ballots_digest,
        proposal=old.proposal,
        version=old.version,
        vote=old.vote,
        **(kept | changed),
    )


async def note_withdrawal(tx: Transaction, proposal: Proposal) -> Decision:
    """Enter that a text was taken back: it ends in the register like any other."""
    return await _enter(
        tx,
        await assemblies.locked(tx),
        outcome="withdrawn",
        explanation="",
        statement=proposal.withdrawn_because or "",
        proposal=proposal,
        version=proposal.version,
    )


async def _enter(tx: Transaction, assembly: Assembly, **said: Any) -> Decision:
    """Keep a new decision and say so. The caller holds the lock of the assembly.

    It gets two numbers: one for ever, and one that begins again each year.
    """
    year = _today(assembly).year
    last = await tx.scalar(select(func.max(Decision.number)))
    this_year = select(func.max(Decision.number_in_year)).where(Decision.year == year)
    decision = Decision(
        number=int(last or 0) + 1,
        year=year,
        number_in_year=int(await tx.scalar(this_year) or 0) + 1,
        **said,
    )
    tx.add(decision)
    await tx.flush()
    record(tx, DecisionTaken(decision))
    return decision


async def by_number(tx: Transaction, number: int) -> Decision:
    """Return the decision with this number. Raise NotFound."""
    decision = await tx.find(select(Decision).where(Decision.number == number))
    if not isinstance(decision, Decision):
        raise NotFound(f"there is no decision {number}")
    return decision


async def about(tx: Transaction, proposal: Proposal) -> Decision | None:
    """Return the last decision about a proposal, if there is one."""
    statement = select(Decision).where(Decision.proposal_id == proposal.id)
    decision = await tx.find(statement.order_by(Decision.number.desc()).limit(1))
    return decision if isinstance(decision, Decision) else None


async def listed(tx: Transaction, limit: int = 1000) -> Sequence[Decision]:
    """Return the decisions, newest first."""
    return await tx.all(select(Decision).order_by(Decision.number.desc()).limit(limit))


async def superseding(tx: Transaction, decision: Decision) -> Decision | None:
    """Return the correction that took the place of a decision, if there is one."""
    found = await tx.find(select(Decision).where(Decision.supersedes_id == decision.id))
    return found if isinstance(found, Decision) else None


async def superseded(tx: Transaction, decision: Decision) -> Decision | None:
    """Return the decision that this one corrects, if it corrects one."""
    return await tx.get(Decision, decision.supersedes_id) if decision.supersedes_id else None


def _today(assembly: Assembly) -> date:
    return clock.now().astimezone(assemblies.zone(assembly)).date()


def quorums(verdict: Verdict) -> list[dict[str, Any]]:
    """Return what each quorum asked for and found, as the wire has it (wire.md, 5.5)."""
    return [
        {
            "kind": one.quorum.kind,
            "num": one.quorum.num,
            "den": one.quorum.den,
            "have": one.have,
            "of": one.of,
            "needed": one.needed,
            "met": one.is_met,
        }
        for one in (verdict.tally.quorums if verdict.tally else ())
    ]


async def _reasons(tx: Transaction, vote: Vote) -> dict[str, list[str]]:
    """Return the reasons given with the ballots by position, without names or order of time."""
    grouped: dict[str, list[str]] = {}
    listed = await turnout.reasons(tx, vote.id)
    if vote.method == "consent":
        # Objections are minuted with what became of them, also those of a round before.
        listed = [one for one in listed if one[0] != objecting.OBJECTION]
        listed += await objecting.texts(tx, vote.id)
    for position, reason in listed:
        grouped.setdefault(position, []).append(reason)
    return {position: sorted(reasons) for position, reasons in sorted(grouped.items())}
