"""Passing on what others published, in the name of the assembly."""

import pytest
from sqlalchemy import select

from node.assembly import publications, sharing
from node.assembly.events import PublicationShared, PublicationUnshared
from node.database import Transaction
from node.errors import NotFound, Refusal
from node.models import Assembly, Member, Publication
from tests.assembly.conftest import somebody


async def kept(tx: Transaction, number: int = 1) -> Publication:
    """A text of another assembly."""
    author = await somebody(tx, f"https://colline.example/g/colline{number}")
    made = Publication(
        uri=f"https://colline.example/p/{number}",
        author_id=author.id,
        type="Article",
        document="{}",
        is_public=True,
    )
    assert await publications.keep(tx, made)
    found = await publications.by_uri(tx, made.uri)
    assert found is not None
    return found


async def test_what_is_passed_on_is_passed_on_once_and_taken_back(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    one, other = await kept(tx), await kept(tx, 2)
    await sharing.share(tx, one, by=ana)
    await sharing.share(tx, one, by=ana)
    assert await sharing.is_shared(tx, one)
    assert not await sharing.is_shared(tx, other)
    [shared] = [event for event in tx.events if isinstance(event, PublicationShared)]
    assert (shared.publication, shared.uri.startswith("https://rive.example/a/")) == (one, True)
    await sharing.unshare(tx, one, by=ana)
    assert not await sharing.is_shared(tx, one)
    [taken_back] = [event for event in tx.events if isinstance(event, PublicationUnshared)]
    assert (taken_back.publication, taken_back.uri) == (one, shared.uri)
    with pytest.raises(NotFound):
        await sharing.unshare(tx, one, by=ana)
    await sharing.share(tx, one, by=ana)
    again = [event.uri for event in tx.events if isinstance(event, PublicationShared)]
    assert len(set(again)) == 2


async def test_only_those_in_charge_speak_for_the_assembly(
    tx: Transaction, assembly: Assembly, ana: Member, ben: Member
) -> None:
    one = await kept(tx)
    with pytest.raises(Refusal):
        await sharing.share(tx, one, by=ben)
    await sharing.share(tx, one, by=ana)
    with pytest.raises(Refusal):
        await sharing.unshare(tx, one, by=ben)
    assert await sharing.is_shared(tx, one)


async def test_nothing_is_kept_of_an_author_who_is_gone(
    tx: Transaction, assembly: Assembly
) -> None:
    one, other = await kept(tx), await kept(tx, 2)
    one.name, other.name = "Un pont", "Un puits"
    await tx.flush()
    await publications.forget_author(tx, one.author)
    columns = select(Publication.name, Publication.document, Publication.deleted_at.is_(None))
    rows = (await tx.execute(columns.order_by(Publication.uri))).all()
    assert [tuple(row) for row in rows] == [(None, "", False), ("Un puits", "{}", True)]
