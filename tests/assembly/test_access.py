"""How a member gets in: links that open once, passwords, sessions, tokens with scopes."""

import asyncio

import pytest
from sqlalchemy import select

from node.assembly import access, members
from node.database import Database, Transaction
from node.errors import Gone, Invalid, NotFound, Refusal
from node.models import AccessToken, Member, OneTimeLink
from tests.conftest import Travel


async def test_a_link_opens_the_door_once(tx: Transaction, ana: Member) -> None:
    secret = await access.make_link(tx, access.SIGN_IN, member=ana)
    assert (await access.look_at_link(tx, secret)).member_id == ana.id
    assert (await access.use_link(tx, secret)).purpose == access.SIGN_IN
    with pytest.raises(Gone):
        await access.use_link(tx, secret)
    with pytest.raises(NotFound):
        await access.use_link(tx, "other")
    [kept] = await tx.all(select(OneTimeLink))
    assert secret not in kept.digest


async def test_a_link_is_good_for_an_hour(tx: Transaction, ana: Member, travel: Travel) -> None:
    secret = await access.make_link(tx, access.SIGN_IN, member=ana)
    travel(minutes=59)
    await access.look_at_link(tx, secret)
    travel(minutes=2)
    with pytest.raises(Gone):
        await access.use_link(tx, secret)


async def test_the_first_link_is_spent_once_there_is_a_member(tx: Transaction) -> None:
    secret = await access.make_link(tx, access.FIRST_MEMBER)
    await access.look_at_link(tx, secret)
    await members.admit(tx, name="Ana")
    with pytest.raises(Gone):
        await access.use_link(tx, secret)


async def test_of_two_who_open_a_link_at_once_one_comes_in(database: Database) -> None:
    async with database.transaction() as tx:
        ana = await members.admit(tx, name="Ana")
        secret = await access.make_link(tx, access.SIGN_IN, member=ana)

    async def use() -> None:
        async with database.transaction() as tx:
            await access.use_link(tx, secret)

    outcomes = await asyncio.gather(*(use() for _ in range(4)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in outcomes) == ["Gone", "Gone", "Gone", "NoneType"]


async def test_a_session_lasts_until_it_is_closed_or_too_old(
    tx: Transaction, ana: Member, travel: Travel
) -> None:
    first, second = await access.open_session(tx, ana), await access.open_session(tx, ana)
    for secret in (first, second):
        found = await access.in_session(tx, secret)
        assert found is not None
        assert found.id == ana.id
    await access.close_session(tx, first)
    assert await access.in_session(tx, first) is None
    travel(days=31)
    assert await access.in_session(tx, second) is None
    assert await access.in_session(tx, "other") is None


async def test_a_new_password_ends_every_session(tx: Transaction, ana: Member) -> None:
    secret = await access.open_session(tx, ana)
    kept = access.hash_password("correct horse battery")
    await access.set_password(tx, ana, kept)
    assert await access.in_session(tx, secret) is None
    assert access.password_fits(ana.password_hash, "correct horse battery")
    assert not access.password_fits(ana.password_hash, "wrong horse battery")
    assert not access.password_fits(None, "correct horse battery")
    assert not access.password_fits("no hash at all", "correct horse battery")


@pytest.mark.parametrize(("password", "is_good"), [("x" * 11, False), ("x" * 12, True)])
def test_a_password_has_at_least_twelve_characters(password: str, is_good: bool) -> None:
    if is_good:
        access.check_password(password)
        return
    with pytest.raises(Invalid):
        access.check_password(password)


@pytest.mark.parametrize(
    ("granted", "asked", "may"),
    [
        ("read", "read", True),
        ("read", "read:statuses", True),
        ("read:statuses", "read:statuses", True),
        ("read:statuses", "read", False),
        ("read:statuses", "read:accounts", False),
        ("read", "write", False),
        (" read   write ", "write:statuses", True),
    ],
)
async def test_a_token_allows_what_it_was_made_for(
    tx: Transaction, ana: Member, granted: str, asked: str, may: bool
) -> None:
    secret = await access.make_token(tx, ana, name="Appli", scopes=granted)
    if may:
        assert (await access.with_token(tx, secret, asked)).id == ana.id
        return
    with pytest.raises(Refusal) as refused:
        await access.with_token(tx, secret, asked)
    assert refused.value.code == "scope-missing"


@pytest.mark.parametrize("scopes", ["", "admin", "read admin"])
async def test_a_scope_that_nobody_knows_is_refused(
    tx: Transaction, ana: Member, scopes: str
) -> None:
    with pytest.raises(Invalid):
        await access.make_token(tx, ana, name="Appli", scopes=scopes)


async def test_who_left_comes_in_by_no_door(tx: Transaction, ana: Member) -> None:
    link = await access.make_link(tx, access.SIGN_IN, member=ana)
    session = await access.open_session(tx, ana)
    token = await access.make_token(tx, ana, name="Appli", scopes="read")
    await tx.flush()
    ana.left_at = ana.admitted_at
    await tx.flush()
    assert await access.in_session(tx, session) is None
    with pytest.raises(Gone):
        await access.use_link(tx, link)
    with pytest.raises(NotFound):
        await access.with_token(tx, token, "read")
    with pytest.raises(NotFound):
        await access.with_token(tx, "other", "read")


async def test_a_revoked_token_opens_nothing(tx: Transaction, ana: Member) -> None:
    secret = await access.make_token(tx, ana, name="Appli", scopes="read")
    [kept] = await tx.all(select(AccessToken))
    kept.revoked_at = kept.created_at
    await tx.flush()
    with pytest.raises(NotFound):
        await access.with_token(tx, secret, "read")
