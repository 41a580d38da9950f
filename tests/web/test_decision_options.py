"""A decision in words: options by their names, reasons where they belong, minority and blocks."""

import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from node import clock
from node.app import register_everything
from node.assembly import decisions, members, method, proposals, turnout, votes
from node.federation.objects import common
from node.models import Decision
from node.texts import inline, sanitise
from node.web import tables
from tests.conftest import MakeSettings
from tests.reading import has_word
from tests.web.pages_helper import HOST, Place, a_place, text

register_everything()

OPTIONS = [{"text": "Un banc"}, {"text": "Deux bancs"}, {"text": "Un kiosque"}]
# What each kind of ballot says with its reason, and where the reason is read.
BALLOTS: dict[str, list[tuple[Any, str]]] = {
    "single": [("o1", "o1"), (None, "blank")],
    "approval": [(["o2"], "o2"), (["o1", "o2"], "any"), ([], "blank")],
    "schulze": [(["o3", "o1"], "o3"), ([["o1", "o2"], "o3"], "any")],
    "instant_runoff": [(["o2", "o1"], "o2")],
    "majority_judgment": [({"o1": "good"}, "any")],
    "score": [({"o1": 3}, "any"), ({}, "blank")],
    "majority": [("against", "against")],
}


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Où s’asseoir", "On s'assoit.")
        yield place


async def decided(place: Place, name: str, answers: list[tuple[Any, str]], **rule: Any) -> Decision:
    """Vote by a method, each of the members with an answer and a reason, and close."""
    async with place.database.transaction() as tx:
        people = [await members.by_handle(tx, one) for one in ("ana", "ben")]
        while len(people) < len(answers):
            handle = f"m{len(people)}"
            people.append(await members.admit(tx, name=handle, handle=handle))
        found = method.find(name)
        given: dict[str, Any] = {"options": OPTIONS} if found.ballot.has_options else {}
        on = votes.Terms(method=name, parameters=rule, **given)
        end = clock.now() + timedelta(days=2)
        about = await proposals.by_number(tx, 1)
        vote = await votes.open_vote(tx, about, by=people[0], closes_at=end, on=on)
        digest = vote.version.digest
        for voter, (choice, reason) in zip(people, answers, strict=False):
            await votes.cast_ballot(tx, vote, voter, choice, version_digest=digest, reason=reason)
        decision = await votes.close(tx, vote)
        assert decision is not None
        return decision


@pytest.mark.parametrize("name", BALLOTS)
async def test_a_reason_goes_with_what_its_ballot_puts_first(place: Place, name: str) -> None:
    cases = BALLOTS[name]
    answers = [(choice, f"Raison {n}") for n, (choice, _) in enumerate(cases)]
    decision = await decided(place, name, answers)
    expected: dict[str, list[str]] = {}
    for n, (_, where) in enumerate(cases):
        expected.setdefault(where, []).append(f"Raison {n}")
    assert decision.reasons == dict(sorted(expected.items()))
    async with place.database.read() as tx:
        assert decision.vote is not None
        assert len(await turnout.reasons(tx, decision.vote.id)) == len(cases)


async def test_options_go_by_their_names_wherever_a_decision_is_read(place: Place) -> None:
    answers = [("o2", "On est deux."), ("o2", ""), ("o1", "Moins cher.")]
    decision = await decided(place, "single", answers)
    async with place.visitor() as visitor:
        page = text(await visitor.get("/d/1"))
        assert "Retenu : Deux bancs" in page
        assert "Deux bancs On est deux." in page
        assert "Un banc Moins cher." in page
        for path in ("/", "/decisions", "/p/1", "/decisions/imprimer", "/decisions.csv"):
            shown = await visitor.get(path)
            assert "Deux bancs" in shown.text, path
            assert not has_word(text(shown), "o2"), path
    assert decision.document is not None
    sealed = json.loads(decision.document)
    assert "Deux bancs" in sealed["content"]
    assert {"code": "o2", "n": 2} in sealed["assembly"]["tally"]


async def test_a_list_names_what_was_chosen_where_no_voices_are_counted(place: Place) -> None:
    ranked = [["o2", "o1", "o3"], ["o2", "o3", "o1"]]
    decision = await decided(place, "schulze", [(one, "") for one in ranked])
    assert decision.tally == {}
    async with place.visitor() as visitor:
        for path in ("/", "/decisions"):
            shown = text(await visitor.get(path))
            assert re.search("Adoptée (· )?Deux bancs · ", shown), path
        box = (await visitor.get("/p/1")).text.partition('id="vote"')[2].partition("</section>")[0]
        assert "<p" in box
        assert "<table" not in box


async def test_who_ties_is_named(place: Place) -> None:
    await decided(place, "single", [("o2", ""), ("o3", "")])
    async with place.visitor() as visitor:
        assert "À égalité : Deux bancs, Un kiosque" in text(await visitor.get("/d/1"))


async def test_tolerated_blocks_and_those_who_stand_aside_are_read_with_their_reasons(
    place: Place,
) -> None:
    answers = [
        ("agree", ""),
        ("agree_with_reservations", "Si le devis tient."),
        ("block", "Le talus glisse."),
        ("stand_aside", "Je n’ai pas le temps."),
        ("agree", ""),
    ]
    decision = await decided(place, "consensus", answers, max_blocks=1)
    assert (decision.outcome, decision.tolerated) == ("adopted", ["Le talus glisse."])
    async with place.visitor() as visitor:
        for path in ("/d/1", "/decisions/imprimer"):
            page = text(await visitor.get(path))
            assert page.count("Le talus glisse.") == 1, path
            assert "Je n’ai pas le temps." in page, path
            assert "Si le devis tient." in page, path
    assert decision.document is not None
    assert json.loads(decision.document)["assembly"]["toleratedBlocks"] == ["Le talus glisse."]


async def test_a_block_that_stops_a_text_is_tolerated_by_nobody(place: Place) -> None:
    decision = await decided(place, "consensus", [("agree", ""), ("block", "Le talus glisse.")])
    assert (decision.outcome, decision.tolerated) == ("blocked", [])
    async with place.visitor() as visitor:
        assert "Le talus glisse." in text(await visitor.get("/d/1"))


async def test_what_the_minority_thinks_is_entered_with_the_decision(place: Place) -> None:
    await place.open_vote(1)
    await place.cast(1, place.ana, "for")
    minority = "Nous aurions gardé l'herbe."
    async with await place.signed_in(place.ana) as ana:
        form = {"statement": "Deux bancs.", "minority": minority}
        check = await ana.post("/p/1/clore", data={**form, "step": "check"})
        assert "gardé l" in text(check)
        closed = await ana.post("/p/1/clore", data={**form, "step": "close"})
        page = text(await ana.get(closed.headers["location"]))
    assert "gardé l’herbe" in page or minority in page
    async with place.database.read() as tx:
        decision = await decisions.by_number(tx, 1)
    assert decision.minority == minority
    assert json.loads(decision.document or "")["assembly"]["minorityOpinion"] == minority


async def test_short_texts_are_read_without_the_signs_of_markdown(place: Place) -> None:
    await place.open_vote(1)
    await place.cast(1, place.ana, "against", reason="Le talus *glisse* <b>vite</b>.")
    await place.cast(1, place.ben, "for")
    await place.close(1, minority="Nous *aurions* gardé <i>l'herbe</i>.\n\n- Et la haie.")
    async with place.visitor() as visitor:
        pages = [await visitor.get("/d/1"), await visitor.get("/decisions/imprimer")]
    for page in pages:
        assert "Le talus <em>glisse</em> &lt;b&gt;vite&lt;/b&gt;." in page.text, page.url
        assert "Nous <em>aurions</em> gardé &lt;i&gt;l" in page.text
        assert "<li>Et la haie.</li>" in page.text


def test_a_short_text_without_signs_is_itself() -> None:
    assert inline(' L\'eau coûte 3 \u20ac\u200b : « oui » ? "Non" ') == sanitise(
        'L\'eau coûte 3 \u20ac : « oui » ? "Non"'
    )
    assert inline("a < b & c") == "a &lt; b &amp; c"
    assert inline("# *un*\n- deux") == "# <em>un</em>\n- deux"
    assert inline("[ici](javascript:alert(1))") == "[ici](javascript:alert(1))"
    assert 'href="https://a.example"' in inline("Voir https://a.example")


def test_every_code_is_spelled_on_the_wire_as_agreed() -> None:
    given = {"consent_with_concern": 1, "agree_with_reservations": 2, "not_taking_part": 3, "o1": 4}
    codes = [one["code"] for one in common.counts(given)]
    assert codes == ["concern", "reservations", "not-taking-part", "o1"]


def test_what_is_below_nothing_has_no_share() -> None:
    assert [line.share for line in tables.of({"o1": 3, "o2": 1, "o3": -2})] == [75, 25, 0]
    assert [line.share for line in tables.of({"o1": -2, "o2": 0})] == [0, 0]
