"""A meeting on its page: announced, its order of the day, its sheet, the calendar, others."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from node import clock
from node.activitypub.document import Document
from node.assembly import agendas, assemblies, attendance, calls, meetings, members
from node.assembly.meetings import Convocation
from node.federation.objects import call as call_object
from node.models import Meeting
from tests.conftest import MakeSettings, Travel
from tests.web.pages_helper import HOST, Place, a_place, hidden, text


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        yield place


async def meet(place: Place, **changes: Any) -> int:
    """Announce a meeting with everything that is open on its order of the day."""
    values: dict[str, Any] = {
        "title": "Assemblée de décembre",
        "text": "Venez nombreuses.",
        "starts_at": clock.now() + timedelta(days=7),
        "how_to_join": "Répondez ici.",
        "place_name": "Salle des fêtes",
        **changes,
    }
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        meeting = await meetings.publish(tx, ana, Convocation(**values))
        await agendas.build(tx, meeting, by=ana)
        return meeting.call.number


async def found(place: Place, number: int) -> Meeting:
    async with place.database.read() as tx:
        return await meetings.by_number(tx, number)


async def event(place: Place, number: int) -> Document:
    async with place.database.read() as tx:
        call = await calls.by_number(tx, number)
        return call_object.event(call, 0, await assemblies.the(tx))


def filled(**changes: str) -> dict[str, str]:
    day = (clock.now() + timedelta(days=20)).date().isoformat()
    return {
        "title": "Assemblée de janvier",
        "text": "Ordre du jour chargé.",
        "starts_at_date": day,
        "starts_at_time": "19:00",
        "place_name": "Salle des fêtes",
        "how_to_join": "Venez.",
        "access": "Plain-pied, garde d'enfants",
        "facilitator": "Ben",
        "quorum": "1/3",
        "proxies_max": "2",
        "counts_represented": "yes",
        "remote_voting": "yes",
        "build": "yes",
        **changes,
    }


async def test_a_member_calls_a_meeting(place: Place) -> None:
    await place.propose("Un jardin partagé", "On plante.")
    async with await place.signed_in(place.ben) as browser:
        assert "/ecrire/reunion" in (await browser.get("/ecrire")).text
        page = await browser.get("/ecrire/reunion")
        assert "Quorum de présence" in text(page)
        check = await browser.post("/ecrire/reunion", data={**filled(), "step": "check"})
        assert "Il faut 1/3 des membres. Les membres représentés comptent." in text(check)
        kept = hidden(check)
        answer = await browser.post("/ecrire/reunion", data={**kept, "step": "publish"})
        assert answer.headers["location"] == "/e/1/ordre-du-jour"
        page = await browser.get("/e/1")
    assert "Réunion de l’assemblée" in text(page)
    assert "Plain-pied, garde d'enfants" in text(page)
    assert "Soit 1 à ce jour." in text(page)
    assert '<a href="/p/1" lang="fr">Un jardin partagé</a>' in page.text
    meeting = await found(place, 1)
    assert (meeting.quorum_num, meeting.quorum_den, meeting.proxies_max) == (1, 3, 2)
    assert meeting.remote_voting


@pytest.mark.parametrize("typed", ["un tiers", "3/2", "1/0", "0.3", "120 %"])
async def test_a_quorum_that_is_no_share_is_told_beside_the_field(place: Place, typed: str) -> None:
    async with await place.signed_in(place.ben) as browser:
        answer = await browser.post(
            "/ecrire/reunion", data={**filled(quorum=typed), "step": "check"}
        )
    assert answer.status_code == 422
    assert 'id="quorum-error"' in answer.text
    assert f'value="{typed}"' in answer.text


async def test_a_percentage_is_a_share(place: Place) -> None:
    async with await place.signed_in(place.ben) as browser:
        await browser.post("/ecrire/reunion", data={**filled(quorum="30 %"), "step": "publish"})
    meeting = await found(place, 1)
    assert (meeting.quorum_num, meeting.quorum_den) == (30, 100)


async def test_a_meeting_is_changed_by_its_own_form(place: Place) -> None:
    number = await meet(place)
    async with await place.signed_in(place.ben) as browser:
        refused = await browser.get(f"/e/{number}/reunion")
        assert refused.status_code == 403
    async with await place.signed_in(place.ana) as browser:
        answer = await browser.get(f"/e/{number}/modifier")
        assert answer.headers["location"] == f"/e/{number}/reunion"
        page = await browser.get(f"/e/{number}/reunion")
        assert 'value="Assemblée de décembre"' in page.text
        answer = await browser.post(f"/e/{number}/reunion", data=filled(quorum="1/2"))
        assert answer.status_code == 303
        wrong = await browser.post(f"/e/{number}/reunion", data=filled(title=""))
        assert wrong.status_code == 422
    assert (await found(place, number)).quorum_required == 1


async def test_a_visitor_comes_to_a_meeting_as_to_a_call(place: Place) -> None:
    number = await meet(place)
    async with place.visitor() as browser:
        page = await browser.get(f"/e/{number}")
        assert "Vous venez ?" in text(page)
        assert "emargement" not in page.text
        await browser.post(f"/e/{number}/reponse", data={"name": "Zoé"})
        assert "1 personne" in text(await browser.get(f"/e/{number}"))


async def test_the_order_of_the_day_is_arranged_on_its_page(place: Place) -> None:
    number = await meet(place)
    await place.propose("Un jardin partagé", "On plante.")
    to = f"/e/{number}/ordre-du-jour"
    async with await place.signed_in(place.ana) as browser:
        assert "Un jardin partagé" in text(await browser.get(to))
        await browser.post(to, data={"act": "open", "p-1": "yes", "p-99": "yes"})
        added = {"act": "add", "title": "Budget", "lasts": "20", "brought_by": "Ben"}
        await browser.post(to, data=added)
        wrong = await browser.post(to, data={"act": "add", "title": "", "lasts": "beaucoup"})
        assert wrong.status_code == 422
        garden, budget = (await found(place, number)).items
        await browser.post(to, data={"act": "up", "item": str(budget.id)})
        changed = {"act": "change", "item": str(budget.id), "title": "Budget 2027", "lasts": "x"}
        assert (await browser.post(to, data=changed)).status_code == 422
        await browser.post(to, data={**changed, "lasts": "30"})
        page = await browser.get(f"/e/{number}")
        assert text(page).index("Budget 2027") < text(page).index("Un jardin partagé")
        await browser.post(to, data={"act": "remove", "item": str(garden.id)})
        for unknown in ({"act": "fly"}, {"act": "up", "item": "x"}, {"act": "up", "item": "7"}):
            assert (await browser.post(to, data=unknown)).status_code == 404
        answer = await browser.post(to, data={"act": "send"})
        assert answer.headers["location"] == f"/e/{number}"
    assert [item.title for item in (await found(place, number)).items] == ["Budget 2027"]


async def test_others_do_not_reach_the_pages_of_those_in_charge(place: Place) -> None:
    number = await meet(place)
    pages = ("ordre-du-jour", "emargement", "emargement/imprimer", "compte-rendu/ecrire")
    async with await place.signed_in(place.ben) as browser:
        for one in pages:
            assert (await browser.get(f"/e/{number}/{one}")).status_code == 403
        assert (
            await browser.post(f"/e/{number}/emargement", data={"act": "note"})
        ).status_code == 403
    async with place.visitor() as browser:
        for one in pages:
            answer = await browser.get(f"/e/{number}/{one}")
            assert answer.headers.get("location", "").startswith("/connexion")


async def test_the_pages_of_a_meeting_are_not_there_for_a_call(place: Place) -> None:
    call = await place.call()
    async with await place.signed_in(place.ana) as browser:
        for one in ("ordre-du-jour", "emargement", "compte-rendu", "reunion"):
            assert (await browser.get(f"/e/{call.number}/{one}")).status_code == 404


async def test_the_sheet_is_filled_in_thirty_at_a_time(place: Place) -> None:
    for name in range(33):
        async with place.database.transaction() as tx:
            await members.admit(tx, name=f"Membre {name:02d}", handle=f"membre{name}")
    number = await meet(place, quorum_num=1, quorum_den=10, proxies_max=1)
    to = f"/e/{number}/emargement"
    async with await place.signed_in(place.ana) as browser:
        page = await browser.get(to)
        assert len(page.text) <= 35_000
        names = re.findall(r'name="(m-\d+)" value="present"', page.text)
        assert len(names) == 30
        ticked = dict.fromkeys(names, "") | dict.fromkeys(names[:4], "present")
        answer = await browser.post(to, data={**hidden(page), "act": "note", "next": "2", **ticked})
        assert answer.headers["location"].startswith(f"{to}?partie=2")
        page = await browser.get(f"{to}?partie=2")
        assert "Quorum atteint : 4 membres dans la salle, il en fallait 4" in text(page)
        assert len(re.findall(r'name="(m-\d+)" value="present"', page.text)) == 5
        assert (await browser.get(f"{to}?partie=99")).status_code == 200


async def test_two_people_at_two_doors_do_not_undo_each_other(place: Place) -> None:
    number = await meet(place)
    to, ana, ben = f"/e/{number}/emargement", f"m-{place.ana.id}", f"m-{place.ben.id}"
    async with await place.signed_in(place.ana) as browser:
        shown = {**hidden(await browser.get(to)), "act": "note"}
        first = {**shown, ana: "present", ben: ""}
        second = {**shown, ana: "", ben: "excused", "form-token": "another"}
        await browser.post(to, data=first)
        await browser.post(to, data=second)
    async with place.database.read() as tx:
        lines = await attendance.sheet(tx, await meetings.by_number(tx, number))
    assert {one.name: one.presence for one in lines} == {"Ana Morel": "present", "Ben": "excused"}


async def test_proxies_and_visitors_are_noted(place: Place) -> None:
    number = await meet(place, proxies_max=1)
    to = f"/e/{number}/emargement"
    async with await place.signed_in(place.ana) as browser:
        await browser.post(to, data={"act": "note", f"m-{place.ana.id}": "present", "before": ""})
        given = {"act": "represent", "giver": "ben", "holder": "Ana Morel"}
        assert (await browser.post(to, data=given)).status_code == 303
        wrong = await browser.post(to, data={**given, "giver": "Personne"})
        assert wrong.status_code == 422
        assert 'id="giver-error"' in wrong.text
        await browser.post(to, data={"act": "welcome", "name": "Zoé <b>"})
        page = await browser.get(to)
        assert "Ben, procuration donnée à Ana Morel" in text(page)
        assert "Zoé &lt;b&gt;" in page.text
        for line in re.findall(r'name="line" value="(\d+)"', page.text):
            await browser.post(to, data={"act": "strike", "line": line})
        assert (await browser.post(to, data={"act": "dance"})).status_code == 404
    async with place.database.read() as tx:
        lines = await attendance.sheet(tx, await meetings.by_number(tx, number))
    assert [one.name for one in lines] == ["Ana Morel"]


async def test_the_paper_sheet_has_a_column_for_signatures(place: Place) -> None:
    number = await meet(place, quorum_num=1, quorum_den=2)
    async with await place.signed_in(place.ana) as browser:
        page = await browser.get(f"/e/{number}/emargement/imprimer")
        sheet = re.search(r'href="(/static/book-[0-9a-f]+\.css)"', page.text)
        assert sheet
        assert (await browser.get(sheet[1])).status_code == 200
    assert "Signature" in text(page)
    assert "Ana Morel" in text(page)
    assert "Il faut 1/2 des membres. Soit 1 à ce jour." in text(page)


async def test_english_days_of_the_agenda_keep_their_capitals(place: Place) -> None:
    await meet(place)
    async with place.visitor(**{"accept-language": "en"}) as browser:
        days = re.findall(r"<h2><time[^>]*>([^<]*)</time>", (await browser.get("/agenda")).text)
    assert days
    assert all(re.fullmatch(r"[A-Z][a-z]+ \d+ [A-Z][a-z]+ \d{4}", day) for day in days), days


async def test_the_agenda_says_which_dates_are_meetings(place: Place, travel: Travel) -> None:
    number = await meet(place)
    await place.call()
    async with place.visitor() as browser:
        assert "Assemblée de décembre réunion" in text(await browser.get("/agenda"))
        travel(days=30)
        page = await browser.get("/agenda")
        assert f"/e/{number}/compte-rendu" not in page.text


def _unfolded(answer: httpx.Response) -> str:
    return answer.text.replace("\r\n ", "").replace("\u00a0", " ").replace("\u202f", " ")


async def test_the_calendar_has_the_order_of_the_day(place: Place) -> None:
    await place.propose("Un jardin, partagé", "On plante.")
    number = await meet(place, access="Plain-pied")
    async with place.visitor() as browser:
        one = _unfolded(await browser.get(f"/e/{number}.ics"))
        everything = _unfolded(await browser.get("/agenda.ics"))
    for calendar in (one, everything):
        assert r"Accès : Plain-pied\n\nOrdre du jour\n1. Un jardin\, partagé" in calendar
        assert "compte-rendu" not in calendar


async def test_others_read_the_order_of_the_day_and_the_quorum(place: Place) -> None:
    await place.propose("Un jardin", "On plante.")
    number = await meet(place, quorum_num=1, quorum_den=2, remote_voting=True)
    written = await event(place, number)
    assert written["category"] == "MEETING"
    assert written["assembly"] == {
        "v": 1,
        "kind": "meeting",
        "agenda": [f"https://{HOST}/p/1"],
        "quorumRequired": 1,
        "remoteVoting": True,
    }
    assert "<strong>Ordre du jour</strong></p><ol><li>Un jardin</li></ol>" in written["content"]
    async with place.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await members.by_handle(tx, "ana")
        await agendas.add(tx, meeting, by=ana, title="Divers <script>")
        await agendas.send(tx, meeting, by=ana)
    assert "<li>Divers &lt;script&gt;</li>" in (await event(place, number))["content"]


async def test_a_call_is_said_to_others_as_before(place: Place) -> None:
    call = await place.call()
    written = await event(place, call.number)
    assert written["category"] == "MOVEMENTS_POLITICS"
    assert written["assembly"] == {"v": 1, "kind": "call", "needed": 10}
