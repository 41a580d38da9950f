"""Following or answering from one's own server: find the door there, and say where it is."""

from urllib.parse import quote, unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.errors import Problem, Refusal, TooMany, Unreachable
from node.federation import remote
from node.web.forms import Form, filled, form
from node.web.page import page
from node.web.security import is_secure
from node.web.sign_in import block_of

_SERVER_COOKIE = "serveur"
_YEAR = 31_536_000
_LOOK_UPS = ("follow_look_ups", 1 / 10, 10)
_INTENTS = ("Follow", "Object", "Like", "Announce", "Create")


async def ask(request: Request) -> Response:
    """Ask for the address or the server of the reader; once known, one press is enough."""
    known = unquote(request.cookies.get(_SERVER_COOKIE, ""))[:200]
    return await _page(request, filled(address=known), known=known)


async def lead(request: Request) -> Response:
    """Look for the door on the reader's server; show it, or the address to copy."""
    answers = await form(request)
    address = answers.text("address")[:200]
    if not address:
        return await _page(request, answers, Problem("address", "address-missing", {}))
    _be_patient(request)
    uri, intent = _wanted(request, answers)
    node = request.app.state.node
    try:
        door = await remote.intent(node, address, uri, intent=intent)
    except (Refusal, Unreachable) as error:
        code = error.code if isinstance(error, Refusal) else "server-silent"
        known = code if request.state.words.has(f"error.{code}") else "server-unknown"
        problem = Problem("address", known, {"written": address})
        return await _page(request, answers, problem)
    answer = await page(
        request,
        "follow_door.html",
        door=door,
        server=_server(address, door),
        address=address,
        copied=_to_copy(request, uri),
        intent=intent,
    )
    cookie = quote(address, safe="")
    answer.set_cookie(
        _SERVER_COOKIE,
        cookie,
        _YEAR,
        secure=is_secure(request.scope),
        httponly=True,
        samesite="lax",
    )
    return answer


def _wanted(request: Request, answers: Form) -> tuple[str, str]:
    """Return which address of ours it is about, and what is wished; only ours are passed on."""
    uri, assembly = answers["uri"], request.state.assembly
    if not uri.startswith(f"{assembly.origin}/") or not uri.isprintable() or len(uri) > 500:
        uri = assembly.actor.uri
    is_actor = urlsplit(uri).path.startswith(("/g/", "/u/", "/o/", "/c/"))
    intent = answers["intent"] if answers["intent"] in _INTENTS else ""
    return uri, intent or ("Follow" if is_actor else "Object")


def _to_copy(request: Request, uri: str) -> str:
    actor = request.state.assembly.actor
    return f"@{actor.address}" if uri == actor.uri else uri


def _server(address: str, door: str | None) -> str:
    if door:
        return urlsplit(door).netloc
    return address.removeprefix("https://").strip("/").rpartition("@")[2].partition("/")[0]


def _be_patient(request: Request) -> None:
    address = request.client.host if request.client else ""
    if wait := request.app.state.node.bucket(*_LOOK_UPS).take(
        f"{request.app.state.node.origin} {block_of(address)}"
    ):
        raise TooMany("too many servers looked for", retry_after=max(1, round(wait)))


async def _page(request: Request, values: Form, *problems: Problem, known: str = "") -> Response:
    wanted = values if values["uri"] else Form(request.query_params)
    uri, intent = _wanted(request, wanted)
    return await page(
        request,
        "follow.html",
        status=422 if problems else 200,
        values=values,
        problems=problems,
        known=known,
        uri=uri,
        intent=intent,
        copied=_to_copy(request, uri),
    )


routes = [Route("/suivre", ask), Route("/suivre", lead, methods=["POST"])]
