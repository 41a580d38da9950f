"""A form sent when the session was over: what was typed is shown, and the way back is kept."""

import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from node.web.forms import Form, filled, typed
from node.web.page import page
from node.web.security import same_site_path

_WRITING = re.compile(
    "title|text|note|reason|replacement|statement|summary|minority|improvement|risk|tolerated"
    r"|opening|closing|options|notes-\d+|reason-\d+"
)


async def sign_in_again(request: Request) -> Response:
    """Say that nothing was sent, show the words that were typed, and ask who comes in."""
    values = filled(suite=_way_back(request), typed=_words(await typed(request)))
    return await page(request, "sign_in.html", status=403, values=values)


def _words(answers: Form) -> str:
    """Return what a person wrote, and nothing else that a form holds."""
    written = [answers.text(name) for name in answers if _WRITING.fullmatch(name)]
    return "\n\n".join(one for one in written if one)


def _way_back(request: Request) -> str:
    """Return the page that the form was on, or the nearest above it; empty when there is none."""
    came_from = urlsplit(request.headers.get("referer", ""))
    ours = (urlsplit(str(request.app.state.node.origin)).netloc, request.headers.get("host"))
    if came_from.netloc in ours and _can_be_read(request, came_from.path):
        query = f"?{came_from.query}" if came_from.query else ""
        return same_site_path(f"{came_from.path}{query}")
    path = came_from.path if came_from.netloc in ours else request.url.path
    while path.strip("/"):
        if _can_be_read(request, path):
            return same_site_path(path)
        path = path.rpartition("/")[0]
    return ""


def _can_be_read(request: Request, path: str) -> bool:
    """Say whether there is a page at this path, other than the one where people sign in."""
    asked = {"type": "http", "method": "GET", "path": path, "root_path": ""}
    found = (route.matches(asked)[0] for route in request.app.routes)
    return path != "/connexion" and any(match is Match.FULL for match in found)
