"""Pages for strangers are written once, and never stand for something that has changed."""

import sqlite3
from collections.abc import AsyncIterator

import pytest

from node import clock
from node.web import proposal as proposal_page
from node.web.shelf import Shelf, Shelved
from tests.conftest import MakeSettings, Travel
from tests.web.pages_helper import HOST, Place, a_place, text


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin partagé", "On plante.")
        yield place


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the page of a proposal was really written."""
    written: list[int] = []
    look = proposal_page._look

    async def counted(*given: object, **more: object) -> object:
        written.append(1)
        return await look(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(proposal_page, "_look", counted)
    return written


async def test_a_page_is_written_once_for_all_who_bring_nothing(
    place: Place, looks: list[int], travel: Travel
) -> None:
    travel(seconds=5.1 - clock.seconds() % 5)
    counts_changes = place.database.mark() is not None
    async with place.visitor() as visitor:
        first = await visitor.get("/p/1-un-jardin-partage")
        again = await visitor.get("/p/1-un-jardin-partage")
        assert again.text == first.text
        assert again.headers == first.headers
        assert len(looks) == (1 if counts_changes else 2)
        english = await visitor.get("/p/1-un-jardin-partage", headers={"accept-language": "en"})
        assert english.text != first.text
    async with await place.signed_in(place.ben) as ben:
        before = len(looks)
        assert "Tableau de bord" in text(await ben.get("/p/1-un-jardin-partage"))
        assert len(looks) == before + 1


async def test_a_page_is_packed_only_for_those_who_can_unpack_it(place: Place) -> None:
    async with place.visitor() as visitor:
        for _ in range(2):
            packed = await visitor.get(
                "/p/1-un-jardin-partage", headers={"accept-encoding": "gzip"}
            )
            assert packed.headers["content-encoding"] == "gzip"
            plain = await visitor.get(
                "/p/1-un-jardin-partage", headers={"accept-encoding": "identity"}
            )
            assert "content-encoding" not in plain.headers
            assert plain.text == packed.text


async def test_what_changed_is_read_at_the_next_request(place: Place) -> None:
    async with place.visitor() as visitor:
        for number in range(5):
            await place.say(1, place.ben, f"Remarque {number}.")
            assert f"Remarque {number}." in text(await visitor.get("/p/1-un-jardin-partage"))
        await place.revise(1, "On sème.")
        assert "On sème." in text(await visitor.get("/p/1-un-jardin-partage"))


async def test_what_another_process_changed_is_read_too(place: Place) -> None:
    if place.database.mark() is None:
        return  # such a database is not asked, and nothing is kept
    async with place.visitor() as visitor:
        await visitor.get("/propositions")
        path = place.app.node.settings.database.removeprefix("sqlite:///")
        with sqlite3.connect(path) as other:
            other.execute("UPDATE proposal SET title = 'Un verger partagé'")
        other.close()
        assert "Un verger partagé" in text(await visitor.get("/propositions"))


async def test_no_page_grows_old(place: Place, looks: list[int], travel: Travel) -> None:
    async with place.visitor() as visitor:
        await visitor.get("/p/1-un-jardin-partage")
        travel(hours=3)
        await visitor.get("/p/1-un-jardin-partage")
    assert len(looks) == 2


def test_the_shelf_has_an_end() -> None:
    async def nothing(*_given: object) -> None: ...

    shelf = Shelf(nothing)
    for number in range(300):
        for _ in range(2):
            key = ("/propositions", b"q=%d" % number, "fr", 0)
            shelf.keep(key, Shelved(1, {"type": "http.response.start"}, b"x" * 10_000))
    assert len(shelf._kept) == 100
    assert shelf._size == 1_000_000


async def test_what_is_not_there_is_not_kept(place: Place) -> None:
    async with place.visitor() as visitor:
        for _ in range(2):
            assert (await visitor.get("/p/9")).status_code == 404
        await place.propose("Un verger", "On sème.")
        assert (await visitor.get("/p/2")).status_code in (200, 301, 303, 308)
