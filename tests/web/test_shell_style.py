"""The style sheet keeps its weight, and its colours can be told apart."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.web import style
from tests.web.conftest_shell import Door, opened

SHEET = style.SHEET.decode()
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([a-z-]+):light-dark\((#[0-9A-F]{6}),\s*(#[0-9A-F]{6})\)", SHEET
    )
}
# name, on page and on surface in the light theme, then in the dark one (pages.md, section 7)
TABLE = [
    ("text", 16.8, 15.3, 14.8, 13.2),
    ("muted", 7.1, 6.5, 7.9, 7.0),
    ("link", 7.5, 6.8, 9.7, 8.7),
    ("pour", 6.5, 6.0, 9.9, 8.8),
    ("contre", 7.2, 6.5, 8.7, 7.8),
    ("abstention", 6.5, 5.9, 9.0, 8.0),
    ("objection", 9.1, 8.3, 9.0, 8.0),
    ("cloture", 6.8, 6.2, 10.0, 8.9),
    ("border", 4.3, 3.9, 5.5, 4.9),
]


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(tmp_path) as door:
        yield door


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_every_colour_has_the_contrast_of_the_table(row: tuple[str, ...]) -> None:
    name, *expected = row
    found = [
        _contrast(TOKENS[name][theme], TOKENS[ground][theme])
        for theme in (0, 1)
        for ground in ("page", "surface")
    ]
    assert found == pytest.approx([float(one) for one in expected], abs=0.06)


def test_buttons_and_the_focus_can_be_read() -> None:
    assert _contrast(TOKENS["on-link"][0], TOKENS["link"][0]) > 7
    assert _contrast(TOKENS["on-link"][1], TOKENS["link"][1]) > 7
    line, fill = (
        re.search(rf"--{name}:(#[0-9A-F]{{6}})", SHEET) for name in ("focus-line", "focus")
    )
    assert line
    assert fill
    assert _contrast(line[1], fill[1]) > 12


def test_the_sheet_keeps_its_weight() -> None:
    assert len(style.SHEET) <= 15_000
    assert len(gzip.compress(style.SHEET, 9)) <= 5_000


def test_the_sheet_asks_for_nothing_else() -> None:
    assert "url(" not in SHEET
    assert "@import" not in SHEET
    assert SHEET.count("{") == SHEET.count("}")


async def test_static_files_are_kept_for_ever_under_a_name_that_changes(door: Door) -> None:
    async with door.visitor() as browser:
        answer = await browser.get(style.SHEET_URL)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.text == SHEET


async def test_pages_are_light_and_ask_only_us(door: Door) -> None:
    paths = ["/", "/connexion", "/suivre", "/a-propos", "/confidentialite", "/accessibilite"]
    mine = ["/compte", "/tableau-de-bord", "/ecrire/appel", "/admin", "/admin/reseau"]
    async with await door.signed_in(door.ana) as member, door.visitor() as visitor:
        for browser, path in [*((visitor, p) for p in paths), *((member, p) for p in mine)]:
            answer = await browser.get(path)
            assert answer.status_code == 200, path
            assert len(gzip.compress(answer.content)) < 15_000, path
            assert not re.search(r'(?:src|srcset)="', answer.text), path
            assert "<script" not in answer.text, path
            assert ' style="' not in answer.text, path
            assert answer.text.count("<h1") == 1, path
