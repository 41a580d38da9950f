"""Amendments to a proposal: read with what they change, proposed, answered, withdrawn."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import words
from node.assembly import amendments, dossiers, paragraphs, proposals
from node.assembly.dossiers import Dossier
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem
from node.models import Amendment, Member, Proposal, Standing, Version
from node.web import differences, reading
from node.web.differences import Piece
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

ACTS = {
    "accepter": "notice.amendment-accepted",
    "decliner": "notice.amendment-declined",
    "au-vote": "notice.amendment-to-vote",
    "retirer": "notice.amendment-withdrawn",
}


class Shown(NamedTuple):
    """An amendment as a page shows it, with those that amend it."""

    one: Amendment
    rows: tuple[tuple[Piece, ...], ...]
    is_outdated: bool
    may_answer: bool
    is_mine: bool
    may_amend: bool
    under: list["Shown"]


async def look(tx: Transaction, dossier: Dossier, member: Member | None) -> list[Shown]:
    """Return the amendments to a proposal, each with its sub-amendments, oldest first."""
    found = await amendments.on_proposal(tx, dossier.id)
    if not found:
        return []
    source = select(Version.source).where(Version.proposal_id == dossier.id)
    text = str(await tx.scalar(source.where(Version.number == dossier.version)))
    is_open = dossier.state in proposals.OPEN
    known: dict[int, Shown] = {}
    for one in found:
        amended = known.get(one.amends_id or 0)
        shown = _shown(one, amended.one if amended else None, text, dossier, member, is_open)
        known[one.id] = shown
        if amended:
            amended.under.append(shown)
    return [shown for shown in known.values() if shown.one.amends_id is None]


def _shown(
    one: Amendment,
    amended: Amendment | None,
    text: str,
    dossier: Dossier,
    member: Member | None,
    is_open: bool,
) -> Shown:
    is_mine = member is not None and one.author_id == member.id
    if amended is None:
        answers = dossier.is_carried_by(member)
    else:
        is_theirs = member is not None and (amended.author_id == member.id or member.is_in_charge)
        answers = is_theirs and amended.state in amendments.WAITING
    is_waiting = one.state in amendments.WAITING
    is_outdated = amendments.is_outdated(one, text, amended)
    return Shown(
        one=one,
        rows=differences.between(one.original, one.replacement),
        is_outdated=is_outdated,
        may_answer=is_open and is_waiting and answers,
        is_mine=is_mine and is_waiting,
        may_amend=(
            is_open
            and member is not None
            and amended is None
            and one.state is Standing.PROPOSED
            and not is_outdated
        ),
        under=[],
    )


async def show(request: Request) -> Response:
    """Show every amendment with its answer, the way to answer beside it."""
    return await _all(request, Form({}))


async def begin(request: Request) -> Response:
    """Ask which paragraph is meant, then for other words."""
    signed_in(request)
    async with request.app.state.node.database.read() as tx:
        proposal = await _open(tx, request)
        paragraph = reading.asked_number(request, "paragraphe")
        number = reading.asked_number(request, "amendement")
        if paragraph is None and number is None:
            return await _which(request, proposal)
        original, amended = await _target(tx, proposal, paragraph or 0, number or 0)
    values = filled(
        replacement=original,
        seen=paragraphs.digest(original),
        paragraph=amended.paragraph if amended else paragraph,
        amendment=amended.number if amended else "",
    )
    return await _writing(request, proposal, original, values)


async def propose(request: Request) -> Response:
    """Keep an amendment, or one to an amendment."""
    signed_in(request)
    answers = await form(request)
    paragraph, under = (answers.number(name) or 0 for name in ("paragraph", "amendment"))
    words_typed = {name: answers[name] for name in ("seen", "replacement", "reason")}
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, proposal = await myself(tx, request), await _open(tx, request)
            if under:
                amended = await amendments.by_number(tx, proposal, under)
                one = await amendments.propose_under(tx, proposal, amended, me, **words_typed)
            else:
                one = await amendments.propose(tx, proposal, me, paragraph=paragraph, **words_typed)
    except Invalid as error:
        async with request.app.state.node.database.read() as tx:
            proposal = await _open(tx, request)
            original, _ = await _target(tx, proposal, paragraph, under)
        return await _writing(request, proposal, original, answers, *error.problems)
    path = f"/p/{reading.number(request)}/amendements#a-{one.number}"
    return see_other(path, "notice.amendment-proposed")


async def answer(request: Request) -> Response:
    """Take an amendment in, decline it, leave it to the assembly, or take one's own back."""
    signed_in(request)
    answers, act = await form(request), request.path_params["act"]
    number = reading.number(request, "a")
    if act not in ACTS:
        raise NotFound(f"nobody can {act} an amendment")
    try:
        async with request.app.state.node.database.transaction() as tx:
            proposal = await proposals.by_number(tx, reading.number(request))
            one = await amendments.by_number(tx, proposal, number)
            await _act(tx, act, proposal, one, await myself(tx, request), answers)
    except Invalid as error:
        problems = [
            Problem(f"reason-{number}" if one.field == "reason" else one.field, *one[1:])
            for one in error.problems
        ]
        return await _all(request, answers, *problems)
    return see_other(f"/p/{proposal.number}/amendements#a-{number}", ACTS[act])


async def _act(
    tx: Transaction, act: str, proposal: Proposal, one: Amendment, me: Member, answers: Form
) -> None:
    if act == "accepter":
        spoken = words.of(proposal.language)
        note = spoken("amendment.note", number=one.number, name=one.author.name)
        await amendments.accept(tx, one, by=me, note=note)
    elif act == "decliner":
        await amendments.decline(tx, one, by=me, reason=answers[f"reason-{one.number}"])
    elif act == "au-vote":
        await amendments.put_to_vote(tx, one, by=me)
    else:
        await amendments.take_back(tx, one, by=me)


async def _open(tx: Transaction, request: Request) -> Proposal:
    proposal = await proposals.by_number(tx, reading.number(request))
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="text-is-frozen")
    return proposal


async def _target(
    tx: Transaction, proposal: Proposal, paragraph: int, number: int
) -> tuple[str, Amendment | None]:
    if not number:
        return amendments.target(proposal.version, paragraph), None
    amended = await amendments.by_number(tx, proposal, number)
    return amended.replacement, amended


async def _all(request: Request, values: Form, *problems: Problem) -> Response:
    async with request.app.state.node.database.read() as tx:
        dossier = await dossiers.by_number(tx, reading.number(request))
        shown = await look(tx, dossier, request.state.member)
    return await page(
        request,
        "amendments.html",
        status=422 if problems else 200,
        proposal=dossier,
        canonical=reading.proposal_path(dossier.number, dossier.title),
        amendments=shown,
        is_open=dossier.state in proposals.OPEN,
        values=values,
        problems=problems,
    )


async def _which(request: Request, proposal: Proposal) -> Response:
    texts: Sequence[str] = paragraphs.split(proposal.version.source)
    return await page(request, "amend_which.html", proposal=proposal, texts=texts)


async def _writing(
    request: Request, proposal: Proposal, original: str, values: Form, *problems: Problem
) -> Response:
    return await page(
        request,
        "amend.html",
        status=422 if problems else 200,
        proposal=proposal,
        original=original,
        values=values,
        problems=problems,
    )


routes = [
    Route("/p/{n:int}/amendements", show),
    Route("/p/{n:int}/amender", begin),
    Route("/p/{n:int}/amender", propose, methods=["POST"]),
    Route("/p/{n:int}/amendements/{a}/{act}", answer, methods=["POST"]),
]
