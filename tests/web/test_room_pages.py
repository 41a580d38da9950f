"""The page of a room: filled in from the sheet of a meeting, paper in stacks, two signatures."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from node import clock
from node.assembly import attendance, meetings, members, method
from node.models import RoomCount
from tests.conftest import MakeSettings, Travel
from tests.web.pages_helper import HOST, Place, a_place, hidden, text
from tests.web.test_ballot_pages import BY_OPTIONS, FIELDS, KEPT, day, opened
from tests.web.test_meetings import meet

ROOM = "/p/1/salle"


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin partagé", "On plante.")
        async with place.database.transaction() as tx:
            for name in ("Chloé", "Dina"):
                await members.admit(tx, name=name, handle=name[:2].lower())
        yield place


async def entered(place: Place) -> RoomCount:
    """Return what is kept of the room."""
    async with place.database.read() as tx:
        [found] = await tx.all(RoomCount.__table__.select().with_only_columns(RoomCount.vote_id))
        kept = await tx.get(RoomCount, found)
        assert kept is not None
        return kept


async def there(place: Place, number: int, *handles: str) -> None:
    """Note members as present at a meeting."""
    async with place.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await members.by_handle(tx, "ana")
        noted = {(await members.by_handle(tx, one)).id: "present" for one in handles}
        await attendance.note(tx, meeting, noted, by=ana)


def filled(page: httpx.Response) -> dict[str, str]:
    """Return the hidden fields, and the list as it is filled in."""
    written = page.text.partition('name="present"')[2].partition(">")[2].partition("</textarea>")[0]
    return {**hidden(page), "present": written.strip("\n")}


async def test_the_sheet_of_a_meeting_fills_the_page_in(place: Place, travel: Travel) -> None:
    number = await meet(place, starts_at=clock.now() + timedelta(hours=1))
    async with await place.signed_in(place.ana) as ana:
        form = await ana.get("/p/1/ouvrir-le-vote?methode=majority")
        assert f'<option value="{number}" selected>Assemblée de décembre' in form.text
        yesterday = {**hidden(form), **day(), "closes_at_date": f"{clock.now():%Y-%m-%d}"}
        early = {**yesterday, "closes_at_time": "00:01", "meeting": str(number), "step": "check"}
        refused = await ana.post("/p/1/ouvrir-le-vote", data=early)
        assert refused.status_code == 422
        assert "se termine avant que cette réunion commence" in text(refused)
    check = await opened(place, "majority", meeting=str(number))
    assert "Assemblée de décembre" in text(check)
    await there(place, number, "ana", "ben", "ch")
    async with await place.signed_in(place.ben) as ben:
        page = await ben.get("/p/1/voter")
        digest = hidden(page)["digest"]
        cast = {"digest": digest, "choice": "against", "confirmed": "yes", "seen": "0"}
        assert (await ben.post("/p/1/voter", data=cast)).status_code == 303
        assert "Ce vote se prend aussi à la réunion" in text(await ben.get("/p/1"))
    async with await place.signed_in(place.ana) as ana:
        page = await ana.get(ROOM)
        assert "Ont déjà voté en ligne, et ne lèvent pas la main : Ben" in text(page)
        assert filled(page)["present"] == "Ana Morel\nChloé"
        data = {"count-for": "1", "kind": "hands", "step": "enter"}
        for who, sentence in (
            ("Ana Morel\nBen", "Déjà voté en ligne : Ben"),
            ("Ana Morel\nDina", "Pas sur la feuille de présence de la réunion : Dina"),
        ):
            wrong = await ana.post(ROOM, data={**data, "present": who})
            assert wrong.status_code == 422
            assert sentence in text(wrong)
            assert filled(wrong)["present"] == who
        data["count-for"] = "2"
        assert (await ana.post(ROOM, data={**filled(page), **data})).status_code == 303
        assert "2 personnes votent en salle" in text(await ana.get(ROOM))
        refused = await ana.post("/p/1/clore", data={"step": "close"})
        assert refused.status_code == 409
        assert "attendent une deuxième signature" in text(refused)
    async with await place.signed_in(place.ben) as ben:
        await ben.post(ROOM, data={"step": "confirm"})
        signed = text(await ben.get(ROOM))
        assert "Les chiffres de la salle restent cachés" in signed
    async with await place.signed_in(place.ana) as ana:
        closed = await ana.post("/p/1/clore", data={"step": "close"})
        assert "3 sur 4" in text(await ana.get(closed.headers["location"]))


async def test_the_vote_is_offered_to_last_until_the_meeting_is_over(place: Place) -> None:
    starts_at = clock.now() + timedelta(days=40)
    await meet(place, starts_at=starts_at)
    async with await place.signed_in(place.ana) as ana:
        form = await ana.get("/p/1/ouvrir-le-vote?methode=majority")
    over = (starts_at + timedelta(hours=3)).astimezone(ZoneInfo("Europe/Paris"))
    assert f'value="{over:%Y-%m-%d}"' in form.text
    assert f'value="{over:%H:%M}"' in form.text


async def test_a_vote_opened_without_a_meeting_takes_its_sheet_later(place: Place) -> None:
    await opened(place, "majority")
    number = await meet(place, starts_at=clock.now() + timedelta(hours=1))
    await there(place, number, "ana", "ch")
    async with await place.signed_in(place.ana) as ana:
        page = await ana.get(ROOM)
        assert "à son ordre du jour" in text(page)
        assert (await ana.post(ROOM, data={"step": "meeting", "meeting": "99"})).status_code == 404
        done = await ana.post(ROOM, data={"step": "meeting", "meeting": str(number)})
        assert done.status_code == 303
        assert filled(await ana.get(ROOM))["present"] == "Ana Morel\nChloé"
        assert f'<a href="{ROOM}">' in (await ana.get(f"/e/{number}")).text


@pytest.mark.parametrize("name", BY_OPTIONS)
async def test_every_form_of_ballot_is_entered_on_paper(place: Place, name: str) -> None:
    await opened(place, name)
    kind = method.find(name).ballot.name
    async with await place.signed_in(place.ana) as ana:
        page = await ana.get(ROOM)
        data: dict[str, Any] = {"present": "Ana Morel\nBen\nDina", "step": "enter"}
        if kind == "one":
            assert "À main levée" in text(page)
            data |= {"kind": "paper", "count-o2": "2", "count-blank": "1"}
            wanted = {'"o2"': 2, "null": 1}
        else:
            assert "Une main levée ne dit qu" in text(page)
            assert 'name="kind"' not in page.text
            nothing = await ana.post(ROOM, data={**data, "step": "add", "weight": "2"})
            assert nothing.status_code == 422
            none = await ana.post(ROOM, data={**data, **FIELDS[kind], "step": "add", "weight": ""})
            assert none.status_code == 422
            stack = {**data, **FIELDS[kind], "step": "add", "weight": "2"}
            page = await ana.post(ROOM, data=stack)
            assert page.status_code == 200, text(page)
            blank = {**hidden(page), **data, "blank": "yes", "step": "add", "weight": "1"}
            page = await ana.post(ROOM, data=blank)
            assert "Vote blanc" in text(page)
            assert filled(page)["present"] == data["present"]
            data["stacks"] = hidden(page)["stacks"]
            dropped = await ana.post(ROOM, data={**data, "step": "remove-1"})
            assert json.loads(hidden(dropped)["stacks"]) == [[2, KEPT[kind]]]
            wanted = {KEPT[kind]: 2}
            data["stacks"] = hidden(dropped)["stacks"]
        done = await ana.post(ROOM, data=data)
        assert done.status_code == 303, text(done)
    assert (await entered(place)).figures == wanted
    async with await place.signed_in(place.ben) as ben:
        assert "Deux bancs" in text(await ben.get(ROOM))
        await ben.post(ROOM, data={"step": "confirm"})


async def test_stacks_that_we_did_not_make_are_refused(place: Place) -> None:
    await opened(place, "majority_judgment")
    async with await place.signed_in(place.ana) as ana:
        for stacks in ("[", "{}", '[["a","b"]]', '[[1,"{}x"]]', '[[1,"{\\"o9\\":\\"good\\"}"]]'):
            data = {"present": "Ben", "stacks": stacks, "step": "enter"}
            assert (await ana.post(ROOM, data=data)).status_code == 400, stacks


async def test_a_secret_vote_in_a_room_says_how_it_stays_secret(place: Place) -> None:
    await opened(place, "majority", secret="yes")
    async with await place.signed_in(place.ana) as ana:
        page = text(await ana.get(ROOM))
        assert "ne se fait pas à main levée" in page
        assert "rien ne relie les deux" in page
        few = {"present": "Ana Morel\nBen", "count-for": "2", "step": "enter"}
        assert "au moins 3 personnes" in text(await ana.post(ROOM, data=few))
        enough = {"present": "Ana Morel\nBen\nDina", "count-for": "3", "step": "enter"}
        assert (await ana.post(ROOM, data=enough)).status_code == 303
        assert "Pour" in text(await ana.get(ROOM)), "whoever confirms must read the figures"
    assert (await entered(place)).kind == "paper"
    async with place.database.transaction() as tx:
        charlie = await members.by_handle(tx, "ch")
    async with await place.signed_in(charlie) as browser:
        assert (await browser.post(ROOM, data={"step": "confirm"})).status_code == 303
    await place.cast(1, charlie, "against")
    await place.close(1)
    # Beside the result, they would say what the only one who voted online answered.
    for who in (place.ana, charlie):
        async with await place.signed_in(who) as browser:
            page = text(await browser.get(ROOM))
            assert "3 personnes votent en salle" in page
            assert "ne sont pas montrés à part" in page
            assert "Pour" not in page


async def test_figures_that_nobody_signed_in_time_are_said_to_be_left_out(
    place: Place, travel: Travel
) -> None:
    await opened(place, "majority")
    async with await place.signed_in(place.ana) as ana:
        data = {"present": "Ben", "count-for": "1", "kind": "hands", "step": "enter"}
        assert (await ana.post(ROOM, data=data)).status_code == 303
    travel(days=4)
    await place.app.worker.timers.work()
    async with place.visitor() as browser:
        page = text(await browser.get("/p/1"))
    assert "Les chiffres de la salle n’ont pas été comptés" in page


async def test_a_name_with_a_comma_is_one_name(place: Place) -> None:
    await place.admit("Durand, Marie; veuve X")
    await opened(place, "majority")
    async with await place.signed_in(place.ana) as ana:
        data = {"present": "Durand, Marie; veuve X\r\nBen", "count-for": "2", "kind": "hands"}
        assert (await ana.post(ROOM, data={**data, "step": "enter"})).status_code == 303
