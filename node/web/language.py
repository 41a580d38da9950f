"""In which language a reader is spoken to, and under which light."""

import functools

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node import words
from node.models import Assembly, Member
from node.web import forms
from node.web.security import is_secure, same_site_path
from node.web.typography import french

LANGUAGE_COOKIE, THEME_COOKIE = "langue", "theme"
THEMES = ("light", "dark")
_YEAR = 31_536_000


@functools.cache
def spoken(language: str) -> words.Words:
    """Return the words of a language as they are printed, with the spaces that French needs."""
    language = words.of(language).language
    messages = words.catalogue(language)
    if language == "fr":
        return words.Words(language, {key: _printed(one) for key, one in messages.items()})
    return words.Words(language, messages)


def chosen(request: Request, member: Member | None, assembly: Assembly | None) -> str:
    """Return the language of the answer: asked for, remembered, preferred, or the assembly's."""
    for wanted in (
        request.query_params.get("lang"),
        request.cookies.get(LANGUAGE_COOKIE),
        member.language if member else None,
        *_preferred(request.headers.get("accept-language", "")),
        assembly.language if assembly else None,
    ):
        if wanted and wanted[:2].lower() in words.LANGUAGES:
            return wanted[:2].lower()
    return words.LANGUAGES[0]


def theme(request: Request) -> str:
    """Return `light` or `dark` when the reader chose one, else nothing."""
    wanted = request.cookies.get(THEME_COOKIE, "")
    return wanted if wanted in THEMES else ""


async def choose_language(request: Request) -> Response:
    """Remember in which language to answer."""
    form = await forms.form(request)
    return _remember(request, LANGUAGE_COOKIE, form["language"], words.LANGUAGES, form["suite"])


async def choose_theme(request: Request) -> Response:
    """Remember whether the page is to be light or dark, or forget it."""
    form = await forms.form(request)
    return _remember(request, THEME_COOKIE, form["theme"], THEMES, form["suite"])


def _remember(
    request: Request, cookie: str, value: str, known: tuple[str, ...], suite: str
) -> Response:
    answer = RedirectResponse(same_site_path(suite), 303)
    secure = is_secure(request.scope)
    if value in known:
        answer.set_cookie(cookie, value, _YEAR, secure=secure, samesite="lax", httponly=True)
    else:
        answer.delete_cookie(cookie, secure=secure, samesite="lax", httponly=True)
    return answer


def _preferred(header: str) -> list[str]:
    """Return the languages of an Accept-Language header, the dearest first."""
    wishes = []
    for place, part in enumerate(header[:500].split(",")):
        name, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, name))
        except ValueError:
            continue
    return [name for weight, _, name in sorted(wishes) if weight < 0]


def _printed(message: words.Message) -> words.Message:
    return french(message) if isinstance(message, str) else (french(message[0]), french(message[1]))


routes = [
    Route("/langue", choose_language, methods=["POST"]),
    Route("/theme", choose_theme, methods=["POST"]),
]
