"""The one style sheet and the sign of the site, served under names that change with them."""

import gzip
import hashlib
import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_FOLDER = Path(__file__).parent / "static"
_FOR_EVER = "public, max-age=31536000, immutable"


def _read(name: str) -> str:
    path = _FOLDER / name
    return path.read_text("utf-8") if path.exists() else ""


def _compact(sheet: str) -> str:
    """Leave out the spaces that only people need."""
    return re.sub(r"\s*([{};,>])\s*", r"\1", sheet).replace(": ", ":").strip()


def _named(stem: str, ending: str, content: bytes) -> str:
    return f"/static/{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}"


SHEET = _compact(_read("shell.css") + _read("pages.css")).encode()
SIGN = _read("mark.svg").encode()
SHEET_URL = _named("style", "css", SHEET)
SIGN_URL = _named("mark", "svg", SIGN)
_FILES = {SHEET_URL: (SHEET, "text/css"), SIGN_URL: (SIGN, "image/svg+xml")}
_PACKED = {url: gzip.compress(content, 9, mtime=0) for url, (content, _) in _FILES.items()}


async def file(request: Request) -> Response:
    """Answer with a file that never changes under this name."""
    content, kind = _FILES[request.url.path]
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = _PACKED[request.url.path]
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=kind, headers=headers)


async def icon(request: Request) -> Response:
    """Answer browsers that ask for the sign of the site without reading the page."""
    return Response(SIGN, media_type="image/svg+xml", headers={"Cache-Control": "max-age=86400"})


routes = [*(Route(url, file) for url in _FILES), Route("/favicon.ico", icon)]
