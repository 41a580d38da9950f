"""What people send us, read within limits and kept as typed."""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse

from node.errors import Problem, Refusal, TooLarge
from node.web.doings import Doings
from node.web.typed import read_day, read_time

FIELDS_MAX = 64
BYTES_MAX = 200_000
TOKEN = "form-token"  # noqa: S105 - the name of a field
_FORMS = ("application/x-www-form-urlencoded", "")


class Unreadable(Refusal):
    """What was sent is not a form that we could have asked for."""

    status = 400
    code = "form-unreadable"


class Form(Mapping[str, str]):
    """The fields as they were typed; a field that is missing is empty."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = dict(fields)
        self.problems: list[Problem] = []

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, "")

    def __contains__(self, name: object) -> bool:
        """Say whether the field was there at all; by its value nobody could tell."""
        return name in self._fields

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
    fields, body = await _fields(request)
    token = fields.pop(TOKEN, "")
    request.state.typed = Form(fields)
    if token:
        await _once(request, f"{token}{hashlib.sha256(body).hexdigest()}")
    return Form(fields)


async def typed(request: Request) -> Form:
    """Return what was typed into a form that is not acted on; nothing when it cannot be read."""
    if not hasattr(request.state, "typed"):
        try:
            fields, _ = await _fields(request)
        except Refusal:
            fields = {}
        request.state.typed = Form(fields)
    found: Form = request.state.typed
    return found


def new_token() -> str:
    """Return what marks one showing of a form, so that a double click makes one act."""
    return secrets.token_urlsafe(9)


def see_other(path: str, notice: str | None = None) -> RedirectResponse:
    """Go on to another page after an act, with a sentence of the catalogues to say it is done."""
    answer = RedirectResponse(path, 303)
    if notice:
        answer.set_cookie("notice", notice, 120, samesite="lax", httponly=True)
    return answer


async def _fields(request: Request) -> tuple[dict[str, str], bytes]:
    """Return the fields of a form, and the bytes they came in."""
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
    fields = dict(pairs)
    if len(fields) != len(pairs) or any("\0" in value for value in fields.values()):
        raise Unreadable("a field stands twice, or holds what no text can")
    return fields, body


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BYTES_MAX:
            raise TooLarge("the form is too long")
    return bytes(body)


async def _once(request: Request, key: str) -> None:
    doings: Doings | None = getattr(request.state, "doings", None)
    if doings is not None:
        request.state.doing = await doings.begin(key)
