"""A tie that a draw ends: named before, entered after, recounted by anybody."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from node import clock
from node.app import register_everything
from node.assembly import (
    carrying,
    corrections,
    decisions,
    members,
    method,
    proposals,
    rules,
    sortition,
    votes,
)
from node.assembly.voting import draws, finding
from node.cli import run as command_line
from node.database import Transaction
from node.errors import NotNow, Refusal
from node.models import Decision, Draw, Vote, VoteChange
from tests.conftest import MakeSettings, Travel
from tests.web.pages_helper import HOST, Place, a_place, text

register_everything()

BEACON = "5f" * 32
OPTIONS = [{"text": "Un banc"}, {"text": "Deux bancs"}, {"text": "Un kiosque"}]
COSTS = [{**one, "cost": "100"} for one in OPTIONS]
# Two people who want the opposite: a tie between the first two options by every kind of ballot.
OPPOSITE: dict[str, tuple[Any, Any]] = {
    "one": ("o1", "o2"),
    "ranking": (["o1", "o2"], ["o2", "o1"]),
    "order": (["o1", "o2"], ["o2", "o1"]),
    "approvals": (["o1"], ["o2"]),
    "grades": ({"o1": 6}, {"o2": 6}),
    "scores": ({"o1": 5}, {"o2": 5}),
    "points": ({"o1": 10}, {"o2": 10}),
    "signs": ({"o1": "+"}, {"o2": "+"}),
    "position": ("for", "against"),
}
TIED = [
    name
    for name in method.every()
    if method.find(name).has_verdict
    and (method.find(name).ballot.has_options or "tie" in method.find(name).parameters)
]


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin partagé", "On plante.")
        yield place


async def tied(place: Place, name: str = "single", ties: str = "drand", **more: Any) -> Decision:
    """Close a vote by a method, that a draw must settle."""
    found = method.find(name)
    given: dict[str, Any] = {"options": OPTIONS} if found.ballot.has_options else {}
    if found.has_costs:
        given = {"options": COSTS, "budget": "100"}
    async with place.database.transaction() as tx:
        ana, ben = [await members.by_handle(tx, one) for one in ("ana", "ben")]
        await rules.change(tx, "ties", ties, by=ana)
        usual = (await votes.usual(tx, name)).parameters
        if name == "qualified_majority":
            usual = {**usual, "num": 1, "den": 2, "strict": True}
        on = votes.Terms(method=name, **{"parameters": usual, **given, **more})
        end = clock.now() + timedelta(days=2)
        vote = await votes.open_vote(
            tx, await proposals.by_number(tx, 1), by=ana, closes_at=end, on=on
        )
        for voter, choice in zip((ana, ben), OPPOSITE[found.ballot.name], strict=True):
            await votes.cast_ballot(tx, vote, voter, choice, version_digest=vote.version.digest)
        decision = await votes.close(tx, vote)
    assert decision is not None
    return decision


async def drawn(place: Place) -> tuple[Vote, Draw | None]:
    """Return the vote and its draw."""
    async with place.database.read() as tx:
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        return vote, await finding.draw_of(tx, vote)


async def recount(place: Place, folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Take the file of the vote away and count it with the command."""
    async with place.visitor() as visitor:
        answer = await visitor.get("/p/1/bulletins.json")
    path = folder / "vote.json"
    path.write_bytes(answer.content)
    capsys.readouterr()
    assert command_line.main(["tally", str(path)]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("name", TIED)
async def test_a_draw_settles_a_tie_by_every_method_and_is_recounted(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], travel: Travel, name: str
) -> None:
    tie = await tied(place, name)
    assert (tie.outcome, tie.working["draw"]["source"]) == ("tie", "drand")
    assert (await recount(place, tmp_path, capsys))["verdict"] == "tie"
    travel(hours=25)
    async with await place.signed_in(place.ana) as ana:
        done = await ana.post("/p/1/tirage", data={"randomness": BEACON})
        assert done.status_code == 303, text(done)
        page = text(await ana.get(done.headers["location"]))
    assert "Le tirage au sort annoncé a départagé" in page
    again = await recount(place, tmp_path, capsys)
    async with place.database.read() as tx:
        decision = await decisions.about(tx, await proposals.by_number(tx, 1))
    assert decision is not None
    assert decision.supersedes_id == tie.id
    assert again["verdict"] == decision.outcome != "tie"
    assert again["winners"] == decision.working.get("winners", [])
    assert again["tied"] == []
    order = [one for one in decision.working["draw"]["order"] if one != "o3"]
    assert order[0] in (*decision.working.get("winners", []), decision.outcome)


@pytest.mark.parametrize("mode", sortition.MODES)
async def test_the_file_of_a_draw_is_drawn_again_by_the_command(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], travel: Travel, mode: str
) -> None:
    async with place.database.transaction() as tx:
        await rules.change(tx, "draw_mode", mode, by=await members.by_handle(tx, "ana"))
    tie = await tied(place, ties="loto")
    names = tie.working["draw"]["names"]
    assert names == [f"{tie.proposal.label}/1/o{n}" for n in (1, 2, 3)]
    path = tmp_path / "draw.json"
    async with place.visitor() as visitor:
        path.write_bytes((await visitor.get("/p/1/tirage.json")).content)
        assert command_line.main(["draw", str(path)]) == 2
        travel(days=9)
        async with await place.signed_in(place.ana) as ana:
            numbers = {"randomness": "45 3 11 24 37", "chance": "9"}
            assert (await ana.post("/p/1/tirage", data=numbers)).status_code == 303
        answer = await visitor.get("/p/1/tirage.json")
        page = text(await visitor.get("/p/1/tirage"))
    path.write_bytes(answer.content)
    capsys.readouterr()
    assert command_line.main(["draw", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["digest"] == tie.working["draw"]["digest"]
    assert found["randomness"] == "3.11.24.37.45./9./"
    places = [page.index(name) for name in found["drawn"]]
    assert places == sorted(places)
    vote, draw = await drawn(place)
    assert draw is not None
    async with place.database.read() as tx:
        decision = await decisions.about(tx, vote.proposal)
    assert decision is not None
    assert decision.working["draw"]["order"] == [one.rpartition("/")[2] for one in found["drawn"]]


async def test_the_list_and_the_source_are_read_before_there_is_any_randomness(
    place: Place, travel: Travel
) -> None:
    tie = await tied(place)
    async with place.visitor() as visitor:
        page = text(await visitor.get("/p/1/tirage"))
        assert "La balise publique drand" in page
        assert tie.working["draw"]["digest"] in page
        assert "Deux bancs" in page
        assert "Entrer le résultat" not in page
        assert "/p/1/tirage" in (await visitor.get("/p/1")).text
        assert (await visitor.post("/p/1/tirage", data={"randomness": BEACON})).status_code != 200
    async with await place.signed_in(place.ana) as ana:
        assert "n’existe pas encore" in text(await ana.get("/p/1/tirage"))
        early = await ana.post("/p/1/tirage", data={"randomness": BEACON})
        assert early.status_code == 409
        assert "/p/1/tirage" not in (await ana.get("/tableau-de-bord")).text
        travel(hours=24, minutes=1)
        assert "Le tirage annoncé attend" in text(await ana.get("/tableau-de-bord"))
        wrong = await ana.post("/p/1/tirage", data={"randomness": "quarante-deux"})
        assert wrong.status_code == 422
        assert "quarante-deux" in wrong.text
    async with await place.signed_in(place.ben) as ben:
        assert "Entrer le résultat" not in text(await ben.get("/p/1/tirage"))
        assert "Le tirage annoncé" not in text(await ben.get("/tableau-de-bord"))
        assert (await ben.post("/p/1/tirage", data={"randomness": BEACON})).status_code == 403
    async with await place.signed_in(place.ana) as ana:
        assert (await ana.post("/p/1/tirage", data={"randomness": BEACON})).status_code == 303
        assert (await ana.post("/p/1/tirage", data={"randomness": BEACON})).status_code == 409
    async with place.database.read() as tx:
        kinds = [one.kind for one in await tx.all(select(VoteChange).order_by(VoteChange.id))]
    assert kinds == ["draw-announced", "draw-entered"]


async def test_a_motion_that_asks_for_a_draw_has_one_whatever_the_rule(
    place: Place, travel: Travel
) -> None:
    tie = await tied(place, "majority", "stand", parameters={"tie": "draw"})
    assert tie.working["draw"]["source"] == "drand"
    travel(days=2)
    async with place.database.transaction() as tx:
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        ana = await members.by_handle(tx, "ana")
        decision = await draws.enter(tx, vote, by=ana, found=BEACON)
    assert decision.outcome == decision.working["draw"]["order"][0]
    assert decision.review_on is None


async def test_a_tie_stands_where_the_rule_knows_no_draw(place: Place) -> None:
    tie = await tied(place, ties="stand")
    assert (tie.outcome, "draw" in tie.working) == ("tie", False)
    await place.propose("Une haie", "On plante.")
    async with place.visitor() as visitor:
        assert (await visitor.get("/p/2/tirage")).status_code == 404
        assert (await visitor.get("/p/1/tirage")).status_code == 404
        assert (await visitor.get("/p/1/tirage.json")).status_code == 404
    assert (await tied_refused(place, "ana")).code == "no-draw"


async def test_only_the_tie_itself_is_settled(place: Place, travel: Travel) -> None:
    tie = await tied(place)
    travel(days=2)
    refused = await tied_refused(place, "ben")
    assert isinstance(refused, Refusal)
    async with place.database.transaction() as tx:
        ana = await members.by_handle(tx, "ana")
        old = await decisions.by_number(tx, tie.number)
        said = corrections.Correction(reason="Une coquille.", statement="Nous verrons.")
        corrected = await corrections.correct(tx, old, ana, said)
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        decision = await draws.enter(tx, vote, by=ana, found=BEACON)
    assert decision.supersedes_id == corrected.id
    assert decision.statement == "Nous verrons."


async def test_a_text_taken_up_again_is_not_drawn_for(place: Place, travel: Travel) -> None:
    await tied(place)
    travel(days=2)
    async with place.database.transaction() as tx:
        text_, ana = await proposals.by_number(tx, 1), await members.by_handle(tx, "ana")
        await carrying.defer(tx, text_, by=ana, reason="On en reparle.")
    assert (await tied_refused(place, "ana")).code == "draw-no-tie"


async def tied_refused(place: Place, handle: str) -> NotNow | Refusal:
    """Try to enter the randomness, and return why it is refused."""
    async with place.database.transaction() as tx:
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        return await _refusal(tx, vote, handle)


async def _refusal(tx: Transaction, vote: Vote, handle: str) -> NotNow | Refusal:
    with pytest.raises((NotNow, Refusal)) as refused:
        await draws.enter(tx, vote, by=await members.by_handle(tx, handle), found=BEACON)
    return refused.value


async def test_the_rules_of_ties_are_read_and_changed(place: Place) -> None:
    async with await place.signed_in(place.ana) as ana:
        for slug, value, said in (
            ("egalites", "loto", "les numéros du Loto"),
            ("tirage", "rfc3797", "suit la RFC 3797"),
        ):
            assert (await ana.get(f"/admin/regles/{slug}")).status_code == 200
            done = await ana.post(f"/admin/regles/{slug}", data={"value": value})
            assert done.status_code == 303
            assert said in text(await ana.get("/assemblee/regles"))
        form = await ana.get("/p/1/ouvrir-le-vote?methode=majority")
        assert 'value="draw" selected' in form.text
        day = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
        fields = {"method": "majority", "closes_at_date": day, "closes_at_time": "20:00"}
        check = await ana.post("/p/1/ouvrir-le-vote", data={**fields, "step": "check"})
        assert "tirage au sort vérifiable (Loto du samedi)" in text(check)
