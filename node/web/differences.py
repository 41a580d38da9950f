"""What changed between two texts, sentence by sentence."""

import difflib
import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

SAME, ADDED, REMOVED = "same", "added", "removed"
# Beyond this many pieces the comparison would cost seconds; the whole is shown as replaced.
_PIECES_MAX = 800
_SENTENCE = re.compile(r"(?<=[.!?…;:])\s+")


class Piece(NamedTuple):
    """A stretch of text that stayed, came or went."""

    kind: str
    text: str


@functools.lru_cache(maxsize=64)
def between(old: str, new: str) -> tuple[tuple[Piece, ...], ...]:
    """Compare two texts: one row of pieces for each paragraph of either."""
    rows: list[tuple[Piece, ...]] = []
    before, after = _paragraphs(old), _paragraphs(new)
    for kind, left, right in _steps(before, after):
        if kind == "equal":
            rows += [(Piece(SAME, text),) for text in left]
        else:
            rows += _changed(left, right, closely=len(before) + len(after) <= _PIECES_MAX)
    return tuple(rows)


def is_same(rows: tuple[tuple[Piece, ...], ...]) -> bool:
    """Say whether nothing came and nothing went."""
    return all(piece.kind == SAME for row in rows for piece in row)


def _changed(left: list[str], right: list[str], *, closely: bool) -> Iterator[tuple[Piece, ...]]:
    for index in range(max(len(left), len(right))):
        if index >= len(left):
            yield (Piece(ADDED, right[index]),)
        elif index >= len(right):
            yield (Piece(REMOVED, left[index]),)
        elif closely:
            yield tuple(_sentences(left[index], right[index]))
        else:
            yield Piece(REMOVED, left[index]), Piece(ADDED, right[index])


def _sentences(left: str, right: str) -> Iterator[Piece]:
    for kind, gone, come in _steps(_SENTENCE.split(left), _SENTENCE.split(right)):
        if kind == "equal":
            yield Piece(SAME, " ".join(gone))
            continue
        if gone:
            yield Piece(REMOVED, " ".join(gone))
        if come:
            yield Piece(ADDED, " ".join(come))


def _steps(left: list[str], right: list[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    if len(left) + len(right) > _PIECES_MAX:
        yield "equal" if left == right else "replace", left, right
        return
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, False).get_opcodes():
        yield kind, left[a:b], right[c:d]


def _paragraphs(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
