"""Membership from asking to leaving: who votes from when, who answers newcomers, what ends."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from node import clock
from node.assembly import (
    access,
    invitations,
    joining,
    journal,
    leaving,
    members,
    people,
    proposals,
    rules,
    votes,
    welcoming,
)
from node.database import Database, Transaction
from node.errors import Gone, Invalid, NotFound, NotNow, Refusal, TooMany
from node.federation import timers
from node.models import Actor, Assembly, JoinRequest, Member, Proposal, Voter
from tests.assembly.conftest import later
from tests.conftest import Travel


async def adopt(tx: Transaction, ana: Member, ben: Member) -> str:
    """An adopted decision of the assembly, by its label."""
    text = await proposals.publish(tx, carrier=ben, title="Exclure", text="Oui.")
    vote = await votes.open_vote(tx, text, by=ben, closes_at=later(days=2))
    for one in (ana, ben):
        await votes.cast_ballot(tx, vote, one, "for", version_digest=vote.version.digest)
    decision = await votes.close_vote(tx, vote, by=ana)
    assert decision is not None
    return decision.label


async def ask(tx: Transaction, name: str = "Nadia", **more: str) -> tuple[JoinRequest, str]:
    return await joining.ask(tx, name=name, reason="Je viens d'arriver.", **more)


async def test_a_person_who_asks_is_nobody_until_a_person_answers(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    asked, secret = await ask(tx, contact="nadia@poste.example")
    assert asked.member is not None
    assert (asked.member.state, asked.member.admitted_at) == ("asked", None)
    assert [one.handle for one in await members.all_present(tx)] == ["ana"]
    assert await members.count(tx) == 1
    with pytest.raises(NotFound):
        await members.by_handle(tx, "nadia")
    found = await joining.by_secret(tx, f" {secret.upper().replace('-', ' ')}")
    assert found.id == asked.id
    nadia = await joining.admit(tx, asked, by=ana, message="Bienvenue !")
    assert (nadia.state, nadia.handle) == ("member", "nadia")
    assert nadia.votes_from == nadia.admitted_at
    assert (asked.contact, asked.reason, asked.message) == ("", "", "Bienvenue !")
    link = await access.use_link(tx, access.by_hand(secret))
    assert link.member_id == nadia.id
    with pytest.raises(Gone):
        await access.use_link(tx, access.by_hand(secret))
    with pytest.raises(NotNow):
        await joining.refuse(tx, asked, by=ana)
    with pytest.raises(NotFound):
        await joining.by_secret(tx, "abcd-efgh")


async def test_nothing_is_kept_of_a_refusal_but_its_message(
    tx: Transaction, assembly: Assembly, ana: Member, ben: Member, travel: Travel
) -> None:
    asked, secret = await ask(tx, contact="nadia@poste.example")
    with pytest.raises(Refusal):
        await joining.refuse(tx, asked, by=ben)
    await joining.refuse(tx, asked, by=ana, message="Pas cette fois.")
    assert await tx.scalar(select(func.count()).select_from(Member)) == 2
    assert await tx.scalar(select(Actor.id).where(Actor.handle == "nadia")) is None
    again = await joining.by_secret(tx, secret)
    assert (again.is_admitted, again.message, again.member) == (False, "Pas cette fois.", None)
    travel(days=31)
    await ask(tx, "Omar")
    with pytest.raises(NotFound):
        await joining.by_secret(tx, secret)


async def test_a_request_can_be_taken_back(tx: Transaction, assembly: Assembly) -> None:
    asked, secret = await ask(tx)
    await joining.take_back(tx, asked)
    with pytest.raises(NotFound):
        await joining.by_secret(tx, secret)
    assert await tx.scalar(select(Actor.id).where(Actor.handle == "nadia")) is None
    with pytest.raises(NotNow):
        await joining.take_back(tx, asked)


async def test_a_request_that_was_answered_is_not_taken_back(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    for name, answer in (("Nadia", joining.admit), ("Omar", joining.refuse)):
        asked, secret = await ask(tx, name)
        await answer(tx, asked, by=ana)
        with pytest.raises(NotNow) as refused:
            await joining.take_back(tx, asked)
        assert refused.value.code == "answered-already"
        assert await joining.by_secret(tx, secret) is asked
    assert await members.count(tx) == 2


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"name": " ", "reason": ""}, ["name-missing", "join-reason-missing"]),
        ({"name": "x" * 81, "reason": "Oui."}, ["join-too-long"]),
        ({"name": "N", "reason": "Oui.", "contact": "x" * 201}, ["join-too-long"]),
    ],
)
async def test_a_request_says_who_and_why(
    tx: Transaction, assembly: Assembly, given: dict[str, str], codes: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await joining.ask(tx, **given)
    assert [one.code for one in refused.value.problems] == codes


async def test_ten_ask_a_day_and_twenty_wait(
    tx: Transaction, assembly: Assembly, travel: Travel
) -> None:
    for number in range(10):
        await ask(tx, f"Un {number}")
    with pytest.raises(TooMany) as today:
        await ask(tx)
    assert today.value.code == "asked-enough-today"
    travel(hours=25)
    for number in range(10):
        await ask(tx, f"Deux {number}")
    travel(hours=25)
    with pytest.raises(TooMany) as waiting:
        await ask(tx)
    assert waiting.value.code == "enough-wait"


async def test_of_two_answers_at_once_one_counts(database: Database) -> None:
    async with database.transaction() as tx:
        await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        asked, _ = await ask(tx)

    async def answer(act: Callable[..., object]) -> str:
        try:
            async with database.transaction() as tx:
                ana = await members.by_handle(tx, "ana")
                await act(tx, await joining.by_id(tx, asked.id), by=ana)  # type: ignore[misc]
        except NotNow as error:
            return error.code
        return "done"

    answered = await asyncio.gather(answer(joining.admit), answer(joining.refuse))
    assert sorted(answered) == ["answered-already", "done"]


async def test_newcomers_vote_from_the_day_that_the_rules_set(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, travel: Travel
) -> None:
    await rules.change(tx, "roll_after_days", 30, by=ana)
    late = await members.admit(tx, name="Tard", handle="tard")
    assert late.votes_from == (late.admitted_at or clock.now()) + timedelta(days=30)
    assert set(await members.on_roll(tx, clock.now())) == {ana.id, ben.id}
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=40))
    assert vote.electorate_count == 2
    travel(days=31)
    assert await tx.get(Voter, (vote.id, late.id)) is None
    assert len(await members.on_roll(tx, clock.now())) == 3


async def test_a_request_passes_on_when_it_is_left_for_two_days(
    tx: Transaction, ana: Member, ben: Member, charlie: Member, travel: Travel
) -> None:
    asked, _ = await ask(tx)
    assert await joining.waiting_for(tx, ana) == [asked]
    for one in (ben, charlie):
        await welcoming.give(tx, one, by=ana, until=later(days=90))
    await welcoming.give(tx, ben, by=ana, until=None)
    assert await joining.waiting_for(tx, ana) == []
    assert await joining.waiting_for(tx, ben) == [asked]
    travel(hours=49)
    assert await joining.waiting_for(tx, ben) == []
    assert await joining.waiting_for(tx, charlie) == [asked]
    travel(hours=48)
    assert await joining.waiting_for(tx, ben) == [asked]
    await joining.take_up(tx, asked, by=charlie)
    assert await joining.waiting_for(tx, charlie) == [asked]
    with pytest.raises(NotFound):
        await joining.by_id(tx, 1)
    travel(days=90)
    assert await joining.waiting_for(tx, ana) == [asked]
    await welcoming.end(tx, ben, by=ana)
    assert welcoming.on_duty(asked, []) is None


async def test_leaving_closes_every_door(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    await members.publish(tx, ben)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))
    secret = await access.open_session(tx, ben)
    link = await access.make_link(tx, access.SIGN_IN, member=ben)
    token = await access.make_token(tx, ben, name="phone", scopes="read")
    await welcoming.give(tx, ben, by=ana, until=None)
    await leaving.leave(tx, ben, reason=" Je déménage. ")
    assert (ben.state, ben.left_because, ben.is_published) == ("left", "Je déménage.", False)
    assert await access.in_session(tx, secret) is None
    for closed in (access.look_at_link(tx, link), access.with_token(tx, token, "read")):
        with pytest.raises(NotFound):
            await closed
    assert await welcoming.holders(tx) == [ana]
    assert await members.count(tx) == 1
    # The roll was frozen with them on it.
    assert await tx.get(Voter, (vote.id, ben.id)) is not None
    with pytest.raises(NotNow):
        await leaving.leave(tx, ben)
    with pytest.raises(NotNow) as last:
        await leaving.leave(tx, ana)
    assert last.value.code == "last-in-charge"
    await leaving.readmit(tx, ben, by=ana)
    assert (await members.by_handle(tx, "ben")).left_at is None


async def test_only_the_assembly_excludes(tx: Transaction, ana: Member, ben: Member) -> None:
    charlie = await members.admit(tx, name="Charlie", handle="charlie")
    label = await adopt(tx, ana, ben)
    reason = "Menaces répétées."
    with pytest.raises(Refusal):
        await leaving.exclude(tx, charlie, by=ben, reason=reason, decision=label)
    with pytest.raises(NotNow):
        await leaving.exclude(tx, ana, by=ana, reason=reason, decision=label)
    for given, codes in (
        (("", ""), ["reason-missing", "decision-missing"]),
        ((reason, "2020-99"), ["decision-unknown"]),
        ((reason, "hier"), ["decision-unknown"]),
    ):
        with pytest.raises(Invalid) as refused:
            await leaving.exclude(tx, charlie, by=ana, reason=given[0], decision=given[1])
        assert [one.code for one in refused.value.problems] == codes
    await leaving.exclude(tx, charlie, by=ana, reason=reason, decision="n° 1")
    assert (charlie.state, charlie.left_by_decision) == ("excluded", label)
    act, who = (await journal.listed(tx, "excluded"))[0]
    assert (act.subject, act.decision, act.reason, who) == ("charlie", label, reason, "Ana Morel")
    with pytest.raises(Invalid):
        await leaving.readmit(tx, charlie, by=ana)
    await leaving.readmit(tx, charlie, by=ana, decision=label)
    with pytest.raises(NotNow):
        await leaving.readmit(tx, charlie, by=ana, decision=label)


async def test_an_invitation_admits_so_many_and_no_more(
    tx: Transaction, assembly: Assembly, ana: Member, ben: Member, travel: Travel
) -> None:
    with pytest.raises(Refusal):
        await invitations.make(tx, by=ben)
    with pytest.raises(Invalid) as refused:
        await invitations.make(tx, by=ana, name="Jo", uses=2, days=0)
    codes = [one.code for one in refused.value.problems]
    assert codes == ["invitation-for-one", "invitation-days"]
    made, secret = await invitations.make(tx, by=ana, label="Marché", uses=2)
    for name in ("Malik", "Nour"):
        member = await invitations.accept(tx, secret.replace("-", ""), name=name)
        assert member.state == "member"
    with pytest.raises(Gone):
        await invitations.accept(tx, secret, name="Omar")
    old, late = await invitations.make(tx, by=ana)
    travel(days=15)
    with pytest.raises(Gone):
        await invitations.accept(tx, late, name="Omar")
    with pytest.raises(NotFound):
        await invitations.look_at(tx, "abcd")
    assert (made.used_count, old.used_count) == (2, 0)
    assert list(await invitations.listed(tx)) == []


async def test_somebody_invited_by_name_waits_for_their_paper(
    tx: Transaction, assembly: Assembly, ana: Member, travel: Travel
) -> None:
    _made, secret = await invitations.make(tx, by=ana, name="Jeanne Martin")
    assert await members.count(tx) == 1
    assert [one.state for one in await members.everybody(tx)] == ["member", "invited"]
    jeanne = await invitations.accept(tx, secret, name="Jeanne")
    assert (jeanne.handle, jeanne.name, jeanne.state) == ("jeanne_martin", "Jeanne", "member")
    other, paper = await invitations.make(tx, by=ana, name="Karim")
    await invitations.revoke(tx, other.id, by=ana)
    with pytest.raises(Gone):
        await invitations.look_at(tx, paper)
    with pytest.raises(NotFound):
        await invitations.revoke(tx, other.id, by=ana)
    await invitations.make(tx, by=ana, name="Lise")
    travel(days=15)
    await timers.prune(tx)
    assert [one.handle for one in await members.everybody(tx)] == ["ana", "jeanne_martin"]


async def test_an_invitation_for_one_brought_twice_at_once_admits_one(database: Database) -> None:
    async with database.transaction() as tx:
        ana = await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        _, secret = await invitations.make(tx, by=ana)

    async def bring(name: str) -> bool:
        try:
            async with database.transaction() as tx:
                await invitations.accept(tx, secret, name=name)
        except Gone:
            return False
        return True

    assert sorted(await asyncio.gather(bring("Malik"), bring("Nour"))) == [False, True]
    async with database.read() as tx:
        assert await members.count(tx) == 2


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"uses": 0}, ["invitation-uses"]),
        ({"uses": 201}, ["invitation-uses"]),
        ({"uses": 200, "days": 91}, ["invitation-days"]),
        ({"label": "x" * 81}, ["join-too-long"]),
        ({"name": "x" * 81, "label": "x" * 81}, ["join-too-long", "join-too-long"]),
    ],
)
async def test_an_invitation_has_bounds(
    tx: Transaction, ana: Member, given: dict[str, object], codes: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await invitations.make(tx, by=ana, **given)  # type: ignore[arg-type]
    assert [one.code for one in refused.value.problems] == codes
    assert list(await invitations.listed(tx)) == []
    assert [one.handle for one in await members.everybody(tx)] == ["ana"]


async def test_whoever_came_by_their_paper_stays_when_it_is_revoked(
    tx: Transaction, assembly: Assembly, ana: Member, ben: Member
) -> None:
    made, secret = await invitations.make(tx, by=ana, name="Jeanne Martin")
    with pytest.raises(Refusal):
        await invitations.revoke(tx, made.id, by=ben)
    jeanne = await invitations.accept(tx, secret, name=" ")
    assert jeanne.name == "Jeanne Martin"
    await invitations.revoke(tx, made.id, by=ana)
    assert await members.by_handle(tx, "jeanne_martin") is jeanne


async def test_the_welcome_is_given_to_members_and_ended_for_one(
    tx: Transaction, ana: Member, ben: Member, charlie: Member
) -> None:
    for one in (ben, charlie):
        await welcoming.give(tx, one, by=ana, until=None)
    await welcoming.end(tx, charlie, by=ana)
    assert await welcoming.holders(tx) == [ben]
    await welcoming.end(tx, ana, by=ana)
    assert len(await journal.listed(tx, "duty-ended")) == 1
    await leaving.leave(tx, charlie)
    with pytest.raises(NotNow) as refused:
        await welcoming.give(tx, charlie, by=ana, until=None)
    assert refused.value.code == "not-a-member"


async def test_a_member_has_a_number_until_they_leave(
    tx: Transaction, ana: Member, ben: Member
) -> None:
    assert await members.by_id(tx, ben.id) is ben
    await leaving.leave(tx, ben)
    for number in (ben.id, 7):
        with pytest.raises(NotFound):
            await members.by_id(tx, number)


async def test_an_act_rests_on_a_decision_that_was_adopted(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2))
    await votes.cast_ballot(tx, vote, ben, "against", version_digest=vote.version.digest)
    rejected = await votes.close_vote(tx, vote, by=ana)
    assert rejected is not None
    adopted = await adopt(tx, ana, ben)
    for written in (rejected.label, f"n° {rejected.number}"):
        with pytest.raises(Invalid) as refused:
            await journal.decision_label(tx, written)
        assert [one.code for one in refused.value.problems] == ["decision-not-adopted"]
    assert await journal.decision_label(tx, "2") == adopted


async def test_the_log_is_read_by_kind_and_page(
    tx: Transaction, assembly: Assembly, ana: Member, ben: Member
) -> None:
    await rules.change(tx, "days", 14, by=ana, why="Plus de temps.")
    await leaving.leave(tx, ben)
    assert [act.kind for act, _ in await journal.listed(tx)][:2] == ["left", "rule-changed"]
    [(changed, who)] = await journal.listed(tx, "rule-changed")
    assert (changed.subject, changed.reason, who) == ("days", "Plus de temps.", "Ana Morel")
    assert {act.kind for act, _ in await journal.listed(tx, before=changed.id)} == {"admitted"}
    assert await journal.kinds(tx) == ["admitted", "left", "rule-changed"]


async def test_who_is_published_no_more_is_said_to_be_gone(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    with pytest.raises(NotFound):
        await people.called(tx, "ana")
    await members.publish(tx, ana)
    assert (await people.called(tx, "ANA")).name == "Ana Morel"
    await members.unpublish(tx, ana)
    with pytest.raises(Gone):
        await people.called(tx, "ana")


@pytest.mark.parametrize(("months", "days"), [(1, 30), (6, 182), (12, 365), (60, 1825)])
def test_a_term_is_of_so_many_months(months: int, days: int) -> None:
    spent = welcoming.term_end(months) - clock.now()
    assert abs(spent - timedelta(days=days)) < timedelta(minutes=1)
