"""How old a signature may be, and how far ahead its clock (wire.md, section 2; A10)."""

import re
from datetime import UTC, datetime, timedelta

from node.errors import BadSignature

PAST = timedelta(hours=12)
AHEAD = timedelta(hours=1)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun",
           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # fmt: skip
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DATE = re.compile(
    r"([A-Z][a-z]{2}), ([0-9]{2}) ([A-Z][a-z]{2}) ([0-9]{4}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


def http_date(at: datetime) -> str:
    """Write a moment as the `Date` header wants it (RFC 9110, 5.6.7)."""
    at = at.astimezone(UTC)
    return f"{_DAYS[at.weekday()]}, {at.day:02} {_MONTHS[at.month - 1]} {at:%Y %H:%M:%S} GMT"


def check_date(value: str, at: datetime) -> float:
    """Return the seconds of a `Date` header; BadSignature unless it is lately."""
    parts = _DATE.fullmatch(value)
    try:
        if parts is None:
            raise ValueError(value)
        day, year, hour, minute, second = (int(parts[n]) for n in (2, 4, 5, 6, 7))
        month = _MONTHS.index(parts[3]) + 1
        said = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError as error:
        raise BadSignature("the date of the request cannot be read") from error
    return check_seconds(said.timestamp(), at)


def check_seconds(said: float, at: datetime) -> float:
    """Return the moment; BadSignature unless it is at most 12 h back and 1 h ahead."""
    age = at.timestamp() - said
    if age > PAST.total_seconds():
        raise BadSignature("the request is too old")
    if age < -AHEAD.total_seconds():
        raise BadSignature("the request comes from the future")
    return said


def check_expires(expires: int, at: datetime) -> None:
    """Raise BadSignature if the signature has expired, or would outlive the window by far."""
    left = expires - at.timestamp()
    if left < 0:
        raise BadSignature("the signature has expired")
    if left > (PAST + AHEAD).total_seconds():
        raise BadSignature("the signature would expire too late")
