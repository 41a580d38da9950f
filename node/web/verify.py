"""Checking an exported register, of this assembly or any other, without fetching anything."""

import asyncio
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message

from node.assembly import verifying
from node.assembly.verifying import Report, Unreadable
from node.errors import Problem, TooLarge
from node.federation import register_proofs
from node.web.forms import Unreadable as NoForm
from node.web.forms import filled
from node.web.page import page

BYTES_MAX = 32_000_000


async def ask(request: Request) -> Response:
    """Ask for the file, and for the fingerprint that somebody noted, if anybody did."""
    return await page(request, "verify.html", report=None)


async def check(request: Request) -> Response:
    """Check the file and say what was found; the file is not kept."""
    content, noted = await _sent(request)
    values = filled(head=noted)
    if not content:
        return await _wrong(request, values, Problem("register", "verify-no-file", {}))
    try:
        async with request.app.state.node.one_at_a_time("register-verify"):
            report = await asyncio.to_thread(examine, content, noted)
    except Unreadable as error:
        field = "head" if error.code == "not-a-head" else "register"
        sentence = f"verify-{error.code}"
        return await _wrong(request, values, Problem(field, sentence, error.values))
    return await page(request, "verify.html", report=report, values=values)


def examine(content: bytes, noted: str) -> Report:
    """Check a file against a noted head, if there is one. Raise verifying.Unreadable."""
    known = verifying.head(noted) if noted.strip() else None
    return verifying.examine(content, register_proofs.proof_check, known=known)


async def _sent(request: Request) -> tuple[bytes, str]:
    """Return the file that was sent and what was written beside it. Raise TooLarge or NoForm."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise NoForm("no file was sent")
    taken = 0

    async def within() -> Message:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > BYTES_MAX:
            raise TooLarge("the file is too long")
        return message

    try:
        form = await Request(request.scope, within).form(max_files=1, max_fields=4)
    except HTTPException as error:
        raise NoForm(str(error.detail)) from error
    try:
        sent, noted = form.get("register"), form.get("head")
        content = await sent.read() if isinstance(sent, UploadFile) else b""
        return content, noted[:200] if isinstance(noted, str) else ""
    finally:
        await form.close()


async def _wrong(request: Request, values: Any, problem: Problem) -> Response:
    return await page(
        request, "verify.html", status=422, report=None, values=values, problems=[problem]
    )


routes = [Route("/verifier", ask), Route("/verifier", check, methods=["POST"])]
