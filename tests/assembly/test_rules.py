"""The rules of the assembly: what holds at first, who changes them, and what the log says."""

import pytest

from node.assembly import journal, method, rules, votes
from node.database import Transaction
from node.errors import Invalid, NotFound, Refusal
from node.models import Assembly, Member, Proposal, RuleSetting
from tests.assembly.conftest import later
from tests.assembly.test_members_states import adopt


async def test_a_node_begins_with_the_usual_rules(tx: Transaction, assembly: Assembly) -> None:
    found = await rules.current(tx)
    assert found == rules.Rules() == await rules.defaults(tx)
    assert found.allowed_methods == tuple(method.every())
    assert (found.method, found.roll_after_days, found.poll_ballots) == ("majority", 0, False)
    assert found.problems(method="majority", poll_ballots=True, proxies_max=10) == []


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("methods", ["majority", "consent"], ("consent", "majority")),
        ("method", "consent", "consent"),
        ("quorum", [{"kind": "approval", "num": 1, "den": 3}], None),
        ("quorum", [], ()),
        ("second_quorum", "none", "none"),
        ("days", 14, 14),
        ("roll_after_days", 30, 30),
        ("term_months", 0, 0),
        ("is_secret", True, True),
        ("hides_results", False, False),
        ("poll_when", "usual", "usual"),
        ("proxies_most", 2, 2),
        ("endorsements", 5, 5),
    ],
)
async def test_a_rule_is_changed_and_kept(
    tx: Transaction, ana: Member, name: str, value: object, kept: object
) -> None:
    before = await rules.current(tx)
    is_new = await rules.change(tx, name, value, by=ana)
    after = await rules.current(tx)
    assert is_new is (before != after)
    assert rules.plain(after)[name] == value if kept is None else getattr(after, name) == kept
    assert not await rules.change(tx, name, value, by=ana)
    assert len(await journal.listed(tx, "rule-changed")) == int(is_new)


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("methods", [], "rule-choice"),
        ("methods", ["guess"], "rule-choice"),
        ("methods", "majority", "rule-choice"),
        ("methods", ["consent"], "rule-method-not-among"),
        ("method", "guess", "rule-choice"),
        ("quorum", [{"kind": "support", "num": 1, "den": 2}], "rule-choice"),
        ("quorum", [{"kind": "approval", "num": 3, "den": 2}], "share-malformed"),
        ("quorum", [{"kind": "approval", "num": None, "den": None}], "share-malformed"),
        ("quorum", "approval", "rule-choice"),
        ("days", 0, "rule-number"),
        ("days", None, "rule-number"),
        ("days", True, "rule-number"),
        ("proxies_most", 11, "rule-number"),
        ("is_secret", "yes", "rule-choice"),
        ("poll_when", "often", "rule-choice"),
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused(
    tx: Transaction, ana: Member, name: str, value: object, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await rules.change(tx, name, value, by=ana)
    assert [one.code for one in refused.value.problems] == [code]
    assert await rules.current(tx) == rules.Rules()


async def test_only_those_in_charge_change_rules_and_the_log_says_why(
    tx: Transaction, ana: Member, ben: Member
) -> None:
    with pytest.raises(Refusal):
        await rules.change(tx, "days", 10, by=ben)
    with pytest.raises(NotFound):
        await rules.change(tx, "colour", "red", by=ana)
    with pytest.raises(Invalid):
        await rules.change(tx, "days", 10, by=ana, decision="99")
    label = await adopt(tx, ana, ben)
    await rules.change(tx, "days", 10, by=ana, decision=label, why="Trop court.")
    await rules.change(tx, "days", 12, by=None)
    (second, nobody), (first, who) = await journal.listed(tx, "rule-changed")
    assert (first.before, first.after) == ({"value": 7}, {"value": 10})
    assert (first.decision, first.reason, who) == (label, "Trop court.", "Ana Morel")
    assert (second.before, nobody) == ({"value": 10}, None)
    assert await journal.kinds(tx) == ["admitted", "rule-changed"]
    older = await journal.listed(tx, "rule-changed", before=second.id, limit=1)
    assert [act.id for act, _ in older] == [first.id]


async def test_a_vote_opens_on_the_terms_of_the_rules(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    await rules.change(tx, "quorum", [{"kind": "participation", "num": 1, "den": 2}], by=ana)
    await rules.change(tx, "is_secret", True, by=ana)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))
    await rules.change(tx, "is_secret", False, by=ana)
    assert vote.is_secret
    assert [one["kind"] for one in vote.rule["quorum"]] == ["participation"]


async def test_what_the_rules_forbid_is_said(tx: Transaction, ana: Member) -> None:
    await rules.change(tx, "methods", ["majority"], by=ana)
    await rules.change(tx, "poll_when", "never", by=ana)
    await rules.change(tx, "proxies_most", 0, by=ana)
    found = (await rules.current(tx)).problems(method="star", poll_ballots=True, proxies_max=1)
    assert [one.code for one in found] == [
        "method-not-in-the-rules",
        "poll-ballots-not-allowed",
        "proxies-over-the-rule",
    ]


async def test_a_rule_of_another_version_is_passed_over(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    await rules.change(tx, "days", 14, by=ana)
    tx.add(RuleSetting(name="moon", kept={"value": "full"}))
    await tx.flush()
    assert (await rules.current(tx)).days == 14


async def test_what_the_rules_do_not_allow_is_not_put_to_the_vote(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    await rules.change(tx, "methods", ["majority"], by=ana)
    on = votes.Terms(method="approval", options=[{"text": "Lundi"}, {"text": "Mardi"}])
    with pytest.raises(Invalid) as refused:
        await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    assert [one.field for one in refused.value.problems] == ["method"]
