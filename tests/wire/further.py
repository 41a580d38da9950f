"""The rest of the year: meetings, newcomers, linked accounts, rounds, votes that change."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from node import clock
from node.assembly import (
    agendas,
    calls,
    carrying,
    corrections,
    decisions,
    joining,
    leaving,
    linking,
    meetings,
    members,
    proposals,
    rounds,
    votes,
)
from node.assembly.corrections import Correction
from node.assembly.meetings import Convocation
from node.database import Transaction
from node.federation import actors
from node.models import Member, Proposal, Vote
from tests.fediverse import Fediverse, Stranger
from tests.wire.story import Story

TITLE = "Un banc devant l'école"
Act = Callable[[Transaction, Member], Awaitable[object]]


async def tell(story: Story, fediverse: Fediverse, zoe: Stranger) -> None:
    """Let the rest happen, in the order in which it would."""
    number = await _live(story)
    await _meet(story, number)
    await _ask(story, number)
    await _correct(story)
    await _join(story, fediverse, zoe)
    await _link(story, zoe)
    await _quote(story, fediverse, zoe)


async def _do(story: Story, act: Act) -> None:
    async with story.node.database.transaction() as tx:
        await act(tx, await members.by_handle(tx, "ana"))


async def _live(story: Story) -> int:
    """A text goes through its rounds, and is put off."""

    async def publish(tx: Transaction, ana: Member) -> None:
        await proposals.publish(tx, carrier=ana, title=TITLE, text="Un banc.")

    await _do(story, publish)
    await story.note("-")
    [found] = [one for one in await story.node.all(Proposal) if one.version.title == TITLE]
    number: int = found.number
    for kind in rounds.KINDS:

        async def open_round(tx: Transaction, ana: Member, kind: str = kind) -> None:
            proposal = await proposals.by_number(tx, number)
            end = clock.now() + timedelta(days=3)
            await rounds.open_round(tx, proposal, by=ana, kind=kind, closes_at=end)

        await _do(story, open_round)
        await story.note(f"update-proposal-{kind}", f"create-phase-{kind}")

    async def defer(tx: Transaction, ana: Member) -> None:
        proposal = await proposals.by_number(tx, number)
        await carrying.defer(tx, proposal, by=ana, reason="Le devis manque.")

    await _do(story, defer)
    await story.note("update-proposal-deferred", "create-phase-deferred")
    return number


async def _meet(story: Story, number: int) -> None:
    """A meeting is called, gets an order of the day, and is called off."""

    async def call(tx: Transaction, ana: Member) -> None:
        convocation = Convocation(
            title="Assemblée de janvier",
            text="On se retrouve après les fêtes.",
            starts_at=clock.now() + timedelta(days=20),
            ends_at=clock.now() + timedelta(days=20, hours=2),
            how_to_join="Répondez ici, ou venez.",
            place_name="Salle des fêtes",
            locality="Villeneuve",
            access="De plain-pied, par la cour.",
            quorum_num=1,
            quorum_den=3,
            remote_voting=True,
        )
        await meetings.publish(tx, ana, convocation)

    async def arrange(tx: Transaction, ana: Member) -> None:
        meeting = await meetings.by_number(tx, 2)
        await agendas.add_proposals(tx, meeting, by=ana, numbers=[number])
        await agendas.add(tx, meeting, by=ana, title="Questions diverses", lasts=10)
        await agendas.send(tx, meeting, by=ana)

    async def cancel(tx: Transaction, ana: Member) -> None:
        await calls.cancel(tx, await calls.by_number(tx, 2), by=ana, reason="Trop de neige.")

    await _do(story, call)
    await story.note("create-meeting")
    await _do(story, arrange)
    await story.note("update-meeting")
    await story.serve("meeting", "/e/2")
    await _do(story, cancel)
    await story.note("update-meeting-cancelled")


async def _ask(story: Story, number: int) -> None:
    """A vote is given more time, voided with its text, and cancelled."""

    async def open_vote(tx: Transaction, ana: Member) -> None:
        proposal = await proposals.by_number(tx, number)
        end = clock.now() + timedelta(days=6)
        await votes.open_vote(tx, proposal, by=ana, closes_at=end)

    async def extend(tx: Transaction, ana: Member) -> None:
        vote = await _vote(tx, number)
        end = vote.closes_at + timedelta(days=2)
        await votes.extend(tx, vote, by=ana, closes_at=end, reason="Un pont.")

    async def change(tx: Transaction, ana: Member) -> None:
        vote = await _vote(tx, number)
        await votes.change_text(
            tx,
            vote,
            by=ana,
            title=TITLE,
            text="Deux bancs.",
            note="Un banc ne suffit pas.",
            closes_at=vote.closes_at,
        )

    async def cancel(tx: Transaction, ana: Member) -> None:
        await votes.cancel(tx, await _vote(tx, number), by=ana, reason="La mairie s'en charge.")

    await _do(story, open_vote)
    await story.note("-", "-", "-")
    await _do(story, extend)
    await story.note("update-proposal-extended", "update-question-extended")
    await _do(story, change)
    await story.note("-", "-", "update-question-voided", "-", "-", "update-question-again")
    await _do(story, cancel)
    await story.note(
        "update-proposal-vote-cancelled", "create-phase-vote-cancelled", "update-question-cancelled"
    )


async def _correct(story: Story) -> None:
    """A decision is corrected by another one, and the head of the register moves on."""

    async def correct(tx: Transaction, ana: Member) -> None:
        old = await decisions.by_number(tx, 1)
        statement = "La mairie est saisie mardi."
        reason = "Le jour était faux."
        await corrections.correct(tx, old, ana, Correction(reason=reason, statement=statement))

    await _do(story, correct)
    await story.note("update-proposal-corrected", "create-correction")
    await story.serve("register-head-corrected", "/g/town/register/head")


async def _join(story: Story, fediverse: Fediverse, zoe: Stranger) -> None:
    """Somebody elsewhere is refused, somebody else admitted and excluded in the end."""
    node, lou = story.node, fediverse.stranger("https://social.example/users/lou")
    for number, who, act, name in (
        (7, zoe, joining.refuse, "reject-join"),
        (8, lou, joining.admit, "accept-join-member"),
    ):
        wish = who.activity("Join", node.actor_uri, number, content="<p>Je suis du quartier.</p>")
        await who.send(node, wish)
        await fediverse.settle()
        await story.note()
        async with node.database.transaction() as tx:
            [asked] = await joining.waiting(tx)
            ana = await members.by_handle(tx, "ana")
            await act(tx, asked, by=ana, message="Merci de votre message.")
        await story.note(name)

    async def exclude(tx: Transaction, ana: Member) -> None:
        member = await members.by_handle(tx, "lou")
        await leaving.exclude(tx, member, by=ana, reason="Menaces.", decision="2026-01")

    await _do(story, exclude)
    await story.note("reject-membership-ended")
    # A Leave is heeded and needs no answer.
    await lou.send(node, lou.activity("Leave", node.actor_uri))
    await fediverse.settle()
    await story.note()


async def _link(story: Story, zoe: Stranger) -> None:
    """An account elsewhere is asked whether it is a member's."""
    account = await actors.discover(story.node.node, zoe.uri)

    async def claim(tx: Transaction, ana: Member) -> None:
        found = await actors.known(tx, account.uri)
        assert found is not None
        await linking.claim(tx, ana, found)

    await _do(story, claim)
    await story.note("create-link-message")


async def _quote(story: Story, fediverse: Fediverse, zoe: Stranger) -> None:
    """Somebody elsewhere may quote a decision, and not the assembly itself."""
    for number, quoted, name in (
        (20, f"{story.node.origin}/d/1", "accept-quote"),
        (21, story.node.actor_uri, "reject-quote"),
    ):
        asked = zoe.activity("QuoteRequest", quoted, number, instrument=zoe.note(number))
        await zoe.send(story.node, asked)
        await fediverse.settle()
        await story.note(name)
    word = story.said["accept-quote"]["result"]
    await story.serve("quote-authorization", word.removeprefix(story.node.origin))


async def _vote(tx: Transaction, number: int) -> Vote:
    return await votes.on(tx, await proposals.by_number(tx, number))
