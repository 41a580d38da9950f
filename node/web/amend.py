"""Amendments to a proposal: listed, proposed, answered, withdrawn."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import words
from node.assembly import amendments, dossiers, paragraphs, proposals
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.models import Amendment, Member, Proposal
from node.web import amendment_look, reading
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

ACTS = {
    "accepter": "notice.amendment-accepted",
    "decliner": "notice.amendment-declined",
    "au-vote": "notice.amendment-to-vote",
    "retirer": "notice.amendment-withdrawn",
}


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
    answers, act = await form(request), request.url.path.rpartition("/")[2]
    number = reading.number(request, "a")
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
        shown = await amendment_look.look(tx, dossier, request.state.member)
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
    spoken, found = proposal.language, paragraphs.split(proposal.version.source)
    texts = [amendment_look.as_read(one, spoken) for one in found]
    return await page(request, "amend_which.html", proposal=proposal, texts=texts)


async def _writing(
    request: Request, proposal: Proposal, original: str, values: Form, *problems: Problem
) -> Response:
    return await page(
        request,
        "amend.html",
        status=422 if problems else 200,
        proposal=proposal,
        original=amendment_look.as_read(original, proposal.language),
        values=values,
        problems=problems,
    )


routes = [
    Route("/p/{n:int}/amendements", show),
    Route("/p/{n:int}/amender", begin),
    Route("/p/{n:int}/amender", propose, methods=["POST"]),
    *(Route(f"/p/{{n:int}}/amendements/{{a}}/{act}", answer, methods=["POST"]) for act in ACTS),
]
