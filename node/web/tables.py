"""Figures of a vote as a table and a bar: each answer with its word, its sign and its share."""

from collections.abc import Mapping
from typing import NamedTuple

_SIGNS = {"for": "+", "against": "−", "abstain": "o", "objection": "!", "block": "!"}


class Line(NamedTuple):
    """One answer, how often it was given, and its share in percent."""

    choice: str
    sign: str
    times: int
    share: int
    name: str | None = None


def of(tally: Mapping[str, int] | None, names: Mapping[str, str] | None = None) -> list[Line]:
    """Return one line for each answer, options by their names; nothing when nobody could answer.

    Where votes against an option are taken off (D21), what is below nothing has no share.
    """
    total = sum(max(0, count) for count in (tally or {}).values())
    return [
        Line(
            choice,
            _SIGNS.get(choice, ""),
            count,
            round(100 * max(0, count) / total) if total else 0,
            (names or {}).get(choice),
        )
        for choice, count in (tally or {}).items()
    ]
