"""A tie that a draw ends: announced with the close, done once its randomness is known.

The list, the rule and the source are sealed in the register with the tie itself, before anybody
can know what will be drawn (deciding.md, section 7).
"""

from typing import Any

from node import clock, words
from node.assembly import (
    assemblies,
    decisions,
    method,
    parameters,
    randomness,
    rules,
    showing,
    sortition,
)
from node.assembly.events import DrawAnnounced, DrawEntered
from node.assembly.poll import Tally
from node.assembly.voting import counting, finding
from node.database import Transaction
from node.errors import NotNow, Refusal
from node.events import record
from node.models import Decision, Draw, Member, State, Vote, VoteChange

TIE = "tie"
# Between these a draw decides where the text itself is tied.
VERDICTS = ("adopted", "rejected")
USUAL_SOURCE = "drand"


async def announce(tx: Transaction, vote: Vote) -> Draw | None:
    """Name the draw that will end the tie of a vote, if it knows one."""
    if vote.ties == "stand" and vote.rule.get("tie") != "draw":
        return None
    source = USUAL_SOURCE if vote.ties == "stand" else vote.ties
    mode = (await rules.defaults(tx)).draw_mode
    due_at = randomness.due(source, clock.now(), assemblies.zone(await assemblies.the(tx)))
    names = _names(vote)
    draw = Draw(
        vote_id=vote.id,
        mode=mode,
        source=source,
        due_at=due_at,
        names=names,
        digest=sortition.list_digest(list(names)),
        beacon_round=randomness.beacon_round(due_at) if source == "drand" else None,
    )
    tx.add(draw, VoteChange(vote_id=vote.id, kind="draw-announced", reason="", until=due_at))
    await tx.flush()
    record(tx, DrawAnnounced(draw))
    return draw


async def enter(tx: Transaction, vote: Vote, *, by: Member, found: str) -> Decision:
    """Draw by the randomness that somebody in charge read, and enter the verdict that follows.

    It supersedes the tie. Raise Refusal or NotNow.
    """
    if not by.is_in_charge:
        raise Refusal(f"{by.handle} is not in charge", code="not-in-charge")
    vote = await finding.locked(tx, vote)
    draw, tie = await finding.draw_of(tx, vote), await decisions.about(tx, vote.proposal)
    if draw is None:
        raise NotNow("there is no draw", code="no-draw")
    if draw.randomness is not None:
        raise NotNow("the lots are drawn", code="draw-done")
    is_decided = vote.proposal.state is State.DECIDED
    if tie is None or tie.vote_id != vote.id or tie.outcome != TIE or not is_decided:
        raise NotNow("the tie stands no more", code="draw-no-tie")
    if clock.now() < draw.due_at:
        raise NotNow("the randomness does not exist yet", code="draw-too-early")
    draw.randomness, draw.entered_by_id, draw.entered_at = found, by.id, clock.now()
    tx.add(VoteChange(vote_id=vote.id, kind="draw-entered", reason=found, member_id=by.id))
    await tx.flush()
    record(tx, DrawEntered(draw))
    counted = await counting.result(tx, vote)
    vote.shown = showing.kept(counted)
    return await _supersede(tx, tie, draw, counted)


def written(draw: Draw) -> dict[str, Any]:
    """Return a draw as its file and the register hold it; `palabre draw` reads the file."""
    found: dict[str, Any] = {
        "mode": draw.mode,
        "names": sortition.listed(list(draw.names)),
        "digest": draw.digest,
    }
    return {**found, "randomness": draw.randomness} if draw.randomness else found


def announced(draw: Draw) -> dict[str, Any]:
    """Return what is sealed of a draw before it is done, and after."""
    beacon = {"round": draw.beacon_round} if draw.beacon_round else {}
    drawn = {"order": list(counting.codes(draw))} if draw.randomness else {}
    return {
        **written(draw),
        "source": draw.source,
        "due": clock.wire(draw.due_at),
        **beacon,
        **drawn,
    }


def _names(vote: Vote) -> dict[str, str]:
    """Return a name for each option, of this very vote: two votes never share their lots."""
    listed = [one["code"] for one in vote.options] or list(VERDICTS)
    return {f"{vote.proposal.label}/{vote.round}/{code}": code for code in listed}


async def _supersede(tx: Transaction, tie: Decision, draw: Draw, counted: Tally) -> Decision:
    assembly = await assemblies.locked(tx)
    said = words.of(assembly.language)
    verdict = method.Verdict(counted.verdict or "", counted.inequality, counted.reason, counted)
    working = counting.working(counted) | {"draw": announced(draw)}
    tie.proposal.changed_at = clock.now()
    return await decisions.supersede(
        tx,
        assembly,
        tie,
        verdict,
        because=said("draw.because", randomness=draw.randomness),
        working=parameters.plain(working),
        quorums=decisions.quorums(verdict),
    )
