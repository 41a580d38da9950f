"""A vote opens, its outside opinions change, it closes."""

from sqlalchemy import select

from node import clock
from node.assembly import assemblies, votes
from node.assembly.events import VoteClosed, VoteOpened
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import vote as vote_object
from node.federation.publish import proposal as publish_proposal
from node.models import Opinion, State, Vote


@on(VoteOpened)
async def send(tx: Transaction, event: VoteOpened) -> None:
    """The second of the three posts; the article says so too."""
    vote = event.vote
    await publish_proposal.send_article(tx, vote.proposal, "Update")
    await publish_proposal.send_phase(
        tx, vote.proposal, before=State.DISCUSSION, key="wire.phase.vote"
    )
    await _send_question(tx, vote, "Create")


@on(VoteClosed)
async def send_close(tx: Transaction, event: VoteClosed) -> None:
    """The final counts of the outside opinions."""
    await _send_question(tx, event.vote, "Update")


async def send_opinions(tx: Transaction, vote: Vote) -> None:
    """Send how the outside opinions stand; the caller sees that it is not too often."""
    await _send_question(tx, vote, "Update")


async def _send_question(tx: Transaction, vote: Vote, kind: str) -> None:
    assembly = await assemblies.the(tx)
    question = vote_object.question(vote, await votes.opinions(tx, vote), assembly)
    vote.told_at = clock.now()
    who = select(Opinion.actor_id).where(Opinion.vote_id == vote.id)
    answered = await outbox.inboxes(tx, assembly.actor, who)
    await publish_proposal.send_official(tx, assembly, kind, question, answered)
