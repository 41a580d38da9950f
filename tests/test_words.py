"""What was read from the catalogues is kept, and never outlives the files it was read from."""

import os
import shutil
from pathlib import Path

import pytest

from node import words


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the catalogues, of which nothing was read yet."""
    copied = tmp_path / "locale"
    there = Path(words.__file__).parent / "locale"
    shutil.copytree(there, copied, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(words, "_CATALOGUES", copied)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    return copied


def kept(catalogues: Path) -> Path:
    """Where what was read is kept."""
    return catalogues / "fr" / "__pycache__" / "messages.json"


def test_what_is_kept_is_what_was_read(catalogues: Path) -> None:
    first = words.catalogue("fr")
    assert kept(catalogues).stat().st_mode & 0o777 == 0o644
    assert [one.name for one in kept(catalogues).parent.iterdir()] == ["messages.json"]
    again = words.catalogue("fr")
    assert again == first
    assert {type(one) for one in again.values()} == {str, tuple}


@pytest.mark.parametrize("damage", [b"", b"{}", b'{"digest":"","messages":{}}', b"\xff"])
def test_what_is_damaged_is_read_anew(catalogues: Path, damage: bytes) -> None:
    first = words.catalogue("fr")
    kept(catalogues).write_bytes(damage)
    assert words.catalogue("fr") == first
    assert kept(catalogues).read_bytes() != damage


def test_a_changed_catalogue_is_read_even_when_it_looks_older(catalogues: Path) -> None:
    words.catalogue("fr")
    path = catalogues / "fr" / "cli.po"
    moment = path.stat()
    path.write_text(path.read_text("utf-8") + '\nmsgid "cli.new"\nmsgstr "Du neuf."\n', "utf-8")
    os.utime(path, (moment.st_atime - 9e6, moment.st_mtime - 9e6))
    assert words.catalogue("fr")["cli.new"] == "Du neuf."


def test_where_nothing_may_be_written_the_sentences_are_read(
    catalogues: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr("tempfile.mkstemp", refused)
    assert words.catalogue("fr")
    assert not kept(catalogues).exists()
    monkeypatch.undo()
    monkeypatch.setattr(words, "_CATALOGUES", catalogues)
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    assert words.catalogue("fr")
    assert not kept(catalogues).exists()


def test_a_key_that_stands_twice_is_an_error(catalogues: Path) -> None:
    path = catalogues / "fr" / "cli.po"
    text = path.read_text("utf-8")
    path.write_text(text + '\nmsgid "error.no-assembly"\nmsgstr "Deux fois."\n', "utf-8")
    with pytest.raises(ValueError, match="stands twice"):
        words.catalogue("fr")
