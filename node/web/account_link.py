"""A member's account elsewhere: claimed, then confirmed by its page or by a message."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import linking
from node.errors import NotFound, NotNow, Problem, Refusal, TooMany, Unreachable
from node.federation import actors, back_links
from node.models import Actor, Member
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

_HERE = "/compte/compte-lie"
# One account is written to three times an hour at most, whoever asks (E7).
_CLAIMS = ("account_link_claims", 1 / 1200, 3)


async def show(request: Request) -> Response:
    """Show the linked account, the one that is claimed, or ask for one."""
    signed_in(request)
    return await _page(request, Form({}))


async def claim(request: Request) -> Response:
    """Find the account that a member names, and ask it with a code."""
    me, answers = signed_in(request), await form(request)
    address = answers.text("address")[:200]
    if not address:
        return await _page(request, answers, Problem("address", "address-missing", {}))
    _be_patient(request, f"member {me.id}")
    try:
        account = await actors.look_up(request.app.state.node, address)
        _be_patient(request, account.uri)
        async with request.app.state.node.database.transaction() as tx:
            found = await tx.get(Actor, account.id)
            if found is None:
                raise NotFound("the account is gone")
            await linking.claim(tx, await myself(tx, request), found)
    except TooMany:
        raise
    except (Refusal, Unreachable) as error:
        return await _page(request, answers, _problem(request, error, "address", address))
    return RedirectResponse(_HERE, 303)


async def enter_code(request: Request) -> Response:
    """Take the code that the member read on the account."""
    answers = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            fits = await linking.enter_code(tx, await myself(tx, request), answers["code"])
    except NotNow as error:
        return await _page(request, answers, Problem("code", error.code, {}))
    if not fits:
        return await _page(request, answers, Problem("code", "code-wrong", {}))
    return see_other("/compte", "notice.account-linked")


async def look(request: Request) -> Response:
    """Look whether the page of the account links back; nothing is held open meanwhile."""
    me, answers = signed_in(request), await form(request)
    _be_patient(request, f"page {me.id}")
    node = request.app.state.node
    async with node.database.read() as tx:
        found = await linking.claimed(tx, me)
    if found is None:
        return await _page(request, answers, Problem("page", "claim-too-old", {}))
    try:
        is_there = await back_links.links_back(node, found.actor, _ours(request, me, found.token))
    except (Refusal, Unreachable) as error:
        return await _page(request, answers, _problem(request, error, "page", ""))
    if not is_there:
        return await _page(request, answers, Problem("page", "no-back-link", {}))
    async with node.database.transaction() as tx:
        mine = await myself(tx, request)
        again = await linking.claimed(tx, mine)
        if again is None or again.token != found.token:
            raise NotNow("another account was claimed meanwhile", code="claim-too-old")
        await linking.prove(tx, again, linking.BACK_LINK)
    return see_other("/compte", "notice.account-linked")


async def end(request: Request) -> Response:
    """End the link, or claim nothing any more."""
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        await linking.unlink(tx, me)
        await linking.withdraw(tx, me)
    return see_other(_HERE, "notice.account-unlinked")


async def proof(request: Request) -> Response:
    """The address that the account's page links to; it links back, and names nobody."""
    async with request.app.state.node.database.read() as tx:
        found = await linking.by_token(tx, request.path_params["token"])
    answer = await page(request, "proof.html", account=found.actor)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _ours(request: Request, me: Member, token: str) -> list[str]:
    """Return the addresses of ours that mean this member: the proof, and their page if any."""
    origin = request.state.assembly.origin
    public = [f"{origin}/u/{me.handle}", f"{origin}/@{me.handle}"] if me.is_published else []
    return [f"{origin}/preuve/{token}", *public]


def _problem(request: Request, error: Refusal | Unreachable, field: str, written: str) -> Problem:
    code = error.code if isinstance(error, Refusal) else "server-silent"
    known = code if request.state.words.has(f"error.{code}") else "server-unknown"
    values = error.values if isinstance(error, Refusal) else {}
    return Problem(field, known, {**values, "written": written})


def _be_patient(request: Request, whose: str) -> None:
    if wait := request.app.state.node.bucket(*_CLAIMS).take(
        f"{request.app.state.node.origin} {whose}"
    ):
        seconds = max(1, round(wait))
        raise TooMany("too many claims", code="claims-too-often", retry_after=seconds)


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    me = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        linked, claimed = await linking.linked(tx, me), await linking.claimed(tx, me)
    address = f"{request.state.assembly.origin}/preuve/{claimed.token}" if claimed else None
    return await page(
        request,
        "account_link.html",
        status=422 if problems else 200,
        linked=linked,
        claimed=claimed,
        address=address,
        values=values,
        problems=problems,
    )


routes = [
    Route(_HERE, show),
    Route(_HERE, claim, methods=["POST"]),
    Route(f"{_HERE}/code", enter_code, methods=["POST"]),
    Route(f"{_HERE}/page", look, methods=["POST"]),
    Route(f"{_HERE}/fin", end, methods=["POST"]),
    Route("/preuve/{token}", proof),
]
