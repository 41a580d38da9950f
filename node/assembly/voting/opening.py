"""Opening a vote: the text and the roll are frozen, and everybody on the roll is asked."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from node import clock, digests
from node.assembly import amending, decisions, endorsements, members, proposals, rules
from node.assembly.events import VoteOpened
from node.assembly.voting import finding, objecting, seats, secret, terms
from node.assembly.voting.terms import Terms
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.events import record
from node.models import Member, Proposal, State, Vote, Voter


async def open_vote(
    tx: Transaction,
    proposal: Proposal,
    *,
    by: Member,
    closes_at: datetime,
    on: Terms | None = None,
) -> Vote:
    """Freeze the text and the roll, and ask for ballots until the given moment.

    Raise NotNow when the proposal is not under discussion, Invalid when the end is past.
    """
    proposals.must_carry(proposal, by)
    return await ask(tx, proposal, closes_at=closes_at, on=on)


async def ask(
    tx: Transaction, proposal: Proposal, *, closes_at: datetime, on: Terms | None = None
) -> Vote:
    """Open the vote on behalf of the node itself, with the same rules as `open_vote`."""
    await must_be_ready(tx, proposal)
    return await ask_again(tx, proposal, closes_at=closes_at, on=on)


async def must_be_ready(tx: Transaction, proposal: Proposal) -> None:
    """Raise NotNow while something has to happen before the assembly is asked."""
    await amending.must_be_decided(tx, proposal)
    await endorsements.must_suffice(tx, proposal)


async def ask_again(
    tx: Transaction, proposal: Proposal, *, closes_at: datetime, on: Terms | None = None
) -> Vote:
    """Ask about a text that the assembly was asked about before, for the same reasons."""
    proposal = await proposals.locked(tx, proposal)
    if proposal.state not in (*proposals.OPEN, State.FROZEN):
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-open-vote")
    must_be_ahead(closes_at)
    kept = await allowed(tx, on or await terms.usual(tx, proposal.method))
    last = await finding.latest(tx, proposal)
    vote = await freeze(
        tx, proposal, kept, closes_at=closes_at, round_=last.round + 1 if last else 1
    )
    if vote.method == "consent":
        # Whatever was asked in between, an objection that nobody lifted stands.
        earlier = await finding.before(tx, vote, Vote.method == "consent")
        if earlier is not None:
            await objecting.carry_over(tx, earlier, vote)
    proposal.method = kept.method
    begin(tx, vote, State.VOTE)
    return vote


def begin(tx: Transaction, vote: Vote, state: State) -> None:
    """Let the text wait for the end of a vote, and say that it is open."""
    proposal = vote.proposal
    proposal.state = state
    proposal.vote_closes_at = vote.closes_at
    proposal.changed_at = clock.now()
    record(tx, VoteOpened(vote))


async def freeze(
    tx: Transaction,
    proposal: Proposal,
    kept: Terms,
    *,
    closes_at: datetime,
    round_: int,
    amendment_id: int | None = None,
) -> Vote:
    """Keep a vote on the text as it stands, with its roll and, where it is secret, its urn."""
    if kept.meeting_id is not None:
        await seats.must_be_held(tx, kept.meeting_id, before=closes_at)
    roll = await members.on_roll(tx, clock.now())
    if not roll:
        raise NotNow("nobody is on the roll", code="nobody-on-the-roll")
    vote = Vote(
        proposal=proposal,
        version=proposal.version,
        round=round_,
        amendment_id=amendment_id,
        method=kept.method,
        rule=dict(kept.parameters),
        options=[dict(one) for one in kept.options],
        budget=kept.budget,
        is_secret=kept.is_secret,
        hides_results=kept.hides_results or kept.is_secret,
        poll_ballots=kept.poll_ballots,
        proxies_max=kept.proxies_max,
        convocation=kept.convocation,
        ties=kept.ties,
        meeting_id=kept.meeting_id,
        closes_at=closes_at,
        electorate_count=len(roll),
        roll_digest=digests.of(sorted(mask(member, proposal.id) for member in roll)),
    )
    tx.add(vote)
    await tx.flush()
    await tx.execute(insert(Voter), [{"vote_id": vote.id, "member_id": one} for one in roll])
    if vote.is_secret:
        await secret.make_urn(tx, vote, roll)
    return vote


async def convene_again(
    tx: Transaction, proposal: Proposal, *, by: Member, closes_at: datetime
) -> Vote:
    """Ask once more about the same text, when the quorum was not met (deciding.md, section 2).

    Raise NotNow unless the last vote failed on its quorum and the rules know a second convocation.
    """
    proposals.must_carry(proposal, by)
    last, kept = await finding.on(tx, proposal), await rules.defaults(tx)
    if kept.second_quorum == "none" or not await may_convene_again(tx, proposal, last):
        raise NotNow("there is nothing to convene again", code="no-second-convocation")
    again = replace(
        terms.of(last),
        parameters=_with_quorum(last.rule, kept.second_quorum),
        convocation=last.convocation + 1,
    )
    proposal.state = State.FROZEN
    return await ask_again(tx, proposal, closes_at=closes_at, on=again)


async def may_convene_again(tx: Transaction, proposal: Proposal, last: Vote) -> bool:
    """Say whether the last vote failed on its quorum, for the first time and on this very text."""
    decision = await decisions.about(tx, proposal)
    return (
        proposal.state is State.DECIDED
        and last.convocation == 1
        and last.version_id == proposal.version.id
        and decision is not None
        and decision.vote_id == last.id
        and decision.outcome == "quorum_not_met"
    )


async def as_before(tx: Transaction, last: Vote) -> Terms:
    """Return the terms of the last vote, to ask once more.

    What a second convocation asks less of is this very text: another version meets the quorum of
    the first one again (deciding.md, section 2).
    """
    on = terms.of(last)
    proposal = last.proposal
    if last.convocation == 1 or last.version_id == proposal.version.id:
        return on
    first = await finding.before(tx, last, Vote.convocation == 1, Vote.method == last.method)
    quorum = first.rule.get("quorum", []) if first else []
    return replace(on, parameters={**on.parameters, "quorum": quorum}, convocation=1)


async def next_round(
    tx: Transaction, proposal: Proposal, *, by: Member, closes_at: datetime
) -> Vote:
    """Ask for consent once more about a text that objections blocked (deciding.md, section 5).

    Raise NotNow when the last vote was not blocked, or no further round is left.
    """
    proposals.must_carry(proposal, by)
    last = await finding.on(tx, proposal)
    if not await may_have_next_round(tx, proposal, last):
        raise NotNow("there is no further round", code="no-further-round")
    proposal.state = State.FROZEN
    return await ask_again(tx, proposal, closes_at=closes_at, on=await as_before(tx, last))


async def may_have_next_round(tx: Transaction, proposal: Proposal, last: Vote) -> bool:
    """Say whether objections blocked the last vote, and rounds are left before the fallback."""
    if proposal.state is not State.DECIDED or last.method != "consent":
        return False
    decision = await decisions.about(tx, proposal)
    is_blocked = decision is not None and decision.outcome == "blocked"
    is_about_it = decision is not None and decision.vote_id == last.id
    left = last.rule["further_rounds"] - await finding.consent_round(tx, last)
    return is_blocked and is_about_it and left >= 0


def must_be_ahead(closes_at: datetime) -> None:
    """Raise Invalid when a vote would end before it begins."""
    if closes_at <= clock.now():
        raise Invalid(Problem("closes_at", "closes-in-the-past", {}))


def mask(number: int, salt: int) -> str:
    """A name on the published roll that nobody can trace back to a member."""
    return hashlib.sha256(f"{salt}:{number}".encode()).hexdigest()


async def allowed(tx: Transaction, on: Terms) -> Terms:
    """Return the terms as they are kept, when the rules of the assembly allow them.

    Raise Invalid with one problem for each field.
    """
    found = await rules.defaults(tx)
    kept = terms.checked(terms.bound(on, found))
    if kept.meeting_id is not None:
        await seats.must_be_held(tx, kept.meeting_id)
    forbidden = found.problems(
        method=on.method, poll_ballots=on.poll_ballots, proxies_max=on.proxies_max
    )
    if forbidden:
        raise Invalid(*forbidden)
    return kept


def _with_quorum(rule: dict[str, Any], second: str) -> dict[str, Any]:
    if second == "same":
        return dict(rule)
    # Written out even when empty: a method may have a quorum of its own where nothing is said.
    halved = [{**one, "den": one["den"] * 2} for one in rule.get("quorum", ())]
    return {**rule, "quorum": halved if second == "halved" else []}
