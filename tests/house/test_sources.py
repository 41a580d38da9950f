"""The rules that every source file keeps."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

import node.assembly.methods
from node import events
from node.assembly import method
from node.autoload import autoload
from node.cli import command as commands
from node.cli.command import Context, command
from node.federation import incoming
from node.federation.incoming import receives

ROOT = Path(__file__).parents[2]
NODE = sorted((ROOT / "node").rglob("*.py"))
OURS = sorted([*NODE, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
OURS = [path for path in OURS if "node_modules" not in path.parts]
# Everything else of little-boxes fetches, resolves twice, or does not exist (dependencies.md).
BOXES = ROOT / "node" / "activitypub" / "vocabulary.py"
ABOUT_BOXES = ROOT / "tests" / "activitypub" / "test_little_boxes.py"
BANNED = ("parse_activity", "Inbox", "Outbox", "urlutils", "set_backend", "get_backend")

in_node = pytest.mark.parametrize(
    "path", [pytest.param(path, id=str(path.relative_to(ROOT))) for path in NODE]
)


@in_node
def test_every_module_begins_with_one_sentence(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert said, "there is no docstring"
    first = said.partition("\n\n")[0]
    assert first.endswith((".", "?")), first
    assert "\n" not in first, first
    assert not re.search(r"[.?!] [A-Z]", first), f"more than one sentence: {first}"


@in_node
def test_imports_stand_at_the_top(path: Path) -> None:
    """A local import hides a cycle; those by name that cost seconds go through importlib."""
    for part in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [one for one in ast.walk(part) if isinstance(one, ast.Import | ast.ImportFrom)]
            assert not inner, f"{part.name} imports"


def test_nothing_is_left_to_do_without_an_issue() -> None:
    marks = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b(?!.*#\d+)")
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in OURS
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if marks.search(line)
    ]
    assert left == []


def test_no_source_knows_the_machine_it_was_written_on() -> None:
    places = re.compile(r"[\"']/(?:home|Users|root|work|tmp)/")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*NODE, *(ROOT / "scripts").iterdir()]
        if path.is_file()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if places.search(line)
    ]
    assert found == []


def test_little_boxes_is_used_in_one_module_and_within_its_limits() -> None:
    for path in OURS:
        if path == ABOUT_BOXES:
            continue
        for part in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(part, ast.Import):
                names = [alias.name for alias in part.names]
            elif isinstance(part, ast.ImportFrom):
                names = [f"{part.module}.{alias.name}" for alias in part.names]
            boxes = [name for name in names if name.startswith("little_boxes")]
            assert not boxes or path == BOXES, f"{path.relative_to(ROOT)} imports {boxes}"
            assert not any(name.endswith(BANNED) for name in boxes), boxes


async def _heard(_tx: Any, _event: Any) -> None:
    """Nobody listens to this."""


def test_a_duplicate_registration_raises_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    class Happened:
        """Something that never happens."""

    for module, name in ((events, "_listeners"), (incoming, "_handlers"), (commands, "_commands")):
        monkeypatch.setattr(module, name, dict(getattr(module, name)))

    events.on(Happened)(_heard)
    with pytest.raises(RuntimeError, match="listens to Happened twice"):
        events.on(Happened)(_heard)
    receives("Yodel", "Note")(_heard)
    with pytest.raises(RuntimeError, match="two handlers receive Yodel of Note"):
        receives("Yodel", "Note")(_heard)
    receives("Yodel")(_heard)
    with pytest.raises(RuntimeError, match="two handlers receive Yodel of anything"):
        receives("Yodel")(_heard)

    def nothing(*_: Any) -> None:
        """Takes no flags."""

    def act(_context: Context) -> None:
        """Does nothing."""

    command("yodel", nothing)(act)
    with pytest.raises(RuntimeError, match="two commands yodel"):
        command("yodel", nothing)(act)

    autoload(node.assembly.methods)
    known = method.find("majority")
    with pytest.raises(RuntimeError, match="two decision methods called majority"):
        method.decision_method("majority", wire_name="motion", ballot=known.ballot)(known.count)
