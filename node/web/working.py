"""The working of a result for a page: each table in words and figures, and its picture."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup

from node.assembly.phrases import Table, write
from node.web import pictures
from node.words import Words


class Working(NamedTuple):
    """One table as people read it; `picture` shows the same, or is empty."""

    caption: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]
    picture: Markup


def of(words: Words, tables: Iterable[Table], names: Mapping[str, str]) -> list[Working]:
    """Write tables in a language, options by their names."""
    return [
        Working(
            caption=one.caption.said(words, names),
            columns=[write(words, column, names) for column in one.columns],
            rows=[
                (
                    write(words, head, names),
                    ["–" if cell is None else write(words, cell, names) for cell in cells],
                )
                for head, cells in one.rows
            ],
            picture=Markup(pictures.draw(one, words, names)),  # noqa: S704 - escaped there
        )
        for one in tables
    ]
