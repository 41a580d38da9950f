"""An amendment is put to the vote, voted on and taken in, through the pages."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from node import clock
from node.assembly import rules
from node.assembly.members import by_handle
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, hidden, text

TEXT = "Un banc.\n\nÀ l'ombre.\n\nEn bois."


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    """A text that Ana carries, with an amendment of Ben that she left to the assembly."""
    async with a_place(make_settings(HOST)) as found:
        await found.propose("Des bancs", TEXT)
        async with await found.signed_in(found.ben) as ben:
            form = await ben.get("/p/1/amender?paragraphe=2")
            words = {"replacement": "Au soleil.", "reason": "Il fait *froid*."}
            await ben.post("/p/1/amender", data={**hidden(form), **words})
        async with await found.signed_in(found.ana) as ana:
            assert (await ana.post("/p/1/amendements/1/au-vote", data={})).status_code == 303
        yield found


def ends(days: int = 4) -> dict[str, str]:
    """The end of a vote, as typed."""
    end = clock.now() + timedelta(days=days)
    return {"closes_at_date": f"{end:%Y-%m-%d}", "closes_at_time": "20:00"}


async def opened(ana: httpx.AsyncClient, **more: str) -> httpx.Response:
    """Open the vote, having read once more what it is about."""
    terms = {"method": "majority", "proxies": "0", "hidden": "yes", **ends(), **more}
    check = await ana.post("/p/1/amendements/1/ouvrir-le-vote", data={**terms, "step": "check"})
    assert check.status_code == 200, text(check)
    assert "Amendement 1" in text(check)
    chosen = {**hidden(check), "step": "open"}
    return await ana.post("/p/1/amendements/1/ouvrir-le-vote", data=chosen)


async def cast(browser: httpx.AsyncClient, choice: str) -> httpx.Response:
    """Vote on the amendment, having checked the answer."""
    page = await browser.get("/p/1/amendements/1/voter")
    check = await browser.post("/p/1/amendements/1/voter", data={**hidden(page), "choice": choice})
    assert "Vérifiez votre vote" in text(check)
    done = {**hidden(check), "confirmed": "yes"}
    return await browser.post("/p/1/amendements/1/voter", data=done)


async def test_an_amendment_is_voted_and_enters_the_text(place: Place) -> None:
    async with await place.signed_in(place.ana) as ana, await place.signed_in(place.ben) as ben:
        for page in (await ana.get("/p/1/amendements"), await ana.get("/p/1/amendements/1")):
            assert "Ouvrir le vote sur cet amendement" in text(page)
            assert "Il fait <em>froid</em>." in page.text
            assert re.search(r"<b[^>]*>\+</b>&nbsp;<span[^>]*>[^<]*</span>Au soleil", page.text)
        assert "Ouvrir le vote" not in text(await ben.get("/p/1/amendements/1"))
        waits = await ana.get("/p/1/ouvrir-le-vote")
        assert waits.status_code == 409
        assert "L’amendement 1 doit être voté par l’assemblée avant le texte." in text(waits)
        page = await ana.get("/p/1")
        assert "L’amendement 1 doit être voté par l’assemblée avant le texte." in text(page)
        assert "/p/1/ouvrir-le-vote" not in page.text
        done = await opened(ana)
        assert done.headers["location"] == "/p/1/amendements/1"
        assert "Texte arrêté, vote sur un amendement jusqu’au" in text(await ben.get("/p/1"))
        assert "Des bancs – Amendement 1" in text(await ben.get("/tableau-de-bord"))
        ballot = await ben.get("/p/1/amendements/1/voter")
        assert "Faut-il changer le texte ainsi ?" in text(ballot)
        assert "<ins>" in ballot.text
        assert "Je veux que le texte soit changé ainsi." in text(ballot)
        assert (await cast(ben, "for")).headers["location"] == "/p/1/amendements/1/recu"
        assert "Des bancs – Amendement 1" in text(await ben.get("/p/1/amendements/1/recu"))
        assert (await cast(ana, "for")).status_code == 303
        assert (await ana.get("/p/1/reviser")).status_code == 409
        calendar = (await ben.get("/agenda.ics")).text
        assert "UID:p-1-amendement@" in calendar
        assert "Fin du vote sur un amendement" in calendar
        assert "BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-P1D\r\n" in calendar
        assert (await ana.get("/p/1/amendements/1/bulletins.json")).status_code == 409
        check = await ana.post("/p/1/amendements/1/clore", data={"step": "check"})
        assert "entre dans le texte" in text(check)
        closed = await ana.post("/p/1/amendements/1/clore", data={"step": "close"})
        assert closed.headers["location"] == "/p/1/amendements/1"
        said = text(await ben.get("/p/1/amendements/1"))
        assert "L’assemblée a adopté cet amendement (2 > 0)." in said
        assert "2 pour" in said
        main = text(await ben.get("/p/1"))
        assert "Au soleil." in main
        assert "amendement 1. L’assemblée a adopté cet amendement (2 > 0)." in main
        credit = "Amendement 1, proposé par Ben, adopté par l’assemblée (2 > 0)"
        assert credit in text(await ben.get("/p/1/versions"))
        ballots = (await ana.get("/p/1/amendements/1/bulletins.json")).json()
        assert ballots["about"].endswith("/p/1/amendements/1")
        assert (await ana.get("/p/1/ouvrir-le-vote")).status_code == 200
    async with place.visitor() as visitor:
        assert "adopté" in text(await visitor.get("/p/1/amendements/1"))


async def test_a_vote_on_an_amendment_is_prolonged_and_cancelled(place: Place) -> None:
    async with await place.signed_in(place.ana) as ana, await place.signed_in(place.ben) as ben:
        refused = await ana.post(
            "/p/1/amendements/1/ouvrir-le-vote",
            data={"method": "majority", "step": "check", "proxies": "0", **ends(-2)},
        )
        assert refused.status_code == 422
        assert 'id="closes_at-error"' in refused.text
        await opened(ana, method="absolute_majority")
        assert (await ben.get("/p/1/amendements/1/prolonger")).status_code == 403
        more = {"reason": "Grève.", **ends(9)}
        assert (await ana.post("/p/1/amendements/1/prolonger", data=more)).status_code == 303
        assert "Grève." in text(await ben.get("/p/1/amendements/1"))
        none = await ana.post("/p/1/amendements/1/annuler-le-vote", data={"reason": ""})
        assert none.status_code == 422
        await ana.post("/p/1/amendements/1/annuler-le-vote", data={"reason": "On en reparle."})
        assert "À mettre au vote" in text(await ben.get("/p/1/amendements/1"))
        assert (await ana.get("/p/1/amendements/1/changer-le-texte")).status_code == 404


async def test_only_majorities_are_offered_for_an_amendment(place: Place) -> None:
    async with place.database.transaction() as tx:
        ana_ = await by_handle(tx, "ana")
        await rules.change(tx, "method", "consent", by=ana_)
        await rules.change(tx, "methods", ["consent", "qualified_majority"], by=ana_)
    async with await place.signed_in(place.ana) as ana, await place.signed_in(place.ben) as ben:
        choice = text(await ana.get("/p/1/amendements/1/ouvrir-le-vote"))
        assert "Majorité qualifiée" in choice
        assert "Consentement" not in choice
        chosen = await ana.get("/p/1/amendements/1/ouvrir-le-vote?methode=qualified_majority")
        assert chosen.status_code == 200
        assert (await ben.get("/p/1/amendements/1/ouvrir-le-vote")).status_code == 403
        for path in ("/p/1/amendements/9", "/p/1/amendements/99999999999999999999"):
            assert (await ana.get(path)).status_code == 404
        assert (await ana.get("/p/1/amendements/1/voter")).status_code == 409
    async with place.database.transaction() as tx:
        await rules.change(tx, "methods", ["consent"], by=await by_handle(tx, "ana"))
    async with await place.signed_in(place.ana) as ana:
        none = await ana.get("/p/1/amendements/1/ouvrir-le-vote")
        assert none.status_code == 409
        assert "aucun vote à la majorité" in text(none)


async def test_what_has_lost_its_object_says_why(place: Place) -> None:
    await place.revise(1, "Un banc.\n\nTout autre chose.")
    page = text(await place.visitor().get("/p/1/amendements/1"))
    assert "Sans objet" in page
    assert "La version 2 a changé le passage visé" in page
