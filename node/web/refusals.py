"""What a person, or a machine, reads when something may not be, is gone, or went wrong."""

import logging
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from node.errors import Invalid, NotFound, Problem, Refusal, Unreachable
from node.web import language, style
from node.web.doings import DoneAlready
from node.web.page import page
from node.web.security import is_secure, protect
from node.web.session_over import sign_in_again
from node.web.way_back import way_back
from node.words import Words

logger = logging.getLogger("palabre.web")


async def refused(request: Request, error: Exception) -> Response:
    """Answer a refusal in the way of the door it came by."""
    assert isinstance(error, Refusal)
    headers = {}
    if seconds := error.values.get("retry_after"):
        headers["Retry-After"] = str(seconds)
    if for_machines(request):
        return JSONResponse({"error": error.code}, error.status, headers)
    if error.code == "sign-in-first":
        if request.method == "GET":
            suite = urlencode({"suite": _address(request)})
            return RedirectResponse(f"/connexion?{suite}", 302)
        return await sign_in_again(request)
    return await _page(request, error, headers)


async def unreachable(request: Request, error: Exception) -> Response:
    """Say that another server did not answer."""
    assert isinstance(error, Unreachable)
    if for_machines(request):
        return JSONResponse({"error": "unreachable"}, 502)
    return await _error_page(request, 502, "unreachable")


async def done_already(request: Request, error: Exception) -> Response:
    """Lead a form that came twice to where the first one led."""
    assert isinstance(error, DoneAlready)
    answer = RedirectResponse(error.outcome.location, 303)
    for cookie in error.outcome.cookies:
        answer.headers.append("set-cookie", cookie)
    return answer


async def no_such_page(request: Request, error: Exception) -> Response:
    """Answer addresses and methods that lead nowhere."""
    assert isinstance(error, HTTPException)
    if for_machines(request):
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)
    if error.status_code == 404:
        return await refused(request, NotFound("no route"))
    if error.status_code == 405 and _is_reloaded(request) and (back := way_back(request)):
        return RedirectResponse(back, 302)
    code = "method-not-allowed" if error.status_code == 405 else "refused"
    answer = await _error_page(request, error.status_code, code)
    answer.headers.update(error.headers or {})
    return answer


async def broken(request: Request, error: Exception) -> Response:
    """Answer when we made a mistake; the log has it, the page says only that."""
    logger.error("%s %s broke: %r", request.method, request.url.path, error)
    if for_machines(request):
        answer: Response = JSONResponse({"error": "broken"}, 500)
    else:
        answer = _plain_page(request)
    answer.raw_headers = protect(answer.raw_headers, secure=is_secure(request.scope))
    return answer


def for_machines(request: Request) -> bool:
    """Say whether a program asks, which wants a code and no page."""
    if request.method == "POST" and request.url.path.endswith("/inbox"):
        return True
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


async def _page(request: Request, error: Refusal, headers: dict[str, str]) -> Response:
    problems = error.problems if isinstance(error, Invalid) else ()
    answer = await _error_page(request, error.status, error.code, error.values, problems)
    answer.headers.update(headers)
    return answer


async def _error_page(
    request: Request,
    status: int,
    code: str,
    about: Mapping[str, object] | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    words = request.state.words
    sentence = _sentence(words, code, about or {})
    kind = status if words.has(f"error-title.{status}") else 403
    return await page(
        request,
        "error.html",
        status=status,
        sentence=sentence,
        kind=str(kind),
        problems=problems,
    )


def _sentence(words: Words, code: str, about: Mapping[str, object]) -> str:
    try:
        return words(f"error.{code}", **{"code": code, **about})
    except KeyError as missing:
        logger.error("the refusal %s cannot be put in words: %r is missing", code, missing)
        return words("error.refused")


def _plain_page(request: Request) -> Response:
    """Return a page that needs neither database nor templates."""
    words = getattr(request.state, "words", None) or language.spoken("fr")
    title, sentence, home = (
        words(key) for key in ("error-title.500", "error.broken", "shell.back-home")
    )
    return HTMLResponse(
        f'<!doctype html><html lang="{words.language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>'
        f'<link rel="stylesheet" href="{style.SHEET_URL}"><main class="narrow"><h1>{title}</h1>'
        f'<p>{sentence}</p><p><a href="/">{home}</a></p></main></html>',
        500,
        {"Cache-Control": "no-store"},
    )


def _is_reloaded(request: Request) -> bool:
    """Say whether a person comes, without the form, to an address that takes only a form.

    It stands in the address line after a form was refused. An inbox is nobody's page.
    """
    accepts_pages = "text/html" in request.headers.get("accept", "")
    return request.method == "GET" and accepts_pages and not request.url.path.endswith("/inbox")


def _address(request: Request) -> str:
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
