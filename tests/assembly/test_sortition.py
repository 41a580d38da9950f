"""Lots drawn from a published list and public randomness, by hand, by file and by command."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from node.assembly import drawing, randomness, sortition
from node.cli import run as command_line
from node.errors import Invalid

PARIS = ZoneInfo("Europe/Paris")
NAMES = ["m-07", "m-01", "m-12"]


def test_a_rank_is_what_anybody_computes_by_hand() -> None:
    digest = hashlib.sha256(b"m-01\nm-07\nm-12\n").hexdigest()
    assert sortition.list_digest(NAMES) == digest
    ranks = dict(sortition.ranked(NAMES, "R"))
    by_hand = hashlib.sha256(f"tirage-v1\n{digest}\nR\nm-07".encode()).hexdigest()
    assert ranks["m-07"] == by_hand
    assert list(ranks.values()) == sorted(ranks.values())
    assert sortition.order("tirage-v1", NAMES, "R") == list(ranks)
    assert sortition.order("tirage-v1", NAMES[::-1], "R") == list(ranks)


def test_the_order_of_the_list_and_of_the_numbers_changes_nothing() -> None:
    drawn = sortition.order("rfc3797", NAMES, "3./")
    assert sorted(drawn) == sorted(NAMES)
    assert sortition.order("rfc3797", NAMES[::-1], "3./") == drawn
    assert sortition.key([[9, 2], [7]]) == "2.9./7./"


def test_every_place_is_about_as_likely() -> None:
    for mode in sortition.MODES:
        firsts = [sortition.order(mode, NAMES, f"{n}./")[0] for n in range(900)]
        assert all(240 < firsts.count(name) < 360 for name in NAMES)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2026-11-24T09:00", "2026-11-28T20:00"),
        ("2026-11-27T19:59", "2026-11-28T20:00"),
        ("2026-11-27T20:01", "2026-12-05T20:00"),
        ("2026-11-28T12:00", "2026-12-05T20:00"),
    ],
)
def test_the_loto_is_that_of_a_saturday_a_day_ahead_at_least(after: str, expected: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=PARIS)
    found = randomness.due("loto", moment, PARIS)
    assert f"{found:%Y-%m-%dT%H:%M}" == expected


def test_the_round_of_the_beacon_is_the_first_that_is_not_before() -> None:
    first = datetime.fromtimestamp(1_692_803_367, UTC)
    assert randomness.beacon_round(first) == 1
    assert randomness.beacon_round(datetime.fromtimestamp(1_692_803_368, UTC)) == 2
    assert randomness.beacon_round(datetime.fromtimestamp(1_692_803_370, UTC)) == 2
    assert randomness.beacon_url(2).endswith("/public/2")
    assert randomness.due("drand", first, PARIS).timestamp() == 1_692_803_367 + 86_400


def test_randomness_is_read_in_one_spelling() -> None:
    assert randomness.from_loto("37 3, 11-24 45", " 9 ") == "3.11.24.37.45./9./"
    assert randomness.from_drand(" " + "AB" * 32, "tirage-v1") == "ab" * 32
    assert randomness.from_drand("00" * 31 + "0a", "rfc3797") == "10./"


@pytest.mark.parametrize(
    ("balls", "chance", "fields"),
    [
        ("1 2 3 4", "5", ["randomness"]),
        ("1 2 3 4 4", "5", ["randomness"]),
        ("1 2 3 4 50", "0", ["randomness", "chance"]),
        ("1 2 3 4 5", "11", ["chance"]),
        ("", "", ["randomness", "chance"]),
        ("1 2 3 4 5", "1 2", ["chance"]),
    ],
)
def test_what_no_loto_says_is_refused(balls: str, chance: str, fields: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        randomness.from_loto(balls, chance)
    assert [one.field for one in refused.value.problems] == fields


@pytest.mark.parametrize("typed", ["", "ab", "g" * 64, "ab" * 33])
def test_what_no_beacon_says_is_refused(typed: str) -> None:
    with pytest.raises(Invalid):
        randomness.from_drand(typed, "tirage-v1")


GOOD: dict[str, Any] = {"names": NAMES, "randomness": "R"}


def test_a_file_gives_those_drawn_and_their_substitutes() -> None:
    whole = drawing.read(json.dumps(GOOD)).report()
    assert whole["substitutes"] == []
    some = drawing.read(json.dumps({**GOOD, "pick": 1, "about": "x", "digest": whole["digest"]}))
    found = some.report()
    assert (found["drawn"], found["substitutes"]) == (whole["drawn"][:1], whole["drawn"][1:])
    assert found["ranks"] == whole["ranks"]
    sources = {"mode": "rfc3797", "names": NAMES, "sources": [[9], [5, 2]]}
    assert drawing.read(json.dumps(sources)).report() == {
        "mode": "rfc3797",
        "digest": whole["digest"],
        "randomness": "9./2.5./",
        "drawn": sortition.order("rfc3797", NAMES, "9./2.5./"),
        "substitutes": [],
    }


@pytest.mark.parametrize(
    ("file", "where", "code"),
    [
        ({**GOOD, "colour": 1}, "colour", "tally-unknown-field"),
        ({**GOOD, "mode": "dice"}, "mode", "tally-unknown-value"),
        ({**GOOD, "digest": "ab"}, "digest", "draw-other-list"),
        ({**GOOD, "pick": 4}, "pick", "tally-out-of-range"),
        ({"randomness": "R"}, "names", "draw-no-names"),
        ({**GOOD, "names": []}, "names", "draw-no-names"),
        ({**GOOD, "names": ["a", 1]}, "names[1]", "draw-not-a-name"),
        ({**GOOD, "names": ["a", "b\nc"]}, "names[1]", "draw-not-a-name"),
        ({**GOOD, "names": [" "]}, "names[0]", "draw-not-a-name"),
        ({**GOOD, "names": ["a", "a"]}, "names[1]", "draw-name-twice"),
        ({"names": NAMES}, "randomness", "draw-no-randomness"),
        ({"names": NAMES, "randomness": " "}, "randomness", "draw-no-randomness"),
        ({"mode": "rfc3797", "randomness": "R"}, "pool", "tally-not-a-number"),
        ({"mode": "rfc3797", "pool": 3, "sources": 7}, "sources", "tally-not-a-list"),
        ({"mode": "rfc3797", "pool": 3, "sources": [[1], 7]}, "sources", "tally-not-a-list"),
        ({"mode": "rfc3797", "pool": 3, "sources": [[-1]]}, "sources[0]", "tally-out-of-range"),
        ([], "", "tally-not-a-mapping"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    file: Any, where: str, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        drawing.read(json.dumps(file))
    [problem] = refused.value.problems
    assert (problem.field, problem.code) == (where, code)
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(file))
    assert command_line.main(["draw", str(path)]) == 2
    assert f"draw.json{': ' if where else ''}{where}" in capsys.readouterr().err


def test_the_command_draws_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "draw.json"
    path.write_text(json.dumps(GOOD))
    assert command_line.main(["draw", str(path)]) == 0
    assert json.loads(capsys.readouterr().out)["drawn"] == sortition.order("tirage-v1", NAMES, "R")
    assert command_line.main(["draw", str(tmp_path / "none.json")]) == 2
