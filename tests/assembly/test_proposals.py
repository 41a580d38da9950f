"""Texts put to the assembly are numbered, keep every version, and freeze."""

import asyncio
from typing import Any

import pytest

from node import digests
from node.assembly import decisions, members, proposals, votes
from node.assembly.proposals import TEXT_MAX, TITLE_MAX
from node.database import Database, Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Member, Proposal, State, Vote
from tests.assembly.conftest import later


async def test_a_text_is_published_with_its_number_and_its_digest(
    tx: Transaction, ben: Member
) -> None:
    first = await proposals.publish(tx, carrier=ben, title=" Des  bancs ", text="À l'ombre.\r\n")
    second = await proposals.publish(tx, carrier=None, title="Une fontaine", text="Fraîche.")
    assert (first.number, second.number) == (1, 2)
    assert first.label == f"{first.year}-1"
    assert (first.title, first.state, first.language) == ("Des bancs", State.DISCUSSION, "fr")
    assert first.version.source == "À l'ombre.\n"
    assert first.version.content == "<p>À l'ombre.</p>"
    assert first.version.digest == digests.of_text("Des bancs", "À l'ombre.\n", "fr")


def test_the_digest_is_the_one_that_anybody_can_recompute() -> None:
    digest = digests.of_text("Bus de nuit, ligne 4", "La ligne 4 circule jusqu'à 1 h.\r\n", "fr")
    assert digest == "zQmVCAqmwhffAbkWmExfrL1vDVF4MDWjvSRQt4zYCUorEKG"


@pytest.mark.parametrize(
    ("title", "text", "codes"),
    [
        ("", "Un texte.", ["title-missing"]),
        (" \u200b ", "Un texte.", ["title-missing"]),
        ("x" * (TITLE_MAX + 1), "Un texte.", ["title-too-long"]),
        ("Un titre", " \n ", ["text-missing"]),
        ("Un titre", "x" * (TEXT_MAX + 1), ["text-too-long"]),
        ("", "", ["title-missing", "text-missing"]),
    ],
)
async def test_a_form_that_lacks_something_says_so_field_by_field(
    tx: Transaction, title: str, text: str, codes: list[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await proposals.publish(tx, carrier=None, title=title, text=text)
    assert [problem.code for problem in refused.value.problems] == codes


async def test_a_method_that_nobody_knows_is_refused(tx: Transaction) -> None:
    with pytest.raises(Invalid) as refused:
        await proposals.publish(
            tx, carrier=None, title="Un titre", text="Un texte.", method_name="oracle"
        )
    assert refused.value.problems[0].code == "method-unknown"


async def test_a_revision_keeps_the_versions_before_it(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    before = proposal.version.digest
    version = await proposals.revise(
        tx, proposal, by=ben, title="Trois bancs", text="Au soleil.", note=" plus  chaud "
    )
    assert (version.number, version.note) == (2, "plus chaud")
    assert [one.source for one in proposal.versions] == ["À l'ombre.\n", "Au soleil.\n"]
    assert (proposal.title, proposal.versions[0].title) == ("Trois bancs", "Des bancs")
    assert proposal.versions[0].digest == before != version.digest
    found = await proposals.by_number(tx, proposal.number)
    assert found.version.number == 2


async def test_a_revision_that_changes_nothing_is_none(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    with pytest.raises(Invalid) as refused:
        await proposals.revise(tx, proposal, by=ben, title="Des bancs", text="À l'ombre.  \n")
    assert refused.value.problems[0].code == "text-unchanged"


async def test_only_who_carries_a_text_or_is_in_charge_changes_it(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    with pytest.raises(Refusal):
        await proposals.revise(tx, proposal, by=charlie, title="Des bancs", text="Nulle part.")
    with pytest.raises(Refusal):
        await proposals.withdraw(tx, proposal, by=charlie, reason="Je n'en veux pas.")
    with pytest.raises(Refusal):
        await votes.open_vote(tx, proposal, by=charlie, closes_at=later(days=1))
    assert not proposals.may_carry(proposal, None)
    await proposals.revise(tx, proposal, by=ana, title="Des bancs", text="Partout.")
    await proposals.revise(tx, proposal, by=ben, title="Des bancs", text="Ici.")
    assert len(proposal.versions) == 3


async def test_a_text_that_is_withdrawn_stays_and_its_end_is_entered(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    with pytest.raises(Invalid):
        await proposals.withdraw(tx, proposal, by=ben, reason=" ")
    await proposals.withdraw(tx, proposal, by=ben, reason="Il y en a déjà.")
    assert proposal.state is State.WITHDRAWN
    decision = await decisions.about(tx, proposal)
    assert decision is not None
    assert (decision.outcome, decision.statement) == ("withdrawn", "Il y en a déjà.")


@pytest.mark.parametrize("state", [State.FROZEN, State.VOTE, State.DECIDED, State.WITHDRAWN])
async def test_a_text_out_of_discussion_is_neither_revised_nor_withdrawn(
    tx: Transaction, proposal: Proposal, ben: Member, state: State
) -> None:
    tx.events.clear()
    proposal.state = state
    with pytest.raises(NotNow):
        await proposals.revise(tx, proposal, by=ben, title="Des bancs", text="Trop tard.")
    with pytest.raises(NotNow):
        await proposals.withdraw(tx, proposal, by=ben, reason="Trop tard.")
    assert len(proposal.versions) == 1


async def test_proposals_are_found_by_number_and_listed_by_state(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    second = await proposals.publish(tx, carrier=None, title="Une fontaine", text="Fraîche.")
    await proposals.withdraw(tx, proposal, by=ben, reason="Non.")
    assert [one.number for one in await proposals.listed(tx)] == [2, 1]
    assert [one.id for one in await proposals.listed(tx, State.DISCUSSION)] == [second.id]
    with pytest.raises(NotFound):
        await proposals.by_number(tx, 17)
    with pytest.raises(NotFound):
        await proposals.locked(tx, Proposal(number=17, year=2026, title="Rien"))


async def at_once(database: Database, *acts: Any) -> list[Any]:
    """Let several people act at the same moment, each having seen the same state before."""

    async def one(act: Any) -> Any:
        async with database.transaction() as tx:
            proposal = await proposals.by_number(tx, 1)
            ana = await members.by_handle(tx, "ana")
            return await act(tx, proposal, ana)

    return await asyncio.gather(*(one(act) for act in acts), return_exceptions=True)


async def revise(tx: Transaction, proposal: Proposal, ana: Member, text: str = "Ici.") -> None:
    await proposals.revise(tx, proposal, by=ana, title="Des bancs", text=text)


async def open_vote(tx: Transaction, proposal: Proposal, ana: Member) -> None:
    await votes.open_vote(tx, proposal, by=ana, closes_at=later(days=1))


async def found_twice(database: Database) -> None:
    async with database.transaction() as tx:
        await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        await proposals.publish(tx, carrier=None, title="Des bancs", text="À l'ombre.")


async def test_texts_published_at_once_have_numbers_of_their_own(database: Database) -> None:
    async def publish(number: int) -> int:
        async with database.transaction() as tx:
            made = await proposals.publish(tx, carrier=None, title=f"N° {number}", text="Texte.")
            return made.number

    assert sorted(await asyncio.gather(*(publish(n) for n in range(6)))) == [1, 2, 3, 4, 5, 6]


async def test_two_who_revise_at_once_make_two_versions(database: Database) -> None:
    await found_twice(database)

    async def otherwise(tx: Transaction, proposal: Proposal, ana: Member) -> None:
        await revise(tx, proposal, ana, "Là-bas.")

    assert await at_once(database, revise, otherwise) == [None, None]
    async with database.read() as tx:
        found = await proposals.by_number(tx, 1)
    assert [version.number for version in found.versions] == [1, 2, 3]


async def test_a_text_revised_while_the_vote_opens_is_in_the_vote_or_not_revised(
    database: Database,
) -> None:
    await found_twice(database)
    outcomes = await at_once(database, open_vote, revise)
    assert all(one is None or isinstance(one, NotNow) for one in outcomes)
    async with database.read() as tx:
        found = await proposals.by_number(tx, 1)
        assert (await votes.on(tx, found)).version_id == found.version.id


async def test_two_who_open_the_vote_at_once_open_one(database: Database) -> None:
    await found_twice(database)
    outcomes = await at_once(database, open_vote, open_vote)
    assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "NotNow"]
    async with database.read() as tx:
        assert isinstance(await votes.on(tx, await proposals.by_number(tx, 1)), Vote)
