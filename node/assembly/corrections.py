"""A decision is never changed: a correction supersedes it, with a reason, for all to see."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from node.assembly import assemblies, decisions, method, tally_facts
from node.assembly.voting import draws
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem, Refusal
from node.models import Decision, Member
from node.texts import readable

REASON_MAX, TEXT_MAX = 1000, 4000
_FROM_FIGURES = ("participation", "cast", "approval")


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What a decision should have said; figures only where they were miscounted."""

    reason: str
    statement: str
    minority: str = ""
    tolerated: Sequence[str] = ()
    review_on: date | None = None
    tally: Mapping[str, int] = field(default_factory=dict)


async def correct(tx: Transaction, old: Decision, by: Member, correction: Correction) -> Decision:
    """Enter another decision in the place of this one. The text and its vote stay what they were.

    Raise Refusal for who is not in charge, NotNow when it was corrected before, Invalid when
    there is no reason or nothing to correct.
    """
    if not by.is_in_charge:
        raise Refusal(f"{by.handle} is not in charge", code="not-in-charge")
    assembly = await assemblies.locked(tx)
    if await decisions.superseding(tx, old) is not None:
        raise NotNow(f"decision {old.label} was corrected before", code="decision-superseded")
    check(old, correction)
    found = verdict(old, correction.tally)
    if correction.tally and found.outcome == draws.TIE:
        # Only lots that were announced beforehand settle it, and they are drawn once.
        raise Invalid(Problem("tally", "correction-is-a-tie", {}))
    changed: dict[str, Any] = {}
    if correction.tally:
        tally = {**old.tally, **correction.tally}
        turnout = sum(tally.values())
        changed = {"tally": tally, "turnout": turnout, "quorums": decisions.quorums(found)}
    return await decisions.supersede(
        tx,
        assembly,
        old,
        found,
        because=readable(correction.reason).strip(),
        statement=readable(correction.statement).strip(),
        minority=readable(correction.minority).strip(),
        tolerated=[readable(one).strip() for one in correction.tolerated],
        review_on=correction.review_on,
        **changed,
    )


def may_recount(decision: Decision) -> bool:
    """Say whether the verdict follows from the figures alone, so that they can be corrected."""
    vote = decision.vote
    if vote is None or vote.method not in method.names():
        return False
    if any(one["kind"] not in _FROM_FIGURES for one in decision.quorums):
        return False
    return bool(decision.tally) and set(decision.tally) <= set(method.find(vote.method).choices)


def check(old: Decision, correction: Correction) -> None:
    """Raise Invalid unless there is a reason, and something that it corrects."""
    problems = []
    if not readable(correction.reason).strip():
        problems.append(Problem("reason", "correction-reason-missing", {}))
    texts = {
        "reason": (correction.reason, REASON_MAX),
        "statement": (correction.statement, TEXT_MAX),
        "minority": (correction.minority, TEXT_MAX),
        "tolerated": ("\n".join(correction.tolerated), TEXT_MAX),
    }
    for name, (text, most) in texts.items():
        if len(text) > most:
            problems.append(Problem(name, "correction-too-long", {"max": most}))
    if _needs_review(old) and correction.review_on is None:
        problems.append(Problem("review_on", "correction-review-missing", {}))
    if correction.tally and not may_recount(old):
        problems.append(Problem("tally", "correction-not-countable", {}))
    if not problems and _says_the_same(old, correction):
        problems.append(Problem("statement", "correction-changes-nothing", {}))
    if problems:
        raise Invalid(*problems)


def _needs_review(old: Decision) -> bool:
    """What was consented to is always looked at again (deciding.md, section 5)."""
    is_consent = old.vote is not None and old.vote.method == "consent"
    return is_consent and old.outcome in decisions.ADOPTED


def _says_the_same(old: Decision, correction: Correction) -> bool:
    return (
        readable(correction.statement).strip() == old.statement
        and readable(correction.minority).strip() == old.minority
        and [readable(one).strip() for one in correction.tolerated] == list(old.tolerated)
        and correction.review_on == old.review_on
        and all(old.tally.get(code) == count for code, count in correction.tally.items())
    )


def verdict(old: Decision, tally: Mapping[str, int]) -> method.Verdict:
    """Return the verdict again: it follows from the rule of the vote, nobody writes it."""
    if not tally or old.vote is None:
        return method.Verdict(old.outcome, old.explanation, old.outcome_reason)
    count = method.Count({**old.tally, **tally}, old.vote.electorate_count)
    facts = tally_facts.read(old.vote.facts)
    return method.find(old.vote.method).decide(count, old.vote.rule, facts)
