"""Writing a proposal, or a new version of one: write, check, publish."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import proposals, traffic
from node.errors import Invalid, NotNow, Problem
from node.texts import line, render
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in


async def choose(request: Request) -> Response:
    """Ask first what kind of thing it is to be."""
    signed_in(request)
    return await page(request, "compose.html")


async def begin(request: Request) -> Response:
    """Ask for the title and the text of a proposal, with three questions to answer."""
    signed_in(request)
    questions = request.state.words("draft.questions")
    title = request.query_params.get("titre", "")[:200]
    return await _write(request, filled(title=title, text=questions))


async def publish(request: Request) -> Response:
    """Show the proposal as it will be read, then put it to the assembly."""
    signed_in(request)
    answers = await form(request)
    if answers["step"] == "write":
        return await _write(request, answers)
    try:
        proposals.checked(answers["title"], answers["text"])
        _must_answer(answers["text"], request.state.words("draft.questions"))
    except Invalid as error:
        return await _write(request, answers, *error.problems)
    if answers["step"] != "publish":
        return await _check(request, answers)
    async with request.app.state.node.database.transaction() as tx:
        proposal = await proposals.publish(
            tx,
            carrier=await myself(tx, request),
            title=answers["title"],
            text=answers["text"],
            is_signed=answers.has("signed"),
        )
    return see_other(f"/p/{proposal.number}", "notice.proposal-published")


async def begin_revision(request: Request) -> Response:
    """Ask for the next version of a text."""
    async with request.app.state.node.database.read() as tx:
        proposal = await proposals.by_number(tx, request.path_params["n"])
        proposals.must_carry(proposal, signed_in(request))
    if proposal.state not in proposals.OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="text-is-frozen")
    return await _write(request, filled(title=proposal.title, text=proposal.version.source))


async def revise(request: Request) -> Response:
    """Show the new version as it will be read, then keep it beside the older ones."""
    signed_in(request)
    answers, number = await form(request), request.path_params["n"]
    if answers["step"] == "write":
        return await _write(request, answers)
    try:
        proposals.checked(answers["title"], answers["text"])
        if answers["step"] != "publish":
            return await _check(request, answers)
        async with request.app.state.node.database.transaction() as tx:
            await proposals.revise(
                tx,
                await proposals.by_number(tx, number),
                by=await myself(tx, request),
                title=answers["title"],
                text=answers["text"],
                note=answers["note"],
            )
    except Invalid as error:
        return await _write(request, answers, *error.problems)
    return see_other(f"/p/{number}", "notice.proposal-revised")


def _must_answer(text: str, questions: str) -> None:
    """Raise Invalid when the three questions were sent back as they were."""
    if text.split() == questions.split():
        raise Invalid(Problem("text", "text-missing", {}))


async def _write(request: Request, values: Form, *problems: Problem) -> Response:
    return await page(
        request,
        "compose_proposal.html",
        status=422 if problems else 200,
        values=values,
        problems=problems,
        servers=await servers(request),
        number=request.path_params.get("n"),
    )


async def _check(request: Request, values: Form) -> Response:
    return await page(
        request,
        "compose_check.html",
        values=values,
        title=line(values["title"]),
        content=render(values["text"]),
        servers=await servers(request),
        number=request.path_params.get("n"),
    )


async def servers(request: Request) -> int:
    """Return on how many servers what we publish arrives."""
    async with request.app.state.node.database.read() as tx:
        return await traffic.servers_count(tx, request.state.assembly.actor)


routes = [
    Route("/ecrire", choose),
    Route("/ecrire/proposition", begin),
    Route("/ecrire/proposition", publish, methods=["POST"]),
    Route("/p/{n:int}/reviser", begin_revision),
    Route("/p/{n:int}/reviser", revise, methods=["POST"]),
]
