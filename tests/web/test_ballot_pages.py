"""Voting on pages without any script: every kind of ballot, the opening, what may be changed."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from node import clock, words
from node.app import register_everything
from node.assembly import members, method, proposals, showing, votes
from node.models import Ballot, Vote
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, hidden, text

register_everything()

FIELDS: dict[str, dict[str, str]] = {
    "one": {"choice": "o2"},
    "ranking": {"o1": "2", "o2": "1", "o3": "2"},
    "order": {"o1": "2", "o2": "1"},
    "approvals": {"o2": "yes", "o3": "yes"},
    "grades": {"o1": "good", "o2": "excellent", "o3": "reject"},
    "scores": {"o1": "1", "o2": "5", "o3": ""},
    "points": {"o1": "", "o2": "6", "o3": "4"},
    "signs": {"o1": "", "o2": "+", "o3": ""},
    "dates": {"o1": "maybe", "o2": "yes", "o3": "no"},
}
KEPT = {
    "one": '"o2"',
    "ranking": '["o2",["o1","o3"]]',
    "order": '["o2","o1"]',
    "approvals": '["o2","o3"]',
    "grades": '{"o1":"good","o2":"excellent","o3":"reject"}',
    "scores": '{"o1":1,"o2":5}',
    "points": '{"o2":6,"o3":4}',
    "signs": '{"o2":"+"}',
    "dates": '{"o1":"maybe","o2":"yes","o3":"no"}',
}
OPTIONS = "Un banc\nDeux bancs\nUn kiosque"
COSTS = "Un banc | 100\nDeux bancs | 150\nUn kiosque | 1 200"
BY_OPTIONS = [name for name in method.every() if method.find(name).ballot.has_options]
POSITIONS = [name for name in method.every() if method.find(name).choices]


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin partagé", "On plante.")
        yield place


def day(days: int = 3) -> dict[str, str]:
    """The fields of a moment ahead."""
    end = clock.now() + timedelta(days=days)
    return {"closes_at_date": f"{end:%Y-%m-%d}", "closes_at_time": "20:00"}


async def opened(place: Place, name: str, **more: str) -> httpx.Response:
    """Open a vote by a method through the pages, and return the page that was checked."""
    found = method.find(name)
    fields: dict[str, str] = {"method": name, "hidden": "yes", "proxies": "0", **day(), **more}
    if found.ballot.has_options:
        fields["options"] = COSTS if found.has_costs else OPTIONS
    if found.has_costs:
        fields["budget"] = "300"
    async with await place.signed_in(place.ana) as ana:
        form = await ana.get(f"/p/1/ouvrir-le-vote?methode={name}")
        assert form.status_code == 200
        check = await ana.post("/p/1/ouvrir-le-vote", data={**fields, "step": "check"})
        assert check.status_code == 200, text(check)
        done = await ana.post("/p/1/ouvrir-le-vote", data={**hidden(check), "step": "open"})
        assert done.status_code == 303, text(done)
    return check


CODE = re.compile(r"\bo[0-9]+\b")  # of an option, which people know by its name


async def result(place: Place) -> str:
    """Return the sentence that the count says, in French."""
    async with place.database.read() as tx:
        vote = await tx.find(select(Vote))
    assert isinstance(vote, Vote)
    shown = showing.given(vote.shown)
    assert shown is not None
    return shown.sentence.said(words.of("fr"), {one["code"]: one["text"] for one in vote.options})


def plainly(said: str) -> str:
    """Leave out what typography does to a sentence."""
    return " ".join(said.replace("’", "'").split())


async def kept(place: Place) -> list[str]:
    """Return every ballot as it is kept."""
    async with place.database.read() as tx:
        return [one.choice for one in await tx.all(select(Ballot))]


@pytest.mark.parametrize("name", BY_OPTIONS)
async def test_a_ballot_about_options_is_filled_in_checked_kept_and_changed(
    place: Place, name: str
) -> None:
    await opened(place, name)
    kind = method.find(name).ballot.name
    async with await place.signed_in(place.ben) as ben:
        page = await ben.get("/p/1/voter")
        assert "Deux bancs" in page.text
        empty = await ben.post("/p/1/voter", data=hidden(page))
        assert empty.status_code == 422
        check = await ben.post("/p/1/voter", data={**hidden(page), **FIELDS[kind]})
        assert "Vérifiez votre vote" in text(check), text(check)
        assert "Deux bancs" in text(check)
        back = await ben.post("/p/1/voter", data={**hidden(check), "change": "yes"})
        assert (
            'value="yes" checked' in back.text
            or "checked" in back.text
            or 'value="6"' in (back.text)
            or 'value="2"' in back.text
            or 'value="5"' in back.text
        )
        done = await ben.post("/p/1/voter", data={**hidden(check), "confirmed": "yes"})
        assert done.status_code == 303, text(done)
        assert "Deux bancs" in text(await ben.get("/p/1/recu"))
        assert "Deux bancs" in text(await ben.get("/p/1"))
        again = await ben.get("/p/1/voter")
        same = await ben.post(
            "/p/1/voter", data={**hidden(again), **FIELDS[kind], "confirmed": "yes"}
        )
        assert same.status_code == 303
        blank = {"choice": "blank"} if kind == "one" else {"blank": "yes"}
        fresh = hidden(await ben.get("/p/1/voter"))
        both = {**fresh, **FIELDS[kind], "blank": "yes"}
        if kind != "one":
            assert (await ben.post("/p/1/voter", data=both)).status_code == 422
        assert await kept(place) == [KEPT[kind]]
        await ben.post("/p/1/voter", data={**fresh, **blank, "confirmed": "yes"})
    assert await kept(place) in (["null"], ["[]"], ["{}"])


@pytest.mark.parametrize("name", BY_OPTIONS + POSITIONS)
async def test_every_method_shows_its_result_on_the_pages(place: Place, name: str) -> None:
    await opened(place, name)
    found = method.find(name)
    fields = FIELDS[found.ballot.name] if found.ballot.has_options else {"choice": found.choices[0]}
    for member in (place.ana, place.ben):
        async with await place.signed_in(member) as browser:
            page = hidden(await browser.get("/p/1/voter"))
            cast = {**page, **fields, "confirmed": "yes"}
            assert (await browser.post("/p/1/voter", data=cast)).status_code == 303
    async with await place.signed_in(place.ana) as ana:
        for path in ("/", "/propositions", "/tableau-de-bord", "/p/1"):
            assert (await ana.get(path)).status_code == 200
        closed = await ana.post("/p/1/clore", data={"step": "close", "statement": "Voilà."})
        assert closed.status_code == 303
        shown = await ana.get(closed.headers["location"])
        assert shown.status_code == 200
        assert plainly(await result(place)) in plainly(text(shown))
        for path in ("/", "/decisions", "/p/1", "/flux.atom", "/tableau-de-bord"):
            answer = await ana.get(path)
            assert answer.status_code == 200, path
            assert not CODE.search(text(answer)), path
        assert not CODE.search(text(shown))
        exported = await ana.get("/p/1/bulletins.json")
        assert sum(one["weight"] for one in exported.json()["ballots"]) == 2


async def test_the_rule_is_one_plain_sentence(place: Place) -> None:
    check = await opened(
        place,
        "qualified_majority",
        quorum="approval",
        quorum_share="1/4",
        proxies="2",
        **{"rule-num": "3", "rule-den": "4", "rule-base": "members"},
    )
    said = text(check)
    assert "au moins 3/4 des membres" in said
    assert "1/4 des membres votent pour" in said
    assert "2 procurations au plus" in said
    async with place.database.read() as tx:
        vote = (await tx.all(select(Vote)))[0]
    assert vote.rule["num"] == 3
    assert vote.rule["quorum"] == [{"kind": "approval", "num": 1, "den": 4, "represented": False}]


async def test_quorums_are_combined(place: Place) -> None:
    check = await opened(
        place,
        "majority",
        quorum="participation",
        quorum_share="1/2",
        quorum_2="approval",
        quorum_2_share="1/4",
        quorum_3="support",
        quorum_3_share="1/2",
    )
    for said in ("1/2 des membres prennent part", "1/4 des membres votent pour", "soutiennent"):
        assert said in text(check)
    await place.cast(1, place.ana, "for")
    decision = await place.close(1)
    assert decision.outcome == "quorum_not_met", "nobody endorsed it"
    assert [(one["kind"], one["met"]) for one in decision.quorums] == [
        ("participation", True),
        ("approval", True),
        ("support", False),
    ]


async def test_consent_keeps_its_own_quorum_where_no_other_is_chosen(place: Place) -> None:
    for number in range(5):
        await place.admit(f"Voix {number}")
    await opened(place, "consent", quorum="")
    await place.cast(1, place.ana, "consent")
    assert (await place.close(1)).outcome == "quorum_not_met"


async def test_what_stands_after_a_bar_is_a_cost_only_where_there_are_costs(place: Place) -> None:
    options = "Salle A | 19 h\nSalle A | 20 h"
    data = {"method": "approval", "proxies": "0", "step": "open", "options": options, **day()}
    async with await place.signed_in(place.ana) as ana:
        assert (await ana.post("/p/1/ouvrir-le-vote", data=data)).status_code == 303
    async with place.database.read() as tx:
        [vote] = await tx.all(select(Vote))
    assert [one["text"] for one in vote.options] == options.splitlines()


@pytest.mark.parametrize("name", sorted(method.every()))
async def test_whatever_the_page_offers_of_a_method_can_be_chosen(place: Place, name: str) -> None:
    found = method.find(name)
    more = {"options": COSTS if found.has_costs else OPTIONS, "budget": "300"}
    base = {"method": name, "proxies": "0", "step": "check", **day(), **more}
    async with await place.signed_in(place.ana) as ana:
        page = (await ana.get(f"/p/1/ouvrir-le-vote?methode={name}")).text
        offered = re.findall(r'name="(rule-[^"]+)" value="([^"]*)"', page)
        for field, listed in re.findall(
            r'<select[^>]*name="(rule-[^"]+)".*?>(.*?)</select>', page, re.S
        ):
            offered += [(field, value) for value in re.findall(r'value="([^"]*)"', listed)]
        for field, value in offered:
            answer = await ana.post("/p/1/ouvrir-le-vote", data={**base, field: value})
            assert answer.status_code in (200, 422), (field, value)


@pytest.mark.parametrize("answers", [1, 0])
async def test_a_decision_tells_its_quorum_once(place: Place, answers: int) -> None:
    await opened(place, "majority", quorum="participation", quorum_share="1/2")
    if answers:
        await place.cast(1, place.ana, "for")
    await place.close(1)
    async with place.visitor() as browser:
        seen = text(await browser.get("/d/1")).partition("Le texte")[0]
    assert seen.count("il en fallait 1") == 1


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"method": "single", "options": "Un seul"}, "options"),
        ({"method": "majority", "quorum": "cast", "quorum_share": "beaucoup"}, "quorum_share"),
        ({"method": "majority", "quorum": "assemblies", "quorum_share": "1/2"}, "quorum"),
        ({"method": "majority", "quorum_2": "cast", "quorum_2_share": "2/1"}, "quorum_2_share"),
        (
            {"method": "majority", "quorum": "cast", "quorum_share": "1/2", "quorum_3": "cast"},
            "quorum_3",
        ),
        ({"method": "majority", "quorum": "n'importe", "quorum_share": "1/2"}, "quorum"),
        ({"method": "qualified_majority", "rule-num": "9", "rule-den": "4"}, "rule-num"),
        ({"method": "majority", "secret": "yes", "proxies": "2"}, "proxies"),
        ({"method": "majority", "secret": "yes", "poll_ballots": "yes"}, "poll_ballots"),
    ],
)
async def test_what_is_wrong_with_the_terms_stands_beside_its_field(
    place: Place, fields: dict[str, str], at: str
) -> None:
    async with await place.signed_in(place.ana) as ana:
        for step in ("check", "open"):
            answer = await ana.post("/p/1/ouvrir-le-vote", data={**day(), **fields, "step": step})
            assert answer.status_code == 422
            assert f'id="{at}-error"' in answer.text
        for closes_at in ("2020-01-01", "", "hier"):
            data = {**day(), **fields, "closes_at_date": closes_at, "step": "check"}
            answer = await ana.post("/p/1/ouvrir-le-vote", data=data)
            assert answer.status_code == 422
            assert answer.text.count(f'id="{at}-error"') == 1
            assert answer.text.count('id="closes_at-error"') == 1


async def test_a_secret_ballot_says_what_it_keeps_and_is_final(place: Place) -> None:
    await opened(place, "majority", secret="yes")
    async with await place.signed_in(place.ben) as ben:
        page = await ben.get("/p/1/voter")
        assert "Ce que ce secret ne garantit pas" in text(page)
        assert 'name="reason"' not in page.text
        check = await ben.post("/p/1/voter", data={**hidden(page), "choice": "for"})
        done = await ben.post("/p/1/voter", data={**hidden(check), "confirmed": "yes"})
        assert done.headers["location"] == "/p/1/recu"
        receipt = text(await ben.get("/p/1/recu"))
        assert "vous avez pris part" in receipt
        assert "Pour" not in receipt
        assert "Vous avez pris part" in text(await ben.get("/p/1"))
        again = await ben.post("/p/1/voter", data={**hidden(check), "confirmed": "yes", "x": "1"})
        assert again.status_code == 409
        assert "il compte" in text(again)
        assert "ni relu ni changé" in text(await ben.get("/p/1/voter"))
        assert "pris part" in text(await ben.get("/tableau-de-bord"))
    async with await place.signed_in(place.ana) as ana:
        closed = await ana.post("/p/1/clore", data={"step": "close"})
        assert (await ana.get(closed.headers["location"])).status_code == 200
        refused = await ana.get("/p/1/bulletins.json")
        assert refused.status_code == 409
        assert "Seconde convocation" in text(await ana.get("/p/1"))
        await ana.post("/p/1/seconde-convocation", data=day())
        assert "seconde convocation" in text(await ana.get("/p/1"))
    assert await kept(place) == []


async def test_results_can_be_shown_while_people_vote(place: Place) -> None:
    await opened(place, "majority", hidden="")
    await place.cast(1, place.ben, "for")
    async with place.visitor() as browser:
        page = await browser.get("/p/1")
    assert "Où en est le vote" in text(page)
    assert "<svg" in page.text


async def test_a_vote_is_extended_changed_and_cancelled_by_who_carries_it(place: Place) -> None:
    await opened(place, "majority")
    await place.cast(1, place.ben, "for")
    async with await place.signed_in(place.ben) as ben:
        for path in ("prolonger", "annuler-le-vote", "changer-le-texte"):
            assert (await ben.get(f"/p/1/{path}")).status_code == 403
    async with await place.signed_in(place.ana) as ana:
        assert (await ana.get("/p/1/prolonger")).status_code == 200
        assert (await ana.post("/p/1/prolonger", data=day(9))).status_code == 422
        more = {**day(9), "reason": "Grève des trains."}
        assert (await ana.post("/p/1/prolonger", data=more)).status_code == 303
        assert "Grève des trains." in text(await ana.get("/p/1"))
        assert "Des carottes" not in (await ana.get("/p/1/changer-le-texte")).text
        new = {**day(9), "title": "Un jardin", "text": "Des carottes.", "note": "Plus précis."}
        assert (await ana.post("/p/1/changer-le-texte", data=new)).status_code == 303
    async with await place.signed_in(place.ben) as ben:
        assert "votre bulletin précédent ne compte plus" in text(await ben.get("/tableau-de-bord"))
        old = {"digest": "zQmOld", "choice": "for", "confirmed": "yes"}
        refused = await ben.post("/p/1/voter", data=old)
        assert "Le texte a changé" in text(refused)
    async with await place.signed_in(place.ana) as ana:
        stop = {"reason": "Une annexe manque."}
        assert (await ana.post("/p/1/annuler-le-vote", data=stop)).status_code == 303
        assert "Vote annulé : Une annexe manque." in text(await ana.get("/p/1"))
        assert "Le vote est clos" in text(await ana.get("/p/1/voter"))
        assert (await ana.get("/p/1/prolonger")).status_code == 409


async def test_a_proxy_is_given_seen_and_taken_back(place: Place) -> None:
    await opened(place, "majority", proxies="1")
    async with await place.signed_in(place.ben) as ben:
        assert (await ben.post("/p/1/procuration", data={"holder": "zoe"})).status_code == 422
        assert (await ben.post("/p/1/procuration", data={"holder": "@ana"})).status_code == 303
        assert "donné procuration à Ana Morel" in text(await ben.get("/p/1/voter"))
    async with await place.signed_in(place.ana) as ana:
        assert "Vous votez aussi pour : Ben" in text(await ana.get("/p/1/voter"))
    async with place.visitor() as browser:
        assert "Ben a donné procuration à Ana Morel" in text(await browser.get("/p/1"))
    async with await place.signed_in(place.ben) as ben:
        await ben.post("/p/1/procuration", data={"revoke": "yes"})
        assert "donné procuration" not in text(await ben.get("/p/1"))


async def test_two_scrutineers_sign_the_figures_of_a_room(place: Place) -> None:
    await opened(place, "majority")
    async with place.database.transaction() as tx:
        await members.admit(tx, name="Chloé", handle="chloe")
    async with await place.signed_in(place.ana) as ana:
        wrong = {"present": "Ben\nPersonne", "count-for": "1", "step": "enter"}
        answer = await ana.post("/p/1/salle", data=wrong)
        assert "Personne n" in text(answer)
        much = {"present": "Ben", "count-for": "2", "step": "enter"}
        assert (await ana.post("/p/1/salle", data=much)).status_code == 422
        right = {"present": "Ben\n@ana", "count-for": "2", "kind": "hands", "step": "enter"}
        assert (await ana.post("/p/1/salle", data=right)).status_code == 303
        assert "Une deuxième personne" in text(await ana.get("/p/1/salle"))
        assert (await ana.post("/p/1/salle", data={"step": "confirm"})).status_code == 409
    async with await place.signed_in(place.ben) as ben:
        assert "votre voix est comptée en salle" in text(await ben.get("/p/1/voter"))
        await ben.post("/p/1/salle", data={"step": "confirm"})
        assert "Deux personnes ont signé" in text(await ben.get("/p/1/salle"))
    async with await place.signed_in(place.ana) as ana:
        assert "2 personnes votent en salle" in text(await ana.get("/p/1"))
        closed = await ana.post("/p/1/clore", data={"step": "close"})
        assert "2 sur 2" in text(await ana.get(closed.headers["location"]))


async def test_who_closes_second_is_told(place: Place) -> None:
    await opened(place, "majority")
    async with await place.signed_in(place.ana) as ana:
        first = await ana.post("/p/1/clore", data={"step": "close"})
        second = await ana.post("/p/1/clore", data={"step": "close", "statement": "Encore."})
    assert first.status_code == 303
    assert second.status_code == 409
    assert "Le vote est clos" in text(second)


async def test_the_number_of_fields_is_within_what_a_form_may_have(place: Place) -> None:
    listed: list[dict[str, Any]] = [{"text": f"Option {n}"} for n in range(40)]
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        found = await proposals.by_number(tx, 1)
        on = votes.Terms(method="score", options=listed)
        end = clock.now() + timedelta(days=2)
        await votes.open_vote(tx, found, by=ana, closes_at=end, on=on)
    async with await place.signed_in(place.ben) as ben:
        page = hidden(await ben.get("/p/1/voter"))
        many = {f"o{n}": "3" for n in range(1, 41)}
        cast = {**page, **many, "reason": "Oui", "confirmed": "yes"}
        assert (await ben.post("/p/1/voter", data=cast)).status_code == 303


async def test_a_secret_vote_of_too_few_says_why_there_are_no_figures(place: Place) -> None:
    await opened(place, "majority", secret="yes")
    async with await place.signed_in(place.ana) as ana:
        page = await ana.get("/p/1/voter")
        for limit in ("qui administrent ce site", "faire pression", "copie du disque"):
            assert limit in text(page), limit
        check = await ana.post("/p/1/voter", data={**hidden(page), "choice": "for"})
        await ana.post("/p/1/voter", data={**hidden(check), "confirmed": "yes"})
        closed = await ana.post("/p/1/clore", data={"step": "close"})
        decision = await ana.get(closed.headers["location"])
    said = text(decision)
    assert "Participation : 1 sur 2 membres. Trop peu de personnes" in said
    assert "Si moins de 3 personnes votent, aucun résultat n’est publié." in said
    assert "Pour 1" not in said
    async with place.visitor() as browser:
        refused = await browser.get("/p/1/bulletins.json")
    assert refused.status_code == 409
    assert "dirait qui a voté quoi" in text(refused)


async def test_the_parameters_of_a_method_are_shown_as_they_would_be(place: Place) -> None:
    async with await place.signed_in(place.ana) as ana:
        form = (await ana.get("/p/1/ouvrir-le-vote?methode=majority_judgment")).text
        assert re.search(r'name="rule-grades"[^>]* value="7"', form)
        assert re.search(r'name="rule-winners"[^>]* value="1"', form)
        typed = {"method": "majority_judgment", "rule-grades": "x", "options": OPTIONS, **day()}
        again = await ana.post("/p/1/ouvrir-le-vote", data={**typed, "step": "check"})
        assert again.status_code == 422
        assert re.search(r'name="rule-grades"[^>]* value="x"', again.text)


async def test_a_text_that_changed_meanwhile_is_read_before_it_is_voted_on(place: Place) -> None:
    await opened(place, "majority")
    async with await place.signed_in(place.ben) as ben, await place.signed_in(place.ana) as ana:
        before = hidden(await ben.get("/p/1/voter"))
        check = await ben.post("/p/1/voter", data={**before, "choice": "for"})
        changed = await ana.post(
            "/p/1/changer-le-texte",
            data={"title": "Un jardin", "text": "On sème.", "note": "Moins cher.", **day(4)},
        )
        assert changed.status_code == 303
        for late in ({**before, "choice": "for"}, {**hidden(check), "confirmed": "yes"}):
            answer = await ben.post("/p/1/voter", data=late)
            assert answer.status_code == 409
            assert "Le texte a changé depuis que vous avez ouvert la page" in text(answer)
            assert "On sème." in text(answer)
            assert not await kept(place)
        again = {**hidden(answer), "choice": "for", "confirmed": "yes"}
        assert (await ben.post("/p/1/voter", data=again)).status_code == 303
    assert await kept(place) == ["for"]


async def test_a_ballot_that_comes_after_the_close_reads_that_the_vote_is_closed(
    place: Place,
) -> None:
    await opened(place, "majority")
    async with await place.signed_in(place.ben) as ben, await place.signed_in(place.ana) as ana:
        first = {**hidden(await ben.get("/p/1/voter")), "choice": "for", "confirmed": "yes"}
        assert (await ben.post("/p/1/voter", data=first)).status_code == 303
        second = {**hidden(await ben.get("/p/1/voter")), "choice": "against", "confirmed": "yes"}
        close = {"step": "close", "statement": "Voilà."}
        assert (await ana.post("/p/1/clore", data=close)).status_code == 303
        late = await ben.post("/p/1/voter", data=second)
        assert late.status_code == 409
        assert "Voir où en est la proposition" in text(late)
        twice = await ana.post("/p/1/clore", data=close)
        assert twice.status_code == 409
        assert 'href="/p/1">' in twice.text
    assert await kept(place) == ["for"]
