"""Public randomness that nobody here makes: named in advance, known to everybody afterwards."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from node.assembly import sortition
from node.errors import Invalid, Problem

# The beacon "quicknet" of drand: a number every three seconds since its first.
DRAND_CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
_DRAND_FIRST, _DRAND_EVERY = 1_692_803_367, 3
# Long enough for everybody to have read the list before.
_NOTICE = timedelta(hours=24)
_SATURDAY = 5
_LOTO_AT = time(20, 0)
LOTO_BALLS, LOTO_NUMBERS, LOTO_CHANCES = 5, 49, 10


def due(source: str, after: datetime, zone: ZoneInfo) -> datetime:
    """Return when the randomness of a source will exist: never less than a day from now."""
    if source == "drand":
        return after + _NOTICE
    earliest = (after + _NOTICE).astimezone(zone)
    days = (_SATURDAY - earliest.weekday()) % 7
    found = datetime.combine(earliest.date() + timedelta(days=days), _LOTO_AT, zone)
    return found if found >= earliest else found + timedelta(days=7)


def beacon_round(moment: datetime) -> int:
    """Return the number of the first drand round that is not before a moment."""
    return -(-(int(moment.timestamp()) - _DRAND_FIRST) // _DRAND_EVERY) + 1


def beacon_url(number: int) -> str:
    """Return where anybody can read a drand round."""
    return f"https://api.drand.sh/{DRAND_CHAIN}/public/{number}"


def from_drand(typed: str, mode: str) -> str:
    """Return the randomness of a drand round as a draw takes it. Raise Invalid."""
    found = typed.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", found):
        raise Invalid(Problem("randomness", "draw-not-drand", {}))
    return found if mode == "tirage-v1" else sortition.key([[int(found, 16)]])


def from_loto(balls: str, chance: str) -> str:
    """Return the numbers of a Loto as a draw takes them: the key of RFC 3797. Raise Invalid."""
    numbers = [int(one) for one in re.findall(r"[0-9]{1,9}", balls)]
    lucky = [int(one) for one in re.findall(r"[0-9]{1,9}", chance)]
    problems = []
    is_distinct = len(set(numbers)) == len(numbers) == LOTO_BALLS
    if not is_distinct or not all(1 <= one <= LOTO_NUMBERS for one in numbers):
        values: dict[str, object] = {"balls": LOTO_BALLS, "most": LOTO_NUMBERS}
        problems.append(Problem("randomness", "draw-not-loto", values))
    if len(lucky) != 1 or not 1 <= lucky[0] <= LOTO_CHANCES:
        problems.append(Problem("chance", "draw-not-a-chance", {"most": LOTO_CHANCES}))
    if problems:
        raise Invalid(*problems)
    return sortition.key([numbers, lucky])
