"""Coming in, going out, and who may not."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from node import clock
from node.assembly import access, assemblies, following, members
from node.models import Actor
from tests.web.conftest_shell import ORIGIN, PASSWORD, Door, errors_in, opened, token_in


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(tmp_path) as door:
        yield door


async def test_the_right_password_opens_a_session_that_no_script_and_no_other_site_can_use(
    door: Door,
) -> None:
    async with door.visitor() as browser:
        answer = await browser.post(
            "/connexion", data={"handle": "@Ana", "password": PASSWORD, "suite": "/compte"}
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/compte")
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-session=")
        for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/"):
            assert attribute in cookie
        assert (await browser.get("/compte")).status_code == 200
        await browser.post("/deconnexion")
        assert (await browser.get("/compte")).status_code == 302


@pytest.mark.parametrize("handle", ["ana", "ben", "nobody", "", "ana\x01"])
async def test_whatever_does_not_fit_the_answer_is_the_same(door: Door, handle: str) -> None:
    async with door.visitor() as browser:
        answer = await browser.post("/connexion", data={"handle": handle, "password": "wrong"})
    assert answer.status_code == 422
    assert errors_in(answer.text)["handle"].startswith("L’identifiant et le mot de passe")
    assert "set-cookie" not in answer.headers


async def test_trying_passwords_is_slowed_down(door: Door) -> None:
    async with door.visitor() as browser:
        for _ in range(30):
            answer = await browser.post("/connexion", data={"handle": "zoe", "password": "x"})
            if answer.status_code == 429:
                break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("suite", ["//evil.example", "https://evil.example", "/\\evil", "/a\tb"])
async def test_signing_in_never_leads_to_another_site(door: Door, suite: str) -> None:
    async with door.visitor() as browser:
        answer = await browser.post(
            "/connexion", data={"handle": "ana", "password": PASSWORD, "suite": suite}
        )
    assert answer.headers["location"] == "/"


async def test_a_page_for_members_leads_to_the_sign_in_page_and_back(door: Door) -> None:
    async with door.visitor() as browser:
        answer = await browser.get("/ecrire/proposition?titre=Un+banc")
    assert answer.status_code == 302
    assert answer.headers["location"] == (
        "/connexion?suite=%2Fecrire%2Fproposition%3Ftitre%3DUn%2Bbanc"
    )


async def test_what_was_sent_after_the_session_is_shown_and_leads_back(door: Door) -> None:
    written = {"title": "Un <b>banc</b>", "text": "À l'ombre.", "password": "un secret"}
    async with door.visitor() as browser:
        answer = await browser.post(
            "/ecrire/proposition",
            data={**written, "form-token": "jeton", "seen": "zQm"},
            headers={"referer": f"{ORIGIN}/ecrire/proposition?titre=Un"},
        )
        assert answer.status_code == 403
        assert "rien n’a été envoyé" in answer.text
        shown = answer.text.partition('name="typed"')[2].partition("</textarea>")[0]
        assert shown.startswith(' rows="8" readonly')
        assert "Un &lt;b&gt;banc&lt;/b&gt;\n\nÀ l&#39;ombre." in shown
        for hidden in ("un secret", "jeton", "zQm", "<b>banc"):
            assert hidden not in answer.text
        back = {"handle": "ana", "suite": "/ecrire/proposition?titre=Un", "typed": "Un banc"}
        assert f'name="suite" value="{back["suite"]}"' in answer.text
        wrong = await browser.post("/connexion", data={**back, "password": "wrong"})
        assert "Un banc</textarea>" in wrong.text
        done = await browser.post("/connexion", data={**back, "password": PASSWORD})
        assert done.headers["location"] == back["suite"]


@pytest.mark.parametrize(
    ("referer", "suite"),
    [
        ("", "/p/1"),
        ("https://evil.example/p/2", "/p/1"),
        (f"{ORIGIN}/p/1-un-banc", "/p/1-un-banc"),
        (f"{ORIGIN}/p/1/contributions", "/p/1"),
        (f"{ORIGIN}/connexion", ""),
    ],
)
async def test_after_the_session_the_way_back_is_a_page_of_ours(
    door: Door, referer: str, suite: str
) -> None:
    async with door.visitor() as browser:
        answer = await browser.post(
            "/p/1/contributions", data={"text": "Oui"}, headers={"referer": referer}
        )
    assert f'name="suite" value="{suite}">' in answer.text.partition("<main")[2]


@pytest.mark.parametrize(
    ("path", "accept", "leads"),
    [
        ("/p/1/contributions", "text/html", "/p/1"),
        ("/admin/membres/invitations", "text/html", "/admin/membres"),
        ("/p/1/contributions", "*/*", ""),
        ("/u/ana/inbox", "text/html", ""),
        ("/inbox", "text/html", ""),
    ],
)
async def test_an_address_that_takes_forms_leads_who_reloads_it_to_the_page_of_the_form(
    door: Door, path: str, accept: str, leads: str
) -> None:
    async with await door.signed_in(door.ana) as browser:
        answer = await browser.get(path, headers={"accept": accept})
    assert answer.status_code == (302 if leads else 405)
    assert answer.headers.get("location", "") == leads


async def test_the_first_link_makes_somebody_in_charge_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as door:
        async with door.node.database.transaction() as tx:
            for member in await members.all_present(tx):
                member.left_at = clock.now()
        link = await door.link(access.FIRST_MEMBER)
        async with door.visitor() as browser:
            assert "administrer" in (await browser.get(link)).text
            short = await browser.post(link, data={"name": "Eva", "password": "court"})
            assert "12" in errors_in(short.text)["password"]
            assert 'value="Eva"' in short.text
            answer = await browser.post(link, data={"name": "Eva", "password": PASSWORD})
            assert answer.status_code == 303
            assert (await browser.get("/admin")).status_code == 200
            assert (await browser.get(link)).status_code == 410


async def test_looking_at_a_link_does_not_spend_it(door: Door) -> None:
    link = await door.link(access.SIGN_IN, door.ben)
    async with door.visitor() as browser:
        for _ in range(3):
            assert (await browser.get(link)).status_code == 200
        assert (await browser.post(link)).status_code == 303
        assert "Ben" in (await browser.get("/compte")).text


async def test_a_wrong_link_leads_nowhere(door: Door) -> None:
    async with door.visitor() as browser:
        assert (await browser.get("/lien/nothing")).status_code == 404


async def test_a_new_member_comes_in_by_the_link_that_is_shown_once(door: Door) -> None:
    async with await door.signed_in(door.ana) as admin:
        form = await admin.get("/admin/membres")
        data = {"name": "Dora", "form-token": token_in(form.text)}
        assert (await admin.post("/admin/membres", data=data)).status_code == 303
        shown = await admin.get("/admin/membres")
        path = shown.text.split(f"{ORIGIN}/lien/")[1].split("<")[0]
        assert f"/lien/{path}" not in (await admin.get("/admin/membres")).text
    async with door.visitor() as browser:
        await browser.post(f"/lien/{path}", data={"password": PASSWORD})
        assert "Dora" in (await browser.get("/compte")).text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_from_another_site_does_nothing(door: Door, headers: dict[str, str]) -> None:
    async with await door.signed_in(door.ana) as browser:
        answer = await browser.post("/compte/ailleurs", data={"elsewhere": "yes"}, headers=headers)
        assert answer.status_code == 403
        assert "autre site" in answer.text
    async with door.node.database.read() as tx:
        assert not (await members.by_handle(tx, "ana")).is_published


async def test_only_those_in_charge_administer(door: Door) -> None:
    async with await door.signed_in(door.ben) as browser:
        for path in ("", "/membres", "/reseau", "/file", "/journal", "/reglages"):
            assert (await browser.get(f"/admin{path}")).status_code == 403
        for path in ("/membres", "/reseau/accepter", "/reseau/suivre", "/file/abandonner"):
            assert (await browser.post(f"/admin{path}", data={"id": "1"})).status_code == 403


async def test_only_followers_of_the_assembly_are_accepted_or_refused(door: Door) -> None:
    async with door.node.database.transaction() as tx:
        other = Actor(
            uri="https://val.example/g/val", type="Group", handle="val", domain="val.example",
            name="Val", inbox="https://val.example/inbox",
        )  # fmt: skip
        tx.add(other)
        await tx.flush()
        ana = await members.by_handle(tx, "ana")
        wish = await following.admit_follower(tx, other, ana.actor, uri="https://val.example/f")
    async with await door.signed_in(door.ana) as browser:
        data = {"id": str(wish.id)}
        assert (await browser.post("/admin/reseau/accepter", data=data)).status_code == 404
        assert (await browser.post("/admin/reseau/accepter", data={"id": "x"})).status_code == 404


async def test_somebody_else_cannot_steer_a_proposal(door: Door) -> None:
    async with await door.signed_in(door.ana) as ana:
        data = {"title": "Un banc", "text": "À la gare.", "step": "publish"}
        path = (await ana.post("/ecrire/proposition", data=data)).headers["location"]
    async with await door.signed_in(door.ben) as ben:
        for act in ("reviser", "retirer", "ouvrir-le-vote"):
            assert (await ben.get(f"{path}/{act}")).status_code == 403
        later = {"closes_at_date": "2 décembre 2099", "closes_at_time": "20 h"}
        assert (await ben.post(f"{path}/ouvrir-le-vote", data=later)).status_code == 403


async def test_changing_the_password_ends_the_other_sessions(door: Door) -> None:
    async with await door.signed_in(door.ana) as here, await door.signed_in(door.ana) as there:
        wrong = await here.post("/compte/mot-de-passe", data={"present": "x", "password": PASSWORD})
        assert "present" in errors_in(wrong.text)
        new = {"present": PASSWORD, "password": "un tout autre secret"}
        assert (await here.post("/compte/mot-de-passe", data=new)).status_code == 303
        assert (await here.get("/compte")).status_code == 200
        assert (await there.get("/compte")).status_code == 302


async def test_the_dashboard_names_the_votes_that_wait(door: Door) -> None:
    async with await door.signed_in(door.ana) as browser:
        data = {"title": "Un banc", "text": "À la gare.", "step": "publish"}
        path = (await browser.post("/ecrire/proposition", data=data)).headers["location"]
        later = (clock.now() + timedelta(days=4)).strftime("%Y-%m-%d")
        await browser.post(f"{path}/ouvrir-le-vote", data={"closes_at_date": later})
        assert "Ce qui vous attend" in (await browser.get("/tableau-de-bord")).text
        closed = await browser.post(f"{path}/clore", data={"step": "close", "statement": "Non."})
        assert closed.headers["location"].startswith("/d/")
        assert "Rien ne vous attend" in (await browser.get("/tableau-de-bord")).text


async def test_those_in_charge_say_which_servers_are_answered(door: Door) -> None:
    async with await door.signed_in(door.ben) as browser:
        asked = {"readers": "signed"}
        assert (await browser.post("/admin/reseau/repondre", data=asked)).status_code == 403
    async with await door.signed_in(door.ana) as browser:
        for readers, is_only in {"signed": True, "all": False, "nonsense": False}.items():
            form = await browser.get("/admin/reseau")
            data = {"readers": readers, "form-token": token_in(form.text)}
            answer = await browser.post("/admin/reseau/repondre", data=data)
            assert answer.status_code == 303
            async with door.node.database.read() as tx:
                assert (await assemblies.the(tx)).only_signed_readers is is_only
            shown = (await browser.get("/admin/reseau")).text
            chosen = "signed" if is_only else "all"
            assert re.search(f'name="readers" value="{chosen}"[^>]* checked', shown)
