"""The program itself, for whoever uses it over a network (AGPL, section 13)."""

import asyncio
import io
import zipfile
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import node.web
from node.version import VERSION

PATH = "/source.zip"
_KEPT = {".py", ".html", ".css", ".svg", ".js", ".po", ".txt", ".md"}


async def download(_request: Request) -> Response:
    """Answer with the very source that this node runs."""
    content = await asyncio.to_thread(_archive)
    name = f"palabre-{VERSION}-source.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "public, max-age=3600",
    }
    return Response(content, media_type="application/zip", headers=headers)


def _archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in _files():
            archive.write(path, path.relative_to(_root().parent))
    return buffer.getvalue()


def _files() -> list[Path]:
    return sorted(path for path in _root().rglob("*") if path.suffix in _KEPT and path.is_file())


def _root() -> Path:
    return Path(node.__path__[0])


routes = [Route(PATH, download)]
