"""Calls for participation: published, changed, cancelled, answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from node import clock
from node.assembly import assemblies
from node.assembly.events import CallCancelled, CallChanged, CallPublished, RsvpReceived
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem, Refusal
from node.events import record
from node.models import Actor, Call, Member, Rsvp
from node.texts import line, readable, render

TITLE_MAX = 200


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """What an organiser fills in; `checked` refuses what people could not act on."""

    title: str
    text: str
    starts_at: datetime | None
    how_to_join: str
    ends_at: datetime | None = None
    place_name: str = ""
    street: str = ""
    locality: str = ""
    postal_code: str = ""
    online_url: str = ""
    needed: int | None = None

    def problems(self) -> list[Problem]:
        """Return what keeps people from acting on it, one problem a field."""
        found = []
        if not line(self.title):
            found.append(Problem("title", "title-missing", {}))
        elif len(line(self.title)) > TITLE_MAX:
            found.append(Problem("title", "title-too-long", {"max": TITLE_MAX}))
        if self.starts_at is None:
            found.append(Problem("starts_at", "date-missing", {}))
        elif self.starts_at <= clock.now():
            found.append(Problem("starts_at", "starts-in-the-past", {}))
        elif self.ends_at is not None and self.ends_at <= self.starts_at:
            found.append(Problem("ends_at", "ends-before-it-starts", {}))
        if not line(self.place_name) and not self.online_url.strip():
            found.append(Problem("place_name", "place-missing", {}))
        if self.online_url.strip() and not self.online_url.strip().startswith("https://"):
            found.append(Problem("online_url", "link-malformed", {}))
        if not line(self.how_to_join):
            found.append(Problem("how_to_join", "how-to-join-missing", {}))
        if self.needed is not None and not 0 < self.needed < 100_000:
            found.append(Problem("needed", "number-malformed", {}))
        return found


async def publish(tx: Transaction, organiser: Member | None, invitation: Invitation) -> Call:
    """Ask people to take part. Raise Invalid with one problem a field."""
    assembly = await assemblies.locked(tx)
    starts_at = _start(invitation)
    number = (await tx.scalar(select(func.max(Call.number))) or 0) + 1
    call = Call(
        number=number,
        title=line(invitation.title),
        source="",
        content="",
        starts_at=starts_at,
        how_to_join=line(invitation.how_to_join),
        organiser=organiser,
        meeting=None,  # said outright, or it would be asked of the database when first read
        language=assembly.language,
    )
    _fill(call, invitation, starts_at)
    tx.add(call)
    await tx.flush()
    record(tx, CallPublished(call))
    return call


async def change(tx: Transaction, call: Call, *, by: Member, invitation: Invitation) -> None:
    """Change what people were invited to; everybody who holds a copy is told."""
    must_organise(call, by)
    call = await locked(tx, call)
    if call.cancelled_at is not None:
        raise NotNow("the call is cancelled", code="call-is-cancelled")
    _fill(call, invitation, _start(invitation))
    call.changed_at = clock.now()
    call.sequence += 1
    record(tx, CallChanged(call))


async def cancel(tx: Transaction, call: Call, *, by: Member, reason: str) -> None:
    """Say that it will not take place, and why."""
    must_organise(call, by)
    call = await locked(tx, call)
    if call.cancelled_at is not None:
        raise NotNow("the call is cancelled already", code="call-is-cancelled")
    if not line(reason):
        raise Invalid(Problem("reason", "reason-missing", {}))
    call.cancelled_at = call.changed_at = clock.now()
    call.cancelled_because = line(reason)
    call.sequence += 1
    record(tx, CallCancelled(call))


async def answer(
    tx: Transaction,
    call: Call,
    *,
    actor: Actor | None = None,
    name: str = "",
    contact: str = "",
    uri: str | None = None,
) -> Rsvp:
    """Somebody comes: a member, an account from elsewhere, or a visitor who leaves a name."""
    call = await locked(tx, call)
    if call.cancelled_at is not None:
        raise NotNow("the call is cancelled", code="call-is-cancelled")
    if (call.ends_at or call.starts_at) <= clock.now():
        raise NotNow("the call is over", code="call-is-over")
    if actor is None and not line(name):
        raise Invalid(Problem("name", "name-missing", {}))
    rsvp = await rsvp_of(tx, call, actor) if actor else None
    if rsvp is None:
        rsvp = Rsvp(call_id=call.id, actor=actor)
        tx.add(rsvp)
    rsvp.name, rsvp.contact, rsvp.uri = line(name)[:100], line(contact)[:200], uri
    rsvp.answer, rsvp.answered_at = "yes", clock.now()
    await tx.flush()
    record(tx, RsvpReceived(call, rsvp))
    return rsvp


async def take_back(tx: Transaction, call: Call, actor: Actor) -> None:
    """Somebody who said yes does not come after all."""
    rsvp = await rsvp_of(tx, call, actor)
    if rsvp is not None:
        await tx.delete(rsvp)
        await tx.flush()


async def rsvp_of(tx: Transaction, call: Call, actor: Actor) -> Rsvp | None:
    """Return somebody's answer to a call, if any."""
    mine = select(Rsvp).where(Rsvp.call_id == call.id, Rsvp.actor_id == actor.id)
    rsvp = await tx.find(mine)
    return rsvp if isinstance(rsvp, Rsvp) else None


async def answers(tx: Transaction, call: Call) -> Sequence[Rsvp]:
    """Return who said yes, in order."""
    return await tx.all(select(Rsvp).where(Rsvp.call_id == call.id).order_by(Rsvp.id))


async def coming_count(tx: Transaction, call: Call) -> int:
    """Return how many said yes."""
    statement = select(func.count()).select_from(Rsvp).where(Rsvp.call_id == call.id)
    return int(await tx.scalar(statement))


async def by_number(tx: Transaction, number: int) -> Call:
    """Return the call with this number. Raise NotFound."""
    call = await tx.find(select(Call).where(Call.number == number))
    if not isinstance(call, Call):
        raise NotFound(f"there is no call {number}")
    return call


async def locked(tx: Transaction, call: Call) -> Call:
    """Return the call as it stands now, and keep others from changing it until the end."""
    statement = select(Call).where(Call.id == call.id).with_for_update(of=Call)
    found = await tx.find(statement.execution_options(populate_existing=True))
    if not isinstance(found, Call):
        raise NotFound(f"there is no call {call.number}")
    return found


async def upcoming(tx: Transaction) -> Sequence[Call]:
    """Return the calls that are not over, soonest first."""
    return await tx.all(select(Call).where(Call.starts_at > clock.now()).order_by(Call.starts_at))


async def past(tx: Transaction, limit: int = 50) -> Sequence[Call]:
    """Return the calls that have begun or are over, latest first."""
    statement = select(Call).where(Call.starts_at <= clock.now())
    return await tx.all(statement.order_by(Call.starts_at.desc()).limit(limit))


def may_organise(call: Call, member: Member | None) -> bool:
    """Say whether this member may change or cancel the call."""
    return member is not None and (member.is_in_charge or call.organiser_id == member.id)


def must_organise(call: Call, member: Member) -> None:
    """Raise Refusal unless this member may change the call."""
    if not may_organise(call, member):
        raise Refusal(f"{member.handle} does not organise {call.number}", code="not-the-organiser")


def _start(invitation: Invitation) -> datetime:
    problems = invitation.problems()
    if problems or invitation.starts_at is None:
        raise Invalid(*problems)
    return invitation.starts_at


def _fill(call: Call, invitation: Invitation, starts_at: datetime) -> None:
    call.title = line(invitation.title)
    call.source = readable(invitation.text).strip()
    call.content = render(invitation.text)
    call.starts_at = starts_at
    call.ends_at = invitation.ends_at
    call.how_to_join = line(invitation.how_to_join)
    call.place_name = line(invitation.place_name)
    call.street = line(invitation.street)
    call.locality = line(invitation.locality)
    call.postal_code = line(invitation.postal_code)
    call.online_url = invitation.online_url.strip() or None
    call.needed = invitation.needed
