"""The objections of a vote by consent as cards, with what the reader may do about each."""

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import dossiers, objections, votes
from node.assembly.dossiers import Dossier
from node.assembly.voting import objecting, settling
from node.assembly.voting.objecting import Card
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem
from node.models import Member, Objection, ObjectionVoice, Vote, Voter
from node.web import reading
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

CRITERIA = ("argued", "impersonal", "grounded", "risk")


class Shown(NamedTuple):
    """An objection as a page shows it to one reader; `judges` is as whom they may judge it."""

    card: Card
    state: str
    judged_by: str
    is_mine: bool
    may_accept: bool
    judges: str
    voice: bool | None
    may_appeal: bool


async def look(tx: Transaction, vote: Vote, member: Member | None) -> list[Shown]:
    """Return the objections of a vote, oldest first, as this reader sees them."""
    cards = await objecting.listed(tx, vote.id)
    if not cards:
        return []
    judged_by, is_over = objecting.judge(vote), votes.is_over(vote)
    on_roll = member is not None and await tx.get(Voter, (vote.id, member.id)) is not None
    reader = member if on_roll and not is_over else None
    voices = await _voices(tx, vote, member) if reader else {}
    return [_shown(one, vote, judged_by, reader, voices) for one in cards]


def _shown(
    card: Card,
    vote: Vote,
    judged_by: str,
    reader: Member | None,
    voices: dict[tuple[int, bool], bool],
) -> Shown:
    is_open = card.state == "raised"
    is_mine = reader is not None and card.author_id == reader.id
    judges = ""
    if reader is not None and is_open and not is_mine:
        judges = _judges(card, vote, judged_by, reader)
    return Shown(
        card=card,
        state=objecting.as_counted(card, judged_by).state,
        judged_by="circle" if card.is_appealed else judged_by,
        is_mine=is_mine and is_open,
        may_accept=is_mine and is_open and vote.version.number > card.version_number,
        judges=judges,
        voice=voices.get((card.id, judges == "pair")) if judges else None,
        may_appeal=(
            reader is not None
            and is_open
            and judged_by == "pair"
            and not card.is_appealed
            and card.facilitators >= settling.PAIR
        ),
    )


def _judges(card: Card, vote: Vote, judged_by: str, reader: Member) -> str:
    if judged_by == "pair" and not card.is_appealed:
        return "pair" if settling.is_facilitator(vote, reader) else ""
    return "" if judged_by == "author" else "circle"


async def _voices(
    tx: Transaction, vote: Vote, member: Member | None
) -> dict[tuple[int, bool], bool]:
    statement = (
        select(
            ObjectionVoice.objection_id,
            ObjectionVoice.as_facilitator,
            ObjectionVoice.is_unreasonable,
        )
        .join(Objection, Objection.id == ObjectionVoice.objection_id)
        .where(
            Objection.vote_id == vote.id, ObjectionVoice.member_id == (member.id if member else 0)
        )
    )
    return {(row[0], row[1]): row[2] for row in (await tx.execute(statement)).all()}


async def show(request: Request) -> Response:
    """Show every objection of the last vote, and the criteria by which one is valid."""
    return await _page(request, Form({}))


async def act(request: Request) -> Response:
    """Lift one's objection, accept that a version answers it, judge one, or appeal."""
    signed_in(request)
    answers, number = await form(request), reading.number(request)
    objection_id = request.path_params["id"]
    done = _ACTS.get(answers["act"])
    if done is None:
        raise NotFound("there is no such act")
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, vote = await myself(tx, request), await _vote(tx, number)
            objection = await settling.by_id(tx, vote, objection_id)
            await done(tx, objection, me, answers)
    except Invalid as error:
        wrong = [Problem(f"{one.field}-{objection_id}", *one[1:]) for one in error.problems]
        return await _page(request, answers, *wrong)
    return see_other(
        f"/p/{number}/objections#o-{objection_id}", f"notice.objection-{answers['act']}"
    )


async def _lift(tx: Transaction, one: Objection, me: Member, answers: Form) -> None:
    await settling.lift(tx, one, by=me, **_answer(one, answers))


async def _accept(tx: Transaction, one: Objection, me: Member, answers: Form) -> None:
    await settling.accept(tx, one, by=me, **_answer(one, answers))


async def _unreasonable(tx: Transaction, one: Objection, me: Member, _answers: Form) -> None:
    await settling.judge(tx, one, by=me, is_unreasonable=True)


async def _reasonable(tx: Transaction, one: Objection, me: Member, _answers: Form) -> None:
    await settling.judge(tx, one, by=me, is_unreasonable=False)


async def _appeal(tx: Transaction, one: Objection, me: Member, _answers: Form) -> None:
    await settling.appeal(tx, one, by=me)


def _answer(one: Objection, answers: Form) -> dict[str, str]:
    return {name: answers.text(f"{name}-{one.id}") for name in ("position", "reason")}


async def _vote(tx: Transaction, number: int) -> Vote:
    dossier = await dossiers.by_number(tx, number)
    return await _of(tx, dossier)


async def _of(tx: Transaction, dossier: Dossier) -> Vote:
    vote = await tx.get(Vote, dossier.vote_id) if dossier.vote_id else None
    if vote is None or vote.method != "consent":
        raise NotNow("there is no vote by consent", code="no-consent-vote")
    return vote


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    async with request.app.state.node.database.read() as tx:
        dossier = await dossiers.by_number(tx, reading.number(request))
        vote = await _of(tx, dossier)
        shown: Sequence[Shown] = await look(tx, vote, request.state.member)
    return await page(
        request,
        "objections.html",
        status=422 if problems else 200,
        proposal=dossier,
        canonical=reading.proposal_path(dossier.number, dossier.title),
        vote=vote,
        is_open=not votes.is_over(vote),
        objections=shown,
        judged_by=objecting.judge(vote),
        criteria=CRITERIA,
        positions=settling.POSITIONS,
        small=objections.SMALL_CIRCLE,
        values=values,
        problems=problems,
    )


_Act = Callable[[Transaction, Objection, Member, Form], Awaitable[None]]
_ACTS: dict[str, _Act] = {
    "lift": _lift,
    "accept": _accept,
    "unreasonable": _unreasonable,
    "reasonable": _reasonable,
    "appeal": _appeal,
}

routes = [
    Route("/p/{n:int}/objections", show),
    Route("/p/{n:int}/objections/{id:int}", act, methods=["POST"]),
]
