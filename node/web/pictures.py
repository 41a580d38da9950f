"""Results as drawings: bars, merit profile, rounds and duels as SVG, with the same in words."""

import html
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from node.assembly.phrases import Figure, Phrase, Table, write
from node.words import Words

# As wide as a phone, so that words are as large there as the text around them.
WIDTH = 360
_NAME, _BAR, _GAP, _LABEL, _CELL = 20, 20, 10, 128, 56
_LINE = _NAME + _BAR + _GAP
_PLOT = WIDTH - 56
Names = Mapping[str, str]


def draw(table: Table, words: Words, names: Names | None = None) -> str:
    """Return the picture of a table as SVG that speaks for itself; nothing for plain tables."""
    shapes = _SHAPES.get(table.kind)
    if shapes is None or not table.rows:
        return ""
    drawn, width, height = shapes(table, words, names or {})
    across = "100%" if width <= WIDTH else str(width)
    label = html.escape(text(table, words, names), quote=True)
    return (
        f'<svg class="picture" role="img" aria-label="{label}" viewBox="0 -1 {width} {height + 1}" '
        f'xmlns="http://www.w3.org/2000/svg" width="{across}" font-size="14" fill="currentColor" '
        f'data-kind="{table.kind}">{drawn}</svg>'
    )


def text(table: Table, words: Words, names: Names | None = None) -> str:
    """Return what the picture shows as sentences, line by line."""
    shown = names or {}
    columns = [write(words, column, shown) for column in table.columns]
    lines = []
    for head, cells in table.rows:
        said = [
            words("tally.picture-cell", column=column, value=write(words, cell, shown))
            for column, cell in zip(columns, cells, strict=True)
            if cell is not None
        ]
        line = {"head": write(words, head, shown), "cells": ", ".join(said)}
        lines.append(words("tally.picture-line", **line))
    caption = table.caption.said(words, shown)
    return words("tally.picture", caption=caption, lines=" ".join(lines))


def _bars(table: Table, words: Words, names: Names) -> tuple[str, int, int]:
    numbers = [_number(cells[0]) for _head, cells in table.rows]
    top = max(1, *(abs(number) for number in numbers))
    drawn = []
    for line, ((head, cells), number) in enumerate(zip(table.rows, numbers, strict=True)):
        y, width = line * _LINE, abs(number) * _PLOT // top
        code = head.key.rpartition(".")[2] if isinstance(head, Phrase) else ""
        drawn.append(_label(write(words, head, names), y))
        shade = 20 if number >= 0 else 50
        drawn.append(_rect(0, y + _NAME, width, opacity=shade, choice=code))
        drawn.append(_text(width + 6, y + _NAME + 15, write(words, cells[0] or 0, names)))
    return "".join(drawn), WIDTH, len(table.rows) * _LINE


def _profile(table: Table, words: Words, names: Names) -> tuple[str, int, int]:
    """Draw each option as one bar of grades, the best from the right, with the middle marked."""
    drawn, many = [], len(table.columns)
    for line, (head, cells) in enumerate(table.rows):
        y, x, total = line * _LINE, 0, max(1, sum(map(_number, cells)))
        drawn.append(_label(write(words, head, names), y))
        for place, cell in enumerate(cells):
            width, shade = _number(cell) * WIDTH // total, _shade(place, many)
            drawn.append(_rect(x, y + _NAME, width, opacity=shade, choice=f"grade-{place}"))
            if width > 24:
                said = write(words, cell or 0, names)
                drawn.append(_text(x + 4, y + _NAME + 15, said, halo=True))
            x += width
    bottom, middle = len(table.rows) * _LINE, WIDTH // 2
    halves = "".join(f"M{middle} {y + _NAME}v{_BAR}" for y in range(0, bottom, _LINE))
    line_ = f'<path d="{halves}" stroke="currentColor" stroke-width="2" stroke-dasharray="4 3"/>'
    height = bottom + 22 * -(-len(table.columns) // 2) + 4
    return "".join(drawn) + line_ + _legend(table, words, names, bottom), WIDTH, height


def _legend(table: Table, words: Words, names: Names, top: int) -> str:
    """Say which shade is which grade, the worst on the left, two in a line."""
    drawn, many = [], len(table.columns)
    for place, column in enumerate(table.columns):
        x, y = (place % 2) * (WIDTH // 2), top + (place // 2) * 22
        drawn.append(_rect(x, y, 16, 16, opacity=_shade(place, many), choice=f"grade-{place}"))
        drawn.append(_text(x + 22, y + 13, write(words, column, names)))
    return "".join(drawn)


def _rounds(table: Table, words: Words, names: Names) -> tuple[str, int, int]:
    """Draw the rounds one below the other, each as bars of those who were still there."""
    top = max(1, *(_number(cell) for _head, cells in table.rows for cell in cells))
    drawn, y = [], 0
    for place, column in enumerate(table.columns):
        drawn.append(_text(0, y + 16, write(words, column, names), bold=True))
        y += _BAR + 4
        for head, cells in table.rows:
            cell = cells[place]
            if cell is None:
                continue
            width = _number(cell) * _PLOT // top
            drawn.append(_label(write(words, head, names), y))
            drawn.append(_rect(0, y + _NAME, width, opacity=20))
            drawn.append(_text(width + 6, y + _NAME + 15, write(words, cell, names)))
            y += _NAME + _BAR + 4
        y += _GAP
    return "".join(drawn), WIDTH, y


def _matrix(table: Table, words: Words, names: Names) -> tuple[str, int, int]:
    """Draw the duels as squares; a duel that is won is framed and darker."""
    drawn = [
        _text(_LABEL + place * _CELL + 4, 16, _short(write(words, column, names), 6))
        for place, column in enumerate(table.columns)
    ]
    won = {
        (row, column): _number(cell) > _number(table.rows[column][1][row])
        for row, (_head, cells) in enumerate(table.rows)
        for column, cell in enumerate(cells)
        if cell is not None
    }
    for row, (head, cells) in enumerate(table.rows):
        y = (row + 1) * (_BAR + 4)
        drawn.append(_label(write(words, head, names), y, most=16))
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            x, is_won = _LABEL + column * _CELL, won[row, column]
            drawn.append(_rect(x, y, _CELL - 4, opacity=30 if is_won else 0, framed=is_won))
            drawn.append(_text(x + 6, y + 16, write(words, cell, names), bold=is_won))
    width = max(WIDTH, _LABEL + len(table.columns) * _CELL)
    return "".join(drawn), width, (len(table.rows) + 1) * (_BAR + 4)


def _shade(place: int, many: int) -> int:
    """Return how dark a grade is, in hundredths: words stay readable on the darkest."""
    return 4 + 36 * place // max(1, many - 1)


def _number(cell: Figure | None) -> int:
    return round(cell) if isinstance(cell, (int, Fraction)) else 0


def _label(said: str, y: int, most: int = 44) -> str:
    title = f"<title>{html.escape(said)}</title>"
    return f'<text x="0" y="{y + 14}">{html.escape(_short(said, most))}{title}</text>'


def _short(said: str, most: int) -> str:
    return said if len(said) <= most else said[: most - 1] + "…"


def _text(x: int, y: int, said: str, *, bold: bool = False, halo: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    around = ' class="halo"' if halo else ""
    return f'<text x="{x}" y="{y}"{weight}{around}>{html.escape(said)}</text>'


def _rect(
    x: int,
    y: int,
    width: int,
    height: int = _BAR,
    *,
    opacity: int,
    choice: str = "",
    framed: bool = True,
) -> str:
    named = f' data-choice="{html.escape(choice)}"' if choice else ""
    edge = ' stroke="currentColor"' if framed else ""
    return (
        f'<rect x="{x}" y="{y}" width="{max(0, width)}" height="{height}" '
        f'fill-opacity=".{opacity:02d}"{edge}{named}/>'
    )


_Shapes = Callable[[Table, Words, Names], tuple[str, int, int]]
_SHAPES: Mapping[str, _Shapes] = {
    "bars": _bars,
    "profile": _profile,
    "rounds": _rounds,
    "matrix": _matrix,
}


def all_of(tables: Sequence[Table], words: Words, names: Names | None = None) -> list[str]:
    """Return the pictures of a result, in the order of its tables."""
    return [picture for one in tables if (picture := draw(one, words, names))]
