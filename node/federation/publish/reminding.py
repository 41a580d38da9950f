"""A member is reminded at the account elsewhere that they linked, in a message only it reads.

It says what waits and where, and nothing about what anybody answered. The member is not named.
"""

from collections.abc import Sequence

from sqlalchemy import select

from node import words
from node.activitypub import uris
from node.assembly import assemblies, linking
from node.assembly.events import FollowUpDue, VoteClosesSoon
from node.assembly.linking import Reached
from node.assembly.voting import sheets
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common, message
from node.models import Assembly, Voter
from node.words import Words


@on(VoteClosesSoon)
async def remind_of_vote(tx: Transaction, event: VoteClosesSoon) -> None:
    """Tell those who have not voted; in a secret vote everybody on the roll, in other words.

    Whoever gets such a message is known to its server, and when somebody votes in secret is
    nobody's business (wire.md, rule 6).
    """
    vote, assembly = event.vote, await assemblies.the(tx)
    waited_for: Sequence[int] = event.waited_for
    if vote.is_secret:
        roll = select(Voter.member_id).where(Voter.vote_id == vote.id)
        waited_for = [row[0] for row in (await tx.execute(roll)).all()]
    path = (await sheets.of(tx, vote)).path
    for one in await linking.reached(tx, waited_for):
        say = words.of(one.language or assembly.language)
        lines = (
            say(
                "wire.remind.vote",
                address=one.account.address,
                title=vote.version.title,
                moment=say.moment(vote.closes_at, assemblies.zone(assembly)),
            ),
            say("wire.remind.if-not-yet" if vote.is_secret else "wire.remind.not-yet"),
        )
        await _send(tx, assembly, one, say, lines, f"{assembly.origin}{path}/voter")


@on(FollowUpDue)
async def remind_of_follow_up(tx: Transaction, event: FollowUpDue) -> None:
    """Tell those who carried a decision, and those in charge, that its day has come."""
    decision, assembly = event.decision, await assemblies.the(tx)
    for one in await linking.reached(tx, event.members):
        say = words.of(one.language or assembly.language)
        lines = (
            say(
                f"wire.remind.{event.kind}",
                address=one.account.address,
                label=decision.label,
                title=decision.version.title,
                holder=event.holder or "–",
            ),
        )
        url = f"{uris.decision(assembly.origin, decision.number)}#suite"
        await _send(tx, assembly, one, say, lines, url)


async def _send(
    tx: Transaction,
    assembly: Assembly,
    one: Reached,
    say: Words,
    lines: Sequence[str],
    url: str,
) -> None:
    link = (url, say("wire.remind.link"))
    note = message.note(assembly, one.account, lines, language=say.language, link=link)
    said = common.activity("Create", assembly.actor, note, to=[one.account.uri])
    await outbox.publish(tx, assembly.actor, said, [one.account.inbox], is_public=False)
