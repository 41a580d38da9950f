"""The answer to an account elsewhere that asked to be admitted (wire.md, 5.8)."""

from datetime import datetime

from node import clock
from node.activitypub.document import Document
from node.assembly import assemblies
from node.assembly.events import JoinAnswered, MembershipEnded
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common
from node.models import Actor


@on(JoinAnswered)
async def answer(tx: Transaction, event: JoinAnswered) -> None:
    """Whoever asked on our own page reads the answer there; an account elsewhere is sent it."""
    request = event.request
    if request.actor is None or request.uri is None:
        return
    if event.votes_from is not None:
        more: Document = {"result": _admission(event.votes_from)}
        kind = "Accept"
    else:
        more, kind = {"assembly": {"v": 1, "code": "not-admitted"}}, "Reject"
    if request.message:
        more["content"] = "".join(map(common.paragraph, request.message.splitlines()))
    await _send(tx, kind, request.actor, request.uri, more)


@on(MembershipEnded)
async def end(tx: Transaction, event: MembershipEnded) -> None:
    """What had been accepted holds no longer."""
    more: Document = {"assembly": {"v": 1, "code": "membership-ended"}}
    await _send(tx, "Reject", event.actor, event.join_uri, more)


async def _send(tx: Transaction, kind: str, to: Actor, join_uri: str, more: Document) -> None:
    ours = (await assemblies.the(tx)).actor
    said = common.activity(kind, ours, join_uri, to=[to.uri], **more)
    await outbox.publish(tx, ours, said, [to.inbox], is_public=False)


def _admission(votes_from: datetime) -> Document:
    admitted = {"v": 1, "kind": "admission", "role": "member", "votesFrom": clock.wire(votes_from)}
    return {"type": "Object", "assembly": admitted}
