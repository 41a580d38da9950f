"""What the pages of a meeting share: its points in words, and what may be done there."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from starlette.requests import Request

from node import clock
from node.assembly import assemblies, meetings, minutes
from node.database import Transaction
from node.models import AgendaItem, Meeting, Member, Proposal, State
from node.words import Words


async def around(tx: Transaction, number: int, member: Member | None) -> dict[str, Any]:
    """Return what the page of a meeting needs besides that of a call."""
    meeting = await meetings.by_number(tx, number)
    latest = await minutes.latest(tx, meeting)
    shown = await minutes.shown(tx, meeting)
    following = await tx.get(Meeting, shown.next_id) if shown and shown.next_id else None
    return {
        "meeting": meeting,
        "may_run": meetings.may_run(meeting, member, latest),
        "minutes": shown,
        "draft": latest if latest and latest.state == minutes.DRAFT else None,
        "following": following,
        "has_begun": meeting.call.starts_at <= clock.now(),
        "asks": asks(meeting),
        "at_the_vote": await at_the_vote(tx, meeting),
    }


async def at_the_vote(tx: Transaction, meeting: Meeting) -> set[int]:
    """Return the numbers of the proposals on the order of the day that are voted on now."""
    numbers = [item.proposal_number for item in meeting.items if item.proposal_number]
    statement = select(Proposal.number).where(
        Proposal.number.in_(numbers), Proposal.state == State.VOTE
    )
    return {row[0] for row in (await tx.execute(statement)).all()}


def point(item: AgendaItem, words: Words) -> str:
    """Say what a point is about."""
    return words("meeting.item-approval", title=item.title) if item.approves_id else item.title


def named(meeting: Meeting, request: Request) -> str:
    """Return the title of a meeting with its day."""
    zone = assemblies.zone(request.state.assembly)
    return f"{meeting.call.title}, {request.state.words.day(meeting.call.starts_at, zone)}"


def asks(meeting: Meeting) -> Fraction | None:
    """Return the share of the members that must be there, if one is asked for."""
    return Fraction(meeting.quorum_num, meeting.quorum_den) if meeting.quorum_num else None


def quorum(one: Mapping[str, Any] | None, request: Request) -> str:
    """Say whether enough were there, with the figures."""
    words = request.state.words
    if one is None:
        return str(words("meeting.no-quorum"))
    key = f"meeting.quorum-{'met' if one['met'] else 'not-met'}"
    who = "meeting.quorum-represented" if one["represented"] else "meeting.quorum-present"
    figures = {name: words.number(one[name]) for name in ("of", "needed")}
    share = Fraction(one["num"], one["den"])
    if one.get("lost_at"):
        key = "meeting.quorum-lost"
        figures["time"] = words.time(
            datetime.fromisoformat(one["lost_at"]), assemblies.zone(request.state.assembly)
        )
    return str(words(key, who=words.plural(who, one["have"]), share=share, **figures))
