"""What a node on SQLite holds in memory from its start: nothing that it never uses."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from node.cli.lasting import lasting

ROOT = Path(__file__).parents[2]
EVERYTHING = """
import sys
import node.cli.commands.serve
import node.app, node.autoload, node.web
node.app.register_everything()
node.autoload.autoload(node.web)
print("\\n".join(sys.modules))
"""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules in a process that has loaded all a node is made of."""
    found = subprocess.run(
        [sys.executable, "-c", EVERYTHING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(found.stdout.split())


@pytest.mark.parametrize(
    "unused",
    ["alembic", "asyncpg", "markdown_it", "pygments", "requests.api", "rich", "segno",
     "babel.messages", "sqlalchemy.dialects.postgresql", "urllib3", "weasyprint"],
)  # fmt: skip
def test_what_is_not_used_is_not_loaded(loaded: set[str], unused: str) -> None:
    assert "node.web.home" in loaded
    assert unused not in loaded


def test_what_is_made_later_is_looked_through_for_garbage() -> None:
    before = gc.get_threshold()
    with lasting():
        assert gc.get_threshold()[2] > before[2]
    gc.unfreeze()
    assert gc.isenabled()
    assert gc.get_threshold() == before
