"""A delivery that was tried, and how the other server's answer to it is read."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from node import clock
from node.network.client import Answer

_WEEK = 604_800.0
_AGAIN = (401, 403, 408, 425)
# The server as a whole is at rest, not this one activity refused (520 to 530 are a proxy's).
_RESTING = (429, 502, 503, 504, *range(520, 531))

FateOf = Literal["delivered", "gone", "failed", "later"]


@dataclass(frozen=True)
class Job:
    """One delivery that this process has claimed."""

    id: int
    item_id: int
    inbox: str
    host: str
    attempts: int
    created_at: datetime
    leased_until: datetime
    dialect: str = "cavage"
    is_probe: bool = False


@dataclass(frozen=True)
class Result:
    """What came of a delivery."""

    job: Job
    fate: FateOf
    reason: str | None = None
    is_host_down: bool = False
    tried: bool = True
    answered: bool = False
    retry_after: float | None = None
    dialect: str | None = None


def judged(job: Job, answer: Answer) -> Result:
    """Read an answer: 2xx is delivered, 410 ends it, some are worth another try, the rest fail."""
    status = answer.status
    if 200 <= status < 300:
        return Result(job, "delivered", answered=True)
    if status == 410:
        return Result(job, "gone", "the inbox is gone for good (410)", answered=True)
    if status not in _AGAIN and status < 500 and status != 429:
        return Result(job, "failed", f"answers {status}", answered=True)
    return Result(
        job,
        "later",
        f"answers {status}",
        is_host_down=status in _RESTING,
        answered=True,
        retry_after=_retry_after(answer),
    )


def _retry_after(answer: Answer) -> float | None:
    """Return how many seconds the other side asks for, a week at the most (RFC 9110, 10.2.3)."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said), _WEEK)
    try:
        until = parsedate_to_datetime(said)
        return min(max((until - clock.now()).total_seconds(), 0.0), _WEEK)
    except (ValueError, TypeError):
        return None
