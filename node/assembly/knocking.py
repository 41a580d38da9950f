"""Asking to join from an account elsewhere, and leaving by that account (wire.md, 5.8)."""

from sqlalchemy import func, select

from node import clock
from node.assembly import assemblies, joining, members
from node.database import Transaction
from node.errors import NotNow, TooMany
from node.models import Actor, JoinRequest, LinkedAccount, Member
from node.models.member import ASKED
from node.texts import line, readable

WAITING_MOST_OF_ONE_SERVER = 3


async def hear(tx: Transaction, actor: Actor, *, uri: str, reason: str) -> JoinRequest:
    """Put the wish of an account elsewhere before those who welcome; asking twice asks once.

    Raise NotNow for a member, or for somebody who was refused lately; TooMany when enough wait.
    """
    if await members.by_linked_account(tx, actor) is not None:
        raise NotNow(f"{actor.uri} is a member already", code="member-already")
    known = await _by_actor(tx, actor)
    if known is not None and known.answered_at is None:
        known.uri, known.reason = uri, _cut(reason)
        return known
    if known is not None and not known.is_admitted and _is_recent(known):
        raise NotNow(f"{actor.uri} was answered lately", code="answered-lately")
    await joining.heed_limits(tx, JoinRequest.actor_id.is_not(None))
    await _heed_server(tx, actor.domain)
    name = line(actor.name)[: joining.LENGTHS["name"]] or actor.handle
    request = JoinRequest(
        name=name,
        contact=actor.address,
        reason=_cut(reason),
        uri=uri,
        language=(await assemblies.the(tx)).language,
        actor=actor,
        member=await members.prepare(tx, name=name, state=ASKED),
    )
    tx.add(request)
    await tx.flush()
    return request


async def asked_by(tx: Transaction, actor: Actor) -> JoinRequest | None:
    """Return what an account elsewhere asks and nobody answered yet."""
    known = await _by_actor(tx, actor)
    return known if known is not None and known.answered_at is None else None


async def joined_by(tx: Transaction, actor: Actor) -> Member | None:
    """Return the member who joined by this very account."""
    statement = select(LinkedAccount).where(LinkedAccount.actor_id == actor.id)
    linked = await tx.find(statement.where(LinkedAccount.join_uri.is_not(None)))
    return await tx.get(Member, linked.member_id) if isinstance(linked, LinkedAccount) else None


async def _heed_server(tx: Transaction, domain: str) -> None:
    statement = (
        select(func.count())
        .select_from(JoinRequest)
        .join(Actor, Actor.id == JoinRequest.actor_id)
        .where(Actor.domain == domain, JoinRequest.answered_at.is_(None))
    )
    if int(await tx.scalar(statement)) >= WAITING_MOST_OF_ONE_SERVER:
        raise TooMany(f"enough people of {domain} wait", code="enough-wait")


async def _by_actor(tx: Transaction, actor: Actor) -> JoinRequest | None:
    statement = select(JoinRequest).where(JoinRequest.actor_id == actor.id)
    found = await tx.find(statement.order_by(JoinRequest.id.desc()).limit(1))
    return found if isinstance(found, JoinRequest) else None


def _is_recent(request: JoinRequest) -> bool:
    return request.answered_at is not None and request.answered_at > clock.now() - joining.KEPT


def _cut(reason: str) -> str:
    return readable(reason).strip()[: joining.LENGTHS["reason"]]
