"""The rules by their pages: read by everybody, changed by those in charge, one at a time."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from node.assembly import rules
from node.web.rule_words import SLUGS
from tests.web.conftest_shell import Door, errors_in, opened


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with opened(tmp_path) as found:
        yield found


async def current(door: Door) -> rules.Rules:
    async with door.node.database.read() as tx:
        return await rules.current(tx)


def test_every_rule_has_its_page() -> None:
    assert set(SLUGS) == set(rules.READERS)


async def test_everybody_reads_the_rules_in_plain_sentences(door: Door) -> None:
    async with door.visitor() as browser:
        page = (await browser.get("/assemblee/regles")).text
        assert "Sauf autre choix, un vote dure 7 jours." in page.replace("\u202f", " ")
        assert (await browser.get("/admin/regles")).status_code == 302
    async with await door.signed_in(door.ben) as ben:
        assert (await ben.get("/admin/regles/quorum")).status_code == 403
        assert (await ben.post("/admin/regles/quorum", data={})).status_code == 403


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("slug", SLUGS.values())
async def test_each_page_says_what_it_changes(door: Door, slug: str, language: str) -> None:
    async with await door.signed_in(door.ana, language) as ana:
        page = await ana.get(f"/admin/regles/{slug}")
        assert page.status_code == 200
        assert ("Ce que cela change" if language == "fr" else "What this changes") in page.text


@pytest.mark.parametrize(
    ("slug", "data", "name", "value"),
    [
        ("methodes", {"m-majority": "yes", "m-star": "yes"}, "methods", ("majority", "star")),
        ("methode-habituelle", {"value": "consent"}, "method", "consent"),
        ("seconde-convocation", {"value": "halved"}, "second_quorum", "halved"),
        ("duree-du-vote", {"value": "14"}, "days", 14),
        ("secret", {"value": "yes"}, "is_secret", True),
        ("comptes-lies", {"value": "never"}, "poll_when", "never"),
        ("procurations", {"value": "0"}, "proxies_most", 0),
    ],
)
async def test_a_rule_is_changed_by_its_page(
    door: Door, slug: str, data: dict[str, str], name: str, value: object
) -> None:
    async with await door.signed_in(door.ana) as ana:
        sent = await ana.post(f"/admin/regles/{slug}", data=data)
        assert sent.headers["location"] == "/admin/regles"
        assert getattr(await current(door), name) == value
        assert (await ana.get("/admin/regles")).status_code == 200
        log = (await ana.get("/admin/journal-des-actes?quoi=rule-changed")).text
        assert "Règle changée" in log
        assert ">Ana<" in log
    async with door.visitor("en") as browser:
        assert (await browser.get("/assemblee/regles")).status_code == 200


async def test_a_quorum_is_a_kind_and_a_fraction(door: Door) -> None:
    async with await door.signed_in(door.ana) as ana:
        for share in ("0/2", "3/2", "moitié", "1/1000000000"):
            data = {"value": "approval", "share": share}
            sent = await ana.post("/admin/regles/quorum", data=data)
            assert set(errors_in(sent.text)) == {"share"}
        await ana.post("/admin/regles/quorum", data={"value": "approval", "share": " 1 / 3 "})
        assert (await current(door)).quorum == ({"kind": "approval", "num": 1, "den": 3},)
        assert "1/3" in (await ana.get("/admin/regles/quorum")).text
        await ana.post("/admin/regles/quorum", data={"value": "none", "share": ""})
        assert (await current(door)).quorum == ()


async def test_what_makes_no_sense_is_said_beside_the_field(door: Door) -> None:
    async with await door.signed_in(door.ana) as ana:
        for slug, data, field in (
            ("duree-du-vote", {"value": "toujours"}, "value"),
            ("duree-du-vote", {"value": ""}, "value"),
            ("methodes", {}, "value"),
            ("secret", {}, "value"),
            ("secret", {"value": "yes", "decision": "99"}, "decision"),
        ):
            sent = await ana.post(f"/admin/regles/{slug}", data=data)
            assert (sent.status_code, set(errors_in(sent.text))) == (422, {field})
        assert (await ana.get("/admin/regles/couleur")).status_code == 404
    assert await current(door) == rules.Rules()
