"""Votes about options: every method from its opening to its count, and what is refused."""

import json
from typing import Any

import pytest

from node.app import register_everything
from node.assembly import method, tallying, turnout, votes
from node.assembly.voting.answers import Asking
from node.database import Transaction
from node.errors import Invalid, NotNow
from node.models import Actor, Member, Proposal
from tests.assembly.conftest import later, somebody

register_everything()

OPTIONS = [{"text": "Un banc"}, {"text": "Deux bancs"}, {"text": "Un kiosque"}]
COSTS = [{**one, "cost": "100"} for one in OPTIONS]
ANSWERS: dict[str, Any] = {
    "one": "o2",
    "ranking": ["o2", ["o1", "o3"]],
    "order": ["o2", "o1"],
    "approvals": ["o2"],
    "grades": {"o1": "good", "o2": "excellent"},
    "scores": {"o1": 1, "o2": 5},
    "points": {"o2": 6, "o3": 4},
    "signs": {"o2": "+"},
    "dates": {"o1": "maybe", "o2": "yes", "o3": "no"},
}
ASSEMBLIES = {"kind": "assemblies", "num": 1, "den": 2}
BY_OPTIONS = [name for name in method.every() if method.find(name).ballot.has_options]


def terms(name: str, **more: Any) -> votes.Terms:
    """Terms of a vote about three options by a method."""
    found = method.find(name)
    costs: dict[str, Any] = {"options": COSTS, "budget": "200"} if found.has_costs else {}
    return votes.Terms(method=name, **{"options": OPTIONS, **costs, **more})


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
@pytest.mark.parametrize("name", BY_OPTIONS)
async def test_every_method_goes_from_its_opening_to_its_count(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member, name: str,
    secret: bool,
) -> None:  # fmt: skip
    on = terms(name, is_secret=secret)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    answer = ANSWERS[method.find(name).ballot.name]
    for voter in (ana, ben, charlie):
        await votes.cast_ballot(tx, vote, voter, answer, version_digest=vote.version.digest)
    decision = await votes.close(tx, vote)
    result = await votes.result(tx, vote)
    again = tallying.read(json.dumps(await votes.export(tx, vote)))
    assert again.tally().counts == result.counts
    if decision is None:
        assert not method.find(name).has_verdict
        return
    assert decision.outcome == "adopted"
    assert result.winners[0] == "o2"
    assert decision.turnout == 3
    assert all(code in ("o1", "o2", "o3") for code in decision.tally)


@pytest.mark.parametrize("name", BY_OPTIONS)
def test_no_answer_is_wider_than_its_slot(name: str) -> None:
    listed = [{"code": f"o{n}", "text": f"{n}"} for n in range(1, 41)]
    asking = Asking(name, {}, listed)
    codes = [one["code"] for one in listed]
    widest: dict[str, Any] = {
        "one": "o40",
        "ranking": [[code] for code in codes],
        "order": codes,
        "approvals": codes,
        "grades": dict.fromkeys(codes, "insufficient"),
        "scores": dict.fromkeys(codes, asking.rule.get("maximum")),
        "points": {"o1": asking.rule.get("points")},
        "signs": {"o1": "+", "o2": "+"},
        "dates": dict.fromkeys(codes, "maybe"),
    }
    kept = asking.written(widest[asking.method.ballot.name])
    assert len(kept) <= asking.width
    assert kept == kept.rstrip(" ")
    assert asking.plain(kept) == widest[asking.method.ballot.name]


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"options": []}, "options-too-few-or-many"),
        ({"options": OPTIONS[:1]}, "options-too-few-or-many"),
        ({"options": [{"text": f"{n}"} for n in range(41)]}, "options-too-few-or-many"),
        ({"options": [{"text": "Un"}, {"text": " "}]}, "option-too-long"),
        ({"options": [{"text": "Un"}, {"text": "x" * 201}]}, "option-too-long"),
        ({"options": [{"text": "Ｂanc"}, {"text": "BANC"}]}, "option-twice"),
        ({"method": "nothing"}, "method-unknown"),
        ({"parameters": {"winners": 0}}, "tally-out-of-range"),
        ({"parameters": {"quorum": ASSEMBLIES}}, "quorum-not-for-votes"),
        ({"proxies_max": 99}, "proxies-out-of-range"),
        ({"method": "equal_shares", "budget": "200"}, "cost-missing"),
        ({"method": "equal_shares", "options": COSTS}, "budget-missing"),
    ],
)  # fmt: skip
async def test_terms_that_make_no_vote_are_refused(
    tx: Transaction, proposal: Proposal, ben: Member, more: dict[str, Any], code: str
) -> None:
    given = votes.Terms(**{"method": "single", "options": OPTIONS, **more})
    with pytest.raises(Invalid) as refused:
        await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=given)
    assert code in [one.code for one in refused.value.problems]


async def test_an_option_that_does_not_exist_leaves_the_ballot_alone(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    vote = await votes.open_vote(
        tx, proposal, by=ben, closes_at=later(days=2), on=terms("majority_judgment")
    )
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, ben, {"o1": "good"}, version_digest=digest)
    for wrong in ({"o9": "good"}, {"o1": "wonderful"}, ["o1"], "o1", None):
        with pytest.raises(Invalid):
            await votes.cast_ballot(tx, vote, ben, wrong, version_digest=digest)
    assert await votes.tally(tx, vote) == {'{"o1":"good"}': 1}


async def _linked(monkeypatch: pytest.MonkeyPatch, actor: Actor, member: Member) -> None:
    async def linked(_tx: Transaction, found: Actor) -> Member | None:
        return member if found.id == actor.id else None

    monkeypatch.setattr("node.assembly.members.by_linked_account", linked)


async def test_a_linked_account_answers_for_its_member_only_where_that_was_chosen(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe = await somebody(tx)
    await _linked(monkeypatch, zoe, ana)
    closed = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))
    assert await votes.hear(tx, closed, zoe, "for", uri=None) is not None
    assert sum((await votes.tally(tx, closed)).values()) == 0
    await votes.cancel(tx, closed, by=ben, reason="Encore.")
    on = votes.Terms(method="majority", poll_ballots=True)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    assert await votes.hear(tx, vote, zoe, "for", uri=None) is None
    assert await votes.hear(tx, vote, zoe, "against", uri=None) is None
    assert (await votes.tally(tx, vote))["for"] == 1
    assert sum((await votes.opinions(tx, vote)).values()) == 0
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, ana, "abstain", version_digest=digest)
    await votes.hear(tx, vote, zoe, "against", uri=None)
    assert await votes.tally(tx, vote) == {"for": 0, "against": 0, "abstain": 1}
    stranger = await somebody(tx, "https://other.example/users/max")
    assert await votes.hear(tx, vote, stranger, "against", uri=None) is not None


async def test_several_answers_elsewhere_are_one_ballot_or_one_opinion(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    zoe, other = await somebody(tx), await somebody(tx, "https://other.example/users/max")
    await _linked(monkeypatch, zoe, ana)
    on = terms("approval", poll_ballots=True)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    for code in ("o2", "o1", "o2"):
        await votes.hear(tx, vote, zoe, code, uri=None)
        await votes.hear(tx, vote, other, code, uri=None)
    assert await votes.tally(tx, vote) == {'["o1","o2"]': 1}
    assert await votes.opinions(tx, vote) == {"o1": 1, "o2": 1, "o3": 0}
    assert await votes.opinion_givers(tx, vote) == 1


async def test_what_a_poll_cannot_say_has_no_outside_opinions(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    zoe = await somebody(tx)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=terms("schulze"))
    assert not votes.is_expressible(vote)
    with pytest.raises((Invalid, NotNow, Exception)):
        await votes.hear(tx, vote, zoe, "o1", uri=None)


@pytest.mark.parametrize(
    ("name", "given", "about"),
    [
        ("single", "o2", "o2"),
        ("schulze", ["o2", "o1"], "o2"),
        ("schulze", [["o1", "o2"], "o3"], "any"),
        ("approval", ["o3"], "o3"),
        ("approval", ["o1", "o3"], "any"),
        ("approval", [], "blank"),
        ("score", {"o1": 5}, "any"),
    ],
)
async def test_a_reason_goes_with_the_one_option_that_its_ballot_puts_first(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, name: str, given: Any, about: str
) -> None:
    options = [{"text": "Lundi"}, {"text": "Mardi"}, {"text": "Jeudi"}]
    parameters = {"maximum": 5} if name == "score" else {}
    on = votes.Terms(method=name, parameters=parameters, options=options)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, ana, given, version_digest=digest, reason="Le marché.")
    assert await turnout.reasons(tx, vote.id) == [(about, "Le marché.")]
