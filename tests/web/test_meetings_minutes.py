"""The minutes on their pages: written, proposed, read, approved, corrected, printed."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from node import clock
from node.assembly import attendance, meetings, members, minutes
from node.web import printing
from tests.conftest import MakeSettings, Travel
from tests.web.pages_helper import HOST, Place, a_place, sheets, text
from tests.web.test_meetings import found, meet

DAYS = {"days": 8}


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin partagé", "On plante.")
        yield place


async def _held(place: Place, travel: Travel) -> int:
    """Hold a meeting at which Ana is present and Ben is excused."""
    number = await meet(place, quorum_num=1, quorum_den=2)
    travel(**DAYS)
    async with place.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await members.by_handle(tx, "ana")
        noted = {place.ana.id: "present", place.ben.id: "excused"}
        await attendance.note(tx, meeting, noted, by=ana)
    return number


async def _proposed(place: Place, travel: Travel) -> int:
    number = await _held(place, travel)
    async with place.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await members.by_handle(tx, "ana")
        await minutes.begin(tx, meeting, by=ana)
        notes = {item.id: "On plante **cent** arbres." for item in meeting.items}
        await minutes.write(tx, meeting, by=ana, opening="Bonjour.", closing="", notes=notes)
        await minutes.propose(tx, meeting, by=ana)
    return number


async def test_minutes_are_written_read_over_and_proposed(place: Place, travel: Travel) -> None:
    number = await _held(place, travel)
    following = await meet(place, title="Assemblée de janvier")
    base = f"/e/{number}/compte-rendu"
    async with await place.signed_in(place.ana) as browser:
        assert "pas encore écrit" in text(await browser.get(base))
        assert "Commencer le compte rendu" in text(await browser.get(f"{base}/ecrire"))
        wrong = await browser.post(f"{base}/commencer", data={"secretary": "Personne"})
        assert wrong.status_code == 422
        await browser.post(f"{base}/commencer", data={"secretary": "Ben"})
    [item] = (await found(place, number)).items
    async with await place.signed_in(place.ben) as browser:
        page = await browser.get(f"{base}/ecrire")
        assert "1. Un jardin partagé" in text(page)
        assert "2 lignes remplies" in text(page)
        typed = {
            "opening": "Bonjour.",
            f"notes-{item.id}": "On plante **cent** arbres.",
            f"decision-{item.id}": "",
            "closing": "Fin à 21 h.",
            "next": str(following),
        }
        wrong = await browser.post(f"{base}/ecrire", data={**typed, f"decision-{item.id}": "99"})
        assert wrong.status_code == 422
        assert "Il n’y a pas de décision « 99 » au registre." in text(wrong).replace("\u00a0", " ")
        assert "Fin à 21 h." in wrong.text
        kept = await browser.post(f"{base}/ecrire", data={**typed, "step": "keep"})
        assert kept.headers["location"] == f"{base}/ecrire"
        answer = await browser.post(f"{base}/ecrire", data={**typed, "step": "check"})
        assert answer.headers["location"] == f"{base}/relire"
        assert "<strong>cent</strong>" in (await browser.get(f"{base}/relire")).text
        answer = await browser.post(f"{base}/relire")
        assert answer.headers["location"] == base
        page = await browser.get(base)
    assert "Quorum atteint : 1 membre dans la salle, il en fallait 1 (1/2 des 2 membres)" in text(
        page
    )
    assert "n’est pas encore approuvé" in text(page)
    assert "Assemblée de janvier" in text(page)
    async with place.visitor() as browser:
        assert f"/e/{number}/compte-rendu" in (await browser.get("/agenda")).text
        assert "Lire le compte rendu" in text(await browser.get(f"/e/{number}"))
        calendar = (await browser.get(f"/e/{number}.ics")).text.replace("\r\n ", "")
        assert f"https://{HOST}{base}" in calendar


async def test_a_draft_is_not_read_by_others(place: Place, travel: Travel) -> None:
    number = await _held(place, travel)
    async with place.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await members.by_handle(tx, "ana")
        await minutes.begin(tx, meeting, by=ana)
    async with await place.signed_in(place.ben) as browser:
        base = f"/e/{number}/compte-rendu"
        assert "pas encore écrit" in text(await browser.get(base))
        assert (await browser.get(f"{base}/relire")).status_code == 403
        assert (await browser.get(f"{base}/imprimer")).status_code == 404
        assert (await browser.get(f"{base}?version=1")).status_code == 404
        assert (await browser.get(f"{base}?version=x")).status_code == 404


async def test_names_are_for_members_and_figures_for_everybody(
    place: Place, travel: Travel
) -> None:
    number = await _proposed(place, travel)
    for address in (f"/e/{number}/compte-rendu", f"/e/{number}/compte-rendu/imprimer"):
        async with place.visitor() as browser:
            page = text(await browser.get(address))
            assert "1 membre Membres excusés 1" in page
            assert "Les noms sont lus par les membres." in page
            assert page.count("Ana Morel") == 1  # the secretary, who signs
        async with await place.signed_in(place.ben) as browser:
            assert "Membres excusés 1 Ben" in text(await browser.get(address))


async def test_a_later_meeting_approves(place: Place, travel: Travel) -> None:
    number = await _proposed(place, travel)
    base = f"/e/{number}/compte-rendu"
    later = await meet(place, starts_at=clock.now() + timedelta(hours=1), title="Janvier")
    async with await place.signed_in(place.ana) as browser:
        assert "une fois qu’elle a commencé" in text(await browser.get(base))
        travel(hours=2)
        page = await browser.get(base)
        assert f'value="{later}" checked' in page.text
        assert (await browser.post(f"{base}/approuver", data={"at": ""})).status_code == 422
        await browser.post(f"{base}/approuver", data={"at": str(later)})
        assert "Approuvé à la réunion du" in text(await browser.get(base))
        again = await browser.post(f"{base}/approuver", data={"at": str(later)})
        assert again.status_code == 409
    async with await place.signed_in(place.ben) as browser:
        refused = await browser.post(f"{base}/corriger", data={"reason": "Non."})
        assert refused.status_code == 403


async def test_a_correction_shows_both_versions(place: Place, travel: Travel) -> None:
    number = await _proposed(place, travel)
    base = f"/e/{number}/compte-rendu"
    async with await place.signed_in(place.ana) as browser:
        assert (await browser.post(f"{base}/corriger", data={"reason": ""})).status_code == 422
        await browser.post(f"{base}/corriger", data={"reason": "Un nom manquait."})
        assert "n’est pas encore proposé" in text(await browser.get(base))
        await browser.post(f"{base}/ecrire", data={"opening": "Bonsoir.", "closing": ""})
        await browser.post(f"{base}/relire")
    async with place.visitor() as browser:
        page = await browser.get(base)
        assert "Bonsoir." in page.text
        assert "Version 2 : Un nom manquait." in text(page)
        first = await browser.get(f"{base}?version=1")
        assert "Bonjour." in first.text
        assert "Une version plus récente remplace celle-ci." in text(first)


async def test_paper_has_room_for_signatures(place: Place, travel: Travel) -> None:
    number = await _proposed(place, travel)
    base = f"/e/{number}/compte-rendu"
    async with place.visitor() as browser:
        page = await browser.get(f"{base}/imprimer")
        assert "Secrétariat de séance (nom et signature)" in text(page)
        assert re.search(r'href="/static/book-[0-9a-f]{12}\.css"', page.text)
        live = await browser.get(base)
        assert 'class="paper signs"' in live.text
        assert len(live.text) <= 35_000


async def test_a_pdf_is_made_when_the_extra_is_there(
    place: Place, travel: Travel, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = await _proposed(place, travel)
    async with place.visitor() as browser:
        answer = await browser.get(f"/e/{number}/compte-rendu.pdf")
        monkeypatch.setattr(printing, "is_available", lambda: False)
        instead = await browser.get(f"/e/{number}/compte-rendu.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert sheets(answer.content) == 1
    assert instead.headers["location"] == f"/e/{number}/compte-rendu/imprimer"


async def test_who_leaves_early_is_noted_and_the_quorum_with_them(
    place: Place, travel: Travel
) -> None:
    number = await _held(place, travel)
    travel(days=9)
    sheet = f"/e/{number}/emargement"
    async with await place.signed_in(place.ana) as browser:
        for who, hour, sentence in (
            ("Ben", "21 h", "n’est pas noté dans la salle"),
            ("Ana Morel", "tard", "heure"),
            ("Personne", "21 h", "membre"),
        ):
            data = {"act": "leave", "who": who, "left_at": hour}
            wrong = await browser.post(sheet, data=data)
            assert wrong.status_code == 422, who
            assert sentence in text(wrong)
            assert f'value="{hour}"' in wrong.text
        began = (await found(place, number)).call.starts_at.astimezone(ZoneInfo("Europe/Paris"))
        left = began + timedelta(minutes=30)
        data = {"act": "leave", "who": "@ana", "left_at": f"{left:%H:%M}"}
        assert (await browser.post(sheet, data=data)).status_code == 303
        page = text(await browser.get(sheet))
        assert "Ana Morel : départ à" in page
        assert "Quorum atteint à l’ouverture mais perdu à" in page
    async with place.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await members.by_handle(tx, "ana")
        await minutes.begin(tx, meeting, by=ana)
        await minutes.propose(tx, meeting, by=ana)
    base = f"/e/{number}/compte-rendu"
    async with await place.signed_in(place.ben) as browser:
        assert "Ana Morel : départ à" in text(await browser.get(f"{base}/imprimer"))
    async with place.visitor() as browser:
        page = text(await browser.get(base))
        assert "Départs avant la fin 1" in page
        assert "Ana Morel : départ" not in page
