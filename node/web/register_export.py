"""The register to take away: to check, for a spreadsheet, to read without a node, on paper."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from node import clock
from node.assembly import assemblies, decisions
from node.database import Transaction
from node.errors import NotFound
from node.federation import register_export, register_rows
from node.web import printing, reading, register_book, register_csv
from node.web.register_leaves import leaves, one

_IN_MEMORY, _PIECE = 2_000_000, 65_536
_HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
Writer = Callable[[Transaction, BinaryIO], Awaitable[None]]


async def as_json(request: Request) -> Response:
    """Hand out the whole register in the form that `/verifier` checks."""
    return await _made(request, register_export.write, "application/json", "json")


async def as_csv(request: Request) -> Response:
    """Hand out the decisions as a table."""
    words, zone = request.state.words, assemblies.zone(request.state.assembly)

    async def write(tx: Transaction, out: BinaryIO) -> None:
        out.write(register_csv.header(words).encode())
        async for some in leaves(tx, request.state.assembly.origin):
            out.write(register_csv.lines(some, words, zone).encode())

    return await _made(request, write, "text/csv; charset=utf-8", "csv")


async def as_folder(request: Request) -> Response:
    """Hand out pages that are read without a node and without the network."""

    async def write(tx: Transaction, out: BinaryIO) -> None:
        await register_book.write_zip(tx, request.state.words, out)

    return await _made(request, write, "application/zip", "zip")


async def as_page(request: Request) -> Response:
    """Show everything on one page, for paper."""
    return Response(await _whole(request), media_type="text/html", headers=_HEADERS)


async def as_pdf(request: Request) -> Response:
    """Hand out the register as a PDF; without the extra, the page to be printed."""
    if not printing.is_available():
        return RedirectResponse("/decisions/imprimer", 303, _HEADERS)
    written = await _whole(request, style=printing.STYLE)
    return await _pdf(request, written, "registre")


async def decision_as_pdf(request: Request) -> Response:
    """Hand out one decision as a PDF, with room for signatures; else its page."""
    number = reading.number(request)
    async with request.app.state.node.database.read() as tx:
        decision = await decisions.by_number(tx, number)
        if not printing.is_available():
            return RedirectResponse(f"/d/{number}", 303, _HEADERS)
        book = await register_book.open_book(tx, request.state.words)
        seq = register_rows.seq_of(decision.document)
        found = await one(tx, request.state.assembly.origin, seq) if seq else None
    if found is None:
        raise NotFound(f"decision {number} is not in the register")
    written = book.leaf(found, style=printing.STYLE, signs=True)
    return await _pdf(request, written, f"decision-{decision.label}")


async def sheet(_request: Request) -> Response:
    """Answer with the style of the printed pages, which never changes under this name."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(printing.STYLE, media_type="text/css", headers=headers)


async def _whole(request: Request, *, style: str = "") -> str:
    async with request.app.state.node.database.read() as tx:
        book = await register_book.open_book(tx, request.state.words)
        listed = await register_book.everything(tx, book)
    return await asyncio.to_thread(book.whole, listed, style=style, sheet=printing.SHEET_URL)


async def _pdf(request: Request, written: str, name: str) -> Response:
    async with request.app.state.node.one_at_a_time("register-pdf"):
        made = await printing.pdf(written)
    return Response(made, media_type="application/pdf", headers=_download(request, name, "pdf"))


async def _made(request: Request, write: Writer, kind: str, ending: str) -> Response:
    """Write the file first, one for one reader at a time; then let go of the database and send."""
    out = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed when it is sent
    async with (
        request.app.state.node.one_at_a_time("register-export"),
        request.app.state.node.database.read() as tx,
    ):
        await write(tx, out)  # type: ignore[arg-type]
    size = out.tell()
    headers = {**_download(request, "registre", ending), "Content-Length": str(size)}
    return StreamingResponse(_pieces(out), media_type=kind, headers=headers)  # type: ignore[arg-type]


def _pieces(out: BinaryIO) -> Iterator[bytes]:
    with out:
        out.seek(0)
        while piece := out.read(_PIECE):
            yield piece


def _download(request: Request, name: str, ending: str) -> dict[str, str]:
    handle, today = request.state.assembly.actor.handle, clock.now().date().isoformat()
    disposition = f'attachment; filename="{name}-{handle}-{today}.{ending}"'
    return {**_HEADERS, "Content-Disposition": disposition}


routes = [
    Route("/decisions.csv", as_csv),
    Route("/decisions.pdf", as_pdf),
    Route("/decisions/registre.json", as_json),
    Route("/decisions/registre.zip", as_folder),
    Route("/decisions/imprimer", as_page),
    Route("/d/{n:int}.pdf", decision_as_pdf),
    Route(printing.SHEET_URL, sheet),
]
