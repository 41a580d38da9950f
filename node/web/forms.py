"""What people send us: read within limits, kept as typed, and acted on once."""

import asyncio
import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, time
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse

from node.errors import Problem, Refusal, TooLarge

FIELDS_MAX = 64
BYTES_MAX = 200_000
TOKEN = "form-token"  # noqa: S105 - the name of a field
_REMEMBERED_MAX = 5000
_PATIENCE = 20
_FORMS = ("application/x-www-form-urlencoded", "")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_TIME = re.compile(r"([01]?\d|2[0-3])\s*(?:[h:]\s*([0-5]\d)?)?(?:\s*min)?")


class Unreadable(Refusal):
    """What was sent is not a form that we could have asked for."""

    status = 400
    code = "form-unreadable"


class DoneAlready(Exception):
    """The same form came twice; the first one was acted on."""

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


class Form(Mapping[str, str]):
    """The fields as they were typed; a field that is missing is empty."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = dict(fields)
        self.problems: list[Problem] = []

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def text(self, name: str) -> str:
        """Return a field without the spaces around it."""
        return self[name].strip()

    def has(self, name: str) -> bool:
        """Say whether a box was ticked or a button pressed."""
        return bool(self[name])

    def number(self, name: str) -> int | None:
        """Return a whole number, or None; note a problem when it cannot be read."""
        typed = re.sub(r"\s", "", self[name])
        if not typed:
            return None
        if typed.isascii() and typed.isdigit() and len(typed) < 10:
            return int(typed)
        self.problems.append(Problem(name, "number-malformed", {}))
        return None

    def moment(self, date_name: str, time_name: str, zone: ZoneInfo) -> datetime | None:
        """Return a day and a time of the zone, or None; note a problem when they cannot be read."""
        if not self.text(date_name):
            return None
        day, hour = read_day(self[date_name]), read_time(self[time_name] or "00:00")
        if day is None or hour is None:
            code = "date-malformed" if day is None else "time-malformed"
            self.problems.append(Problem(date_name.removesuffix("_date"), code, {}))
            return None
        return datetime.combine(day, hour, zone)


def filled(**fields: object) -> Form:
    """Return a form with these values, as if somebody had typed them."""
    return Form({name: "" if value is None else str(value) for name, value in fields.items()})


async def form(request: Request) -> Form:
    """Read the form of a request.

    Raise TooLarge or Unreadable, and DoneAlready when the very same form was acted on before.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _FORMS:
        raise Unreadable(f"{kind} is no form")
    body = await _body(request)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), True, errors="strict", max_num_fields=FIELDS_MAX, separator="&"
        )
    except ValueError as error:
        raise Unreadable(f"the form cannot be read: {error}") from error
    fields = dict(reversed(pairs))
    if len(fields) != len(pairs):
        raise Unreadable("a field stands twice")
    token = fields.pop(TOKEN, "")
    if token:
        await _once(request, f"{token}{hashlib.sha256(body).hexdigest()}")
    return Form(fields)


def new_token() -> str:
    """Return what marks one showing of a form, so that a double click makes one act."""
    return secrets.token_urlsafe(9)


def see_other(path: str, notice: str | None = None) -> RedirectResponse:
    """Go on to another page after an act, with a sentence of the catalogues to say it is done."""
    answer = RedirectResponse(path, 303)
    if notice:
        answer.set_cookie("notice", notice, 120, samesite="lax", httponly=True)
    return answer


def read_day(typed: str) -> date | None:
    """Read 2026-12-02, 02/12/2026, 2 décembre 2026."""
    typed = " ".join(typed.lower().replace("1er", "1").split())
    with suppress(ValueError):
        return date.fromisoformat(typed)
    if numbers := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", typed):
        return _date(int(numbers[3]), int(numbers[2]), int(numbers[1]))
    if in_words := re.fullmatch(r"(?:[a-z]+ )?(\d{1,2}) ([a-zéû]+) (\d{4})", typed):
        for months in (_MONTHS, _ENGLISH_MONTHS):
            if in_words[2] in months:
                return _date(int(in_words[3]), months.index(in_words[2]) + 1, int(in_words[1]))
    return None


def read_time(typed: str) -> time | None:
    """Read 20:30, 20 h 30, 20h."""
    found = _TIME.fullmatch(" ".join(typed.lower().split()))
    return time(int(found[1]), int(found[2] or 0)) if found else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BYTES_MAX:
            raise TooLarge("the form is too long")
    return bytes(body)


class Doings:
    """Which forms were acted on lately, and where their readers were sent then."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, asyncio.Future[str | None]] = OrderedDict()

    async def begin(self, key: str) -> asyncio.Future[str | None]:
        """Take a form up. Raise DoneAlready when it was acted on, waiting while it is."""
        while (known := self._known.get(key)) is not None:
            async with asyncio.timeout(_PATIENCE):
                location = await asyncio.shield(known)
            if location is not None:
                raise DoneAlready(location)
            if self._known.get(key) is known:
                del self._known[key]
        mine: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
        self._known[key] = mine
        while len(self._known) > _REMEMBERED_MAX:
            self._known.popitem(last=False)
        return mine


async def _once(request: Request, key: str) -> None:
    doings: Doings | None = getattr(request.state, "doings", None)
    if doings is not None:
        request.state.doing = await doings.begin(key)
