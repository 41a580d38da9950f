"""Forms keep what was typed, say what to do, and act once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, time
from pathlib import Path

import pytest

from node.assembly import proposals
from node.web.forms import Form
from node.web.typed import read_day, read_time
from tests.web.conftest_shell import Door, errors_in, opened, token_in


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(tmp_path) as door:
        yield door


async def test_a_form_with_problems_says_each_twice_and_keeps_what_was_typed(door: Door) -> None:
    async with await door.signed_in(door.ben) as browser:
        typed = {"title": "Réparer <b>", "step": "check", "starts_at_date": "demain"}
        answer = await browser.post("/ecrire/appel", data=typed)
    assert answer.status_code == 422
    assert errors_in(answer.text) == {
        "starts_at": "Écrivez la date sous la forme 2 décembre 2026.",
        "place_name": "Dites où : un lieu, ou un lien de visioconférence.",
        "how_to_join": "Dites comment se joindre à vous.",
    }
    for field in ("starts_at", "place_name", "how_to_join"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}"' in answer.text
    assert "autofocus>" in answer.text
    assert "<title>Erreur" in answer.text
    assert 'value="Réparer &lt;b&gt;"' in answer.text
    assert 'value="demain"' in answer.text


async def test_a_proposal_is_read_again_before_it_is_published(door: Door) -> None:
    typed = {"title": "Un banc ?", "text": "**Oui** <script>", "signed": "yes"}
    async with await door.signed_in(door.ben) as browser:
        check = await browser.post("/ecrire/proposition", data={**typed, "step": "check"})
        assert "<strong>Oui</strong>" in check.text
        assert "<script" not in check.text
        again = await browser.post("/ecrire/proposition", data={**typed, "step": "write"})
        assert 'value="Un banc ?"' in again.text
        assert " checked" in again.text
        async with door.node.database.read() as tx:
            assert not await proposals.listed(tx)
        done = await browser.post("/ecrire/proposition", data={**typed, "step": "publish"})
        shown = await browser.get(done.headers["location"], follow_redirects=True)
        assert "Votre proposition est publiée" in shown.text
        assert "Votre proposition est publiée" not in (await browser.get("/")).text


async def test_a_double_click_makes_one_act(door: Door) -> None:
    async with await door.signed_in(door.ben) as browser:
        typed = {"title": "Un banc", "text": "À la gare.", "step": "check"}
        check = await browser.post("/ecrire/proposition", data=typed)
        sent = {**typed, "step": "publish", "form-token": token_in(check.text)}
        answers = await asyncio.gather(
            *(browser.post("/ecrire/proposition", data=sent) for _ in range(5))
        )
        assert {answer.headers["location"] for answer in answers} == {"/p/1"}
        assert all("notice.proposal-published" in a.headers["set-cookie"] for a in answers)
        other = await browser.post("/ecrire/proposition", data={**sent, "title": "Un autre"})
        assert other.headers["location"] == "/p/2"


async def test_a_form_that_was_refused_can_be_sent_again(door: Door) -> None:
    async with await door.signed_in(door.ana) as browser:
        form = await browser.get("/admin/reglages")
        data = {"name": "", "timezone": "Europe/Paris", "form-token": token_in(form.text)}
        for _ in range(2):
            assert (await browser.post("/admin/reglages", data=data)).status_code == 422


async def test_a_vote_cannot_end_in_the_past(door: Door) -> None:
    async with await door.signed_in(door.ben) as browser:
        data = {"title": "Un banc", "text": "À la gare.", "step": "publish"}
        path = (await browser.post("/ecrire/proposition", data=data)).headers["location"]
        past = {"closes_at_date": "1er mai 2020", "closes_at_time": "20 h 30"}
        answer = await browser.post(f"{path}/ouvrir-le-vote", data=past)
        assert errors_in(answer.text)["closes_at"].startswith("La fin du vote est déjà passée")
        empty = await browser.post(f"{path}/ouvrir-le-vote", data={})
        assert errors_in(empty.text)["closes_at"] == "Donnez un jour et une heure."


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("title=%FF", 400),
        ("title=a%00b", 400),
        ("title=a&title=b", 400),
        ("&".join(f"f{n}=1" for n in range(65)), 400),
        ("title=" + "a" * 200_001, 413),
        ("title=é", 400),
    ],
)
async def test_a_form_that_is_no_form_of_ours_is_refused(
    door: Door, body: str, status: int
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    async with await door.signed_in(door.ben) as browser:
        answer = await browser.post("/ecrire/proposition", content=body.encode(), headers=headers)
        assert answer.status_code == status
        files = {"title": ("a.txt", b"a")}
        assert (await browser.post("/ecrire/proposition", files=files)).status_code == 400


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2026-12-02", date(2026, 12, 2)),
        ("02/12/2026", date(2026, 12, 2)),
        ("mercredi 2 décembre 2026", date(2026, 12, 2)),
        ("1er août 2026", date(2026, 8, 1)),
        ("2 December 2026", date(2026, 12, 2)),
        ("31 février 2026", None),
        ("9999-12-31", None),
        ("demain", None),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, read: date | None) -> None:
    assert read_day(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("20:30", time(20, 30)),
        ("20 h 30", time(20, 30)),
        ("8h", time(8)),
        ("20", time(20)),
        ("25:00", None),
        ("20:60", None),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, read: time | None) -> None:
    assert read_time(typed) == read


def test_a_form_knows_which_fields_it_was_given() -> None:
    given = Form({"title": ""})
    assert "title" in given
    assert "text" not in given
    assert (given["title"], given["text"]) == ("", "")
