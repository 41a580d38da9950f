"""A round is opened, a text is put off: the article says where it stands, and why is told."""

from node.assembly import assemblies
from node.assembly.events import ProposalDeferred, RoundOpened
from node.database import Transaction
from node.events import on
from node.federation.objects import common
from node.federation.publish import proposal as publish


@on(RoundOpened)
async def send_round(tx: Transaction, event: RoundOpened) -> None:
    """Which round, to those in the discussion."""
    key = f"wire.phase.{event.kind}"
    await publish.send_article(tx, event.proposal, "Update")
    assembly = await assemblies.the(tx)
    moment = common.spoken(assembly).moment(event.until, assemblies.zone(assembly))
    await publish.send_phase(tx, event.proposal, before=event.before, key=key, moment=moment)


@on(ProposalDeferred)
async def send_deferral(tx: Transaction, event: ProposalDeferred) -> None:
    """The discussion goes on."""
    await publish.send_article(tx, event.proposal, "Update")
    key = "wire.phase.deferred"
    await publish.send_phase(tx, event.proposal, before=event.before, key=key, reason=event.reason)
