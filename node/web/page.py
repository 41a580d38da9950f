"""From finished objects to the page a person reads."""

import functools
import gzip
import hashlib
from collections.abc import Callable, Iterable, Iterator
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
from node.web import ballot_words, forms, language, style
from node.web.typography import french, opening, unbroken
from node.words import LANGUAGES, Words

VARY = "Accept, Accept-Language, Accept-Encoding, Cookie"
_WORTH_PACKING = 1200
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
    if len(body) > _WORTH_PACKING and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 1, mtime=0)
        headers["Content-Encoding"] = "gzip"
    answer = Response(body, status, headers, "text/html; charset=utf-8")
    if notice:
        answer.delete_cookie("notice", samesite="lax", httponly=True)
    return answer


def render(request: Request, template: str, **values: Any) -> str:
    """Fill a template in with the values of a page and of the shell around it."""
    words, assembly = request.state.words, request.state.assembly
    zone = assembly.timezone if assembly else "Europe/Paris"
    name = assembly.name if assembly else ""
    values["problems"] = Problems(values.get("problems", ()), words)
    values.setdefault("values", forms.Form({}))
    path = request.url.path
    address = _short(f"{path}?{request.url.query}" if request.url.query else path)
    member = request.state.member
    who = ("in charge" if member.is_in_charge else "member") if member else ""
    theme, section = request.state.theme, _SECTIONS.get(path.split("/")[1], "")
    header, footer = _around(words.language, zone, name, section, _short(path), address, theme, who)
    return find(template, words.language, zone).render(
        request=request,
        assembly=assembly,
        member=member,
        theme=theme,
        path=path,
        header=header,
        footer=footer,
        origin=request.app.state.node.origin,
        url_with_language=functools.partial(_url_with_language, request),
        now=clock.now(),
        notice=_notice(request, words),
        **values,
    )


def _short(address: str) -> str:
    """Return an address of this site, or the home page for one too long to remember."""
    return address if len(address) < 300 else "/"


@functools.lru_cache(maxsize=1024)
def _around(
    spoken: str,
    timezone: str,
    name: str,
    section: str,
    path: str,
    address: str,
    theme: str,
    who: str,
) -> tuple[Markup, Markup]:
    """Return the header and the foot of a page, which are the same for many readers."""
    values = {
        "name": name,
        "section": section,
        "path": path,
        "address": address,
        "theme": theme,
        "who": who,
    }
    header, footer = (
        find(template, spoken, timezone).render(values)
        for template in ("header.html", "footer.html")
    )
    return Markup(header), Markup(footer)  # noqa: S704 - escaped by the templates


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
        "day": _remembering(lambda moment: words.day(moment, zone)),
        "time": _remembering(lambda moment: words.time(moment, zone)),
        "moment": _remembering(lambda moment: words.moment(moment, zone)),
        "short_day": _remembering(lambda moment: words.short_day(moment, zone)),
        "until": lambda moment: until(words, moment),
        "wire": clock.wire,
        "opening": opening,
        "french": lambda text: _typography(text, words.language),
        "number": _remembering(words.number),
        "plain": texts.plain,
        "money": _remembering(lambda amount: ballot_words.money(words, amount)),
        "html": Markup,
        "inline": lambda text: Markup(texts.inline(text)),  # noqa: S704 - cleaned there
        "input_day": lambda moment: f"{moment.astimezone(zone):%Y-%m-%d}",
        "input_time": lambda moment: f"{moment.astimezone(zone):%H:%M}",
    }
    return found


def _remembering(write: Callable[[Any], str]) -> Callable[[Any], str]:
    """Write a date or a number once: the same ones stand on many pages."""
    return functools.lru_cache(maxsize=4096)(write)


def until(words: Words, moment: datetime) -> str:
    """Say how long there is to a moment: encore 4 jours."""
    span = moment - clock.now()
    if span.total_seconds() <= 0:
        return words("shell.until-over")
    return words("shell.until", duration=words.duration(span))


def _typography(text: str, spoken: str) -> str:
    if isinstance(text, Markup):
        return text
    return french(text) if spoken == "fr" else unbroken(text)


def _plain_value(words: Words, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int):
        return value
    return words.number(value)


def _url_with_language(request: Request, spoken: str) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*kept, ('lang', spoken)])}"


def _notice(request: Request, words: Words) -> str | None:
    """Return the sentence that the page before left for this one; only ours can be named."""
    key = request.cookies.get("notice", "")
    return words(key) if key.startswith("notice.") and words.has(key) else None
