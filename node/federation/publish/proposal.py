"""A proposal is published, revised, withdrawn."""

from node.activitypub.addressing import PUBLIC
from node.activitypub.document import Document
from node.assembly import assemblies
from node.assembly.events import ProposalPublished, ProposalRevised, ProposalWithdrawn
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common
from node.federation.objects import proposal as proposal_object
from node.models import Assembly, Proposal, State


@on(ProposalPublished)
async def send(tx: Transaction, event: ProposalPublished) -> None:
    """The first of the three posts of a decision."""
    await send_article(tx, event.proposal, "Create")


@on(ProposalRevised)
async def send_revision(tx: Transaction, event: ProposalRevised) -> None:
    """A new version changes the article for all, and is told to those in the discussion."""
    await send_article(tx, event.proposal, "Update")
    await send_phase(tx, event.proposal, before=event.proposal.state, key="wire.phase.revised")


@on(ProposalWithdrawn)
async def send_withdrawal(tx: Transaction, event: ProposalWithdrawn) -> None:
    """The article says that it is withdrawn, and why."""
    await send_article(tx, event.proposal, "Update")
    await send_phase(tx, event.proposal, before=State.DISCUSSION, key="wire.phase.withdrawn")


async def send_article(tx: Transaction, proposal: Proposal, kind: str) -> None:
    """Send the proposal as it stands to followers and partners."""
    assembly = await assemblies.the(tx)
    article = proposal_object.article(proposal, assembly)
    await send_official(tx, assembly, kind, article, proposal_id=proposal.id)


async def send_official(
    tx: Transaction,
    assembly: Assembly,
    kind: str,
    thing: Document,
    more: set[str] | None = None,
    *,
    proposal_id: int | None = None,
) -> None:
    """Send something the assembly says to everyone who follows it, and to its partners."""
    actor = assembly.actor
    activity = common.activity(kind, actor, thing, **common.public(actor))
    inboxes = await outbox.followers(tx, actor) | await outbox.partners(tx, actor) | (more or set())
    await outbox.publish(tx, actor, activity, inboxes, is_public=True, proposal_id=proposal_id)


async def send_phase(
    tx: Transaction, proposal: Proposal, *, before: State, key: str, **values: object
) -> None:
    """Tell partners and those who spoke, but not every follower: three posts are enough."""
    assembly = await assemblies.the(tx)
    why = common.spoken(assembly)(key, label=proposal.label, **values)
    note = proposal_object.phase(proposal, assembly, before=before, why=why)
    activity = common.activity("Create", assembly.actor, note, to=[PUBLIC])
    actor = assembly.actor
    inboxes = await outbox.partners(tx, actor) | await outbox.voices(tx, actor, proposal.id)
    await outbox.publish(tx, actor, activity, inboxes, is_public=True, proposal_id=proposal.id)
