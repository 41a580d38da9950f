"""What people and machines read when something may not be, and what every answer carries."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.routing import Route

from node.app import create_app
from node.models import Model
from node.settings import Settings
from node.web.typography import french, french_page, unbroken
from tests.web.conftest_shell import ORIGIN, Door, opened

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "strict-transport-security": "max-age=31536000",
}


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(tmp_path) as door:
        yield door


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("fr", "Cette page n’existe pas"), ("en-GB", "This page does not exist"), ("de", "Cette")],
)
@pytest.mark.parametrize(
    "path", ["/nulle-part", "/p/999", "/d/999", "/e/999", "/p/99999999999999999999"]
)
async def test_what_is_not_there_says_so_in_the_readers_language(
    door: Door, path: str, language: str, sentence: str
) -> None:
    async with door.visitor(language) as browser:
        answer = await browser.get(path)
    assert answer.status_code == 404
    assert sentence in answer.text
    assert f'<html lang="{answer.headers["content-language"]}"' in answer.text


async def test_a_machine_gets_a_code_and_no_page(door: Door) -> None:
    async with door.visitor(accept="application/json") as browser:
        answer = await browser.get("/compte")
    assert (answer.status_code, answer.json()) == (403, {"error": "sign-in-first"})


async def test_every_answer_carries_the_security_headers(door: Door) -> None:
    async with door.visitor() as browser:
        sheet = (await browser.get("/")).text.split('rel="stylesheet" href="')[1].split('"')[0]
        for path in ("/", "/nulle-part", "/compte", "/robots.txt", sheet):
            answer = await browser.get(path)
            for name, value in HEADERS.items():
                assert answer.headers[name] == value, (path, name)
        posted = await browser.post("/theme", data={}, headers={"origin": "https://evil.example"})
        assert posted.headers["x-content-type-options"] == "nosniff"


async def test_our_own_mistakes_are_logged_and_say_only_that(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    async def break_down(request: Request) -> None:
        raise ZeroDivisionError("a secret detail")

    door.app.pages.router.routes.insert(0, Route("/casse", break_down))
    async with door.visitor("en") as browser:
        answer = await browser.get("/casse")
    assert answer.status_code == 500
    assert "We made a mistake" in answer.text
    assert "secret" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "secret detail" in caplog.text


async def test_a_node_without_assembly_says_what_to_do(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        folder = tmp_path / "empty"
        folder.mkdir()
        app = create_app(
            Settings(url=ORIGIN, data=str(folder), database_url=f"sqlite:///{folder}/palabre.db"),
            works=False,
        )
        async with app.node.database.transaction() as tx:
            Model.metadata.create_all(tx.connection)
        async with Door(app, door.ana, door.ben).visitor() as browser:
            answer = await browser.get("/")
        assert answer.status_code == 503
        assert "palabre init" in answer.text
        await app.node.client.close()
        await app.node.database.close()


async def test_pages_are_asked_for_again_only_when_they_changed(door: Door) -> None:
    async with door.visitor() as browser:
        first = await browser.get("/a-propos")
        assert first.headers["vary"] == "Accept, Accept-Language, Accept-Encoding, Cookie"
        tag = {"if-none-match": first.headers["etag"]}
        assert (await browser.get("/a-propos", headers=tag)).status_code == 304
        assert (await browser.get("/a-propos?lang=en", headers=tag)).status_code == 200
    async with await door.signed_in(door.ana) as member:
        own = await member.get("/a-propos", headers=tag)
        assert own.status_code == 200
        assert own.headers["cache-control"] == "private, no-cache"
        assert "no-store" in (await member.get("/compte/profil")).headers["cache-control"]


async def test_language_and_theme_are_remembered_and_lead_back(door: Door) -> None:
    async with door.visitor() as browser:
        answer = await browser.post("/langue", data={"language": "en", "suite": "/a-propos"})
        assert answer.headers["location"] == "/a-propos"
        assert '<html lang="en"' in (await browser.get("/a-propos")).text
        await browser.post("/theme", data={"theme": "dark", "suite": "//evil.example"})
        assert 'data-theme="dark"' in (await browser.get("/")).text
        await browser.post("/theme", data={"theme": "auto", "suite": "/"})
        assert "data-theme" not in (await browser.get("/")).text


async def test_a_change_of_the_assembly_shows_at_once(door: Door) -> None:
    async with await door.signed_in(door.ana) as browser:
        await browser.get("/")
        data = {"name": "Collines et vallons", "summary": "Nous.", "timezone": "Europe/Paris"}
        assert (await browser.post("/admin/reglages", data=data)).status_code == 303
        assert "Collines et vallons" in (await browser.get("/a-propos")).text


async def test_a_notice_shows_only_sentences_of_ours(door: Door) -> None:
    async with door.visitor() as browser:
        browser.cookies.set("notice", "error.broken", domain="collines.example")
        assert "Nous avons fait une erreur" not in (await browser.get("/a-propos")).text
        browser.cookies.set("notice", "notice.saved", domain="collines.example")
        assert "enregistré" in (await browser.get("/a-propos")).text


async def test_arriving_with_something_of_ours_leads_to_it_and_nowhere_else(door: Door) -> None:
    async with door.visitor() as browser:
        ours = await browser.get(f"/interagir?uri={ORIGIN}/p/1")
        assert ours.headers["location"] == "/p/1"
        tricky = await browser.get(f"/authorize_interaction?uri={ORIGIN}//evil.example")
        assert tricky.headers["location"] == "/"
        foreign = await browser.get("/interagir?uri=https://evil.example/1")
        assert foreign.headers["location"].startswith("/connexion?suite=")


async def test_following_from_elsewhere_gives_the_address_when_no_server_is_found(
    door: Door,
) -> None:
    async with door.visitor() as browser:
        page = await browser.get("/suivre")
        assert "@collines@collines.example" in page.text
        answer = await browser.post("/suivre", data={"address": "pas une adresse !"})
        assert answer.status_code == 422
        assert "pas une adresse !" in answer.text.replace("\u202f", " ")
        foreign = await browser.get("/suivre?uri=https://evil.example/1")
        assert "evil" not in foreign.text.split("<main")[1]


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Qui vient ?", "Qui vient\u202f?"),
        ("Oui ! Non ; si", "Oui\u202f! Non\u202f; si"),
        ("Ceci : cela", "Ceci\u00a0: cela"),
        ("« Bonjour »", "«\u202fBonjour\u202f»"),
        ("l'eau", "l’eau"),
        ("12 000 habitants, 50 %", "12\u202f000 habitants, 50\u202f%"),
        ("https://a.example/?x=1;y=2", "https://a.example/?x=1;y=2"),
        ("20:30", "20:30"),
    ],
)
def test_french_puts_its_spaces_where_no_line_breaks(written: str, printed: str) -> None:
    assert french(written) == printed
    assert french(printed) == printed


def test_a_sign_begins_no_line_in_any_language() -> None:
    assert unbroken("Premier appel : venir ? «Oui», it's 10 000") == (
        "Premier appel\u00a0: venir\u202f? «Oui», it's 10 000"
    )


def test_french_spaces_stand_in_the_words_of_a_page_alone() -> None:
    page = '<p>Pourquoi <a href="/a ?b">ici ; là</a> ?</p><pre><code>x ? y</code></pre>'
    assert french_page(page) == (
        '<p>Pourquoi <a href="/a ?b">ici\u202f; là</a>\u202f?</p><pre><code>x ? y</code></pre>'
    )
    assert french_page("<em>Lundi</em> : ici") == "<em>Lundi</em>\u00a0: ici"
