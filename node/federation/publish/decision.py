"""A decision is entered in the register, sealed, and sent."""

from node import digests
from node.activitypub import document, uris
from node.assembly import assemblies, decisions, register
from node.assembly.events import DecisionTaken
from node.database import Transaction
from node.events import on
from node.federation import identity, outbox
from node.federation.objects import decision as decision_object
from node.federation.publish import proposal as publish_proposal


@on(DecisionTaken)
async def send(tx: Transaction, event: DecisionTaken) -> None:
    """The third of the three posts, with the proof of the assembly itself.

    A correction goes the same way: it is another post, and what it corrects stays as it was.
    """
    decision, assembly = event.decision, await assemblies.the(tx)
    corrected = await decisions.superseded(tx, decision)
    note = decision_object.note(decision, await register.head(tx), assembly, corrected)
    await register.enter(
        tx,
        uris.register(assembly.actor.uri),
        record_uri=note["id"],
        kind="decision",
        digest=digests.of(note),
    )
    sealed = await identity.sealed(tx, assembly.actor, note)
    decision.document = document.encode(sealed).decode()
    voices = await outbox.voices(tx, assembly.actor, decision.proposal_id)
    if decision.vote is not None:
        await publish_proposal.send_article(tx, decision.proposal, "Update")
    await publish_proposal.send_official(
        tx, assembly, "Create", sealed, voices, proposal_id=decision.proposal_id
    )
