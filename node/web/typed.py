"""Days and hours in the ways people write them."""

import re
from datetime import date, time

_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip
_ENGLISH_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_TIME = re.compile(r"([01]?\d|2[0-3])\s*(?:[h:]\s*([0-5]\d)?)?(?:\s*min)?")


def read_day(typed: str) -> date | None:
    """Read 2026-12-02, 02/12/2026, 2 décembre 2026."""
    typed = " ".join(typed.lower().replace("1er", "1").split())
    if iso := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", typed):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
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
    if not 1900 <= year < 2200:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
