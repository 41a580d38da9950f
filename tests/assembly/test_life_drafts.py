"""A draft is for those who carry it; published, it is a proposal of all of them."""

import pytest
from sqlalchemy import func, select

from node.assembly import attention, drafts, members, proposals
from node.database import Transaction
from node.errors import Invalid, NotFound
from node.models import Draft, Member, OutboxItem, Proposal


async def begun(tx: Transaction, author: Member) -> Draft:
    """A draft that is not finished."""
    return await drafts.begin(tx, author, title="Des bancs", text="## Le problème\n\nRien.")


async def test_a_draft_is_seen_by_its_carriers_only(
    tx: Transaction, ana: Member, ben: Member, charlie: Member
) -> None:
    draft = await begun(tx, ben)
    await drafts.invite(tx, draft, "@charlie")
    await drafts.invite(tx, draft, "charlie")
    assert len(draft.carriers) == 1
    assert await drafts.find(tx, draft.id, charlie) is draft
    assert list(await drafts.carried(tx, charlie)) == [draft]
    assert list(await drafts.carried(tx, ana)) == []
    with pytest.raises(NotFound):
        await drafts.find(tx, draft.id, ana)
    with pytest.raises(NotFound):
        await drafts.find(tx, draft.id + 1, ben)


async def test_a_draft_is_never_sent_and_takes_no_number(tx: Transaction, ben: Member) -> None:
    await begun(tx, ben)
    assert await tx.scalar(select(func.count()).select_from(OutboxItem)) == 0
    assert await tx.scalar(select(func.count()).select_from(Proposal)) == 0


async def test_a_published_draft_is_carried_by_all(
    tx: Transaction, ben: Member, charlie: Member
) -> None:
    draft = await begun(tx, ben)
    await drafts.invite(tx, draft, "charlie")
    proposal = await drafts.publish(tx, draft, by=charlie, title="Des bancs", text="À l'ombre.")
    assert proposal.carrier is ben
    assert proposals.may_carry(proposal, charlie)
    assert list(await attention.carried(tx, charlie)) == [proposal]
    assert list(await drafts.carried(tx, ben)) == []
    await proposals.revise(tx, proposal, by=charlie, title="Des bancs", text="Au soleil.")
    with pytest.raises(NotFound):
        await drafts.publish(tx, draft, by=ben, title="Des bancs", text="À l'ombre.")


async def test_what_cannot_be_kept_is_said(tx: Transaction, ben: Member) -> None:
    draft = await begun(tx, ben)
    for title, text in (("", ""), ("a" * 201, "b"), ("a", "b" * 100_001)):
        with pytest.raises(Invalid):
            await drafts.save(tx, draft, title=title, text=text)
    for handle in ("", "personne"):
        with pytest.raises(Invalid):
            await drafts.invite(tx, draft, handle)
    await drafts.save(tx, draft, title="", text="Un début")
    with pytest.raises(Invalid):
        await drafts.publish(tx, draft, by=ben, title="", text="Un début")
    await drafts.throw_away(tx, draft)
    assert list(await drafts.carried(tx, ben)) == []


async def test_a_draft_is_kept_and_published_only_as_it_was_seen(
    tx: Transaction, ben: Member
) -> None:
    draft = await begun(tx, ben)
    seen = drafts.digest(draft)
    await drafts.save(tx, draft, title="Trois bancs", text="Au soleil.", seen=seen)
    assert drafts.digest(draft) != seen
    title, text = "Des bancs", "À l'ombre."
    with pytest.raises(drafts.Changed):
        await drafts.save(tx, draft, title=title, text=text, seen=seen)
    with pytest.raises(drafts.Changed):
        await drafts.publish(tx, draft, by=ben, title=title, text=text, seen=seen)
    with pytest.raises(drafts.Changed):
        await drafts.save(
            tx, draft, title="Trois bancs", text="Au soleil.", is_signed=True, seen=seen
        )
    assert (draft.title, draft.source, draft.is_signed) == ("Trois bancs", "Au soleil.", False)
    await drafts.save(tx, draft, title="Trois bancs", text="Au soleil.", seen=seen)
    await drafts.save(tx, draft, title=title, text=text, seen=drafts.digest(draft))
    assert draft.title == "Des bancs"


async def test_a_draft_is_carried_by_twelve_others_at_most(tx: Transaction, ben: Member) -> None:
    draft = await begun(tx, ben)
    for number in range(13):
        await members.admit(tx, name=f"Membre {number}", handle=f"m{number}")
    for number in range(12):
        await drafts.invite(tx, draft, f"m{number}")
    with pytest.raises(Invalid) as refused:
        await drafts.invite(tx, draft, "m12")
    assert [one.code for one in refused.value.problems] == ["carriers-too-many"]
    for known in ("m3", "ben"):
        await drafts.invite(tx, draft, known)
    assert len(draft.carriers) == 12
