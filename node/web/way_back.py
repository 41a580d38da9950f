"""From an address that only takes forms, or takes no more, back to the page with the form."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.routing import Match

from node.web.security import same_site_path


def way_back(request: Request) -> str:
    """Return the page that led here, or the nearest above it; empty when there is none."""
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
