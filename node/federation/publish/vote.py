"""A vote opens, its end or its outside opinions change, it closes.

A vote on an amendment is no post of its own: the article says that it is on, and what came of it
is told to those in the discussion.
"""

from sqlalchemy import select

from node import clock
from node.assembly import assemblies, decisions, votes
from node.assembly.events import VoteCancelled, VoteClosed, VoteExtended, VoteOpened, VoteVoided
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common
from node.federation.objects import vote as vote_object
from node.federation.publish import proposal as publish_proposal
from node.models import Opinion, State, Vote


@on(VoteOpened)
async def send(tx: Transaction, event: VoteOpened) -> None:
    """The second of the three posts; the article says so too."""
    vote = event.vote
    await publish_proposal.send_article(tx, vote.proposal, "Update")
    if vote.amendment_id is not None:
        await _tell_of_amendment(tx, vote, "opened", before=State.AMENDMENT)
        return
    await publish_proposal.send_phase(
        tx, vote.proposal, before=State.DISCUSSION, key="wire.phase.vote"
    )
    # A later round of the same vote is known elsewhere by its address already.
    await _send_question(tx, vote, "Create" if vote.round == 1 else "Update")


@on(VoteClosed)
async def send_close(tx: Transaction, event: VoteClosed) -> None:
    """The final counts of the outside opinions."""
    if event.vote.amendment_id is not None:
        if event.vote.outcome not in decisions.ADOPTED:
            # A new version is told by itself.
            await publish_proposal.send_article(tx, event.vote.proposal, "Update")
        await _tell_of_amendment(tx, event.vote, _came_of_it(event.vote), before=State.FROZEN)
        return
    await _send_question(tx, event.vote, "Update")
    if event.vote.proposal.state is State.DISCUSSION:
        await publish_proposal.send_article(tx, event.vote.proposal, "Update")


@on(VoteVoided)
async def send_voided(tx: Transaction, event: VoteVoided) -> None:
    """The round is over: the next one, on the new text, is told right after."""
    await _send_question(tx, event.vote, "Update")


@on(VoteExtended)
async def send_extension(tx: Transaction, event: VoteExtended) -> None:
    """The new end, in the article and in the question."""
    await publish_proposal.send_article(tx, event.vote.proposal, "Update")
    if event.vote.amendment_id is None:
        await _send_question(tx, event.vote, "Update")


@on(VoteCancelled)
async def send_cancellation(tx: Transaction, event: VoteCancelled) -> None:
    """There is no question any more, and the text is under discussion again."""
    proposal = event.vote.proposal
    await publish_proposal.send_article(tx, proposal, "Update")
    if event.vote.amendment_id is not None:
        await _tell_of_amendment(tx, event.vote, "cancelled", before=State.FROZEN)
        return
    await publish_proposal.send_phase(
        tx, proposal, before=State.VOTE, key="wire.phase.vote-cancelled"
    )
    await _send_question(tx, event.vote, "Update")


async def send_opinions(tx: Transaction, vote: Vote) -> None:
    """Send how the outside opinions stand; the caller sees that it is not too often."""
    await _send_question(tx, vote, "Update")


def _came_of_it(vote: Vote) -> str:
    if vote.outcome in decisions.ADOPTED:
        return "adopted"
    return "rejected" if vote.outcome == "rejected" else "undecided"


async def _tell_of_amendment(tx: Transaction, vote: Vote, what: str, *, before: State) -> None:
    assembly = await assemblies.the(tx)
    amendment = await votes.amendment_of(tx, vote)
    await publish_proposal.send_phase(
        tx,
        vote.proposal,
        before=before,
        key=f"wire.phase.amendment-{what}",
        number=amendment.number,
        figures=vote.explanation,
        moment=common.spoken(assembly).moment(vote.closes_at, assemblies.zone(assembly)),
    )


async def _send_question(tx: Transaction, vote: Vote, kind: str) -> None:
    assembly = await assemblies.the(tx)
    counted, people = await votes.opinions(tx, vote), await votes.opinion_givers(tx, vote)
    question = vote_object.question(vote, counted, assembly, people=people)
    vote.told_at = clock.now()
    who = select(Opinion.actor_id).where(Opinion.vote_id == vote.id)
    answered = await outbox.inboxes(tx, assembly.actor, who)
    await publish_proposal.send_official(
        tx, assembly, kind, question, answered, proposal_id=vote.proposal_id
    )
