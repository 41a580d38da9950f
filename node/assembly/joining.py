"""Asking to join from our own page, and the answer of a person to whoever asked."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select

from node import clock
from node.assembly import access, assemblies, journal, members, welcoming
from node.assembly.events import JoinAnswered
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem, TooMany
from node.events import record
from node.models import Actor, JoinRequest, LinkedAccount, Member, OneTimeLink
from node.models.member import ASKED
from node.texts import line, readable

HERE, PARTNER = "here", "partner"
A_DAY, WAITING_MOST = 10, 20
LENGTHS = {"name": 80, "contact": 200, "reason": 2000}
_DAY = timedelta(days=1)
KEPT = timedelta(days=30)


async def ask(
    tx: Transaction,
    *,
    name: str,
    reason: str,
    contact: str = "",
    door: str = HERE,
    language: str = "fr",
) -> tuple[JoinRequest, str]:
    """Put a wish to join before those who welcome; return it with the secret of its page.

    Raise Invalid, or TooMany when ten asked today or twenty wait already.
    """
    given = {"name": line(name), "contact": line(contact), "reason": readable(reason).strip()}
    problems = [] if given["name"] else [Problem("name", "name-missing", {})]
    if not given["reason"]:
        problems.append(Problem("reason", "join-reason-missing", {}))
    for field, text in given.items():
        if len(text) > LENGTHS[field]:
            problems.append(Problem(field, "join-too-long", {"max": LENGTHS[field]}))
    if problems:
        raise Invalid(*problems)
    await heed_limits(tx, JoinRequest.actor_id.is_(None))
    secret = access.hand_secret()
    request = JoinRequest(
        name=given["name"],
        contact=given["contact"],
        reason=given["reason"],
        door=door if door in (HERE, PARTNER) else HERE,
        language=language,
        digest=access.digest(access.by_hand(secret)),
        member=await members.prepare(tx, name=given["name"], state=ASKED),
    )
    tx.add(request)
    await tx.flush()
    return request, secret


async def waiting(tx: Transaction) -> Sequence[JoinRequest]:
    """Return the requests without an answer, oldest first."""
    statement = select(JoinRequest).where(JoinRequest.answered_at.is_(None))
    return await tx.all(statement.order_by(JoinRequest.asked_at))


async def waiting_for(tx: Transaction, member: Member) -> list[JoinRequest]:
    """Return the requests whose turn it is for this member to answer."""
    among = await welcoming.holders(tx)
    if member.id not in {one.id for one in among}:
        return []
    asked = await waiting(tx)
    turns = [(one, welcoming.on_duty(one, among)) for one in asked]
    return [one for one, whose in turns if whose is not None and whose.id == member.id]


async def by_id(tx: Transaction, number: int) -> JoinRequest:
    """Return a request that waits for its answer. Raise NotFound, or NotNow when it had one."""
    request = await tx.get(JoinRequest, number)
    if request is None:
        raise NotFound("there is no such request")
    if request.answered_at is not None:
        raise NotNow("it was answered", code="answered-already")
    return request


async def by_secret(tx: Transaction, secret: str) -> JoinRequest:
    """Return the request that this secret follows, answered or not. Raise NotFound."""
    wanted = select(JoinRequest).where(JoinRequest.digest == access.digest(access.by_hand(secret)))
    request = await tx.find(wanted)
    if not isinstance(request, JoinRequest):
        raise NotFound("there is no such request", code="request-unknown")
    return request


async def take_up(tx: Transaction, request: JoinRequest, *, by: Member) -> None:
    """Say that one sees to it: the request stays with them for another 48 hours."""
    await welcoming.must_welcome(tx, by)
    request.taken_by_id, request.taken_at = by.id, clock.now()


async def admit(
    tx: Transaction, request: JoinRequest, *, by: Member | None, message: str = ""
) -> Member:
    """Say yes: a member from now on, who comes in by the page that follows the request."""
    member = await _answerable(tx, request, by)
    if request.actor and await members.by_linked_account(tx, request.actor) is not None:
        raise NotNow("the account is a member's already", code="member-already")
    await members.enter(tx, member, by=by)
    member.language = request.language
    if request.actor is not None and request.uri is not None:
        tx.add(
            LinkedAccount(
                member_id=member.id, actor=request.actor, proof="join", join_uri=request.uri
            )
        )
    if request.digest is not None:
        link = OneTimeLink(
            digest=request.digest,
            purpose=access.NEW_MEMBER,
            member_id=member.id,
            expires_at=clock.now() + KEPT,
        )
        tx.add(link)
    _answer(request, message, is_admitted=True)
    await tx.flush()
    record(tx, JoinAnswered(request, member.votes_from))
    return member


async def refuse(
    tx: Transaction, request: JoinRequest, *, by: Member | None, message: str = ""
) -> None:
    """Say no, with a message: nothing is kept of the person but that answer, for thirty days."""
    member = await _answerable(tx, request, by)
    _answer(request, message, is_admitted=False)
    await journal.note(tx, "refused", by=by, subject=member.handle)
    await _forget_person(tx, request, member)
    record(tx, JoinAnswered(request, None))


async def take_back(tx: Transaction, request: JoinRequest) -> None:
    """Forget a request that its asker no longer makes. Raise NotNow when it has its answer."""
    await _forget_person(tx, request, await _unanswered(tx, request))
    await tx.delete(request)
    await tx.flush()


async def _answerable(tx: Transaction, request: JoinRequest, by: Member | None) -> Member:
    await welcoming.must_welcome(tx, by)
    return await _unanswered(tx, request)


async def _unanswered(tx: Transaction, request: JoinRequest) -> Member:
    """Return who asks. Of two who answer at once, or answer and take back, one does."""
    await assemblies.locked(tx)
    fresh = select(JoinRequest).where(JoinRequest.id == request.id)
    found = await tx.find(fresh.execution_options(populate_existing=True))
    if found is None or request.answered_at is not None or request.member is None:
        raise NotNow("it was answered", code="answered-already")
    return request.member


def _answer(request: JoinRequest, message: str, *, is_admitted: bool) -> None:
    request.answered_at, request.is_admitted = clock.now(), is_admitted
    request.message = readable(message).strip()[: LENGTHS["reason"]]
    request.contact = request.reason = ""


async def _forget_person(tx: Transaction, request: JoinRequest, member: Member) -> None:
    request.member = None
    await tx.flush()
    await tx.delete(member)
    await tx.flush()
    await tx.execute(delete(Actor).where(Actor.id == member.actor_id))


async def heed_limits(tx: Transaction, of_whom: ColumnElement[bool]) -> None:
    """Raise TooMany when ten of these asked today or twenty wait.

    A flood stops at the door, and people elsewhere do not shut it for those here.
    """
    await assemblies.locked(tx)
    now = clock.now()
    answered = JoinRequest.answered_at
    await tx.execute(delete(JoinRequest).where(answered < now - KEPT))
    lately = select(func.count()).select_from(JoinRequest).where(of_whom)
    if int(await tx.scalar(lately.where(JoinRequest.asked_at > now - _DAY))) >= A_DAY:
        raise TooMany("enough people asked today", code="asked-enough-today")
    if int(await tx.scalar(lately.where(answered.is_(None)))) >= WAITING_MOST:
        raise TooMany("enough people wait", code="enough-wait")
