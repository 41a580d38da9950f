"""The page on which anybody checks an exported register."""

from collections.abc import AsyncIterator

import httpx
import pytest
import rfc8785

from node.web import verify
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, text
from tests.web.register_helper import decide, exported


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await decide(place)
        await decide(place, "Une clôture")
        yield place


async def checked(
    place: Place, content: bytes, head: str = "", language: str = "fr"
) -> httpx.Response:
    """Send a file to the page as a browser does."""
    async with place.visitor(**{"accept-language": language}) as browser:
        return await browser.post(
            "/verifier", files={"register": ("registre.json", content)}, data={"head": head}
        )


async def test_a_register_that_holds_is_said_to_hold(place: Place) -> None:
    export = await exported(place)
    head = export["head"]["assembly"]
    answer = await checked(place, rfc8785.dumps(export), f"{head['seq']}:{head['head']}")
    assert answer.status_code == 200
    assert "Le registre tient" in text(answer)
    assert "2 entrées, 2 décisions" in text(answer)
    assert "2 signatures de l’assemblée vérifiées" in text(answer)
    assert "celle de la dernière entrée" in text(answer)


async def test_an_altered_text_is_named(place: Place) -> None:
    export = await exported(place)
    export["entries"][1]["text"]["content"] = "On abat.\n"
    answer = await checked(place, rfc8785.dumps(export), language="en")
    assert "The first broken link is entry 2." in text(answer)
    assert "The text is no longer the one that was voted on" in text(answer)


async def test_a_dropped_last_entry_is_found_with_the_noted_head(place: Place) -> None:
    before = await exported(place)
    await decide(place, "Un banc")
    known = (await exported(place))["head"]["assembly"]
    answer = await checked(place, rfc8785.dumps(before), f"{known['seq']}:{known['head']}")
    assert "Le premier maillon rompu est l’entrée 3." in text(answer)
    assert "des entrées ont été retirées de la fin" in text(answer)


@pytest.mark.parametrize(
    ("content", "head", "sentence"),
    [
        (b"", "", "Choisissez le fichier"),
        (b"bonjour", "", "pas du JSON lisible : ligne 1, colonne 1"),
        (b"\xff\x00", "", "n’est pas un texte"),
        (b"{}", "", "n’est pas un registre exporté"),
        (b"{}", "abc", "n’est pas une empreinte"),
    ],
)
async def test_what_cannot_be_checked_is_explained(
    place: Place, content: bytes, head: str, sentence: str
) -> None:
    answer = await checked(place, content, head)
    assert answer.status_code == 422
    assert sentence in text(answer).replace("\u00a0", " ").replace("\u202f", " ")


async def test_a_hostile_file_is_shown_as_text(place: Place) -> None:
    export = await exported(place)
    export["entries"][0]["entry"]["register"] = "<script>alert(1)</script>"
    answer = await checked(place, rfc8785.dumps(export))
    assert "<script>" not in answer.text


async def test_a_file_that_is_too_long_or_no_form_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "BYTES_MAX", 1000)
    assert (await checked(place, b"x" * 2000)).status_code == 413
    async with place.visitor() as browser:
        assert (await browser.post("/verifier", data={"head": "x"})).status_code == 400
        headers = {"content-type": "multipart/form-data"}
        answer = await browser.post("/verifier", content=b"--x", headers=headers)
        assert answer.status_code == 400


async def test_nothing_is_fetched_and_nobody_needs_to_sign_in(place: Place) -> None:
    async with place.visitor() as browser:
        answer = await browser.get("/verifier")
    assert "Rien n’est demandé à aucun autre site." in text(answer)
    assert 'enctype="multipart/form-data"' in answer.text
