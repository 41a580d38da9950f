"""What time it is, in UTC; tests move it with `travel`."""

import time
from datetime import UTC, datetime, timedelta

_shift = timedelta()


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC) + _shift


def seconds() -> float:
    """Return the present moment as seconds since 1970."""
    return time.time() + _shift.total_seconds()


def travel(by: timedelta) -> None:
    """Shift every later `now` by this much; `travel(-by)` undoes it."""
    global _shift
    _shift += by


def wire(moment: datetime) -> str:
    """Write a moment as ActivityStreams wants it: UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
