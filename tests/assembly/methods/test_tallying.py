"""Tally files: what is wrong is said with its place; what is right is counted the same again."""

import json
from pathlib import Path
from typing import Any

import pytest

from node import words
from node.assembly import tallying
from node.cli.run import main
from node.errors import Invalid
from tests.assembly.methods.counting import document, refused

GOOD = document("majority", [(2, "for"), (1, "against")])


@pytest.mark.parametrize(
    ("source", "where", "code"),
    [
        ("{", "", "tally-not-json"),
        ("", "", "tally-not-json"),
        (b"\xff\xfe\xff", "", "tally-not-utf8"),
        ('{"about": "\\ud800"}', "", "tally-unknown-value"),
        ("[" * 100_000, "", "tally-too-deep"),
        ("[]", "", "tally-not-a-mapping"),
        ('{"electorate": 1, "electorate": 2}', "electorate", "tally-key-twice"),
        ('{"electorate": NaN}', "NaN", "tally-not-an-amount"),
        ('{"electorate": 1e400}', "", "tally-not-an-amount"),
        ('{"electorate": ' + "9" * 5000 + "}", "", "tally-not-an-amount"),
        ({**GOOD, "electorat": 3}, "electorat", "tally-unknown-field"),
        ({**GOOD, "method": "augury"}, "method", "tally-unknown-value"),
        ({**GOOD, "method": None}, "method", "tally-unknown-value"),
        ({**GOOD, "parameters": []}, "parameters", "tally-not-a-mapping"),
        ({**GOOD, "electorate": None}, "electorate", "tally-not-a-number"),
        ({**GOOD, "electorate": 2.5}, "electorate", "tally-not-a-number"),
        ({**GOOD, "options": ["A"]}, "options", "tally-no-options"),
        ({**GOOD, "ballots": None}, "ballots", "tally-not-a-list"),
        ({**GOOD, "ballots": ["for"]}, "ballots[0]", "tally-not-a-ballot"),
        ({**GOOD, "ballots": [{"weight": 1}]}, "ballots[0]", "tally-not-a-ballot"),
        ({**GOOD, "ballots": [{"choice": "for", "who": 1}]}, "ballots[0]", "tally-not-a-ballot"),
        (
            {**GOOD, "ballots": [{"choice": "for", "weight": 0}]},
            "ballots[0].weight",
            "tally-not-positive",
        ),
        (
            {**GOOD, "ballots": [{"choice": "for", "weight": True}]},
            "ballots[0].weight",
            "tally-not-positive",
        ),
        ({**GOOD, "draw": "adopted"}, "draw", "tally-not-a-list"),
        ({**GOOD, "draw": [1]}, "draw", "tally-not-a-list"),
        ({**GOOD, "draw": ["adopted", "adopted"]}, "draw[1]", "tally-option-twice"),
        (document("single", []), "options", "tally-options-missing"),
        (document("single", [], options=[]), "options", "tally-options-missing"),
        (document("single", [], options=[7]), "options[0]", "tally-not-an-option"),
        (document("single", [], options=[{"code": ""}]), "options[0]", "tally-not-an-option"),
        (
            document("single", [], options=[{"code": "A", "colour": "red"}]),
            "options[0]",
            "tally-not-an-option",
        ),
        (document("single", [], options=["A", "A"]), "options[1]", "tally-option-twice"),
        (document("single", [], options=["A"], draw=["Z"]), "draw[0]", "tally-unknown-option"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(source: Any, where: str, code: str) -> None:
    if code == "tally-unknown-value" and isinstance(source, str):
        where = "method"
    assert refused(source) == (where, code)


def test_the_line_of_a_slip_is_told() -> None:
    with pytest.raises(Invalid) as caught:
        tallying.read('{\n  "method": majority\n}')
    assert caught.value.problems[0].values == {"line": 2, "column": 13}


def test_dashes_and_low_lines_are_the_same() -> None:
    task = tallying.read(json.dumps({**GOOD, "method": "absolute-majority"}))
    assert task.method.name == "absolute_majority"


def test_ballots_alike_are_counted_together_however_they_are_written() -> None:
    one_by_one = [(1, ["A"]), (1, ["A"]), (1, [["A"]])]
    task = tallying.read(json.dumps(document("schulze", one_by_one, options=["A", "B"])))
    assert list(task.poll.ballots.values()) == [3]


def test_a_decimal_is_exact() -> None:
    options = [{"code": "A", "name": "A bench", "cost": 0.1}]
    file = document("equal_shares", [(3, ["A"])], options=options, budget=0.3)
    task = tallying.read(json.dumps(file))
    found = tallying.report(task, task.tally())
    assert (found["counts"]["spent"], found["counts"]["budget"]) == ("1/10", "3/10")
    assert found["explanation"]["en"] == "Funded: A bench, for 1/10 of 3/10."


def test_the_result_shows_its_quorums() -> None:
    quorum = {"kind": "participation", "num": 1, "den": 2}
    task = tallying.read(json.dumps({**GOOD, "parameters": {"quorum": quorum}}))
    found = tallying.report(task, task.tally())
    expected = {**quorum, "represented": False, "have": 3, "of": 3, "needed": 2, "met": True}
    assert found["quorums"] == [expected]
    assert found["parameters"]["quorum"] == [{**quorum, "represented": False}]


def _run(capsys: pytest.CaptureFixture[str], path: str) -> tuple[int, str, str]:
    code = main(["tally", path])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command_prints_the_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "vote.json"
    path.write_text(json.dumps(GOOD), "utf-8")
    code, out, _err = _run(capsys, str(path))
    found = json.loads(out)
    assert (code, found["verdict"], found["inequality"]) == (0, "adopted", "2 > 1")
    assert found["explanation"]["en"] == "2 for > 1 against: adopted."
    assert found["parameters"]["tie"] == "rejected"
    again = tallying.read(json.dumps({**GOOD, "parameters": found["parameters"]}))
    assert tallying.report(again, again.tally()) == found


def test_the_command_reads_what_is_piped_to_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "vote.json"
    path.write_text(json.dumps(GOOD), "utf-8")
    with path.open(encoding="utf-8") as piped:
        monkeypatch.setattr("sys.stdin", piped)
        assert _run(capsys, "-")[0] == 0


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_the_command_says_what_is_wrong_and_where(
    language: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", f"{language}_XX.UTF-8")
    path = tmp_path / "vote.json"
    path.write_text(json.dumps({**GOOD, "ballots": [{"choice": "fro"}]}), "utf-8")
    code, out, err = _run(capsys, str(path))
    assert (code, out) == (2, "")
    assert "ballots[0].choice" in err
    assert ("fro is not a possible answer" in err) is (language == "en")
    path.write_text("{", "utf-8")
    assert _run(capsys, str(path))[0] == 2
    assert _run(capsys, str(tmp_path / "nowhere.json"))[0] == 2
