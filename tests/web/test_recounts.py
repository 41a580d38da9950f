"""What a node publishes of a vote is enough to count it again, with the same verdict."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from node import clock
from node.app import register_everything
from node.assembly import endorsements, members, method, parameters, proposals, rules, votes
from node.assembly.poll import Tally
from node.assembly.voting import objecting, proxies, room, settling
from node.cli import run as command_line
from node.database import Transaction
from node.models import Decision, Member, Vote
from tests.conftest import MakeSettings
from tests.web.pages_helper import HOST, Place, a_place

register_everything()

OPTIONS = [{"text": "Un banc", "cost": "100"}, {"text": "Deux", "cost": "150"}, {"text": "Rien"}]
COSTS = [*OPTIONS[:2], {"text": "Un kiosque", "cost": "90"}]
# Five people each, so that winners are close: by kind of ballot, then by position.
ANSWERS: dict[str, list[Any]] = {
    "one": ["o1", "o2", "o2", None, "o3"],
    "ranking": [["o1", "o2"], [["o2", "o3"], "o1"], ["o3", "o1"], ["o2", "o1", "o3"], []],
    "order": [["o1", "o2"], ["o2", "o3"], ["o3", "o1", "o2"], ["o2", "o1", "o3"], ["o1"]],
    "approvals": [["o1"], ["o1", "o3"], ["o2", "o3"], ["o3"], []],
    "grades": [
        {"o1": "good", "o2": "excellent"},
        {"o1": "very_good", "o2": "reject", "o3": "good"},
        {"o1": "passable", "o2": "good", "o3": "insufficient"},
        {"o1": "good"},
        {},
    ],
    "scores": [{"o1": 1, "o2": 5}, {"o1": 4, "o3": 2}, {"o2": 3}, {"o3": 5}, {"o1": 2}],
    "points": [{"o2": 6, "o3": 4}, {"o1": 10}, {"o3": 7}, {"o1": 3, "o2": 3}, {}],
    "signs": [{"o2": "+"}, {"o1": "+", "o3": "+"}, {"o3": "+"}, {"o1": "+", "o2": "+"}, {}],
    "dates": [{"o1": "maybe", "o2": "yes"}, {"o3": "no", "o1": "yes"}, {"o2": "maybe"}, {}, {}],
}
POSITIONS = {
    "consent": ["consent", "consent_with_concern", "not_concerned", "consent", "consent"],
    "consensus": ["agree", "agree_with_reservations", "stand_aside", "agree", "agree"],
    "advice": ["agree", "against", "abstain", "agree", "agree_with_reservations"],
}
NAMES = ("ana", "ben", "charlie", "dora", "ella")


@pytest.fixture
async def place(make_settings: MakeSettings) -> AsyncIterator[Place]:
    async with a_place(make_settings(HOST)) as place:
        await place.propose("Un jardin partagé", "On plante.")
        async with place.database.transaction() as tx:
            for handle in NAMES[2:]:
                await members.admit(tx, name=handle.title(), handle=handle)
        yield place


async def everybody(tx: Transaction) -> list[Member]:
    """Return the five members."""
    return [await members.by_handle(tx, handle) for handle in NAMES]


async def opened(tx: Transaction, name: str, **more: Any) -> Vote:
    """Open a vote by a method about the text."""
    found = method.find(name)
    given: dict[str, Any] = {}
    if found.ballot.has_options:
        given["options"] = COSTS if found.has_costs else [{"text": one["text"]} for one in OPTIONS]
    if found.has_costs:
        given["budget"] = "250"
    on = votes.Terms(method=name, **{**given, **more})
    [ana, *_] = await everybody(tx)
    end = clock.now() + timedelta(days=9)
    return await votes.open_vote(tx, await proposals.by_number(tx, 1), by=ana, closes_at=end, on=on)


async def cast(
    tx: Transaction, vote: Vote, voter: Member, choice: object, reason: str = ""
) -> None:
    """Cast a ballot."""
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, voter, choice, version_digest=digest, reason=reason)


async def vote_all(tx: Transaction, vote: Vote) -> None:
    """Let all five answer."""
    found = method.find(vote.method)
    usual = ["for", "against", "for", "abstain", "for"]
    listed = POSITIONS.get(vote.method, POSITIONS["advice"] if "agree" in found.choices else usual)
    answers = listed if found.choices else ANSWERS[found.ballot.name]
    for member, choice in zip(await everybody(tx), answers, strict=True):
        await cast(tx, vote, member, choice)


async def closed(place: Place) -> tuple[Decision | None, Tally]:
    """Close the vote; return the decision, and what the node counted."""
    async with place.database.transaction() as tx:
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        decision = await votes.close(tx, vote)
        return decision, await votes.result(tx, vote)


async def recounted(
    place: Place, folder: Path, capsys: pytest.CaptureFixture[str]
) -> dict[str, Any]:
    """Take the published file away, and count it with the command."""
    async with place.visitor() as visitor:
        answer = await visitor.get("/p/1/bulletins.json")
    assert answer.status_code == 200
    path = folder / "vote.json"
    path.write_bytes(answer.content)
    capsys.readouterr()
    assert command_line.main(["tally", str(path)]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


async def same(place: Place, folder: Path, capsys: pytest.CaptureFixture[str]) -> Tally:
    """Close, take the file away, count it again, and hold the two verdicts side by side."""
    decision, counted = await closed(place)
    again = await recounted(place, folder, capsys)
    assert again["verdict"] == counted.verdict
    assert (again["winners"], again["tied"]) == (list(counted.winners), list(counted.tied))
    assert again["inequality"] == counted.inequality
    assert again["counts"] == parameters.plain(counted.counts)
    assert again["working"] == parameters.plain(counted.working)
    if decision is not None:
        assert (again["verdict"], again["reason"]) == (decision.outcome, decision.outcome_reason)
        assert again["inequality"] == decision.explanation
        assert [one["met"] for one in again["quorums"]] == [one["met"] for one in decision.quorums]
    return counted


@pytest.mark.parametrize("name", method.every())
async def test_every_method_counts_the_same_from_its_file(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    async with place.database.transaction() as tx:
        await vote_all(tx, await opened(tx, name))
    counted = await same(place, tmp_path, capsys)
    assert counted.verdict == "adopted" or not method.find(name).has_verdict or counted.tied


@pytest.mark.parametrize("name", [one for one in method.every() if one not in POSITIONS])
async def test_a_secret_vote_counts_the_same_from_its_file(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    async with place.database.transaction() as tx:
        await vote_all(tx, await opened(tx, name, is_secret=True))
    await same(place, tmp_path, capsys)


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [
        ("open", "blocked"),
        ("last round", "rejected"),
        ("by majority", "adopted"),
        ("lifted", "adopted"),
        ("integrated", "adopted"),
        ("unreasonable", "adopted"),
        ("not unreasonable", "blocked"),
        ("appealed", "blocked"),
        ("silence", "adopted"),
    ],
)
async def test_consent_counts_the_same_however_an_objection_ends(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str, verdict: str
) -> None:
    special: dict[str, dict[str, Any]] = {
        "last round": {"further_rounds": 0},
        "by majority": {"further_rounds": 0, "fallback": {"num": 2, "den": 3}},
        "silence": {"silence_is_consent": True, "silence_days": 0, "quorum": _everybody()},
    }
    judge = {"unreasonable": "circle", "not unreasonable": "circle", "appealed": "pair"}
    async with place.database.transaction() as tx:
        people = await everybody(tx)
        ana, ben, charlie, dora, _ = people
        await rules.change(tx, "objections_judge", judge.get(ending, "author"), by=ana)
        for one in (charlie, dora):
            one.is_in_charge = True
        vote = await opened(tx, "consent", parameters=special.get(ending, {}))
        for voter in (charlie, dora, ana):
            await cast(tx, vote, voter, "consent")
        await cast(tx, vote, ben, "objection", "Le terrain est inondé.")
        if ending in ("integrated", "silence"):
            vote = await _with_another_text(tx, vote, (charlie, dora, ana))
        mine = await objecting.of_author(tx, vote.id, ben.id)
        assert mine is not None
        if ending in ("lifted", "integrated", "silence"):
            settle = settling.lift if ending == "lifted" else settling.accept
            await settle(tx, mine, by=ben, position="consent_with_concern")
        for judge_, voice in _voices(ending, people):
            await settling.judge(tx, mine, by=judge_, is_unreasonable=voice)
        if ending == "appealed":
            await settling.appeal(tx, mine, by=ben)
            await settling.judge(tx, mine, by=ana, is_unreasonable=False)
    assert (await same(place, tmp_path, capsys)).verdict == verdict


async def test_proxies_the_room_and_support_count_the_same(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quorum = [
        {"kind": "presence", "num": 2, "den": 5, "represented": True},
        {"kind": "support", "num": 1, "den": 5},
    ]
    async with place.database.transaction() as tx:
        ana, ben, charlie, dora, ella = await everybody(tx)
        await endorsements.give(tx, await proposals.by_number(tx, 1), ella)
        vote = await opened(tx, "majority", parameters={"quorum": quorum}, proxies_max=1)
        await proxies.give(tx, vote, giver=ella, holder=ana)
        await cast(tx, vote, ana, "for")
        await cast(tx, vote, ben, "against")
        await room.enter(tx, vote, by=ana, present=[charlie.id], figures={"for": 1})
        await room.confirm(tx, vote, by=dora)
    counted = await same(place, tmp_path, capsys)
    assert (counted.verdict, [one.is_met for one in counted.quorums]) == ("adopted", [True, True])
    async with place.database.transaction() as tx:
        # What happens to the text later changes nothing of a vote that was counted.
        text = await proposals.by_number(tx, 1)
        text.state = proposals.OPEN[0]
        ana, ben, *_ = await everybody(tx)
        await endorsements.give(tx, text, ben)
        await proposals.revise(tx, text, by=ana, title="Un jardin", text="Ailleurs.")
    again = await recounted(place, tmp_path, capsys)
    assert [one["have"] for one in again["quorums"]] == [one.have for one in counted.quorums]


def _everybody() -> dict[str, Any]:
    return {"kind": "participation", "num": 1, "den": 1}


def _voices(ending: str, people: list[Member]) -> list[tuple[Member, bool]]:
    ana, _ben, charlie, dora, ella = people
    if ending == "unreasonable":
        return [(ana, True), (charlie, True), (dora, True), (ella, False)]
    if ending == "not unreasonable":
        return [(ana, True), (charlie, False), (dora, True)]
    return [(charlie, True), (dora, True)] if ending == "appealed" else []


async def _with_another_text(tx: Transaction, vote: Vote, voters: tuple[Member, ...]) -> Vote:
    [ana, *_] = await everybody(tx)
    end = clock.now() + timedelta(days=9)
    again = await votes.change_text(
        tx, vote, by=ana, title="Un jardin", text="Sur la butte.", note="Au sec", closes_at=end
    )
    for voter in voters:
        await cast(tx, again, voter, "consent")
    return again
