"""Counting: every ballot once, whichever way it came, and the verdict that follows."""

from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import bindparam, func, select

from node import clock, digests
from node.assembly import endorsements, method, parameters, sortition, tally_facts
from node.assembly.ballot_kinds import Kind
from node.assembly.method import Verdict
from node.assembly.poll import Choice, Facts, Poll, Tally
from node.assembly.voting import finding, objecting, proxies, room, seats, secret
from node.assembly.voting.answers import Asking
from node.assembly.voting.opening import mask
from node.database import Transaction
from node.models import Ballot, Draw, Vote

_CHOICES = select(Ballot.choice).where(Ballot.vote_id == bindparam("vote"))
_BALLOTS = select(Ballot.member_id, Ballot.choice).where(Ballot.vote_id == bindparam("vote"))


async def written(tx: Transaction, vote: Vote) -> Counter[str]:
    """Return the ballots as they are kept, identical ones together: online, proxies, the room."""
    if vote.is_secret:
        found = Counter(await secret.ballots(tx, vote.id))
    else:
        rows = (await tx.execute(_CHOICES, {"vote": vote.id})).all()
        found = Counter(choice for (choice,) in rows)
        found.update(await proxies.weights(tx, vote))
    found.update(await room.figures(tx, vote.id))
    return found


async def poll(tx: Transaction, vote: Vote) -> Poll:
    """Return the vote as its method gets to see it."""
    asking = Asking(vote.method, vote.rule, vote.options)
    ballots: dict[Choice, int] = {}
    for kept, count in (await written(tx, vote)).items():
        choice = asking.read(kept)
        ballots[choice] = ballots.get(choice, 0) + count
    return Poll(
        electorate=vote.electorate_count,
        ballots=ballots,
        options=tuple(one["code"] for one in vote.options),
        costs={
            one["code"]: parameters.read_amount(one["cost"])
            for one in vote.options
            if one.get("cost")
        },
        budget=parameters.read_amount(vote.budget or "0"),
        draw=await drawn(tx, vote),
        facts=await facts(tx, vote),
    )


async def drawn(tx: Transaction, vote: Vote) -> tuple[str, ...]:
    """Return what a draw said about a tie of this vote, best first; nothing before it is done."""
    draw = await finding.draw_of(tx, vote)
    return codes(draw) if draw is not None else ()


def codes(draw: Draw) -> tuple[str, ...]:
    """Return the options or verdicts as they were drawn, best first."""
    if draw.randomness is None:
        return ()
    names = sortition.order(draw.mode, list(draw.names), draw.randomness)
    return tuple(str(draw.names[name]) for name in names)


async def result(tx: Transaction, vote: Vote) -> Tally:
    """Count, and return the verdict with its working."""
    return method.find(vote.method).tally(await poll(tx, vote), vote.rule)


async def verdict(tx: Transaction, vote: Vote) -> tuple[Verdict, Tally]:
    """Count, and return what the register holds and the whole working."""
    found = await result(tx, vote)
    return Verdict(found.verdict or "", found.inequality, found.reason, found), found


async def turnout(tx: Transaction, vote: Vote) -> int:
    """Return how many members answered, whichever way: who is represented did not."""
    if vote.is_secret:
        online = await secret.voters(tx, vote.id)
    else:
        statement = select(func.count()).select_from(Ballot).where(Ballot.vote_id == vote.id)
        online = int(await tx.scalar(statement))
    return online + sum((await room.figures(tx, vote.id)).values())


def too_few(vote: Vote, voters: int) -> Verdict | None:
    """Return the verdict of a secret vote whose figures would say who chose what."""
    if not vote.is_secret or voters >= secret.LEAST_VOTERS:
        return None
    return Verdict("quorum_not_met", f"{voters} < {secret.LEAST_VOTERS}")


async def tally(tx: Transaction, vote: Vote) -> dict[str, int]:
    """Return the ballots by answer as it is kept, every choice named."""
    found = await written(tx, vote)
    if vote.options:
        return dict(found)
    return {**dict.fromkeys(finding.choices(vote), 0), **found}


async def digest(tx: Transaction, vote: Vote) -> str:
    """Return the fingerprint of all ballots, which the decision names (wire.md, 5.5).

    Open ballots go by the names of the roll; secret ones are a list in order of their letters.
    """
    if vote.is_secret:
        return digests.of(sorted((await written(tx, vote)).elements()))
    rows = (await tx.execute(_BALLOTS, {"vote": vote.id})).all()
    # Lists of plain text are canonical as they are written here (RFC 8785).
    listed = sorted((mask(member, vote.id), choice) for member, choice in rows)
    return digests.of_bytes(msgspec.json.encode(listed))


def figures(vote: Vote, found: Tally) -> dict[str, Any]:
    """Return the figures of a tally by code: for options, the one number that each came to."""
    plain: dict[str, Any] = parameters.plain(found.counts)
    codes = [one["code"] for one in vote.options]
    if not codes:
        kind = kind_of(vote)
        return {code: plain[code] for code in kind.known if code in kind.codes or plain.get(code)}
    for column in plain.values():
        if isinstance(column, dict) and all(isinstance(column.get(c), int) for c in codes):
            return {code: column[code] for code in codes}
    return {}


def working(found: Tally) -> dict[str, Any]:
    """Return the rounds, the matrix or whatever led to a verdict, as JSON holds it."""
    counts = {name: one for name, one in found.counts.items() if not isinstance(one, int)}
    plain: dict[str, Any] = parameters.plain(
        {
            **found.working,
            **({"counts": counts} if counts else {}),
            **({"winners": found.winners} if found.winners else {}),
            **({"tied": found.tied} if found.tied else {}),
        }
    )
    return plain


async def export(tx: Transaction, vote: Vote) -> dict[str, Any]:
    """Return a vote as a file that anyone counts again: identical ballots together, no names."""
    asking = Asking(vote.method, vote.rule, vote.options)
    ballots = sorted((await written(tx, vote)).items())
    return {
        "method": vote.method,
        "parameters": vote.rule,
        "electorate": vote.electorate_count,
        **({"options": [_option(one) for one in vote.options]} if vote.options else {}),
        **({"budget": vote.budget} if vote.budget else {}),
        **(vote.facts or tally_facts.written(await facts(tx, vote))),
        "ballots": [{"choice": asking.plain(kept), "weight": n} for kept, n in ballots],
        **({"draw": list(draw)} if (draw := await drawn(tx, vote)) else {}),
    }


def kind_of(vote: Vote) -> Kind:
    """Return what an answer to this vote looks like."""
    return method.find(vote.method).ballot


def _option(one: dict[str, Any]) -> dict[str, Any]:
    named = {"code": one["code"], "name": one["text"]}
    return {**named, "cost": one["cost"]} if one.get("cost") else named


async def facts(tx: Transaction, vote: Vote) -> Facts:
    """Return what counts beside the ballots; of a vote that was counted, what counted then.

    All members on the roll are told when a vote opens, and it never ends earlier than was said
    but by the hand of who carries it: so the days it lasted are the days of notice. A node that
    was down when it ended gives nobody more time.
    """
    if vote.facts:
        return tally_facts.read(vote.facts)
    end = min(vote.closed_at or clock.now(), vote.closes_at)
    open_for = max(end - vote.opened_at, timedelta())
    present, carried = await seats.presence(tx, vote)
    is_consent = vote.method == "consent"
    return Facts(
        present=len(present),
        represented=len((carried | await proxies.givers(tx, vote)) - present),
        supporters=await endorsements.count(tx, vote.proposal_id),
        objections=await objecting.facts(tx, vote) if is_consent else None,
        round=await finding.consent_round(tx, vote) if is_consent else 1,
        hours_open=int(open_for / timedelta(hours=1)),
        notified_days=open_for.days,
        is_changed=await finding.is_text_changed(tx, vote),
    )
