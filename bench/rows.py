"""One line for each measure: what it cost, how fast it went, and what was aimed at."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

_HEADS = ("measure", "CPU ms/op", "per second", "p50 ms", "p99 ms", "PSS MB", "value", "target", "")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One measure; None stands for what it does not tell."""

    what: str
    cpu_ms: float | None = None
    rate: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    pss_mb: float | None = None
    value: float | None = None
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    p99_at_most: float | None = None
    note: str = ""

    @property
    def target(self) -> str:
        """The aim in words."""
        parts = []
        if self.at_least is not None:
            parts.append(f">= {self.at_least:g}{self.unit or '/s'}")
        if self.at_most is not None:
            parts.append(f"<= {self.at_most:g}{self.unit}")
        if self.p99_at_most is not None:
            parts.append(f"p99 <= {self.p99_at_most:g} ms")
        return ", ".join(parts)

    @property
    def verdict(self) -> str:
        """`ok`, `missed`, or nothing when nothing was aimed at."""
        if not self.target:
            return ""
        reached = self.value if self.value is not None else self.rate
        is_ok = reached is not None
        if self.at_least is not None and reached is not None:
            is_ok = is_ok and reached >= self.at_least
        if self.at_most is not None and reached is not None:
            is_ok = is_ok and reached <= self.at_most
        if self.p99_at_most is not None:
            is_ok = is_ok and self.p99_ms is not None and self.p99_ms <= self.p99_at_most
        return "ok" if is_ok else "missed"

    def cells(self) -> list[str]:
        """The line of the table."""
        value = "" if self.value is None else f"{self.value:.4g}{self.unit}"
        numbers = (self.cpu_ms, self.rate, self.p50_ms, self.p99_ms, self.pss_mb)
        said = "; ".join(part for part in (self.verdict, self._alone(), self.note) if part)
        return [self.what, *(_short(number) for number in numbers), value, self.target, said]

    def _alone(self) -> str:
        """What one core all to itself would do, where the rate on this machine missed the aim."""
        if self.verdict != "missed" or not self.cpu_ms or self.value is not None:
            return ""
        return f"{1000 / self.cpu_ms:.0f} per CPU second"

    def plain(self) -> dict[str, Any]:
        """The line for a program."""
        return {**asdict(self), "target": self.target, "verdict": self.verdict}


def table(rows: Sequence[Row]) -> str:
    """Return the lines under each other."""
    lines = [list(_HEADS), *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 7, 8) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def median(runs: Sequence[Sequence[Row]]) -> list[Row]:
    """Return the rows of several runs as one, each number the median of its own."""
    return [_median_row(same) for same in zip(*runs, strict=True)]


def _median_row(same: Sequence[Row]) -> Row:
    values: dict[str, Any] = {}
    for one in fields(Row):
        found = [getattr(row, one.name) for row in same]
        is_numeric = all(isinstance(value, float | int) for value in found)
        values[one.name] = statistics.median(found) if is_numeric else found[len(found) // 2]
    values["note"] = next((row.note for row in same if row.note), "")
    return Row(**values)


def _short(number: float | None) -> str:
    if number is None:
        return ""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"
