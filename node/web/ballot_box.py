"""A vote as it is shown beside its proposal: where it stands, one's own place, what was changed."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from starlette.requests import Request

from node.assembly import assemblies, proposals, showing, turnout, votes
from node.assembly.showing import Shown
from node.assembly.turnout import Standing
from node.assembly.voting import proxies, room, seats, sheets
from node.assembly.voting.proxies import Listed
from node.assembly.voting.sheets import Place, Sheet
from node.database import Transaction
from node.errors import NotNow
from node.models import Draw, Meeting, Member, Proposal, Vote, VoteChange
from node.web import ballot_words, objections, working
from node.web.objections import Shown as Objecting
from node.web.working import Working


class Box(NamedTuple):
    """What the page of a proposal shows of its last vote."""

    vote: Sheet
    standing: Standing
    place: Place | None
    rule: str
    changes: Sequence[str]
    proxies: Sequence[Listed]
    people_in_the_room: int
    meeting: Meeting | None
    names: Mapping[str, str]
    answer: str
    result: str
    working: Sequence[Working]
    may_convene: bool
    may_go_on: bool
    objections: Sequence[Objecting]
    has_draw: bool

    @property
    def is_summed_up(self) -> bool:
        """Say whether it ended with a summary and no decision."""
        return self.vote.ended_as == "counted" and not self.vote.asking.method.has_verdict


async def look(
    tx: Transaction, request: Request, number: int, amendment: int | None = None
) -> Box | None:
    """Return the last vote about a proposal, or an amendment to it, as this reader may see it."""
    try:
        sheet = await sheets.about(tx, number, amendment)
    except NotNow:
        return None
    words, member = request.state.words, request.state.member
    place = await sheets.place_of(tx, sheet.vote_id, member.id) if member else None
    listed = await proxies.listed(tx, sheet.vote_id) if sheet.proxies_max else []
    names = {one["code"]: one["text"] for one in sheet.options}
    shown = await _shown(tx, sheet)
    steering = await _steered(tx, member, sheet)
    vote = await tx.get(Vote, sheet.vote_id) if sheet.method == "consent" else None
    return Box(
        vote=sheet,
        standing=await turnout.standing(tx, sheet.vote_id),
        place=place,
        rule=ballot_words.rule(words, sheet, sheet.rule, convocation=sheet.convocation),
        changes=await _changes(tx, request, sheet),
        proxies=listed,
        people_in_the_room=await room.people(tx, sheet.vote_id),
        meeting=await seats.meeting_of(tx, sheet.meeting_id),
        names=names,
        answer=_answer(request, sheet, place),
        result=shown.sentence.said(words, names) if shown else "",
        working=working.of(words, shown.tables, names) if shown else [],
        may_convene=bool(steering and await votes.may_convene_again(tx, *steering)),
        may_go_on=bool(steering and await votes.may_have_next_round(tx, *steering)),
        objections=await objections.look(tx, vote, member) if vote else [],
        has_draw=await _has_draw(tx, sheet),
    )


async def _shown(tx: Transaction, sheet: Sheet) -> Shown | None:
    """Return what is no secret: an open vote that shows its figures, or a summary at its end."""
    asking = sheet.asking
    has_decision = asking.method.has_verdict and sheet.amendment is None
    is_summary = sheet.ended_as == "counted" and not has_decision
    is_shown = sheet.is_open and not sheet.hides_results and not sheet.is_secret
    if not is_summary and not is_shown:
        return None
    vote = await tx.get(Vote, sheet.vote_id)
    if vote is None or votes.too_few(vote, await votes.turnout(tx, vote)):
        return None
    return showing.given(vote.shown or showing.kept(await votes.result(tx, vote)))


def _answer(request: Request, sheet: Sheet, place: Place | None) -> str:
    """Say one's own answer in a line."""
    if place is None or place.choice is None:
        return ""
    lines = ballot_words.answer(request.state.words, sheet.asking, place.choice)
    if len(lines) == 1:
        return lines[0][0]
    return ", ".join(f"{name} : {said}" for name, said in lines)


async def _changes(tx: Transaction, request: Request, sheet: Sheet) -> list[str]:
    """Say what happened to this round, and why the round before it ended."""
    earlier = select(Vote.id).where(Vote.proposal_id == sheet.proposal_id)
    if sheet.amendment is None:
        earlier = earlier.where(Vote.amendment_id.is_(None))
    else:
        same = select(Vote.amendment_id).where(Vote.id == sheet.vote_id).scalar_subquery()
        earlier = earlier.where(Vote.amendment_id == same)
    statement = (
        select(VoteChange)
        .where(VoteChange.vote_id.in_(earlier))
        .where(VoteChange.kind.in_(("extended", "cancelled", "voided", "room-uncounted")))
        .order_by(VoteChange.made_at, VoteChange.id)
    )
    found: Sequence[Any] = await tx.all(statement)
    words, zone = request.state.words, assemblies.zone(request.state.assembly)
    return ballot_words.changes(words, found, lambda moment: words.moment(moment, zone))


async def _has_draw(tx: Transaction, sheet: Sheet) -> bool:
    if sheet.ended_as != "counted":
        return False
    return bool(await tx.scalar(select(Draw.id).where(Draw.vote_id == sheet.vote_id)))


async def _steered(
    tx: Transaction, member: Member | None, sheet: Sheet
) -> tuple[Proposal, Vote] | None:
    """Return the text and its vote when this reader may ask the assembly about it once more."""
    if member is None or sheet.closed_at is None:
        return None
    vote = await tx.get(Vote, sheet.vote_id)
    if vote is None or not proposals.may_carry(vote.proposal, member):
        return None
    return vote.proposal, vote
