"""How a member gets in: one-time links, passwords, sessions, access tokens."""

import functools
import hashlib
import re
import secrets
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select, update

from node import clock, ids
from node.assembly import members
from node.database import Transaction
from node.errors import Gone, Invalid, NotFound, Problem, Refusal
from node.models import AccessToken, Member, OneTimeLink, Session
from node.models.member import MEMBER

FIRST_MEMBER, NEW_MEMBER, SIGN_IN = "first-member", "new-member", "sign-in"
SESSION_LASTS = timedelta(days=30)
LINK_LASTS = timedelta(hours=1)
PASSWORD_MIN = 12
# No letter that looks like a figure or another letter.
_HAND_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
SCOPES = ("read", "write", "follow", "push")
# A small profile: one login costs 19 MiB and a few tens of milliseconds, also on a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hash_password(password: str) -> str:
    """Return what is kept of a password. Slow: call it in a thread, outside a transaction."""
    return _hasher.hash(password)


def password_fits(kept: str | None, password: str) -> bool:
    """Say whether this is the password; takes the same time when there is none (E7)."""
    try:
        return _hasher.verify(kept or _nobody(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@functools.cache
def _nobody() -> str:
    """A hash that no password fits, so that a stranger's sign-in takes as long as a member's."""
    return _hasher.hash(ids.secret())


def check_password(password: str) -> None:
    """Raise Invalid when a new password is too easy to guess."""
    if len(password) < PASSWORD_MIN:
        raise Invalid(Problem("password", "password-too-short", {"min": PASSWORD_MIN}))


def hand_secret() -> str:
    """Return a secret that people can copy by hand: 79 bits in four groups of four."""
    letters = "".join(secrets.choice(_HAND_LETTERS) for _ in range(16))
    return "-".join(letters[start : start + 4] for start in range(0, 16, 4))


def by_hand(written: str) -> str:
    """Return a secret as it is kept, however it was copied: without hyphens, in small letters."""
    return re.sub(r"[^a-z0-9]", "", written.lower())


async def make_link(
    tx: Transaction,
    purpose: str,
    *,
    member: Member | None = None,
    lasts: timedelta = LINK_LASTS,
) -> str:
    """Return the secret of a link that opens the door once. Only its digest is kept."""
    secret = ids.secret()
    tx.add(
        OneTimeLink(
            digest=digest(secret),
            purpose=purpose,
            member_id=member.id if member else None,
            expires_at=clock.now() + lasts,
        )
    )
    await tx.flush()
    return secret


async def look_at_link(tx: Transaction, secret: str) -> OneTimeLink:
    """Return the link, still unused. Raise NotFound for a wrong one, Gone for a spent one."""
    link = await tx.find(select(OneTimeLink).where(OneTimeLink.digest == digest(secret)))
    if not isinstance(link, OneTimeLink):
        raise NotFound("there is no such link", code="link-unknown")
    if link.used_at is not None or link.expires_at <= clock.now():
        raise Gone("the link was used or is too old", code="link-spent")
    if link.purpose == FIRST_MEMBER and await members.count(tx):
        raise Gone("the first member is there", code="link-spent")
    if link.member_id is not None:
        member = await tx.get(Member, link.member_id)
        if member is None or not members.is_present(member):
            raise Gone("the member has left", code="link-spent")
    return link


async def use_link(tx: Transaction, secret: str) -> OneTimeLink:
    """Spend the link. Raise like `look_at_link`."""
    link = await look_at_link(tx, secret)
    unused = update(OneTimeLink).where(OneTimeLink.id == link.id, OneTimeLink.used_at.is_(None))
    # Of two who open it at once, one does.
    if not (await tx.execute(unused.values(used_at=clock.now()))).rowcount:
        raise Gone("the link was used a moment ago", code="link-spent")
    return link


async def open_session(tx: Transaction, member: Member) -> str:
    """Return the secret of a new session; it belongs in a cookie."""
    await tx.execute(delete(Session).where(Session.expires_at <= clock.now()))
    secret = ids.secret()
    tx.add(
        Session(digest=digest(secret), member_id=member.id, expires_at=clock.now() + SESSION_LASTS)
    )
    return secret


async def in_session(tx: Transaction, secret: str) -> Member | None:
    """Return who is signed in with this session, if anybody."""
    statement = (
        select(Member)
        .join(Session, Session.member_id == Member.id)
        .where(Session.digest == digest(secret), Session.expires_at > clock.now())
        .where(Member.state == MEMBER, Member.left_at.is_(None))
    )
    member = await tx.find(statement)
    return member if isinstance(member, Member) else None


async def close_session(tx: Transaction, secret: str) -> None:
    """Sign out."""
    await tx.execute(delete(Session).where(Session.digest == digest(secret)))


async def set_password(tx: Transaction, member: Member, password_hash: str) -> None:
    """Keep a new password; every other session of the member ends."""
    member.password_hash = password_hash
    await tx.execute(delete(Session).where(Session.member_id == member.id))


async def make_token(tx: Transaction, member: Member, *, name: str, scopes: str) -> str:
    """Return the secret of a new access token. Raise Invalid for a scope nobody knows."""
    unknown = [scope for scope in scopes.split() if scope.partition(":")[0] not in SCOPES]
    if unknown or not scopes.split():
        raise Invalid(
            Problem(
                "scopes",
                "scopes-unknown",
                {"unknown": " ".join(unknown), "known": " ".join(SCOPES)},
            )
        )
    secret = ids.secret()
    tx.add(
        AccessToken(
            digest=digest(secret), member_id=member.id, name=name, scopes=" ".join(scopes.split())
        )
    )
    return secret


async def with_token(tx: Transaction, secret: str, scope: str) -> Member:
    """Return whose token this is. Raise Refusal when it does not allow the scope."""
    statement = select(AccessToken).where(
        AccessToken.digest == digest(secret), AccessToken.revoked_at.is_(None)
    )
    token = await tx.find(statement)
    if not isinstance(token, AccessToken):
        raise NotFound("there is no such token")
    if not {scope, scope.partition(":")[0]} & set(token.scopes.split()):
        raise Refusal(f"the token does not allow {scope}", code="scope-missing")
    member = await tx.get(Member, token.member_id)
    if member is None or not members.is_present(member):
        raise NotFound("the member has left")
    return member


def digest(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
