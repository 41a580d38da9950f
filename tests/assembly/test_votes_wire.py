"""How a vote is told to other servers: as a poll where one can answer, as a note where not."""

import json
from typing import Any

import pytest

from node.assembly import assemblies, votes
from node.database import Transaction
from node.federation.objects import vote as vote_object
from node.models import Member, Proposal, Vote
from tests.assembly.conftest import later, somebody

OPTIONS = [{"text": "Un banc"}, {"text": "Un kiosque"}]


async def told(tx: Transaction, vote: Vote) -> dict[str, Any]:
    """What other servers are told of a vote."""
    counted, people = await votes.opinions(tx, vote), await votes.opinion_givers(tx, vote)
    return vote_object.question(vote, counted, await assemblies.the(tx), people=people)


async def opened(tx: Transaction, proposal: Proposal, by: Member, name: str, **more: Any) -> Vote:
    """Open a vote by a method."""
    on = votes.Terms(method=name, **more)
    return await votes.open_vote(tx, proposal, by=by, closes_at=later(days=2), on=on)


@pytest.mark.parametrize(
    ("name", "more", "kind", "answers"),
    [
        ("majority", {}, "Question", "oneOf"),
        ("majority", {"poll_ballots": True}, "Question", "oneOf"),
        ("majority", {"is_secret": True}, "Note", None),
        ("consent", {}, "Question", "oneOf"),
        ("single", {"options": OPTIONS}, "Question", "oneOf"),
        ("approval", {"options": OPTIONS}, "Question", "anyOf"),
        ("schulze", {"options": OPTIONS}, "Note", None),
        ("majority_judgment", {"options": OPTIONS}, "Note", None),
    ],
)
async def test_only_what_a_poll_can_say_is_a_poll(
    tx: Transaction, proposal: Proposal, ben: Member, name: str, more: dict[str, Any], kind: str,
    answers: str | None,
) -> None:  # fmt: skip
    vote = await opened(tx, proposal, ben, name, **more)
    document = await told(tx, vote)
    assert document["type"] == kind
    found = [key for key in ("oneOf", "anyOf") if key in document]
    assert found == ([answers] if answers else [])
    about = document["assembly"]
    assert about["secret"] is vote.is_secret
    assert about["pollBallots"] is vote.poll_ballots
    assert about["textDigest"] == vote.version.digest
    if "options" in more:
        assert about["optionCodes"] == ["o1", "o2"]
    worth = {"is_secret": "bulletin secret", "poll_ballots": "vaut alors bulletin"}
    for term, sentence in worth.items():
        assert (sentence in document["content"]) is bool(more.get(term))


async def test_several_answers_of_one_account_are_one_voter(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    vote = await opened(tx, proposal, ben, "approval", options=OPTIONS)
    zoe = await somebody(tx)
    for code in ("o1", "o2"):
        await votes.hear(tx, vote, zoe, code, uri=None)
    document = await told(tx, vote)
    assert document["votersCount"] == 1
    assert [one["replies"]["totalItems"] for one in document["anyOf"]] == [1, 1]


async def test_a_decision_says_its_rule_its_quorum_and_its_secrecy(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    quorum = {"quorum": {"kind": "participation", "num": 1, "den": 2}}
    vote = await opened(tx, proposal, ben, "majority", is_secret=True, parameters=quorum)
    for voter in (ana, ben, charlie):
        await votes.cast_ballot(tx, vote, voter, "for", version_digest=vote.version.digest)
    decision = await votes.close(tx, vote)
    assert decision is not None
    # What the end of the transaction makes of it is told by the listeners.
    await tx.finish()
    written = json.loads(decision.document or "{}")["assembly"]
    assert (written["secret"], written["turnout"], written["outcome"]) == (True, 3, "adopted")
    assert written["quorum"]["met"] is True
    assert written["tally"][0] == {"code": "for", "n": 3}
    assert written["rule"]["quorum"][0]["kind"] == "participation"
    assert written["ballotsDigest"].startswith("zQm")


async def test_an_end_without_a_count_is_told(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    vote = await opened(tx, proposal, ben, "majority")
    await votes.cancel(tx, vote, by=ben, reason="Une annexe manque.")
    document = await told(tx, vote)
    assert document["closed"]
    assert document["assembly"]["cancelled"] is True
