"""All that a version of the minutes says, as one JSON value that can be fixed and fingerprinted."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from node import clock
from node.assembly import meetings, presence
from node.assembly.meetings import EXCUSED, PRESENT, REPRESENTED
from node.assembly.quorums import Check
from node.database import Transaction
from node.models import AgendaItem, Attendee, Decision, Meeting, Minutes, Proposal, Version


async def of(tx: Transaction, meeting: Meeting, minutes: Minutes) -> dict[str, Any]:
    """Write down the meeting as its sheet, its order of the day and the notes have it now."""
    call = meeting.call
    return {
        "v": 1,
        "meeting": call.number,
        "version": minutes.number,
        "title": call.title,
        "language": call.language,
        "starts_at": clock.wire(call.starts_at),
        "place": ", ".join(one for one in (call.place_name, call.locality) if one),
        "secretary": minutes.secretary.name,
        "facilitator": meeting.facilitator,
        **await _people(tx, meeting),
        "electorate": await meetings.electorate_count(tx, meeting),
        "quorum": await quorum(tx, meeting),
        "opening": minutes.opening,
        "items": await _items(tx, meeting),
        "closing": minutes.closing,
        "next": await _next(tx, minutes),
    }


async def decisions_found(tx: Transaction, meeting: Meeting) -> dict[int, int]:
    """Return the decision about each point's proposal since the meeting began, by point."""
    about = {item.proposal_number: item.id for item in meeting.items if item.proposal_number}
    statement = (
        select(Proposal.number, Decision.number)
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(Proposal.number.in_(about), Decision.decided_at >= meeting.call.starts_at)
        .order_by(Decision.number.desc())
    )
    return {about[row[0]]: row[1] for row in (await tx.execute(statement)).all()}


def of_check(check: Check) -> dict[str, Any]:
    """Return a quorum with its figures as the minutes keep it."""
    return {
        "kind": check.quorum.kind,
        "num": check.quorum.num,
        "den": check.quorum.den,
        "represented": check.quorum.represented,
        "have": check.have,
        "of": check.of,
        "needed": check.needed,
        "met": check.is_met,
    }


async def _people(tx: Transaction, meeting: Meeting) -> dict[str, Any]:
    statement = select(Attendee).where(Attendee.meeting_id == meeting.id)
    found: Sequence[Attendee] = await tx.all(statement)
    lines = sorted(found, key=lambda one: (meetings.alphabetical(one.name), one.id))
    names = {one.member_id: one.name for one in lines if one.member_id}
    members = [one for one in lines if one.member_id]
    return {
        "present": [one.name for one in members if one.presence == PRESENT],
        "excused": [one.name for one in members if one.presence == EXCUSED],
        "represented": [
            {"name": one.name, "by": names.get(one.holder_id or 0, "")}
            for one in members
            if one.presence == REPRESENTED
        ],
        "left": [
            {"name": one.name, "at": clock.wire(one.left_at)} for one in members if one.left_at
        ],
        "visitors": [one.name for one in lines if one.member_id is None],
    }


async def quorum(tx: Transaction, meeting: Meeting) -> dict[str, Any] | None:
    """Return the quorum as the sheet has it now, with when it was lost, if any is asked."""
    check = await meetings.quorum(tx, meeting)
    if check is None:
        return None
    lost = await presence.quorum_lost_at(tx, meeting)
    return {**of_check(check), **({"lost_at": clock.wire(lost)} if lost else {})}


async def _items(tx: Transaction, meeting: Meeting) -> list[dict[str, Any]]:
    found = await decisions_found(tx, meeting)
    linked = {item.id: item.decision_number or found.get(item.id) for item in meeting.items}
    decisions = await _decisions(tx, [one for one in linked.values() if one])
    ids = [item.approves_id for item in meeting.items if item.approves_id]
    approved = {one.id: one for one in await tx.all(select(Meeting).where(Meeting.id.in_(ids)))}
    return [
        _item(item, decisions.get(linked[item.id] or 0), approved.get(item.approves_id or 0))
        for item in meeting.items
    ]


async def _decisions(tx: Transaction, numbers: list[int]) -> dict[int, dict[str, Any]]:
    statement = (
        select(Decision.number, Decision.year, Decision.number_in_year, Decision.outcome)
        .add_columns(Version.title)
        .join(Version, Version.id == Decision.version_id)
        .where(Decision.number.in_(numbers))
    )
    return {
        number: {
            "number": number,
            "label": f"{year}-{in_year:02d}",
            "outcome": outcome,
            "title": title,
        }
        for number, year, in_year, outcome, title in (await tx.execute(statement)).all()
    }


def _item(
    item: AgendaItem, decision: dict[str, Any] | None, earlier: Meeting | None
) -> dict[str, Any]:
    return {
        "title": item.title,
        "proposal": item.proposal_number,
        "approves": earlier.call.number if earlier else None,
        "notes": item.notes,
        "decision": decision,
    }


async def _next(tx: Transaction, minutes: Minutes) -> dict[str, Any] | None:
    following = await tx.get(Meeting, minutes.next_id) if minutes.next_id else None
    if following is None:
        return None
    call = following.call
    return {"number": call.number, "title": call.title, "starts_at": clock.wire(call.starts_at)}
