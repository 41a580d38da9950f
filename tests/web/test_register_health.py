"""A database edited by hand is noticed at the next start, and said on the health line."""

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text as sql

from node.app import create_app
from node.federation.register_watch import Health, register_health
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, text
from tests.web.register_helper import decide


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await decide(place, reason_ana="Pour les enfants.")
        await decide(place, "Une clôture", ben="against")
        await decide(place, "Un banc")
        yield place


async def health(place: Place) -> Health:
    """What a look finds."""
    async with place.database.read() as tx:
        return await register_health(tx)


async def edit(place: Place, statement: str) -> None:
    """Change the database behind the node's back."""
    async with place.database.transaction() as tx:
        await tx.execute(sql(statement))


async def test_a_register_that_nobody_touched_holds(place: Place) -> None:
    found = await health(place)
    assert found.holds, found
    assert (found.entries, found.decisions) == (3, 3)


@pytest.mark.parametrize(
    ("statement", "code", "seq"),
    [
        ("UPDATE decision SET outcome = 'deferred' WHERE number = 2", "row", 2),
        ("UPDATE decision SET explanation = '9 > 0' WHERE number = 2", "row", 2),
        ("UPDATE decision SET statement = 'Non.' WHERE number = 2", "row", 2),
        ("UPDATE decision SET minority = 'Contre.' WHERE number = 2", "row", 2),
        ("UPDATE decision SET turnout = 1 WHERE number = 1", "row", 1),
        ("UPDATE decision SET tally = '{\"for\": 9}' WHERE number = 3", "row", 3),
        ("UPDATE decision SET reasons = '{}' WHERE number = 1", "row", 1),
        ("UPDATE decision SET review_on = '2030-01-01' WHERE number = 1", "row", 1),
        ("UPDATE decision SET number_in_year = 12 WHERE number = 1", "row", 1),
        ("UPDATE decision SET decided_at = '2026-01-01 00:00:00' WHERE number = 1", "row", 1),
        ("UPDATE vote SET electorate_count = 3", "row", 1),
        ("UPDATE version SET source = 'On abat.'", "text", 1),
        ("UPDATE version SET title = 'Un parking'", "text", 1),
        ("UPDATE decision SET document = NULL WHERE number = 2", "missing", 2),
        ("UPDATE decision SET document = 'x' WHERE number = 2", "missing", 2),
        (
            "UPDATE decision SET document = replace(document, 'printemps', 'automne') "
            "WHERE number = 2",
            "document",
            2,
        ),
        (
            "UPDATE register_entry SET entry = replace(entry, 'd/2', 'd/9') WHERE seq = 2",
            "row-digest",
            2,
        ),
        ("UPDATE register_entry SET entry = 'x' WHERE seq = 2", "seq", 2),
        ("UPDATE register_entry SET digest = 'zQm' WHERE seq = 3", "row-digest", 3),
        ("UPDATE register_entry SET prev = 'zQm' WHERE seq = 3", "row-digest", 3),
        ("DELETE FROM register_entry WHERE seq = 2", "seq", 2),
        ("DELETE FROM register_entry WHERE seq = 3", "stray", None),
        ("DELETE FROM decision WHERE number = 2", "row-missing", 2),
        ("UPDATE decision SET number = 9 WHERE number = 2", "row-missing", 2),
    ],
)
async def test_a_database_edited_by_hand_is_noticed(
    place: Place, statement: str, code: str, seq: int | None
) -> None:
    await edit(place, statement)
    found = (await health(place)).first_break
    assert found is not None
    assert (found.code, found.seq) == (code, seq), found


async def test_what_was_found_is_said_loudly_and_on_the_health_line(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    watch = place.app.node.register
    async with await place.signed_in(place.ana) as browser:
        assert "La vérification est en cours" in text(await browser.get("/admin"))
        await watch.look(place.database)
        assert "Vérifié au démarrage : 3 entrées, 3 décisions" in text(
            await browser.get("/admin")
        ).replace("\u00a0", " ")
        await edit(place, "UPDATE decision SET outcome = 'deferred' WHERE number = 2")
        await watch.look(place.database)
        shown = text(await browser.get("/admin"))
        assert "Le premier maillon rompu est l’entrée 2." in shown
        assert (await browser.get("/readyz")).status_code == 200
    [loud] = [one for one in caplog.records if one.levelno == logging.CRITICAL]
    assert "entry 2" in loud.getMessage()


async def test_the_look_at_the_start_does_not_hold_the_start_up(place: Place) -> None:
    watch = place.app.node.register
    async with watch.at_start(place.database):
        assert watch.health is None
        for _ in range(2000):
            await asyncio.sleep(0 if watch.health else 0.01)
    assert watch.health
    assert watch.health.holds


async def test_a_node_without_an_assembly_has_nothing_to_look_at(
    make_settings: MakeSettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings = make_settings("vide.example")
    app = create_app(settings, works=False)
    async with app.node.register.at_start(app.node.database):
        await asyncio.sleep(0)
    assert app.node.register.health is None
    assert not [one for one in caplog.records if one.levelno >= logging.ERROR]
    await app.node.client.close()
    await app.node.database.close()
