"""Sentences and tables of a result before anybody has chosen a language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from node.words import Words


@dataclass(frozen=True)
class Phrase:
    """A sentence of the catalogues with its figures; a text among them is the code of an option."""

    key: str
    figures: Mapping[str, "Figure"] = field(default_factory=dict)
    count: int | None = None

    def said(self, words: Words, names: Mapping[str, str] | None = None) -> str:
        """Write it in a language, options by their names; with `count` in the plural it needs."""
        shown = {name: write(words, value, names or {}) for name, value in self.figures.items()}
        if self.count is None:
            return words(self.key, **shown)
        return words.plural(self.key, self.count, **shown)


Figure: TypeAlias = int | Fraction | str | Phrase | tuple["Figure", ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Figures in rows and columns; `kind` says which picture shows them, if any."""

    kind: str
    caption: Phrase
    columns: tuple[Figure, ...]
    rows: "tuple[tuple[Figure, tuple[Figure | None, ...]], ...]"


def write(words: Words, value: Figure, names: Mapping[str, str]) -> str:
    """Write one figure: a number, a share, a sum of money, an option, a phrase, a list of these."""
    if isinstance(value, Phrase):
        return value.said(words, names)
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, int):
        return words.number(value)
    if isinstance(value, Fraction):
        return _fraction(words, value)
    *before, last = [write(words, one, names) for one in value] or ["–"]
    return words("tally.and", list=", ".join(before), last=last) if before else last


def bars(
    caption: str, unit: str, counts: Mapping[str, int], name: Callable[[str], Figure]
) -> Table:
    """Make the table that bars are drawn from: one figure a line."""
    rows = tuple((name(code), (number,)) for code, number in counts.items())
    return Table(kind="bars", caption=Phrase(caption), columns=(Phrase(unit),), rows=rows)


def _fraction(words: Words, value: Fraction) -> str:
    if value.denominator == 1:
        return words.number(value.numerator)
    if value < 1:
        return f"{value.numerator}/{value.denominator}"
    cents = round(value * 100)
    number = Decimal(cents) / 100
    return f"{'' if value * 100 == cents else '≈ '}{words.number(number)}"  # type: ignore[arg-type]
