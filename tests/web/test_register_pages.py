"""The pages of the register: the head, the decision, its follow-up, its correction."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from node import clock
from node.assembly import assemblies, decisions, follow_ups, members, quorums
from node.assembly.method import Verdict
from node.assembly.phrases import Phrase
from node.assembly.poll import Tally
from node.federation.register_watch import register_health
from node.models import Decision, Vote, VoteChange
from tests.conftest import MakeSettings, Travel
from tests.reading import has_word
from tests.web.pages_helper import HOST, Place, a_place, hidden, text
from tests.web.register_helper import decide, exported


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await decide(place, reason_ana="Pour les enfants.", reason_ben="Ça manquait.")
        yield place


async def test_the_register_shows_its_head_and_what_can_be_taken_away(place: Place) -> None:
    export = await exported(place)
    async with place.visitor() as browser:
        answer = await browser.get("/decisions")
    shown = text(answer)
    assert f"1:{export['head']['assembly']['head']}" in shown
    assert "Entrée 1, depuis le" in shown
    for address in ("/decisions/registre.json", "/decisions.csv", "/decisions/registre.zip"):
        assert f'href="{address}"' in answer.text


async def test_every_link_of_the_register_can_be_followed_in_a_browser(place: Place) -> None:
    await decide(place)
    async with place.visitor() as visitor:
        page = (await visitor.get("/decisions")).text
        links = re.findall(r'href="([^"#]+)"', page.partition("<main")[2].partition("</main>")[0])
        assert any(link.endswith("/register/head") for link in links)
        for link in links:
            assert (await visitor.get(link)).status_code == 200, link


async def test_a_decision_shows_reasons_by_position_without_names(place: Place) -> None:
    await decide(place, "Une clôture", ben="against", reason_ana="Utile.", reason_ben="Trop cher.")
    async with place.visitor() as browser:
        shown = text(await browser.get("/d/2"))
    reasons = shown.partition("Raisons données avec le vote")[2]
    assert reasons.index("Contre Trop cher.") < reasons.index("Pour Utile.")
    assert not has_word(shown, "Ben")


async def test_numbers_begin_again_each_year_and_addresses_never_do(
    place: Place, travel: Travel
) -> None:
    now = clock.now()
    later = now.year + 2  # the first of them may be of the next year, where it has begun
    travel(days=(now.replace(year=later, month=6, day=15) - now).days)
    decision = await decide(place, "Une clôture")
    assert (decision.number, decision.label) == (2, f"{later}-01")
    async with place.visitor() as browser:
        assert f"{later}-01" in text(await browser.get("/decisions"))
        assert f"Décision {later}-01" in text(await browser.get("/d/2"))


async def test_a_follow_up_is_added_and_never_changed(place: Place) -> None:
    async with await place.signed_in(place.ana) as browser:
        page = await browser.get("/d/1")
        assert "Rien n’a encore été noté." in text(page)
        asked = await browser.get("/d/1/suite")
        answer = await browser.post(
            "/d/1/suite",
            data={
                **hidden(asked),
                "text": "Les plants sont commandés.",
                "holder": "la commission jardin",
                "due_on": "2030-03-01",
                "review_on": "",
                "done": "",
            },
        )
        assert answer.status_code == 303
        asked = await browser.get("/d/1/suite")
        done = {**hidden(asked), "text": "Planté.", "done": "yes"}
        assert (await browser.post("/d/1/suite", data=done)).status_code == 303
    async with place.visitor() as visitor:
        shown = text(await visitor.get("/d/1"))
    assert "la commission jardin" in shown
    assert "Les plants sont commandés." in shown
    assert "État Fait" in shown
    assert "Ana Morel" not in shown


async def test_an_empty_follow_up_or_an_odd_date_is_explained(place: Place) -> None:
    async with await place.signed_in(place.ana) as browser:
        answer = await browser.post("/d/1/suite", data={"text": " "})
        assert answer.status_code == 422
        assert "donnez une personne, une date ou un état" in text(answer)
        answer = await browser.post("/d/1/suite", data={"text": "Oui.", "due_on": "demain"})
        assert answer.status_code == 422


async def test_only_who_carries_it_may_follow_up_and_only_those_in_charge_correct(
    place: Place,
) -> None:
    async with await place.signed_in(place.ben) as browser:
        assert (await browser.get("/d/1/suite")).status_code == 403
        assert (await browser.post("/d/1/suite", data={"text": "Non."})).status_code == 403
        assert (await browser.get("/d/1/corriger")).status_code == 403
        answer = await browser.post("/d/1/corriger", data={"reason": "x", "step": "enter"})
        assert answer.status_code == 403
        assert "corriger" not in (await browser.get("/d/1")).text


async def test_those_to_remind_are_found_by_their_dates(place: Place) -> None:
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        decision = await decisions.by_number(tx, 1)
        await follow_ups.add(tx, decision, by=ana, due_on=date(2030, 3, 1))
    async with place.database.read() as tx:
        assert await follow_ups.late(tx, date(2030, 3, 1)) == []
        [(late, standing)] = await follow_ups.late(tx, date(2030, 3, 2))
    assert (late.number, standing.due_on) == (1, date(2030, 3, 1))
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        await follow_ups.add(tx, await decisions.by_number(tx, 1), by=ana, is_done=True)
    async with place.database.read() as tx:
        assert await follow_ups.late(tx, date(2031, 1, 1)) == []


async def corrected(place: Place, **changes: str) -> Decision:
    """Walk through the pages of a correction as Ana, and return the new decision."""
    async with await place.signed_in(place.ana) as browser:
        asked = await browser.get("/d/1/corriger")
        typed = {
            "reason": "Deux bulletins mal lus.",
            "statement": "Nous le ferons en automne.",
            "tally-for": "2",
            "tally-against": "0",
            "tally-abstain": "0",
            **changes,
        }
        check = await browser.post(
            "/d/1/corriger", data={**hidden(asked), **typed, "step": "check"}
        )
        assert check.status_code == 200, text(check)
        assert "Cela ne s’annule pas." in text(check)
        entered = {**hidden(check), "step": "enter"}
        answer = await browser.post("/d/1/corriger", data=entered)
        assert answer.status_code == 303, text(answer)
        assert answer.headers["location"] == "/d/2"
    async with place.database.read() as tx:
        return await decisions.by_number(tx, 2)


async def test_a_correction_supersedes_and_never_overwrites(place: Place) -> None:
    before = await exported(place)
    new = await corrected(place)
    after = await exported(place)
    assert after["entries"][0] == before["entries"][0]
    document = after["entries"][1]["document"]
    assert document["assembly"]["supersedes"] == f"https://{HOST}/d/1"
    assert document["assembly"]["correctionReason"] == "Deux bulletins mal lus."
    assert new.statement == "Nous le ferons en automne."
    async with place.visitor() as browser:
        old, shown = await browser.get("/d/1"), await browser.get("/d/2")
        listed = text(await browser.get("/decisions"))
    assert f"La décision {new.label} la remplace." in text(old)
    assert "Nous le ferons au printemps." in text(old)
    assert "Corrige et remplace la décision" in text(shown)
    assert listed.count("remplacée depuis") == 1


async def test_a_corrected_count_gives_its_verdict_by_the_rule(place: Place) -> None:
    new = await corrected(place, **{"tally-for": "0", "tally-against": "2"})
    assert (new.outcome, new.turnout) == ("rejected", 2)
    async with place.visitor() as browser:
        shown = text(await browser.get("/propositions?etat=terminees"))
    assert shown.count("Un jardin partagé") <= 1


async def test_more_votes_than_members_are_refused(place: Place) -> None:
    async with await place.signed_in(place.ana) as browser:
        data = {"reason": "x", "statement": "y", "tally-for": "9", "step": "check"}
        assert (await browser.post("/d/1/corriger", data=data)).status_code == 422


async def test_a_correction_needs_a_reason_and_something_to_correct(place: Place) -> None:
    async with await place.signed_in(place.ana) as browser:
        answer = await browser.post("/d/1/corriger", data={"statement": "x", "step": "enter"})
        assert answer.status_code == 422
        assert "Écrivez le motif" in text(answer)
        same = {"reason": "x", "statement": "Nous le ferons au printemps.", "step": "enter"}
        answer = await browser.post("/d/1/corriger", data=same)
        assert answer.status_code == 422
        assert "Rien n’a changé" in text(answer)


async def test_what_was_corrected_is_not_corrected_twice(place: Place) -> None:
    await corrected(place)
    async with await place.signed_in(place.ana) as browser:
        assert (await browser.get("/d/1/corriger")).status_code == 409
        assert (await browser.get("/d/1/suite")).status_code == 409
        answer = await browser.post("/d/1/corriger", data={"reason": "x", "step": "enter"})
        assert answer.status_code == 409


async def test_a_follow_up_goes_on_under_the_correction(place: Place) -> None:
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        await follow_ups.add(tx, await decisions.by_number(tx, 1), by=ana, holder="Léa")
    await corrected(place)
    async with place.visitor() as browser:
        assert "Léa" in text(await browser.get("/d/2"))
        assert text(await browser.get("/decisions")).count("Léa") == 1


async def test_a_withdrawn_text_is_in_the_register_too(place: Place) -> None:
    await place.propose("Un pont", "On construit.")
    async with await place.signed_in(place.ana) as browser:
        answer = await browser.post("/p/2/retirer", data={"reason": "Trop tôt."})
        assert answer.status_code == 303
        assert "Trop tôt." in text(await browser.get("/d/2"))
    export = await exported(place)
    assert export["entries"][1]["document"]["assembly"]["outcome"] == "withdrawn"


async def test_what_comes_with_a_decision_is_sealed_and_shown(place: Place) -> None:
    """A consent always carries a review date; a quorum, a minority, a tolerated block are kept."""
    await place.propose("Une fontaine", "On creuse.")
    vote_id = (await place.open_vote(2)).id
    quorum = quorums.Check(quorums.Quorum("participation", 1, 2), 2, 2, 1)
    tally = Tally(verdict="adopted", explanation=Phrase("tally.void"), quorums=(quorum,))
    async with place.database.transaction() as tx:
        vote = await tx.get(Vote, vote_id)
        assert vote
        vote.method = "consent"
        await decisions.decide(
            tx,
            vote,
            Verdict("adopted", "0 = 0", tally=tally),
            tally={"consent": 2},
            outside={},
            ballots=None,
            minority="Deux fontaines auraient mieux valu.",
            tolerated=["L'eau est rare."],
        )
    said = (await exported(place))["entries"][1]["document"]["assembly"]
    today = clock.now().astimezone(assemblies.zone(place.assembly)).date()
    assert said["reviewOn"] == (today + timedelta(days=365)).isoformat()
    assert said["quorum"] == {
        "kind": "participation", "num": 1, "den": 2, "have": 2, "of": 2, "needed": 1, "met": True,
    }  # fmt: skip
    assert said["minorityOpinion"] == "Deux fontaines auraient mieux valu."
    assert said["toleratedBlocks"] == ["L'eau est rare."]
    async with place.visitor() as browser:
        shown = text(await browser.get("/d/2"))
        assert "Réexamen le" in text(await browser.get("/decisions"))
    assert "Quorum atteint : 2 sur 2, il en fallait 1." in shown.replace("\u00a0", " ")
    assert "Blocages tolérés" in shown
    assert "Deux fontaines auraient mieux valu." in shown
    async with place.database.read() as tx:
        assert (await register_health(tx)).holds


async def test_a_decision_says_when_its_vote_was_closed_before_the_time(
    place: Place, travel: Travel
) -> None:
    async with place.visitor() as browser:
        assert "Le vote a été clos à la main" in text(await browser.get("/d/1"))
        await place.propose("Un four", "Du pain.")
        await place.open_vote(2, days=1)
        travel(days=2)
        await place.app.worker.timers.work()
        assert "clos à la main" not in text(await browser.get("/d/2"))
    async with place.database.read() as tx:
        early = await tx.all(select(VoteChange).where(VoteChange.kind == "closed"))
    assert [one.member_id for one in early] == [place.ana.id]
