"""Texts put to the assembly: published, revised, withdrawn."""

from collections.abc import Sequence

from sqlalchemy import func, select

from node import clock, digests
from node.assembly import assemblies, decisions, method
from node.assembly.events import ProposalPublished, ProposalRevised, ProposalWithdrawn
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem, Refusal
from node.events import record
from node.models import Member, Proposal, State, Version
from node.texts import line, readable, render

TITLE_MAX = 200
TEXT_MAX = 100_000
OPEN = (State.DISCUSSION, State.AMENDMENT)


async def publish(
    tx: Transaction,
    *,
    carrier: Member | None,
    title: str,
    text: str,
    method_name: str = "majority",
    language: str | None = None,
    is_signed: bool = False,
) -> Proposal:
    """Open a text for discussion. Raise Invalid with one problem a field.

    The method is the one that is offered first when the vote opens.
    """
    title, text = checked(title, text)
    if method_name not in method.every():
        raise Invalid(Problem("method", "method-unknown", {"method": method_name}))
    assembly = await assemblies.locked(tx)
    number = (await tx.scalar(select(func.max(Proposal.number))) or 0) + 1
    proposal = Proposal(
        number=number,
        year=clock.now().astimezone(assemblies.zone(assembly)).year,
        title=title,
        carrier=carrier,
        method=method_name,
        language=language or assembly.language,
        is_signed=is_signed,
        co_carriers=[],  # said, so that nobody need ask the database once the row is written
    )
    proposal.versions.append(_version(1, title, text, proposal.language))
    tx.add(proposal)
    await tx.flush()
    record(tx, ProposalPublished(proposal))
    return proposal


async def revise(
    tx: Transaction, proposal: Proposal, *, by: Member, title: str, text: str, note: str = ""
) -> Version:
    """Give the text a new version; the older ones stay. Raise NotNow once it is frozen."""
    must_carry(proposal, by)
    return await change(tx, proposal, title=title, text=text, note=note)


async def change(
    tx: Transaction, proposal: Proposal, *, title: str, text: str, note: str = ""
) -> Version:
    """Give the text a new version because the assembly said so, with the rules of `revise`."""
    proposal = await locked(tx, proposal)
    if proposal.state not in OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="text-is-frozen")
    version = next_version(proposal, title, text)
    version.note = line(note)
    proposal.versions.append(version)
    proposal.title = version.title
    proposal.changed_at = clock.now()
    await tx.flush()
    record(tx, ProposalRevised(proposal))
    return version


def next_version(proposal: Proposal, title: str, text: str) -> Version:
    """Return the version that this text would be. Raise Invalid when it cannot be one."""
    title, text = checked(title, text)
    version = _version(proposal.version.number + 1, title, text, proposal.language)
    if version.digest == proposal.version.digest:
        raise Invalid(Problem("text", "text-unchanged", {}))
    return version


async def withdraw(tx: Transaction, proposal: Proposal, *, by: Member, reason: str) -> None:
    """Take the text back. It stays readable, marked as withdrawn, with the reason."""
    must_carry(proposal, by)
    proposal = await locked(tx, proposal)
    if proposal.state not in OPEN:
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-withdraw")
    if not line(reason):
        raise Invalid(Problem("reason", "reason-missing", {}))
    proposal.state = State.WITHDRAWN
    proposal.withdrawn_because = line(reason)
    proposal.changed_at = clock.now()
    record(tx, ProposalWithdrawn(proposal))
    await decisions.note_withdrawal(tx, proposal)


async def by_number(tx: Transaction, number: int) -> Proposal:
    """Return the proposal with this number. Raise NotFound."""
    proposal = await tx.find(select(Proposal).where(Proposal.number == number))
    if not isinstance(proposal, Proposal):
        raise NotFound(f"there is no proposal {number}")
    return proposal


async def locked(tx: Transaction, proposal: Proposal) -> Proposal:
    """Return the proposal as it stands now, and keep others from changing it until the end."""
    statement = select(Proposal).where(Proposal.id == proposal.id).with_for_update(of=Proposal)
    found = await tx.find(statement.execution_options(populate_existing=True))
    if not isinstance(found, Proposal):
        raise NotFound(f"there is no proposal {proposal.number}")
    return found


async def listed(tx: Transaction, *states: State) -> Sequence[Proposal]:
    """Return the proposals in these states (all when none is named), newest first."""
    statement = select(Proposal).order_by(Proposal.number.desc())
    if states:
        statement = statement.where(Proposal.state.in_(states))
    return await tx.all(statement)


def may_carry(proposal: Proposal, member: Member | None) -> bool:
    """Say whether this member may change or withdraw the proposal, or open its vote."""
    if member is None:
        return False
    carriers = {proposal.carrier_id, *(one.member_id for one in proposal.co_carriers)}
    return member.is_in_charge or member.id in carriers


def must_carry(proposal: Proposal, member: Member) -> None:
    """Raise Refusal unless this member may act on the proposal."""
    if not may_carry(proposal, member):
        raise Refusal(f"{member.handle} does not carry {proposal.label}", code="not-the-carrier")


def checked(title: str, text: str) -> tuple[str, str]:
    """Return title and text as they are kept. Raise Invalid with one problem a field."""
    title, text = line(title), readable(text).strip()
    problems = []
    if not title:
        problems.append(Problem("title", "title-missing", {}))
    elif len(title) > TITLE_MAX:
        problems.append(Problem("title", "title-too-long", {"max": TITLE_MAX}))
    if not text:
        problems.append(Problem("text", "text-missing", {}))
    elif len(text) > TEXT_MAX:
        problems.append(Problem("text", "text-too-long", {"max": TEXT_MAX}))
    if problems:
        raise Invalid(*problems)
    return title, text + "\n"


def _version(number: int, title: str, text: str, language: str) -> Version:
    return Version(
        number=number,
        title=title,
        source=text,
        content=render(text),
        digest=digests.of_text(title, text, language),
    )
