"""From finished objects to the page a person reads."""

import functools
import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from node import clock, texts
from node.errors import Problem
from node.web import forms, language, style
from node.web.typography import french
from node.words import LANGUAGES, Words

VARY = "Accept, Accept-Language, Cookie"
_TEMPLATES = Path(__file__).parent / "templates"
_TOKEN = f'name="{forms.TOKEN}"'.encode()
_SECTIONS = {
    "": "home", "propositions": "proposals", "p": "proposals", "decisions": "decisions",
    "d": "decisions", "agenda": "agenda", "e": "agenda", "appels": "agenda",
    "assemblee": "assembly", "admin": "admin", "compte": "account", "tableau-de-bord": "dashboard",
    "ecrire": "compose", "partenaires": "assembly", "federation": "assembly",
}  # fmt: skip


class Problems:
    """What is wrong with a form, as sentences: all in order, or the one of a field."""

    def __init__(self, problems: Iterable[Problem], words: Words) -> None:
        self._sentences: dict[str, str] = {}
        for field, code, values in problems:
            shown = {name: _plain_value(words, value) for name, value in values.items()}
            self._sentences.setdefault(field, words(f"error.{code}", **shown))

    def __getitem__(self, field: str) -> str | None:
        return self._sentences.get(field)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._sentences.items())

    def __len__(self) -> int:
        return len(self._sentences)


async def page(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """Answer with a template filled in, in the language of the reader."""
    body = render(request, template, **values).encode()
    headers = {"Vary": VARY, "Content-Language": request.state.words.language}
    is_own = request.state.member is not None
    headers["Cache-Control"] = "private, no-cache" if is_own else "no-cache"
    notice = "notice" in request.cookies
    if _TOKEN in body or notice or status != 200:
        headers["Cache-Control"] = "private, no-store"
    elif request.method in ("GET", "HEAD"):
        headers["ETag"] = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
    answer = Response(body, status, headers, "text/html; charset=utf-8")
    if notice:
        answer.delete_cookie("notice", samesite="lax", httponly=True)
    return answer


def render(request: Request, template: str, **values: Any) -> str:
    """Fill a template in with the values of a page and of the shell around it."""
    words, assembly = request.state.words, request.state.assembly
    zone = assembly.timezone if assembly else "Europe/Paris"
    values["problems"] = Problems(values.get("problems", ()), words)
    values.setdefault("values", forms.Form({}))
    path = request.url.path
    return find(template, words.language, zone).render(
        request=request,
        assembly=assembly,
        member=request.state.member,
        theme=request.state.theme,
        path=path,
        address=f"{path}?{request.url.query}" if request.url.query else path,
        origin=request.app.state.node.origin,
        section=_SECTIONS.get(path.split("/")[1], ""),
        url_with_language=functools.partial(_url_with_language, request),
        now=clock.now(),
        notice=_notice(request, words),
        **values,
    )


@functools.cache
def find(template: str, spoken: str, timezone: str) -> Template:
    """Return a template as people who speak this language, in this time zone, read it."""
    return environment(spoken, timezone).get_template(template)


@functools.cache
def environment(spoken: str, timezone: str) -> Environment:
    """Return the template engine with the words and the clock of some readers."""
    words, zone = language.spoken(spoken), ZoneInfo(timezone)
    found = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.do"],
    )
    found.globals |= {
        "t": words,
        "language": words.language,
        "languages": LANGUAGES,
        "zone": zone,
        "sheet": style.SHEET_URL,
        "sign": style.SIGN_URL,
        "new_token": forms.new_token,
    }
    found.filters |= {
        "day": lambda moment: words.day(moment, zone),
        "time": lambda moment: words.time(moment, zone),
        "moment": lambda moment: words.moment(moment, zone),
        "short_day": lambda moment: words.short_day(moment, zone),
        "until": lambda moment: until(words, moment),
        "wire": clock.wire,
        "french": lambda text: _typography(text, words.language),
        "number": words.number,
        "plain": texts.plain,
        "html": Markup,
        "input_day": lambda moment: f"{moment.astimezone(zone):%Y-%m-%d}",
        "input_time": lambda moment: f"{moment.astimezone(zone):%H:%M}",
    }
    return found


def until(words: Words, moment: datetime) -> str:
    """Say how long there is to a moment: encore 4 jours."""
    span = moment - clock.now()
    if span.total_seconds() <= 0:
        return words("shell.until-over")
    return words("shell.until", duration=words.duration(span))


def _typography(text: str, spoken: str) -> str:
    if isinstance(text, Markup):
        return text
    return french(text) if spoken == "fr" else text


def _plain_value(words: Words, value: object) -> object:
    return words.number(value) if isinstance(value, int) else value


def _url_with_language(request: Request, spoken: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', spoken)])}"


def _notice(request: Request, words: Words) -> str | None:
    """Return the sentence that the page before left for this one; only ours can be named."""
    key = request.cookies.get("notice", "")
    return words(key) if key.startswith("notice.") and words.has(key) else None
