"""What a visitor reads, page by page, in the words that stand there."""

from collections.abc import AsyncIterator
from xml.etree import ElementTree

import pytest

from node.assembly import dossiers, members, publications, voices
from node.assembly.dossiers import Dossier
from node.assembly.voices import Voice
from node.models import Actor, Follow, Publication
from node.texts import plain
from tests.conftest import MakeSettings
from tests.reading import has_word
from tests.web.pages_helper import HOST, ORIGIN, Place, a_place, text


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        yield place


async def test_the_home_says_what_is_open_and_until_when(place: Place) -> None:
    await place.propose("Un jardin partagé", "On plante.")
    await place.open_vote(1)
    await place.cast(1, place.ben, "for")
    await place.call()
    async with place.visitor() as browser:
        seen = text(await browser.get("/"))
    assert "Un jardin partagé" in seen
    assert "encore 4 jours" in seen
    assert "1 personne a voté" in seen
    assert "Chantier de la haie" in seen
    assert "@collines@collines.example" in seen


async def test_an_empty_assembly_has_a_home_all_the_same(place: Place) -> None:
    async with place.visitor() as browser:
        seen = text(await browser.get("/"))
    assert "Rien n’est en discussion ni au vote" in seen
    assert "Aucune décision n’a encore été prise" in seen


@pytest.mark.parametrize(
    "path",
    ["/", "/propositions", "/p/1", "/decisions", "/d/1", "/agenda", "/e/1", "/assemblee",
     "/partenaires", "/reseau", "/p/1/versions", "/p/1/r/1"],
)  # fmt: skip
async def test_every_page_speaks_both_languages_and_stays_light(place: Place, path: str) -> None:
    await place.propose("Un jardin partagé", "On plante.\n\n" + "Un mot de plus. " * 200)
    for number in range(12):
        await place.say(1, place.ben, f"Argument {number} : " + "il y a de la place. " * 10)
    await place.open_vote(1)
    await place.cast(1, place.ben, "for", "J'aime les jardins.")
    await place.close(1, "On commence en mars.")
    await place.call()
    async with place.visitor() as browser:
        for language in ("fr", "en"):
            answer = await browser.get(path, params={"lang": language})
            assert answer.status_code == 200
            assert f'<html lang="{language}"' in answer.text
            assert "<script" not in answer.text
            assert len(answer.content) < 35_000


async def test_the_tabs_count_what_is_discussed_voted_and_ended(place: Place) -> None:
    for title in ("Un", "Deux", "Trois"):
        await place.propose(title, "Texte.")
    await place.open_vote(1)
    await place.open_vote(2)
    await place.close(2)
    async with place.visitor() as browser:
        seen = text(await browser.get("/propositions"))
        ended = text(await browser.get("/propositions?etat=terminees"))
    assert "En discussion 1 Au vote 1 Terminées 1" in seen
    assert "Deux" in ended
    assert "Sans objet" in ended


async def test_a_wrong_slug_leads_to_the_right_one(place: Place) -> None:
    await place.propose("Éteindre l'éclairage, la nuit", "Texte.")
    async with place.visitor() as browser:
        answer = await browser.get("/p/1-autre-chose")
        assert answer.status_code == 301
        assert answer.headers["location"] == "/p/1-eteindre-l-eclairage-la-nuit"
        assert (await browser.get(answer.headers["location"])).status_code == 200
        assert (await browser.get("/p/1")).status_code == 200
        assert (await browser.get("/p/1/vote")).headers["location"] == "/p/1#vote"


async def test_what_is_not_there_is_not_found(place: Place) -> None:
    async with place.visitor() as browser:
        for path in ("/p/7", "/d/7", "/e/7", "/p/99999999999999999999", "/reseau/3", "/n/01K",
                     "/g/autre", "/@personne", "/e/7.ics", "/p/7/versions"):  # fmt: skip
            assert (await browser.get(path)).status_code == 404, path
        assert (await browser.get("/g/collines")).headers["location"] == "/"
        assert (await browser.get("/appels")).headers["location"] == "/agenda"
        assert (await browser.get("/reseau?avant=x'")).status_code == 200


async def test_the_outcome_stands_with_its_figures_and_its_rule(place: Place) -> None:
    await place.propose("Un jardin partagé", "On plante.")
    await place.open_vote(1)
    await place.cast(1, place.ana, "for")
    await place.cast(1, place.ben, "abstain", "Je n'habite pas à côté.")
    await place.close(1, "On commence en mars ; Ana s'en occupe.")
    async with place.visitor() as browser:
        proposal = text(await browser.get("/p/1"))
        decision = text(await browser.get("/d/1"))
        register = text(await browser.get("/decisions"))
    assert "Adoptée" in proposal
    assert "Participation : 2 sur 2 membres" in proposal
    assert "Je n'habite pas" not in proposal
    assert "On commence en mars ; Ana s'en occupe." in decision
    assert "1 pour > 0 contre : adoptée." in decision
    assert "Abstention Je n'habite pas à côté." in decision
    assert not has_word(decision, "Ben")
    assert "1 pour, 0 contre, 1 abstention" in register


async def test_nothing_of_the_count_is_seen_before_the_close(place: Place) -> None:
    await place.propose("Un jardin partagé", "On plante.")
    await place.open_vote(1)
    await place.cast(1, place.ben, "against", "Pas là.")
    async with place.visitor() as browser:
        answer = await browser.get("/p/1")
    assert "Participation : 1 sur 2 membres" in text(answer)
    assert "Pas là" not in answer.text
    assert "data-choice" not in answer.text


async def test_versions_show_what_came_and_what_went(place: Place) -> None:
    await place.propose("Le mandat", "Un an. On rend compte.\n\nLa fin ne bouge pas.")
    await place.revise(1, "Deux ans. On rend compte.\n\nLa fin ne bouge pas.", "Un an de plus.")
    async with place.visitor() as browser:
        answer = await browser.get("/p/1/versions")
        old = text(await browser.get("/p/1/r/1"))
    gone = plain(answer.text[answer.text.rindex("<del>") :].partition("</del>")[0])
    come = plain(answer.text[answer.text.rindex("<ins>") :].partition("</ins>")[0])
    assert gone.split() == ["−", "Retiré", ":", "Un", "an."]
    assert come.split() == ["+", "Ajouté", ":", "Deux", "ans."]
    assert "Un an de plus." in text(answer)
    assert "Cette version n’est plus celle qui est discutée" in old


async def test_the_agenda_goes_day_by_day_with_calls_and_closing_votes(place: Place) -> None:
    await place.propose("Un jardin partagé", "On plante.")
    await place.open_vote(1, days=3)
    await place.call()
    async with place.visitor() as browser:
        seen = text(await browser.get("/agenda"))
    assert seen.index("Fin du vote : Un jardin partagé") < seen.index("Chantier de la haie")


async def test_only_published_members_have_a_page(place: Place) -> None:
    async with place.database.transaction() as tx:
        await members.publish(tx, await members.by_handle(tx, "ana"))
    async with place.visitor() as browser:
        assert "Ana Morel" in text(await browser.get("/@ana"))
        assert (await browser.get("/u/ana")).status_code == 200
        assert (await browser.get("/@ben")).status_code == 404
        seen = text(await browser.get("/assemblee"))
    assert "Ana Morel" in seen
    assert not has_word(seen, "Ben")


async def test_news_carry_their_origin_and_only_proven_labels(place: Place) -> None:
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        hill = Actor(
            uri="https://die.example/g/die", type="Group", handle="die", domain="die.example",
            name="Assemblée de Die", inbox="https://die.example/inbox", kind="assembly",
        )  # fmt: skip
        tx.add(hill)
        ours = (await tx.get(Actor, place.assembly.actor.id)) or ana.actor
        tx.add(Follow(uri="x:1", follower=ours, followed=hill, state="accepted"))
        await tx.flush()
        for number, is_proven in ((1, True), (2, False)):
            await publications.keep(
                tx,
                Publication(
                    uri=f"https://die.example/d/{number}", author_id=hill.id, type="Note",
                    document="{}", is_public=True, kind="decision", is_proven=is_proven,
                    name=f"Texte {number}", content="<p>Bonjour<script>alert(1)</script></p>",
                    url="javascript:alert(1)",
                ),
            )  # fmt: skip
    async with place.visitor() as browser:
        answer = await browser.get("/reseau")
        partners = text(await browser.get("/partenaires"))
    assert answer.text.count('data-kind="done"') == 1
    assert "Source : Assemblée de Die die.example" in text(answer)
    assert "javascript:" not in answer.text
    assert "alert(1)" not in answer.text
    assert "Nous suivons ses propositions" in partners


async def test_the_feed_is_full_text_under_stable_names(place: Place) -> None:
    await place.propose("Un <jardin> & un banc", "On **plante**.")
    await place.call()
    async with place.visitor() as browser:
        answer = await browser.get("/flux.atom")
        again = await browser.get("/flux.atom", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    feed = ElementTree.fromstring(answer.content)
    found = {
        str(entry.findtext("{*}id")): str(entry.findtext("{*}title"))
        for entry in feed.findall("{*}entry")
    }
    title = found[f"{ORIGIN}/p/1"]
    assert " ".join(title.split()) == "Proposition : Un <jardin> & un banc"
    assert f"{ORIGIN}/e/1" in found
    assert "&lt;strong&gt;plante&lt;/strong&gt;" in answer.text


async def test_pages_say_where_the_thing_itself_is(place: Place) -> None:
    await place.propose("Un jardin partagé", "On plante.")
    async with place.visitor() as browser:
        page = (await browser.get("/p/1")).text
    assert f'type="application/activity+json" href="{ORIGIN}/p/1"' in page
    assert 'property="og:title" content="Un jardin partagé"' in page
    assert "<svg" in page
    assert "qr" in page
    assert "/suivre?uri=https" in page


def test_rows_are_read_in_the_order_in_which_they_are_asked_for() -> None:
    # Who carries a text beside the first stands in rows of its own.
    asked = ((dossiers._DOSSIER, Dossier._fields[:-1]), (voices._VOICES, Voice._fields))
    for statement, fields in asked:
        assert tuple(column.key for column in statement.selected_columns) == fields


@pytest.mark.parametrize("written", ["https://[::1", "http://[", "https://", "https://[x]/@a", "@"])
async def test_what_is_no_address_is_refused_in_the_form(place: Place, written: str) -> None:
    async with place.visitor() as browser:
        answer = await browser.post("/suivre", data={"address": written})
    assert answer.status_code == 422
    assert "<form" in answer.text
