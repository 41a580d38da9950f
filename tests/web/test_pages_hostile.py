"""Hostile titles, comments and dates stay text wherever they are shown (D1, D3)."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node import clock
from node.assembly import calls, contributions, members, proposals
from node.models import Actor
from node.web import differences, reading, style
from node.web.calendar import Entry, escape, fold, write
from tests.conftest import MakeSettings
from tests.patience import ends
from tests.web.pages_helper import HOST, Place, a_place

HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'{{ 7*7 }}"
MOMENT = datetime(2026, 12, 2, 19, 0, tzinfo=UTC)


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        yield place


async def test_hostile_words_are_shown_as_words_on_every_page(place: Place) -> None:
    await place.propose(HOSTILE, f"{HOSTILE}\n\n[a](javascript:alert(1))")
    await place.revise(1, f"{HOSTILE} encore", HOSTILE)
    await place.say(1, place.ben, HOSTILE)
    await place.call(title=HOSTILE, text=HOSTILE, how_to_join=HOSTILE, place_name=HOSTILE)
    await place.open_vote(1)
    await place.cast(1, place.ben, "for", HOSTILE)
    paths = ["/", "/propositions", "/p/1", "/p/1/versions", "/p/1/r/1", "/agenda", "/e/1"]
    async with place.visitor() as browser:
        before = [await browser.get(path) for path in paths]
    await place.close(1, HOSTILE)
    async with await place.signed_in(place.ben) as browser:
        after = [await browser.get(path) for path in [*paths, "/d/1", "/decisions", "/p/1/recu"]]
    for answer in (*before, *after):
        assert answer.status_code == 200
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        assert not re.search(r"<[a-z][^>\"]*(\"[^\"]*\"[^>\"]*)*\sonerror=", answer.text)
        assert 'href="javascript:' not in answer.text
        assert "7*7" in answer.text or answer.url.path == "/p/1/recu"


async def test_a_voice_from_elsewhere_is_cleaned_again_and_marked(place: Place) -> None:
    await place.propose("Un jardin partagé", "On plante.")
    async with place.database.transaction() as tx:
        lou = Actor(
            uri="https://ailleurs.example/u/lou", type="Person", handle="lou", name=HOSTILE,
            domain="ailleurs.example", inbox="https://ailleurs.example/inbox",
            url="javascript:alert(1)",
        )  # fmt: skip
        tx.add(lou)
        await tx.flush()
        await contributions.hear(
            tx, await proposals.by_number(tx, 1), lou, uri="https://ailleurs.example/n/1",
            content='<p>Oui<svg onload="alert(1)"></svg><style>*{}</style></p>',
            url="data:text/html,x", language='fr" onclick="x', in_reply_to=f"{HOSTILE}",
        )  # fmt: skip
    async with place.visitor() as browser:
        page = (await browser.get("/p/1")).text
    voice = page[page.index('<ol class="voices">') : page.index("</ol>")]
    assert "extérieur" in voice
    assert "ailleurs.example" in voice
    assert "<svg" not in voice
    assert "<style" not in voice
    assert "javascript:" not in voice
    assert "data:text" not in voice
    assert 'onclick="' not in voice


async def test_a_calendar_cannot_be_broken_out_of(place: Place) -> None:
    evil = "Fête\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:Piège; a, b \\ c"
    await place.call(title=evil, text=evil, how_to_join=evil, place_name=evil)
    async with place.visitor() as browser:
        answer = await browser.get("/agenda.ics")
        one = await browser.get("/e/1.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    for calendar in (answer.text, one.text):
        lines = calendar.replace("\r\n ", "").split("\r\n")
        assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
        assert sum(line.startswith("SUMMARY:") for line in lines) == 1
        assert "\n" not in calendar.replace("\r\n", "")


async def test_a_cancelled_call_stays_in_the_calendar_as_cancelled(place: Place) -> None:
    await place.call()
    async with place.visitor() as browser:
        before = (await browser.get("/e/1.ics")).text
        async with place.database.transaction() as tx:
            call, ana = await calls.by_number(tx, 1), await members.by_handle(tx, "ana")
            await calls.cancel(tx, call, by=ana, reason="Sol gelé.")
        after = (await browser.get("/e/1.ics")).text
    assert "SEQUENCE:0\r\nSTATUS:CONFIRMED" in before
    assert "SEQUENCE:1\r\nSTATUS:CANCELLED" in after
    assert "UID:e-1@collines.example" in before
    assert "UID:e-1@collines.example" in after


def test_a_calendar_is_in_utc_and_ends_each_line_with_cr_lf() -> None:
    calendar = write("Collines", [Entry(uid="1", stamp=MOMENT, starts_at=MOMENT, title="Réunion")])
    assert "DTSTART:20261202T190000Z\r\n" in calendar
    assert "DTEND:20261202T210000Z\r\n" in calendar
    assert calendar.endswith("END:VCALENDAR\r\n")


@given(st.text())
def test_whatever_is_typed_stays_one_folded_value(typed: str) -> None:
    line = fold(f"SUMMARY:{escape(typed)}")
    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    value = line.replace("\r\n ", "")
    assert "\n" not in value
    assert "\r" not in value
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)


@given(st.text(), st.text())
def test_the_pieces_of_a_comparison_are_the_two_texts(old: str, new: str) -> None:
    rows = differences.between(old, new)
    kept = {differences.SAME, differences.REMOVED}
    before = "".join(piece.text for row in rows for piece in row if piece.kind in kept)
    after = "".join(
        piece.text for row in rows for piece in row if piece.kind != differences.REMOVED
    )
    assert "".join(before.split()) == "".join(old.split())
    assert "".join(after.split()) == "".join(new.split())


def test_a_very_long_comparison_takes_no_time() -> None:
    with ends():
        rows = differences.between("a. b\n" * 20_000, "c. d\n" * 20_000)
        assert not differences.is_same(rows)


@given(st.text())
def test_a_slug_is_always_an_address(title: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]*", reading.slug(title))


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:x", "//x", "", None, " https://x"])
def test_only_web_addresses_become_links(url: str | None) -> None:
    assert reading.link(url) is None or str(url).strip().startswith("https://")


def test_the_style_sheet_of_the_pages_is_light() -> None:
    assert len((Path(style.__file__).parent / "static" / "pages.css").read_bytes()) <= 5_000


async def test_a_visit_is_kept_out_of_caches_and_referrers(place: Place) -> None:
    await place.call(starts_at=clock.now() + timedelta(days=2))
    async with place.visitor() as browser:
        done = await browser.post("/e/1/reponse", data={"name": "Zoé"})
        answer = await browser.get(done.headers["location"])
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in answer.headers["cache-control"]
