"""What a member, or a visitor, does on the public pages."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from node import clock
from node.assembly import calls, members, proposals, votes
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, hidden, text


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin partagé", "On plante.")
        yield place


async def test_a_member_comments_and_answers(place: Place) -> None:
    async with await place.signed_in(place.ben) as browser:
        answer = await browser.post("/p/1/contributions", data={"text": "Où **donc** ?"})
        assert answer.status_code == 303
        number = answer.headers["location"].partition("#c-")[2]
        page = await browser.get(f"/p/1?repondre={number}")
        assert "Vous répondez à Ben" in text(page)
        assert hidden(page)["reply_to"] == number
        await browser.post("/p/1/contributions", data={"text": "Ici.", "reply_to": number})
        page = await browser.get("/p/1")
    assert "<strong>donc</strong>" in page.text
    assert page.text.index("Ici.") < page.text.index("</ol>")
    assert "2 contributions" in text(page)


async def test_a_long_discussion_is_read_in_parts(place: Place) -> None:
    async with await place.signed_in(place.ben) as browser:
        for number in range(65):
            said = await browser.post("/p/1/contributions", data={"text": f"Voix {number:02d}."})
        shown = [text(await browser.get(f"/p/1?suite={number}")) for number in (1, 2, 3)]
        for number in range(65):
            parts = [f"Voix {number:02d}." in one for one in shown]
            assert parts == [here == number // 30 for here in range(3)], number
        assert "La suite de la discussion" in shown[0]
        assert "Partie 2 sur 3" in shown[1]
        assert "La suite de la discussion" not in shown[2]
        assert len((await browser.get("/p/1")).text.encode()) < 35_000
        # Whoever has just spoken, and whoever answers a voice, stands before that voice.
        last = said.headers["location"]
        assert "Voix 64." in text(await browser.get(last.partition("#")[0]))
        spoken = last.partition("#c-")[2]
        answering = text(await browser.get(f"/p/1?repondre={spoken}"))
        assert "Voix 64." in answering
        assert "65 contributions" in answering
        assert "Voix 64." in text(await browser.get("/p/1?suite=99"))
        assert "Voix 00." in text(await browser.get("/p/1?suite=0&voix=x"))


async def test_an_empty_comment_is_told_beside_the_field(place: Place) -> None:
    async with await place.signed_in(place.ben) as browser:
        answer = await browser.post("/p/1/contributions", data={"text": "  "})
    assert answer.status_code == 422
    assert 'id="text-error"' in answer.text
    assert 'role="alert"' in answer.text


async def test_a_visitor_who_comments_is_led_to_sign_in(place: Place) -> None:
    async with place.visitor() as browser:
        answer = await browser.post("/p/1/contributions", data={"text": "Bonjour"})
        assert answer.status_code == 403
        assert 'action="/connexion"' in answer.text
        assert "contributions" not in text(await browser.get("/p/1"))


async def test_an_answer_belongs_to_its_own_proposal(place: Place) -> None:
    await place.propose("Autre chose", "Texte.")
    await place.say(1, place.ana, "Ici")
    async with await place.signed_in(place.ben) as browser:
        page = (await browser.get("/p/1")).text
        number = page.partition('id="c-')[2].partition('"')[0]
        for wrong in (number, "x", "9" * 30, "-1"):
            written = {"text": "Là", "reply_to": wrong}
            assert (await browser.post("/p/2/contributions", data=written)).status_code == 404


async def test_one_edits_and_removes_only_ones_own_words(place: Place) -> None:
    path = (await place.say(1, place.ben, "Je doute.")).removeprefix("https://collines.example")
    async with await place.signed_in(place.ana) as ana:
        assert (await ana.get(f"{path}/modifier")).status_code == 403
    async with await place.signed_in(place.ben) as ben:
        assert "Je doute." in (await ben.get(f"{path}/modifier")).text
        assert (await ben.post(f"{path}/modifier", data={"text": ""})).status_code == 422
        await ben.post(f"{path}/modifier", data={"text": "Je crois."})
        page = text(await ben.get("/p/1"))
        assert "Je crois." in page
        assert "modifié depuis" in page
        assert (await ben.get(path)).headers["location"].startswith("/p/1?voix=")
        assert "Supprimer cette contribution" in text(await ben.get(f"{path}/supprimer"))
        assert (await ben.post(f"{path}/supprimer", data={})).status_code == 303
        assert (await ben.get(path)).status_code == 410
        assert "Je crois." not in (await ben.get("/p/1")).text


async def test_a_member_votes_checks_confirms_and_changes_their_mind(place: Place) -> None:
    await place.open_vote(1)
    async with await place.signed_in(place.ben) as browser:
        page = await browser.get("/p/1/voter")
        assert "pourraient techniquement le lire" in text(page)
        fields = hidden(page)
        missing = await browser.post("/p/1/voter", data=fields)
        assert missing.status_code == 422
        assert 'id="choice-error"' in missing.text
        check = await browser.post("/p/1/voter", data={**fields, "choice": "for"})
        assert "Vérifiez votre vote" in text(check)
        assert await _choice(place) is None
        done = await browser.post("/p/1/voter", data={**hidden(check), "confirmed": "yes"})
        assert done.headers["location"] == "/p/1/recu"
        assert "Pour" in text(await browser.get("/p/1/recu"))
        assert await _choice(place) == "for"
        assert "Votre vote est enregistré : Pour" in text(await browser.get("/p/1"))
        fields = hidden(await browser.get("/p/1/voter"))
        again = {**fields, "choice": "against", "confirmed": "yes"}
        await browser.post("/p/1/voter", data=again)
    assert await _choice(place) == "against"


async def test_a_ballot_for_another_text_is_refused(place: Place) -> None:
    await place.open_vote(1)
    wrong = {"digest": "zQmOther", "choice": "for", "confirmed": "yes"}
    async with await place.signed_in(place.ben) as browser:
        assert (await browser.post("/p/1/voter", data=wrong)).status_code == 409
    assert await _choice(place) is None


async def test_who_is_not_on_the_roll_is_told_why(place: Place) -> None:
    await place.open_vote(1)
    async with place.database.transaction() as tx:
        late = await members.admit(tx, name="Chloé")
    async with await place.signed_in(late) as browser:
        page = await browser.get("/p/1/voter")
        assert "Vous n’êtes pas sur la liste de ce vote" in text(page)
        assert "<fieldset" not in page.text
        cast = {"digest": "x", "choice": "for", "confirmed": "yes"}
        assert "pas sur la liste" in text(await browser.post("/p/1/voter", data=cast))


async def test_after_the_close_no_ballot_is_taken(place: Place) -> None:
    await place.open_vote(1)
    await place.close(1)
    async with await place.signed_in(place.ben) as browser:
        page = await browser.get("/p/1/voter")
        assert "Le vote est clos" in text(page)
        cast = {"choice": "for", "confirmed": "yes"}
        assert "Le vote est clos" in text(await browser.post("/p/1/voter", data=cast))
    async with place.visitor() as browser:
        assert (await browser.get("/p/1/voter")).headers["location"].startswith("/connexion")


async def test_a_member_says_yes_to_a_call_and_takes_it_back(place: Place) -> None:
    await place.call()
    async with await place.signed_in(place.ben) as browser:
        await browser.post("/e/1/reponse", data={})
        page = text(await browser.get("/e/1"))
        assert "Vous venez, c’est noté" in page
        assert "1 sur 10 personnes" in page
        await browser.post("/e/1/reprendre", data={})
        assert "Vous venez ?" in text(await browser.get("/e/1")).replace("\u202f", " ")


async def test_a_visitor_answers_without_an_account_and_takes_it_back(place: Place) -> None:
    await place.call()
    async with place.visitor() as browser:
        empty = await browser.post("/e/1/reponse", data={"name": "", "contact": "06"})
        assert empty.status_code == 422
        assert 'id="name-error"' in empty.text
        assert 'value="06"' in empty.text
        done = await browser.post("/e/1/reponse", data={"name": "Zoé", "contact": "06 01"})
        own = done.headers["location"]
        assert "Merci Zoé" in text(await browser.get(own))
        public = await browser.get("/e/1")
        assert "Zoé" not in public.text
        assert "06 01" not in public.text
        assert own not in public.text
        async with await place.signed_in(place.ana) as ana:
            assert "Zoé · 06 01" in text(await ana.get("/e/1"))
        assert (await browser.get("/e/1/reponse/guess")).status_code == 404
        assert (await browser.post(own, data={})).status_code == 303
        assert (await browser.get(own)).status_code == 404
    async with place.database.read() as tx:
        assert await calls.coming_count(tx, await calls.by_number(tx, 1)) == 0


async def test_a_cancelled_call_is_told_and_not_answered(place: Place) -> None:
    await place.call()
    async with place.database.transaction() as tx:
        call, ana = await calls.by_number(tx, 1), await members.by_handle(tx, "ana")
        await calls.cancel(tx, call, by=ana, reason="Sol gelé.")
    async with place.visitor() as browser:
        assert "Sol gelé." in text(await browser.get("/e/1"))
        assert (await browser.post("/e/1/reponse", data={"name": "Zoé"})).status_code == 409
        assert "annulé" in text(await browser.get("/agenda"))


async def test_a_double_click_makes_one_contribution(place: Place) -> None:
    async with await place.signed_in(place.ben) as browser:
        fields = {**hidden(await browser.get("/p/1")), "text": "Une fois."}
        first = await browser.post("/p/1/contributions", data=fields)
        second = await browser.post("/p/1/contributions", data=fields)
        assert first.headers["location"] == second.headers["location"]
        assert (await browser.get("/p/1")).text.count("Une fois.") == 1


async def test_while_the_time_is_over_the_page_says_that_it_counts(place: Place) -> None:
    await place.open_vote(1, days=1)
    clock.travel(timedelta(days=2))
    try:
        async with place.visitor() as browser:
            seen = text(await browser.get("/p/1"))
    finally:
        clock.travel(-timedelta(days=2))
    assert "dépouillement en cours" in seen
    assert "Voter" not in seen


async def _choice(place: Place) -> str | None:
    async with place.database.read() as tx:
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        ballot = await votes.ballot_of(tx, vote, place.ben)
        return ballot.choice if ballot else None
