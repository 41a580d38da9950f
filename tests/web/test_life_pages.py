"""A proposal's life on its pages, without any script: drafts, amendments, rounds, support."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from node import clock
from node.app import register_everything
from node.assembly import follow_ups, members, rules
from node.models import Member
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, hidden, text

register_everything()
WRITTEN = {"title": "Des bancs", "text": "Un banc.\n\nÀ l'ombre."}


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin", "On plante. On arrose.\n\nOn récolte.")
        yield place


@pytest.fixture
async def zoe(place: Place) -> Member:
    async with place.database.transaction() as tx:
        return await members.admit(tx, name="Zoé", handle="zoe")


def day(days: int = 3) -> dict[str, str]:
    """The fields of a moment ahead."""
    end = clock.now() + timedelta(days=days)
    return {"closes_at_date": f"{end:%Y-%m-%d}", "closes_at_time": "20:00"}


async def amended(browser: httpx.AsyncClient, where: str, words: str) -> httpx.Response:
    """Propose an amendment through its form."""
    page = await browser.get(f"/p/1/amender?{where}")
    fields = hidden(page) | {"replacement": words, "reason": "C'est mieux."}
    return await browser.post("/p/1/amender", data=fields)


async def test_a_draft_is_written_together_and_published(place: Place, zoe: Member) -> None:
    async with await place.signed_in(place.ben) as ben, await place.signed_in(zoe) as other:
        page = await ben.get("/ecrire/proposition")
        assert "## Ce que cela change" in page.text
        kept = await ben.post("/brouillons", data={**WRITTEN, "text": "Un banc."})
        path = kept.headers["location"]
        assert "Des bancs" in text(await ben.get("/tableau-de-bord"))
        assert (await other.get(path)).status_code == 404
        assert (await other.post(path, data=WRITTEN)).status_code == 404
        refused = await ben.post(f"{path}/porteurs", data={**WRITTEN, "handle": "personne"})
        assert refused.status_code == 422
        await ben.post(f"{path}/porteurs", data={**WRITTEN, "handle": "zoe"})
        assert "Des bancs" in text(await other.get("/tableau-de-bord"))
        assert (await other.post(path, data={**WRITTEN, "step": "save"})).status_code == 303
        check = await other.post(path, data={**WRITTEN, "step": "check"})
        assert "À l'ombre." in text(check)
        done = await other.post(path, data={**hidden(check), "step": "publish"})
        assert done.headers["location"] == "/p/2"
        page = await other.get("/p/2")
        assert "Ben, Zoé" in text(page)
        assert (await other.get("/p/2/reviser")).status_code == 200
        assert (await ben.get(path)).status_code == 404


async def test_a_draft_is_for_its_carriers_even_in_charge(place: Place) -> None:
    async with await place.signed_in(place.ben) as ben, await place.signed_in(place.ana) as ana:
        assert (await ben.post("/brouillons", data={"title": "", "text": ""})).status_code == 422
        path = (await ben.post("/brouillons", data=WRITTEN)).headers["location"]
        assert (await ana.get(path)).status_code == 404
        missing = await ben.post(path, data={"title": "", "text": "Un", "step": "check"})
        assert missing.status_code == 422
        assert 'id="title-error"' in missing.text
        assert (await ana.post(f"{path}/jeter", data={})).status_code == 404
        gone = await ben.post(f"{path}/jeter", data={})
        assert gone.headers["location"] == "/tableau-de-bord"
        assert (await ben.get(path)).status_code == 404
    async with place.visitor() as visitor:
        assert (await visitor.get(path)).headers["location"].startswith("/connexion")
        assert "Des bancs" not in text(await visitor.get("/propositions"))


async def test_nobody_saves_over_what_another_carrier_wrote(place: Place, zoe: Member) -> None:
    async with await place.signed_in(place.ben) as ben, await place.signed_in(zoe) as other:
        path = (await ben.post("/brouillons", data=WRITTEN)).headers["location"]
        await ben.post(f"{path}/porteurs", data={**WRITTEN, "handle": "zoe"})
        old = hidden(await other.get(path))
        first = {**hidden(await ben.get(path)), **WRITTEN, "title": "Trois bancs", "step": "save"}
        assert (await ben.post(path, data=first)).status_code == 303
        mine = {**WRITTEN, "text": "Un banc de pierre."}
        for step in ("save", "check", "publish"):
            refused = await other.post(path, data={**old, **mine, "step": step})
            assert refused.status_code == 409
            assert 'id="text-error"' in refused.text
            assert "Un banc de pierre." in refused.text
            assert "<strong>Trois bancs</strong>" in refused.text
        shared = await other.post(f"{path}/porteurs", data={**old, **mine, "handle": "ana"})
        assert shared.status_code == 409
        assert 'value="ana"' in shared.text
        assert 'value="Trois bancs"' in (await ben.get(path)).text
        again = await other.post(path, data={**hidden(refused), **mine, "step": "save"})
        assert again.status_code == 303
        now = (await ben.get(path)).text
        assert 'value="Des bancs"' in now
        assert "Un banc de pierre." in now
        assert "Ana" not in text(await ben.get(path))


async def test_a_draft_is_saved_by_inviting(place: Place, zoe: Member) -> None:
    async with await place.signed_in(place.ben) as ben:
        path = (await ben.post("/brouillons", data=WRITTEN)).headers["location"]
        page = await ben.get(path)
        assert f'formaction="{path}/porteurs"' in page.text
        typed = {**hidden(page), "title": "Six bancs", "text": "Six.", "signed": "yes"}
        refused = await ben.post(f"{path}/porteurs", data={**typed, "handle": "personne"})
        assert refused.status_code == 422
        for kept in ('value="Six bancs"', "Six.</textarea>", 'value="personne"', "checked"):
            assert kept in refused.text
        assert 'value="Des bancs"' in (await ben.get(path)).text
        typed |= hidden(refused)
        done = await ben.post(f"{path}/porteurs", data={**typed, "handle": "zoe"})
        assert done.headers["location"] == path
        page = await ben.get(path)
        assert 'value="Six bancs"' in page.text
        assert zoe.name in text(page)


async def test_a_name_that_was_not_invited_stays_on_the_page_of_the_draft(place: Place) -> None:
    async with await place.signed_in(place.ben) as ben:
        path = (await ben.post("/brouillons", data=WRITTEN)).headers["location"]
        typed = {**WRITTEN, "title": "Six bancs", "handle": "ana", "step": "save"}
        asked = await ben.post(path, data={**hidden(await ben.get(path)), **typed})
        assert asked.status_code == 422
        assert 'id="handle-error"' in asked.text
        typed = {**hidden(asked), "title": "Sept bancs", "text": "", "step": "check"}
        incomplete = await ben.post(path, data=typed)
        assert incomplete.status_code == 422
        typed = {**hidden(incomplete), **WRITTEN, "step": "check"}
        check = await ben.post(path, data=typed)
        assert check.status_code == 200
        back = await ben.post(path, data={**hidden(check), "step": "write"})
        assert back.status_code == 303


async def test_the_three_questions_have_to_be_answered(place: Place) -> None:
    async with await place.signed_in(place.ben) as ben:
        page = await ben.get("/ecrire/proposition")
        empty = page.text.partition("<textarea")[2].partition(">\n")[2].partition("</textarea>")[0]
        written = {"title": "Des bancs", "text": empty, "step": "check"}
        assert (await ben.post("/ecrire/proposition", data=written)).status_code == 422


async def test_an_amendment_is_proposed_shown_and_taken_in(place: Place) -> None:
    async with await place.signed_in(place.ben) as ben, await place.signed_in(place.ana) as ana:
        assert "Amender le paragraphe 2" in text(await ben.get("/p/1/amender"))
        assert (await ben.get("/p/1/amender?paragraphe=9")).status_code == 404
        same = await amended(ben, "paragraphe=1", "On plante. On arrose.")
        assert same.status_code == 422
        assert 'id="replacement-error"' in same.text
        done = await amended(ben, "paragraphe=1", "On plante. On paille.")
        assert done.headers["location"] == "/p/1/amendements#a-1"
        shown = await ana.get("/p/1")
        assert "<ins>" in shown.text
        assert "On arrose." in text(shown)
        assert "C'est mieux." in text(shown)
        assert (await ben.post("/p/1/amendements/1/accepter", data={})).status_code == 403
        assert (await ana.post("/p/1/amendements/1/avaler", data={})).status_code == 404
        assert (await ana.post("/p/1/amendements/1/accepter", data={})).status_code == 303
        page = text(await ana.get("/p/1/versions"))
        assert "Amendement 1, proposé par Ben" in page
        assert "On paille." in text(await ana.get("/p/1"))
        assert "Intégré" in text(await ben.get("/p/1/amendements"))


async def test_an_amendment_is_declined_amended_voted_or_taken_back(place: Place) -> None:
    async with await place.signed_in(place.ben) as ben, await place.signed_in(place.ana) as ana:
        for words in ("On sème.", "On bine.", "On sarcle."):
            await amended(ben, "paragraphe=2", words)
        assert "3 amendements attendent votre réponse" in text(await ana.get("/tableau-de-bord"))
        refused = await ana.post("/p/1/amendements/1/decliner", data={"reason-1": " "})
        assert refused.status_code == 422
        assert 'id="reason-1-error"' in refused.text
        await ana.post("/p/1/amendements/1/decliner", data={"reason-1": "Trop tard."})
        await ana.post("/p/1/amendements/2/au-vote", data={})
        under = await amended(ana, "amendement=3", "On sarcle au printemps.")
        assert under.headers["location"] == "/p/1/amendements#a-4"
        page = text(await ben.get("/p/1/amendements"))
        assert "Réponse : Trop tard." in page
        assert "À mettre au vote" in page
        assert "Sous-amendement 4" in page
        assert (await ben.post("/p/1/amendements/4/accepter", data={})).status_code == 303
        assert "On sarcle au printemps." in text(await ben.get("/p/1/amendements"))
        assert (await ben.post("/p/1/amendements/2/retirer", data={})).status_code == 303
        await place.revise(1, "Tout autre chose.")
        assert "Caduc" in text(await ana.get("/p/1/amendements"))
        assert (await ana.post("/p/1/amendements/3/accepter", data={})).status_code == 409
    async with place.visitor() as visitor:
        assert "Retiré" in text(await visitor.get("/p/1/amendements"))
        assert (await visitor.get("/p/1/amender")).headers["location"].startswith("/connexion")


async def test_a_round_says_until_when_and_is_then_over(place: Place) -> None:
    async with await place.signed_in(place.ana) as ana, await place.signed_in(place.ben) as ben:
        assert (await ben.get("/p/1/tour")).status_code == 403
        assert (await ana.get("/p/1/tour")).status_code == 200
        for wrong in (
            {"kind": "reactions"},
            {"kind": "", **day()},
            {"kind": "reactions", **day(-1)},
        ):
            assert (await ana.post("/p/1/tour", data=wrong)).status_code == 422
        assert (await ana.post("/p/1/tour", data={"kind": "reactions", **day()})).status_code == 303
        assert "Tour de ressentis jusqu’au" in text(await ben.get("/p/1"))
        assert "Tour de ressentis jusqu’au" in text(await ben.get("/propositions"))
        clock.travel(timedelta(days=5))
        try:
            assert "Tour de ressentis jusqu’au" not in text(await place.visitor().get("/p/1"))
        finally:
            clock.travel(timedelta(days=-5))
        assert (await ana.get("/p/1/reporter")).status_code == 200
        assert (await ana.post("/p/1/reporter", data={"reason": ""})).status_code == 422
        await ana.post("/p/1/reporter", data={"reason": "Il manque le devis."})
        page = text(await ben.get("/p/1"))
        assert "En discussion" in page
        assert "reportée. Il manque le devis." in page


async def test_members_say_how_it_strikes_them_and_support_a_vote(place: Place) -> None:
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        await rules.change(tx, "endorsements", 1, by=ana)
    async with await place.signed_in(place.ben) as ben, await place.signed_in(place.ana) as other:
        assert (await ben.post("/p/1/ressenti", data={"position": "non"})).status_code == 422
        assert (await ben.post("/p/1/ressenti", data={"position": "mixed"})).status_code == 303
        page = await ben.get("/p/1")
        assert 'value="mixed" checked' in page.text
        assert "0 sur 1 soutiens nécessaires" in text(page)
        terms = {"method": "majority", "hidden": "yes", "proxies": "0", "step": "open", **day()}
        for refused in (
            await other.get("/p/1/ouvrir-le-vote"),
            await other.post("/p/1/ouvrir-le-vote", data={**terms, "step": "check"}),
            await other.post("/p/1/ouvrir-le-vote", data=terms),
        ):
            assert refused.status_code == 409
            assert "soutiens manquants : 1" in text(refused)
        await ben.post("/p/1/soutenir", data={"act": "give"})
        assert "Ne plus soutenir" in text(await ben.get("/p/1"))
        await ben.post("/p/1/soutenir", data={"act": "take-back"})
        await ben.post("/p/1/soutenir", data={"act": "give"})
        assert (await other.post("/p/1/ouvrir-le-vote", data=terms)).status_code == 303
    async with place.visitor() as visitor:
        assert "Prise de température" not in text(await visitor.get("/p/1"))


async def test_a_failed_quorum_is_taken_up_again_and_late_work_is_remembered(place: Place) -> None:
    await place.open_vote(1)
    decision = await place.close(1)
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        await follow_ups.add(
            tx, decision, by=ana, holder="Ben", due_on=(clock.now() - timedelta(days=2)).date()
        )
    async with await place.signed_in(place.ana) as ana_browser:
        page = text(await ana_browser.get("/tableau-de-bord"))
        assert "À suivre : décision" in page
        assert "Ben, pour le" in page
        assert "Reprendre la discussion" in text(await ana_browser.get("/p/1"))
        await ana_browser.post("/p/1/reporter", data={"reason": "On en reparle."})
        assert "En discussion" in text(await ana_browser.get("/p/1"))
    async with await place.signed_in(place.ben) as ben:
        assert "À suivre" not in text(await ben.get("/tableau-de-bord"))
