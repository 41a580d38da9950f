"""Objections on pages: raised with the ballot, read as cards, lifted, judged, appealed, minuted."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from node import clock
from node.assembly import members, proposals, rules, votes
from node.assembly.voting import objecting
from node.models import Member
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, hidden, text

OBJECTION = "Le terrain est inondé en hiver."
END = {"closes_at_time": "20:00"}


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin partagé", "On plante.\n\nOn arrose.", carrier=place.ben)
        yield place


async def opened(place: Place, judge: str = "author", **parameters: Any) -> None:
    """Put the text to consent, Ben carrying it, by a rule on who judges objections."""
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        await rules.change(tx, "objections_judge", judge, by=ana)
        on = votes.Terms(method="consent", parameters={"quorum": [], **parameters})
        found = await proposals.by_number(tx, 1)
        end = clock.now() + timedelta(days=3)
        await votes.open_vote(tx, found, by=ana, closes_at=end, on=on)


async def another(place: Place, name: str, *, is_in_charge: bool = False) -> Member:
    """Admit somebody else."""
    async with place.database.transaction() as tx:
        return await members.admit(tx, name=name, handle=name.lower(), is_in_charge=is_in_charge)


async def object_to(place: Place, member: Member) -> int:
    """Object through the pages, and return the number of the objection."""
    async with await place.signed_in(member) as browser:
        page = await browser.get("/p/1/voter")
        said = {
            "choice": "objection",
            "reason": OBJECTION,
            "paragraph": "2",
            "risk": "Tout pourrit.",
        }
        check = await browser.post("/p/1/voter", data={**hidden(page), **said})
        assert "Tout pourrit." in text(check)
        done = await browser.post("/p/1/voter", data={**hidden(check), "confirmed": "yes"})
        assert done.status_code == 303, text(done)
        receipt = text(await browser.get("/p/1/recu"))
        assert OBJECTION in receipt
        assert "Tout pourrit." in receipt
        assert "Paragraphe 2" in receipt
        again = await browser.get("/p/1/voter")
        assert "Tout pourrit." in again.text
    async with place.database.read() as tx:
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        found = await objecting.of_author(tx, vote.id, member.id)
        assert found is not None
        return found.id


async def do(browser: httpx.AsyncClient, number: int, act: str, **fields: str) -> httpx.Response:
    """Press a button of a card."""
    given = {f"{name}-{number}": value for name, value in fields.items()}
    return await browser.post(f"/p/1/objections/{number}", data={"act": act, **given})


async def test_an_objection_is_a_card_with_what_its_reader_may_do(place: Place) -> None:
    await opened(place)
    number = await object_to(place, place.ana)
    async with place.visitor() as visitor:
        seen = text(await visitor.get("/p/1/objections"))
        assert OBJECTION in seen
        assert "Ana Morel" not in seen
        assert "un vrai risque pour le groupe" in seen
        assert OBJECTION in text(await visitor.get("/p/1"))
        assert (await do(visitor, number, "lift")).status_code in (302, 303, 403)
    async with await place.signed_in(place.ben) as ben:
        page = await ben.get("/p/1/objections")
        assert "par Ana Morel" in text(page)
        assert "Paragraphe 2" in text(page)
        assert "Lever" not in text(page)
        assert (await do(ben, number, "lift", position="consent")).status_code == 403
        assert (await do(ben, number, "unreasonable")).status_code == 403
        assert (await do(ben, number, "pray")).status_code == 404
    async with await place.signed_in(place.ana) as ana:
        assert "Lever l’objection" in text(await ana.get("/p/1/objections"))
        assert "Votre objection est ouverte" in text(await ana.get("/tableau-de-bord"))
        nothing = await do(ana, number, "lift", reason="J’ai compris.")
        assert nothing.status_code == 422
        assert "J’ai compris." in nothing.text
        assert (await do(ana, number, "accept", position="consent")).status_code == 409
        lifted = await do(ana, number, "lift", position="consent_with_concern")
        assert lifted.headers["location"] == f"/p/1/objections#o-{number}"
        assert "Levée par son auteur" in text(await ana.get("/p/1/objections"))
        assert "Votre objection" not in text(await ana.get("/tableau-de-bord"))
    decision = await place.close(1)
    assert decision.outcome == "adopted"
    async with place.visitor() as visitor:
        minuted = text(await visitor.get(f"/d/{decision.number}"))
        assert f"Objection levée {OBJECTION}" in minuted
        assert "1 objection consignée" in text(await visitor.get("/p/1"))


async def test_what_is_wrong_with_an_objection_is_said_beside_its_field(place: Place) -> None:
    await opened(place)
    async with await place.signed_in(place.ana) as ana:
        page = hidden(await ana.get("/p/1/voter"))
        wrong = {**page, "choice": "objection", "reason": "Non", "paragraph": "9", "risk": "Eau."}
        for more in ({}, {"confirmed": "yes"}):
            refused = await ana.post("/p/1/voter", data={**wrong, **more})
            assert refused.status_code == 422
            assert "écrivez une phrase au moins" in text(refused)
            assert "le dernier est le 2" in text(refused)
            assert "Eau." in refused.text
        letters = {**page, "choice": "objection", "reason": OBJECTION, "paragraph": "deux"}
        assert (await ana.post("/p/1/voter", data=letters)).status_code == 422
        assert "Personne n’a d’objection" in text(await ana.get("/p/1/objections"))


async def test_the_circle_says_what_it_thinks_of_an_objection(place: Place) -> None:
    await opened(place, "circle")
    number = await object_to(place, place.ana)
    async with await place.signed_in(place.ben) as ben:
        assert "Cette objection est-elle raisonnable" in text(await ben.get("/p/1/objections"))
        assert (await do(ben, number, "reasonable")).status_code == 303
        assert "Vous avez répondu : raisonnable" in text(await ben.get("/p/1/objections")).replace(
            "\u00a0", " "
        )
        assert (await do(ben, number, "unreasonable")).status_code == 303
        page = text(await ben.get("/p/1/objections"))
        assert "Déclarée non raisonnable" in page
        assert (await do(ben, number, "appeal")).status_code == 409
        await ben.post(
            "/p/1/voter",
            data={**hidden(await ben.get("/p/1/voter")), "choice": "consent", "confirmed": "yes"},
        )
    decision = await place.close(1)
    assert decision.outcome == "adopted"
    async with place.visitor() as visitor:
        assert "Objection déclarée non raisonnable" in text(
            await visitor.get(f"/d/{decision.number}")
        )
        assert "Déclarée non raisonnable" in text(await visitor.get("/p/1/objections"))


async def test_a_pair_judges_and_anybody_appeals(place: Place) -> None:
    dora = await another(place, "Dora", is_in_charge=True)
    charlie = await another(place, "Charlie")
    await opened(place, "pair")
    number = await object_to(place, charlie)
    async with await place.signed_in(place.ben) as ben:
        assert "Non raisonnable" not in re.sub(
            "Objection non raisonnable", "", text(await ben.get("/p/1/objections"))
        )
    for one in (place.ana, dora):
        async with await place.signed_in(one) as browser:
            assert "Vous facilitez" in text(await browser.get("/p/1/objections"))
            assert (await do(browser, number, "unreasonable")).status_code == 303
    async with await place.signed_in(charlie) as browser:
        assert "En appeler au cercle" in text(await browser.get("/p/1/objections"))
        assert (await do(browser, number, "appeal")).status_code == 303
        page = text(await browser.get("/p/1/objections"))
        assert "appel au cercle" in page
        assert "Ouverte" in page


async def test_objections_block_and_the_next_round_takes_them_over(place: Place) -> None:
    await opened(place, further_rounds=1)
    await object_to(place, place.ana)
    assert (await place.close(1)).outcome == "blocked"
    async with await place.signed_in(place.ben) as ben:
        assert "/p/1/tour-suivant" in (await ben.get("/p/1")).text
        form = await ben.get("/p/1/tour-suivant")
        assert form.status_code == 200
        missing = await ben.post("/p/1/tour-suivant", data=END)
        assert missing.status_code == 422
        end = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
        gone = await ben.post("/p/1/tour-suivant", data={**END, "closes_at_date": end})
        assert gone.status_code == 303
        assert "reprise du tour précédent" in text(await ben.get("/p/1"))
        changed = {
            **END,
            "closes_at_date": end,
            "title": "Un jardin",
            "text": "Sur la butte.",
            "note": "Au sec",
        }
        assert (await ben.post("/p/1/changer-le-texte", data=changed)).status_code == 303
        assert (await ben.get("/p/1/tour-suivant")).status_code == 409
    async with place.database.read() as tx:
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        [card] = await objecting.listed(tx, vote.id)
    async with await place.signed_in(place.ana) as ana:
        assert OBJECTION in (await ana.get("/p/1/voter")).text
        accepted = await do(ana, card.id, "accept", position="consent")
        assert accepted.status_code == 303
        page = text(await ana.get("/p/1/objections"))
        assert "La version 2 y répond" in page
    assert (await place.close(1)).outcome == "adopted"


async def test_there_are_objections_only_where_consent_is_asked(place: Place) -> None:
    async with place.visitor() as visitor:
        assert (await visitor.get("/p/1/objections")).status_code == 409
        assert (await visitor.get("/p/9/objections")).status_code == 404
    await place.open_vote(1)
    async with place.visitor() as visitor:
        assert (await visitor.get("/p/1/objections")).status_code == 409


async def test_what_nobody_chose_is_what_the_method_usually_does(place: Place) -> None:
    for name, field, usual in (
        ("consent", "silence_is_consent", "no"),
        ("qualified_majority", "strict", "no"),
        ("consent", "fallback", "rejected"),
    ):
        async with await place.signed_in(place.ana) as ana:
            form = (await ana.get(f"/p/1/ouvrir-le-vote?methode={name}")).text
        select = form[form.index(f'id="rule-{field}"') :].partition("</select>")[0]
        assert re.findall(r'value="([^"]+)" selected', select) == [usual]


async def test_the_rules_of_objections_are_read_and_changed(place: Place) -> None:
    async with await place.signed_in(place.ana) as ana:
        for slug, value, said in (
            ("objections", "pair", "Deux personnes qui administrent"),
            ("tours-de-consentement", "0", "il n’y a pas d’autre tour"),
            ("tours-de-consentement", "3", "il y a 3 autres tours au plus"),
            ("apres-le-dernier-tour", "two_thirds", "les deux tiers des suffrages exprimés"),
        ):
            assert (await ana.get(f"/admin/regles/{slug}")).status_code == 200
            done = await ana.post(f"/admin/regles/{slug}", data={"value": value})
            assert done.status_code == 303
            assert said in text(await ana.get("/assemblee/regles"))
        form = await ana.get("/p/1/ouvrir-le-vote?methode=consent")
        assert 'value="two_thirds" selected' in form.text
        assert "rule-judged_by" not in form.text
        day = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
        fields = {
            "method": "consent",
            "closes_at_date": day,
            "closes_at_time": "20:00",
            "step": "check",
        }
        more = {
            "rule-minimum_hours": "24",
            "rule-silence_is_consent": "yes",
            "rule-further_rounds": "0",
        }
        check = text(await ana.post("/p/1/ouvrir-le-vote", data={**fields, **more}))
        for said in (
            "avec appel au cercle",
            "pas d’autre tour",
            "au moins 24 heures",
            "le silence vaut",
        ):
            assert said in check
