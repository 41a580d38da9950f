"""What a result says is kept with its vote, and is the same when it is given back."""

import json
from typing import Any

import pytest

from node import words
from node.assembly import showing
from node.assembly.phrases import write
from tests.assembly.methods.counting import tally

FRENCH = words.of("fr")
OPTIONS = ["M", "N", "K"]
COUNTED: list[tuple[str, Any]] = [
    ("majority_judgment", [(2, {"M": "good", "N": "passable"}), (1, {"K": "excellent"})]),
    ("schulze", [(2, ["M", "N"]), (1, ["N", "K"])]),
    ("score", [(1, {"M": 3}), (1, {"N": 2})]),
    ("instant_runoff", [(2, ["M"]), (2, ["N"])]),
]


@pytest.mark.parametrize(("name", "ballots"), COUNTED)
def test_a_kept_result_says_the_same(name: str, ballots: Any) -> None:
    found = tally(name, ballots, options=OPTIONS)
    given = showing.given(json.loads(json.dumps(showing.kept(found))))
    assert given is not None
    assert given.sentence.said(FRENCH) == found.explanation.said(FRENCH)
    assert [one.said(FRENCH) for one in given.notes] == [one.said(FRENCH) for one in found.notes]
    assert [one.kind for one in given.tables] == [one.kind for one in found.tables]
    for kept, counted in zip(given.tables, found.tables, strict=True):
        assert kept.caption.said(FRENCH) == counted.caption.said(FRENCH)
        cells = [
            [
                [None if cell is None else write(FRENCH, cell, {}) for cell in row]
                for _head, row in table.rows
            ]
            for table in (kept, counted)
        ]
        assert cells[0] == cells[1]


def test_a_vote_without_a_result_shows_nothing() -> None:
    assert showing.given({}) is None
