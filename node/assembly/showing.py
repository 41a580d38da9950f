"""What a result says to people, kept so that nobody counts again to read it.

The sentence, the notes and the tables are kept as JSON, before anybody has chosen a language.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from node.assembly.phrases import Figure, Phrase, Table
from node.assembly.poll import Tally


class Shown(NamedTuple):
    """The sentence of a result, what is to be noted, and the tables of its working."""

    sentence: Phrase
    notes: Sequence[Phrase]
    tables: Sequence[Table]


def kept(found: Tally) -> dict[str, Any]:
    """Return a result as JSON, so that `given` gives it back."""
    return {
        "sentence": _kept(found.explanation),
        "notes": [_kept(note) for note in found.notes],
        "tables": [
            {
                "kind": one.kind,
                "caption": _kept(one.caption),
                "columns": [_kept(column) for column in one.columns],
                "rows": [[_kept(head), [_kept(cell) for cell in row]] for head, row in one.rows],
            }
            for one in found.tables
        ],
    }


def given(kept_: Mapping[str, Any]) -> Shown | None:
    """Return a result that was kept; None where there was none to keep."""
    if not kept_:
        return None
    return Shown(
        sentence=_phrase(kept_["sentence"]),
        notes=[_phrase(note) for note in kept_["notes"]],
        tables=[
            Table(
                kind=one["kind"],
                caption=_phrase(one["caption"]),
                columns=tuple(_figure(column) for column in one["columns"]),
                rows=tuple(
                    (_figure(head), tuple(None if cell is None else _figure(cell) for cell in row))
                    for head, row in one["rows"]
                ),
            )
            for one in kept_["tables"]
        ],
    )


def _kept(value: Figure | None) -> Any:
    if isinstance(value, Phrase):
        figures = {name: _kept(one) for name, one in value.figures.items()}
        return {"key": value.key, "figures": figures, "count": value.count}
    if isinstance(value, Fraction):
        return {"num": value.numerator, "den": value.denominator}
    return [_kept(one) for one in value] if isinstance(value, tuple) else value


def _figure(value: Any) -> Figure:
    if isinstance(value, list):
        return tuple(_figure(one) for one in value)
    if isinstance(value, dict):
        return Fraction(value["num"], value["den"]) if "num" in value else _phrase(value)
    found: int | str = value
    return found


def _phrase(value: Mapping[str, Any]) -> Phrase:
    figures = {name: _figure(one) for name, one in value["figures"].items()}
    return Phrase(value["key"], figures, value["count"])
