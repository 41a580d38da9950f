"""A member's account elsewhere: claimed by the member, confirmed by the account."""

import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import and_, or_, select

from node import clock
from node.assembly import access, assemblies, hearing
from node.assembly.events import AccountClaimed
from node.database import Transaction
from node.errors import NotFound, NotNow
from node.events import record
from node.models import AccountClaim, Actor, ActorBlock, LinkedAccount, Member
from node.models.member import MEMBER

BACK_LINK, MESSAGE = "back-link", "message"
LASTS = timedelta(hours=24)
TRIES_MOST = 5
# No letter that looks like a figure: the code is copied by hand.
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_CODE = re.compile(rf"(?<![A-Z0-9])([{_LETTERS}]{{4}})[ -]?([{_LETTERS}]{{4}})(?![A-Z0-9])")
_CANDIDATES_MOST = 10


class Reached(NamedTuple):
    """Where a member is told something, and in which language if they chose one."""

    language: str | None
    account: Actor


async def claim(tx: Transaction, member: Member, actor: Actor) -> AccountClaim:
    """Note which account elsewhere a member says is theirs, and have it asked with a code.

    Raise NotNow for an account of ours or of another member, Refusal for one that is not heard.
    """
    if actor.is_local:
        raise NotNow("that one is here already", code="link-ourselves")
    await hearing.must_be_heard(tx, actor)
    await _must_be_free(tx, member, actor)
    await withdraw(tx, member)
    code = "".join(secrets.choice(_LETTERS) for _ in range(8))
    made = AccountClaim(
        member_id=member.id,
        actor=actor,
        token=secrets.token_urlsafe(12),
        code_digest=access.digest(code),
    )
    tx.add(made)
    await tx.flush()
    record(tx, AccountClaimed(made, f"{code[:4]}-{code[4:]}"))
    return made


async def claimed(tx: Transaction, member: Member) -> AccountClaim | None:
    """Return what a member claims and the account did not confirm yet, for a day."""
    found = await tx.get(AccountClaim, member.id)
    return found if found is not None and found.claimed_at > clock.now() - LASTS else None


async def by_token(tx: Transaction, token: str) -> AccountClaim:
    """Return the claim whose page has this address. Raise NotFound."""
    found = await tx.find(select(AccountClaim).where(AccountClaim.token == token))
    if not isinstance(found, AccountClaim) or found.claimed_at <= clock.now() - LASTS:
        raise NotFound("nobody claims that")
    return found


async def enter_code(tx: Transaction, member: Member, written: str) -> bool:
    """Take the code that a member copied from the message; False when it is not the one.

    After five tries the account must be claimed anew.
    """
    found = await claimed(tx, member)
    if found is None or found.tries >= TRIES_MOST:
        raise NotNow("there is nothing to confirm", code="claim-too-old")
    if not _holds(found, written):
        found.tries += 1
        await tx.flush()
        return False
    await prove(tx, found, MESSAGE)
    return True


async def hear_code(tx: Transaction, actor: Actor, written: str) -> bool:
    """Take the code that the account itself sent back; False when it confirms nothing."""
    if not _candidates(written):
        return False
    since = clock.now() - LASTS
    statement = select(AccountClaim).where(
        AccountClaim.actor_id == actor.id, AccountClaim.claimed_at > since
    )
    for found in await tx.all(statement):
        if found.tries >= TRIES_MOST:
            continue
        if _holds(found, written):
            await prove(tx, found, MESSAGE)
            return True
        found.tries += 1
    return False


async def prove(tx: Transaction, found: AccountClaim, proof: str) -> LinkedAccount:
    """Link the account, in place of an earlier one: both sides have said so now."""
    member = await tx.get(Member, found.member_id)
    assert member is not None
    await _must_be_free(tx, member, found.actor)
    await unlink(tx, member)
    linked = LinkedAccount(member_id=member.id, actor=found.actor, proof=proof)
    tx.add(linked)
    await tx.delete(found)
    await tx.flush()
    return linked


async def linked(tx: Transaction, member: Member) -> LinkedAccount | None:
    """Return the account elsewhere that is a member's."""
    return await tx.get(LinkedAccount, member.id)


async def reached(tx: Transaction, member_ids: Sequence[int]) -> list[Reached]:
    """Return the accounts by which these members can be told something, without those blocked."""
    assembly = (await assemblies.the(tx)).actor_id
    blocks = select(ActorBlock.id).where(
        or_(
            and_(ActorBlock.blocker_id == assembly, ActorBlock.blocked_id == Actor.id),
            and_(ActorBlock.blocked_id == assembly, ActorBlock.blocker_id == Actor.id),
        )
    )
    statement = (
        select(LinkedAccount)
        .join(Member, Member.id == LinkedAccount.member_id)
        .join(Actor, Actor.id == LinkedAccount.actor_id)
        .where(Member.state == MEMBER, Member.left_at.is_(None), Actor.deleted_at.is_(None))
        .where(~blocks.exists())
        .order_by(LinkedAccount.member_id)
    )
    # All who have linked one are asked for: a list of many members would be too long to send.
    wanted = set(member_ids)
    found = [one for one in await tx.all(statement) if one.member_id in wanted]
    chosen = select(Member.id, Member.language).where(Member.language.is_not(None))
    languages = {row[0]: row[1] for row in (await tx.execute(chosen)).all()} if found else {}
    return [Reached(languages.get(one.member_id), one.actor) for one in found]


async def unlink(tx: Transaction, member: Member) -> None:
    """End the link; nothing of the membership depends on it."""
    known = await linked(tx, member)
    if known is not None:
        await tx.delete(known)
        await tx.flush()


async def withdraw(tx: Transaction, member: Member) -> None:
    """Claim nothing any more."""
    known = await tx.get(AccountClaim, member.id)
    if known is not None:
        await tx.delete(known)
        await tx.flush()


def looks_like_a_code(written: str) -> bool:
    """Say whether a text holds what could be a code, without asking the database."""
    return bool(_candidates(written))


def _candidates(written: str) -> list[str]:
    found = _CODE.findall(written[:2000].upper())
    return [first + second for first, second in found[:_CANDIDATES_MOST]]


def _holds(found: AccountClaim, written: str) -> bool:
    fits = [
        hmac.compare_digest(found.code_digest, access.digest(one)) for one in _candidates(written)
    ]
    return any(fits)


async def _must_be_free(tx: Transaction, member: Member, actor: Actor) -> None:
    statement = select(LinkedAccount.member_id).where(LinkedAccount.actor_id == actor.id)
    if await tx.scalar(statement) not in (None, member.id):
        raise NotNow("the account is another member's", code="account-taken")
