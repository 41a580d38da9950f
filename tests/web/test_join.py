"""Coming in by the pages: the doors, the limits, the answer, the invitation on paper."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from node.assembly import joining, members
from node.models import JoinRequest
from node.web import join
from tests.conftest import Travel
from tests.reading import has_word
from tests.web.conftest_shell import ORIGIN, Door, errors_in, opened, token_in

ASKED = {"name": "Nadia", "reason": "Je viens d'arriver."}


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(tmp_path) as found:
        yield found


async def ask(door: Door, travel: Travel, **more: str) -> str:
    """Ask to join, and return the address of the page that follows the request."""
    async with door.visitor() as browser:
        form = (await browser.get("/rejoindre/ici")).text
        shown_at = re.search(r'name="shown_at" value="(\d+)"', form)
        assert shown_at
        travel(seconds=5)
        data = {**ASKED, "shown_at": shown_at[1], "form-token": token_in(form), **more}
        sent = await browser.post("/rejoindre/ici", data=data)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


async def count(door: Door) -> int:
    async with door.node.database.read() as tx:
        return int(await tx.scalar(select(func.count()).select_from(JoinRequest)))


async def test_the_page_has_three_doors_and_two_lead_to_a_form_of_three_fields(door: Door) -> None:
    async with door.visitor() as browser:
        page = (await browser.get("/rejoindre")).text
        for name in ("J’habite ici", "organisation partenaire", "Je veux seulement suivre"):
            assert name in page
        form = (await browser.get("/rejoindre/partenaire")).text
        shown = re.findall(r'<(?:input|textarea) id="(\w+)"', form)
        assert [name for name in shown if name != join.TRAP] == ["name", "contact", "reason"]
        assert (await browser.get("/rejoindre/cave")).status_code == 404


async def test_a_newcomer_asks_and_enters_without_any_mail(door: Door, travel: Travel) -> None:
    page = await ask(door, travel)
    async with door.visitor() as newcomer, await door.signed_in(door.ana) as ana:
        waits = await newcomer.get(page)
        assert "attend une réponse" in waits.text
        assert waits.headers["cache-control"] == "private, no-store"
        assert not has_word(waits.text, "Ana")
        # Nothing that a member does is open to somebody who only asked.
        assert (await newcomer.get(f"/lien/{page.rpartition('/')[2]}")).status_code == 404
        seen = (await ana.get("/tableau-de-bord")).text
        asked = re.search(r'href="(/admin/membres/demandes/\d+)"', seen)
        assert asked
        about = (await ana.get(asked[1])).text
        assert "Je viens d’arriver." in about
        assert "Bonjour Nadia" in about
        yes = {"act": "admit", "message": "Bienvenue !\nÀ mardi."}
        assert (await ana.post(asked[1], data=yes)).status_code == 303
        assert (await ana.get(asked[1])).status_code == 409
        answer = (await newcomer.get(page)).text
        assert "À mardi." in answer
        link = re.search(r'href="(/lien/[a-z0-9]+)"', answer)
        assert link
        entered = await newcomer.post(link[1], data={})
        assert entered.headers["location"] == "/tableau-de-bord"


async def test_a_refusal_is_read_by_who_asked_alone(door: Door, travel: Travel) -> None:
    page = await ask(door, travel)
    async with door.visitor() as newcomer, await door.signed_in(door.ana) as ana:
        async with door.node.database.read() as tx:
            [asked] = await joining.waiting(tx)
        where = f"/admin/membres/demandes/{asked.id}"
        assert (await newcomer.get(where)).status_code == 302
        async with await door.signed_in(door.ben) as ben:
            assert (await ben.get(where)).status_code == 403
        await ana.post(where, data={"act": "take"})
        assert "s’en occupe" in (await ana.get(where)).text
        await ana.post(where, data={"act": "refuse", "message": "Pas <cette> fois."})
        assert "Pas &lt;cette&gt; fois." in (await newcomer.get(page)).text
        assert (await newcomer.get("/rejoindre/demande/faux")).status_code == 404


@pytest.mark.parametrize(
    "more",
    [{join.TRAP: "https://pub.example"}, {"shown_at": ""}, {"shown_at": "99999999999"}],
    ids=["trap", "no time", "too quick"],
)
async def test_a_program_is_asked_to_read_again(
    door: Door, travel: Travel, more: dict[str, str]
) -> None:
    async with door.visitor() as browser:
        sent = await browser.post("/rejoindre/ici", data={**ASKED, "shown_at": "1", **more})
        assert sent.status_code == 422
        assert "name" in errors_in(sent.text)
        assert "Nadia" in sent.text
        assert await count(door) == 0


async def test_what_is_missing_is_said_beside_its_field(door: Door) -> None:
    async with door.visitor("en") as browser:
        sent = await browser.post("/rejoindre/ici", data={"name": "", "shown_at": "1"})
        assert set(errors_in(sent.text)) == {"name", "reason"}


async def test_the_door_is_shut_after_ten_in_a_day(door: Door, travel: Travel) -> None:
    for number in range(10):
        travel(minutes=7)
        await ask(door, travel, name=f"Nadia {number}")
    travel(minutes=7)
    async with door.visitor() as browser:
        sent = await browser.post("/rejoindre/ici", data={**ASKED, "shown_at": "1"})
        assert sent.status_code == 429
        assert "Revenez demain" in sent.text


async def test_a_request_is_taken_back_from_its_page(door: Door, travel: Travel) -> None:
    page = await ask(door, travel)
    async with door.visitor() as browser:
        assert (await browser.post(page, data={})).headers["location"] == "/rejoindre"
    assert await count(door) == 0


async def test_an_invitation_is_printed_and_used(door: Door) -> None:
    async with await door.signed_in(door.ana) as ana, door.visitor() as malik:
        wrong = {"uses": "0", "days": "x", "for_name": ""}
        refused = await ana.post("/admin/membres/invitations", data=wrong)
        assert set(errors_in(refused.text)) == {"days"}
        data = {"label": "Marché", "uses": "1", "days": "3"}
        made = (await ana.post("/admin/membres/invitations", data=data)).headers["location"]
        assert ORIGIN in (await ana.get(made)).text
        sheet = (await ana.get(f"{made}/imprimer")).text
        assert "<svg" in sheet
        address = re.search(rf"{ORIGIN}(/invitation/[a-z0-9-]+)<", sheet)
        assert address
        assert len(address[1].rpartition("/")[2]) == 19
        assert (await malik.get(address[1])).status_code == 200
        short = await malik.post(address[1], data={"name": "Malik", "password": "court"})
        assert "password" in errors_in(short.text)
        entered = await malik.post(
            address[1].upper().replace("/INVITATION", "/invitation"), data={"name": "Malik"}
        )
        assert entered.headers["location"] == "/tableau-de-bord"
        assert (await malik.get("/compte")).status_code == 200
        assert (await malik.get(address[1])).status_code == 410
        assert (await ana.get(made)).status_code == 404


async def test_the_address_of_an_invitation_is_kept_nowhere(door: Door) -> None:
    async with await door.signed_in(door.ana) as ana:
        data = {"for_name": "Jeanne"}
        made = (await ana.post("/admin/membres/invitations", data=data)).headers["location"]
        ana.cookies.delete("invitation")
        assert "/invitation/" not in (await ana.get(made)).text.replace("/invitations/", "")
        assert (await ana.get(f"{made}/imprimer")).status_code == 410
        assert "invitée" in (await ana.get("/admin/membres")).text
        await ana.post(f"{made}/annuler", data={})
        assert "Jeanne" not in (await ana.get("/admin/membres")).text
    async with await door.signed_in(door.ben) as ben:
        assert (await ben.post("/admin/membres/invitations", data=data)).status_code == 403


async def test_a_member_leaves_by_their_own_page(door: Door) -> None:
    async with await door.signed_in(door.ben) as ben:
        assert "Quitter" in (await ben.get("/compte/quitter")).text
        assert (await ben.post("/compte/quitter", data={"reason": ""})).status_code == 303
        assert (await ben.get("/compte")).status_code == 302
    async with await door.signed_in(door.ana) as ana:
        assert (await ana.post("/compte/quitter", data={})).status_code == 409


async def test_those_in_charge_give_the_welcome_and_carry_out_decisions(door: Door) -> None:
    where = f"/admin/membres/{door.ben.id}"
    async with await door.signed_in(door.ana) as ana:
        late = {"act": "give-welcome", "until_date": "2020-01-01"}
        assert "until" in errors_in((await ana.post(where, data=late)).text)
        good = {"act": "give-welcome", "until_date": "2 décembre 2099"}
        assert (await ana.post(where, data=good)).status_code == 303
        assert "accueille" in (await ana.get("/admin/membres")).text
        assert (await ana.post(where, data={"act": "end-welcome"})).status_code == 303
        refused = await ana.post(where, data={"act": "exclude", "reason": ""})
        assert set(errors_in(refused.text)) == {"reason", "decision"}
        assert (await ana.post(where, data={"act": "leave"})).status_code == 303
        assert "est partie" in (await ana.get(where)).text
        assert (await ana.post(where, data={"act": "readmit"})).status_code == 303
        assert (await ana.post(where, data={"act": "dance"})).status_code == 404
    async with door.node.database.read() as tx:
        assert (await members.by_handle(tx, "ben")).state == "member"
