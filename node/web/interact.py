"""Arriving here from elsewhere with something to follow or to answer."""

from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import following, publications
from node.errors import Refusal, Unreachable
from node.federation import actors
from node.web.forms import form, see_other
from node.web.page import page
from node.web.security import in_charge, same_site_path, signed_in


async def show(request: Request) -> Response:
    """Show what the reader brings, and what they may do about it here."""
    uri = _brought(request)
    origin = request.state.assembly.origin
    if uri.startswith(f"{origin}/"):
        return RedirectResponse(same_site_path(uri.removeprefix(origin)), 302)
    signed_in(request)
    async with request.app.state.node.database.read() as tx:
        publication = await publications.by_uri(tx, uri) if uri else None
        actor = await actors.known(tx, uri)
        ours = request.state.assembly.actor
        follow = await following.between(tx, ours, actor) if actor else None
    if publication is not None and (publication.deleted_at or not publication.is_public):
        publication = None
    return await page(
        request,
        "interact.html",
        uri=uri,
        server=urlsplit(uri).netloc,
        publication=publication,
        actor=actor,
        follow=follow,
    )


async def look(request: Request) -> Response:
    """Ask the other server who it is about, then show them."""
    in_charge(request)
    answers = await form(request)
    try:
        actor = await actors.look_up(request.app.state.node, answers.text("uri"))
    except Unreachable as error:
        raise Refusal(str(error), code="server-silent", written=answers.text("uri")) from error
    return see_other(f"/interagir?{urlencode({'uri': actor.uri})}")


def _brought(request: Request) -> str:
    for name in ("uri", "object", "acct"):
        if brought := request.query_params.get(name, "").strip():
            brought = brought.removeprefix("acct:")
            return brought if brought.isprintable() and len(brought) < 1000 else ""
    return ""


routes = [
    Route("/interagir", show),
    Route("/authorize_interaction", show),
    Route("/interagir", look, methods=["POST"]),
]
