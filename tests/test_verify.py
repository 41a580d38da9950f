"""`palabre verify` on exported registers: without a node, with exit codes for scripts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from node.cli import main
from node.web import printing
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, sheets
from tests.web.register_helper import decide, exported

Files = Callable[[dict[str, Any]], str]
Told = pytest.CaptureFixture[str]


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        for title in ("Un jardin partagé", "Une clôture", "Un banc"):
            await decide(place, title)
        yield place


@pytest.fixture
async def export(place: Place) -> dict[str, Any]:
    """The register as it was handed out."""
    return await exported(place)


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


@pytest.fixture
def kept(tmp_path: Path) -> Files:
    """Write a register to a file and return where."""

    def keep(found: dict[str, Any]) -> str:
        path = tmp_path / "register.json"
        path.write_bytes(rfc8785.dumps(found))
        return str(path)

    return keep


def test_an_exported_register_holds(export: dict[str, Any], kept: Files, capsys: Told) -> None:
    head = export["head"]["assembly"]
    assert main(["verify", kept(export), "--head", f"{head['seq']}:{head['head']}"]) == 0
    said = capsys.readouterr().out
    assert "3 entries, 3 decisions" in said
    assert "3 signatures of the assembly checked" in said
    assert "The fingerprint that you had noted is that of the last entry." in said
    assert f"3:{head['head']}" in said


def test_one_changed_byte_is_found_wherever_it_is(
    export: dict[str, Any], tmp_path: Path, capsys: Told
) -> None:
    content = rfc8785.dumps(export)
    path = tmp_path / "register.json"
    for place in range(0, len(content), 131):
        changed = bytearray(content)
        changed[place] ^= 1
        path.write_bytes(changed)
        assert main(["verify", str(path)]) in (1, 2), (place, changed[place - 30 : place + 30])
    capsys.readouterr()


def test_a_dropped_last_entry_is_found_where_the_head_is_known(
    export: dict[str, Any], kept: Files, capsys: Told
) -> None:
    known = export["head"]["assembly"]["head"]
    export["entries"].pop()
    assert main(["verify", kept(export), "--head", f"3:{known}"]) == 1
    assert "The head that the file names is not its last entry" in capsys.readouterr().out


async def test_an_older_export_is_found_where_a_newer_head_is_known(
    place: Place, export: dict[str, Any], kept: Files, capsys: Told
) -> None:
    await decide(place, "Un pont")
    newer = (await exported(place))["head"]["assembly"]
    path = kept(export)
    assert main(["verify", path]) == 0
    assert main(["verify", path, "--head", f"{newer['seq']}:{newer['head']}"]) == 1
    said = capsys.readouterr().out
    assert "The first broken link is entry 4." in said
    assert "This register ends before the entry that you had noted" in said
    assert main(["verify", path, "--head", newer["head"]]) == 1
    assert "nowhere in this register" in capsys.readouterr().out


def test_two_swapped_entries_are_found(export: dict[str, Any], kept: Files, capsys: Told) -> None:
    entries = export["entries"]
    entries[0], entries[1] = entries[1], entries[0]
    assert main(["verify", kept(export)]) == 1
    assert "The first broken link is entry 1." in capsys.readouterr().out


def test_an_altered_text_is_found(export: dict[str, Any], kept: Files, capsys: Told) -> None:
    export["entries"][1]["text"]["content"] = "On abat tout.\n"
    assert main(["verify", kept(export)]) == 1
    captured = capsys.readouterr()
    assert "The first broken link is entry 2." in captured.out
    assert "The text is no longer the one that was voted on" in captured.out
    assert "The register does not hold." in captured.err


def test_the_result_is_json_when_asked_for(
    export: dict[str, Any], kept: Files, capsys: Told
) -> None:
    assert main(["verify", kept(export), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["holds"] is True
    export["entries"][2]["document"]["content"] = "autre"
    assert main(["verify", kept(export), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["holds"], found["first_break"]["code"]) == (False, "document")
    assert found["first_break"]["seq"] == 3


@pytest.mark.parametrize("content", [b"", b"bonjour", b"\xff", b"{}", b"[]"])
def test_what_cannot_be_read_is_another_exit_code(
    content: bytes, tmp_path: Path, capsys: Told
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert main(["verify", str(path)]) == 2
    assert main(["verify", str(tmp_path / "nothing.json")]) == 2
    assert main(["verify", str(path), "--head", "abc"]) == 2
    assert "palabre: " in capsys.readouterr().err


async def test_the_register_of_a_node_is_exported_and_checked(
    place: Place,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = place.app.node.settings
    monkeypatch.setenv("PALABRE_DATABASE_URL", settings.database)
    data = ["--data", settings.data]
    await _run(["register", "export", "--json", *data])
    path = tmp_path / "registre.json"
    path.write_bytes(capfdbinary.readouterr().out)
    assert await _run(["verify", str(path)]) == 0
    capfdbinary.readouterr()
    assert await _run(["register", "export", "--csv", *data]) == 0
    assert capfdbinary.readouterr().out.count(b"\r\n") == 4
    folder = tmp_path / "dossier"
    assert await _run(["register", "export", "--html", str(folder), *data]) == 0
    assert (folder / "index.html").exists()
    assert (folder / "d" / "3.html").exists()
    assert await _run(["verify", str(folder / "registre.json")]) == 0
    assert await _run(["register", "export", "--html", str(folder), *data]) == 2
    assert await _run(["register", "check", *data]) == 0
    paper = tmp_path / "registre.pdf"
    assert await _run(["register", "export", "--pdf", str(paper), *data]) == 0
    assert sheets(paper.read_bytes()) == 4


async def test_a_pdf_needs_the_extra(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Told
) -> None:
    monkeypatch.setattr(printing, "is_available", lambda: False)
    data = ["--data", place.app.node.settings.data]
    assert await _run(["register", "export", "--pdf", str(tmp_path / "r.pdf"), *data]) == 2
    assert "palabre[pdf]" in capsys.readouterr().err


async def _run(arguments: list[str]) -> int:
    """Run a command beside this test: it has a loop of its own."""
    return await asyncio.to_thread(main, arguments)
