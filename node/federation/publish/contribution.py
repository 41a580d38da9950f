"""What a member says, for those it concerns."""

from node import clock
from node.activitypub.addressing import PUBLIC
from node.activitypub.document import Document
from node.assembly import assemblies
from node.assembly.events import ContributionEdited, ContributionMade, ContributionRemoved
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common
from node.federation.objects import contribution as contribution_object
from node.models import Actor, Contribution, Proposal, Publication


@on(ContributionMade)
async def send(tx: Transaction, event: ContributionMade) -> None:
    """Only members who chose to exist outside are heard outside."""
    if event.contribution.is_federated:
        note = await written(tx, event.contribution)
        await _send(tx, event.contribution, "Create", note, note["cc"])


@on(ContributionEdited)
async def send_edit(tx: Transaction, event: ContributionEdited) -> None:
    """Whoever holds a copy gets the new words."""
    if event.contribution.is_federated:
        note = await written(tx, event.contribution)
        await _send(tx, event.contribution, "Update", note, note["cc"])


@on(ContributionRemoved)
async def send_removal(tx: Transaction, event: ContributionRemoved) -> None:
    """Whoever holds a copy is asked to forget it."""
    contribution = event.contribution
    if contribution.is_federated and not contribution.is_outside:
        gone = common.tombstone(contribution.uri, "Note", clock.wire(clock.now()))
        heard = (await written(tx, contribution))["cc"]
        await _send(tx, contribution, "Delete", gone, heard)


async def written(tx: Transaction, contribution: Contribution) -> Document:
    """Return the contribution as others read it."""
    assembly = await assemblies.the(tx)
    return contribution_object.note(contribution, await _about(tx, contribution), assembly)


async def _send(
    tx: Transaction, contribution: Contribution, kind: str, note: Document, cc: list[str]
) -> None:
    author = contribution.author
    activity = common.activity(kind, author, note, to=[PUBLIC], cc=cc)
    inboxes = await outbox.followers(tx, author)
    on_what = await _about(tx, contribution)
    if isinstance(on_what, Publication):
        owner = await tx.get(Actor, on_what.author_id)
        inboxes |= {owner.inbox} if owner else set()
    else:
        inboxes |= await outbox.voices(tx, author, on_what.id)
    await outbox.publish(tx, author, activity, inboxes, is_public=True)


async def _about(tx: Transaction, contribution: Contribution) -> Proposal | Publication:
    found: Proposal | Publication | None
    if contribution.proposal_id is not None:
        found = await tx.get(Proposal, contribution.proposal_id)
    else:
        found = await tx.get(Publication, contribution.publication_id)
    if found is None:
        raise LookupError(f"{contribution.uri} is about nothing")
    return found
