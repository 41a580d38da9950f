"""The documents say what the code does: every name in them is there, and every name is in them."""

import re
from pathlib import Path

import pytest
from starlette.routing import Route

from node.app import register_everything
from node.autoload import autoload
from node.cli import commands
from node.cli.command import registered
from node.federation import discovery, documents, incoming
from node.settings import Settings

ROOT = Path(__file__).parents[2]
_SKIPPED = {".venv", "node_modules", ".git", "data"}
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def read(name: str) -> str:
    """Return a document."""
    return (ROOT / name).read_text("utf-8")


def rows(text: str) -> list[list[str]]:
    """Return the cells of every line of every table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def anchor(heading: str) -> str:
    """Return the fragment by which a heading is linked to."""
    words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return words.replace(" ", "-")


def all_documents() -> list[Path]:
    """Return every Markdown file of the repository."""
    found = [path for path in ROOT.rglob("*.md") if not _SKIPPED & set(path.parts)]
    return sorted(path.relative_to(ROOT) for path in found)


def test_every_setting_has_its_line_with_variable_and_default() -> None:
    found = {cells[0]: cells for cells in rows(read("docs/settings.md")) if cells[0][0] == "`"}
    assert set(found) == {f"`{name}`" for name in Settings.__struct_fields__}
    for name in Settings.__struct_fields__:
        default = getattr(Settings(), name)
        _, variable, key, said, meaning = found[f"`{name}`"]
        assert variable == f"`PALABRE_{name.upper()}`"
        assert key == f"`{name}`" or name == "data"
        assert said == ("empty" if default == "" else f"`{str(default).lower()}`")
        assert meaning


def test_no_document_names_a_setting_that_is_not_there() -> None:
    known = {f"PALABRE_{name.upper()}" for name in Settings.__struct_fields__} | {"PALABRE_PYTHON"}
    for path in all_documents():
        named = set(re.findall(r"PALABRE_[A-Z_]*[A-Z]", read(str(path))))
        assert {name.removesuffix("_FILE") for name in named} <= known, path


def test_every_command_has_its_line_and_no_other_is_there() -> None:
    autoload(commands)
    first = [cells[0] for cells in rows(read("docs/cli.md"))]
    named = [cell.strip("`").removeprefix("palabre ") for cell in first if "palabre " in cell]
    words = (re.split(r" (?=[A-Z\[])", name)[0] for name in named)
    assert sorted(words) == sorted(registered())


def test_every_activity_that_is_received_is_in_the_federation_document() -> None:
    register_everything()
    text = read("FEDERATION.md").partition("## What we receive")[2]
    first = " ".join(cells[0] for cells in rows(text.partition("## Signatures")[0]))
    named = set(re.findall(r"`(\w+)`", first))
    kinds = {kind for kind, _ in incoming.table()}
    things = {thing for _, thing in incoming.table() if thing}
    assert named == kinds | things


def test_every_address_for_servers_is_in_the_federation_document() -> None:
    text = read("FEDERATION.md").partition("## Addresses")[2].partition("## What we send")[0]
    named = set(re.findall(r"`(/[^`]*)`", " ".join(cells[0] for cells in rows(text))))
    routes = [*discovery.routes, *documents.routes]
    assert named == {route.path for route in routes if isinstance(route, Route)}


@pytest.mark.parametrize("name", ["README.md", "docs/cli.md", "docs/install.md", "README.fr.md"])
def test_the_commands_that_are_shown_exist(name: str) -> None:
    autoload(commands)
    firsts = {command.partition(" ")[0] for command in registered()}
    text = read(name)
    blocks = [text[match.start() : match.end()] for match in _CODE.finditer(text)]
    pattern = r"(?:^|`|scripts/|exec palabre )palabre ([a-z]+)"
    shown = re.findall(pattern, "\n".join(blocks), re.MULTILINE)
    assert set(shown) <= firsts


@pytest.mark.parametrize("path", all_documents(), ids=str)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = _CODE.sub("", read(str(path)))
    for target in (one or other for one, other in _LINK.findall(text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, fragment = target.partition("#")
        there = (ROOT / path.parent / file).resolve() if file else ROOT / path
        assert there.exists(), f"{path} links to {target}"
        if fragment:
            headings = re.findall(r"^#+ (.*)$", there.read_text("utf-8"), re.MULTILINE)
            assert fragment in map(anchor, headings), f"{path} links to {target}"


def test_the_licence_is_whole() -> None:
    text = read("LICENSE")
    assert text.lstrip().startswith("GNU AFFERO GENERAL PUBLIC LICENSE")
    assert len(text.splitlines()) == 661
