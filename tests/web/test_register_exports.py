"""The register taken away: as JSON, as a table, as a folder of pages, on paper."""

import csv
import ctypes.util
import html
import io
import re
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import rfc8785

from node import clock
from node.assembly import members, proposals, verifying, votes
from node.federation import register_proofs
from node.web import printing, register_csv
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place, sheets, text
from tests.web.register_helper import decide, exported

EVIL = "=cmd|'/c calc'!A0"


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await decide(place, reason_ana="<b>Pour</b> tous.")
        await decide(place, EVIL, ana="against", ben="against", statement="+1")
        yield place


async def test_the_export_is_canonical_and_holds_with_its_proofs(place: Place) -> None:
    async with place.visitor() as browser:
        answer = await browser.get("/decisions/registre.json")
    assert answer.headers["content-type"] == "application/json"
    assert "attachment" in answer.headers["content-disposition"]
    export = verifying.read(answer.content)
    assert rfc8785.dumps(export) + b"\n" == answer.content
    check = register_proofs.proof_check(export)
    report = verifying.verify(export, check_proof=check)
    assert report.holds
    assert (report.entries, report.decisions, report.proven) == (2, 2, 2)


async def test_a_forged_proof_or_another_key_is_found(place: Place) -> None:
    export = await exported(place)
    export["entries"][1]["document"]["proof"]["created"] = "2026-01-01T00:00:00Z"
    report = verifying.verify(export, check_proof=register_proofs.proof_check(export))
    assert report.first_break
    assert (report.first_break.code, report.first_break.seq) == ("proof", 2)
    export = await exported(place)
    export["keys"][0]["publicKeyMultibase"] = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    report = verifying.verify(export, check_proof=register_proofs.proof_check(export))
    assert report.first_break
    assert (report.first_break.code, report.first_break.seq) == ("proof", 1)


async def test_without_keys_the_chain_is_still_followed(place: Place) -> None:
    export = await exported(place)
    export["keys"] = []
    assert register_proofs.proof_check(export) is None
    report = verifying.verify(export)
    assert report.first_break
    assert report.first_break.code == "sum"


async def test_no_cell_of_the_table_is_a_formula(place: Place) -> None:
    async with place.visitor() as browser:
        answer = await browser.get("/decisions.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Numéro", "Date", "Objet"]
    assert rows[2][2] == "'" + EVIL
    assert rows[2][9] == "'+1"
    assert len({len(row) for row in rows}) == 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", "\r=1", "\n=1", " =1", "＝1"])
def test_what_a_spreadsheet_would_compute_is_text(cell: str) -> None:
    assert register_csv.safe(cell) == f"'{cell}"


async def test_the_folder_is_read_without_any_connection(place: Place) -> None:
    async with place.visitor() as browser:
        answer = await browser.get("/decisions/registre.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    names = {name.removeprefix("registre/") for name in archive.namelist()}
    assert names == {
        "index.html", "style.css", "registre.csv", "registre.json", "d/1.html", "d/2.html",
    }  # fmt: skip
    index = archive.read("registre/index.html").decode()
    for name in re.findall(r'(?:href|src)="([^"]+)"', index):
        assert name in names
    page = archive.read("registre/d/1.html").decode()
    assert "<strong>cent vingt</strong>" in page
    assert "&lt;b&gt;Pour&lt;/b&gt; tous." in page
    assert not re.search(r'(?:href|src)="https?:', index + page)
    assert verifying.verify(verifying.read(archive.read("registre/registre.json"))).holds


async def test_everything_stands_on_one_page_to_print(place: Place) -> None:
    async with place.visitor() as browser:
        answer = await browser.get("/decisions/imprimer")
        [sheet] = re.findall(r'href="(/static/book-[^"]+)"', answer.text)
        assert (await browser.get(sheet)).headers["content-type"].startswith("text/css")
    assert "Un jardin partagé" in text(answer)
    assert "<style" not in answer.text


async def test_what_was_chosen_stands_by_its_name_in_every_book(place: Place) -> None:
    """A ranking has no number for each option: its winner is what there is to read."""
    await place.propose("La couleur de la porte", "La porte est à repeindre.")
    async with place.database.transaction() as tx:
        proposal, ana = await proposals.by_number(tx, 3), await members.by_handle(tx, "ana")
        on = votes.Terms(method="schulze", options=[{"text": "Bleu roi"}, {"text": "Vert"}])
        end = clock.now() + timedelta(days=2)
        vote = await votes.open_vote(tx, proposal, by=ana, closes_at=end, on=on)
        digest = vote.version.digest
        await votes.cast_ballot(tx, vote, ana, ["o1", "o2"], version_digest=digest)
        await votes.close_vote(tx, vote, by=ana)
    async with place.visitor() as browser:
        assert "Bleu roi" in text(await browser.get("/decisions/imprimer"))
        table = (await browser.get("/decisions.csv")).content.decode("utf-8-sig")
        archive = zipfile.ZipFile(
            io.BytesIO((await browser.get("/decisions/registre.zip")).content)
        )
    assert list(csv.reader(io.StringIO(table)))[3][5] == "Bleu roi"
    for name in ("registre/index.html", "registre/d/3.html"):
        assert "Bleu roi" in archive.read(name).decode()


async def test_grades_stand_by_their_names_in_every_book(place: Place) -> None:
    await place.propose("La couleur de la porte", "La porte est à repeindre.")
    async with place.database.transaction() as tx:
        proposal, ana = await proposals.by_number(tx, 3), await members.by_handle(tx, "ana")
        on = votes.Terms(method="majority_judgment", options=[{"text": "Bleu"}, {"text": "Vert"}])
        end = clock.now() + timedelta(days=2)
        vote = await votes.open_vote(tx, proposal, by=ana, closes_at=end, on=on)
        digest, grades = vote.version.digest, {"o1": "very_good", "o2": "reject"}
        await votes.cast_ballot(tx, vote, ana, grades, version_digest=digest)
        decision = await votes.close_vote(tx, vote, by=ana)
    assert decision is not None
    assert decision.explanation == "very_good > reject"
    async with place.visitor() as browser:
        table = (await browser.get("/decisions.csv")).content.decode("utf-8-sig")
        english = (await browser.get("/decisions.csv?lang=en")).content.decode("utf-8-sig")
        paper, feed = await browser.get("/decisions/imprimer"), await browser.get("/flux.atom")
    row = list(csv.reader(io.StringIO(table)))[3]
    assert (row[4], row[5]) == ("Très bien > À rejeter", "Bleu")
    assert list(csv.reader(io.StringIO(english)))[3][4] == "Very good > Reject"
    assert "Très bien > À rejeter" in text(paper)
    assert "Très bien > À rejeter" in html.unescape(html.unescape(feed.text))


async def test_without_the_extra_the_page_to_print_is_offered(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "is_available", lambda: False)
    async with place.visitor() as browser:
        answer = await browser.get("/decisions.pdf")
        assert (answer.status_code, answer.headers["location"]) == (303, "/decisions/imprimer")
        assert (await browser.get("/d/1.pdf")).headers["location"] == "/d/1"
        assert ".pdf" not in (await browser.get("/decisions")).text
        assert "menu de votre navigateur" in text(await browser.get("/d/1"))


async def test_a_pdf_of_the_register_has_a_sheet_for_each_decision(place: Place) -> None:
    async with place.visitor() as browser:
        assert ".pdf" in (await browser.get("/decisions")).text
        whole = await browser.get("/decisions.pdf")
        one = await browser.get("/d/1.pdf")
        assert (await browser.get("/d/9.pdf")).status_code == 404
    for answer in (whole, one):
        assert answer.headers["content-type"] == "application/pdf"
        assert "attachment" in answer.headers["content-disposition"]
    assert sheets(whole.content) == 3
    assert sheets(one.content) == 1


def test_nothing_is_fetched_for_a_pdf(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("ERROR"):
        written = printing.made('<img src="https://elsewhere.example/a.png"><p>Bonjour.')
    assert sheets(written) == 1
    assert "disallowed protocol: https://elsewhere.example/a.png" in caplog.text


def test_without_the_libraries_of_the_system_no_pdf_is_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda _name: None)
    assert not printing.is_available.__wrapped__()


async def test_a_pdf_that_cannot_be_made_is_explained(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "SECONDS", 0.0)
    async with place.visitor() as browser:
        answer = await browser.get("/d/1.pdf")
    assert answer.status_code == 409
    assert "imprimez la page" in text(answer)


async def test_the_register_of_an_empty_assembly_is_taken_away_too(
    make_settings: MakeSettings,
) -> None:
    async with a_place(make_settings("vide.example")) as place, place.visitor() as browser:
        export = verifying.read((await browser.get("/decisions/registre.json")).content)
        assert export["head"] is None
        assert verifying.verify(export).holds
        assert (await browser.get("/decisions.csv")).status_code == 200
        assert (await browser.get("/decisions/registre.zip")).status_code == 200
        assert (await browser.get("/decisions/imprimer")).status_code == 200
