"""Answers to a vote of ours from other servers: outside opinions, or a linked member's ballot."""

import unicodedata

from sqlalchemy import func, select

from node.activitypub import addressing, values
from node.activitypub.document import Document
from node.activitypub.vocabulary import MalformedActivity, parse_object
from node.assembly import assemblies, votes
from node.database import Transaction
from node.errors import Refusal
from node.federation import ours
from node.federation.incoming import Incoming, receives
from node.federation.objects import vote as vote_object
from node.models import Actor, Opinion, Vote

MOST_OF_ONE_OPERATOR = 500
MOST_AT_ONCE = 100


async def count_answers(tx: Transaction, incoming: Incoming) -> bool:
    """Count the answers an activity carries; False when it carries none (wire.md, section 7).

    Mastodon sends one Note for each choice, GoToSocial an array of them.
    """
    notes = [one for one in incoming.activity.objects if isinstance(one, dict)]
    if not notes or not all(_is_answer(note) for note in notes):
        return False
    if len(notes) > MOST_AT_ONCE:
        raise MalformedActivity(f"more than {MOST_AT_ONCE} answers at once")
    counted = False
    for note in notes:
        thing = parse_object(note)
        vote = await ours.vote_answered(tx, thing.in_reply_to)
        if vote is None:
            continue
        if thing.attributed_to != incoming.sender.uri:
            raise MalformedActivity("the answer is not the sender's own")
        if thing.id is not None and not addressing.same_origin(thing.id, incoming.sender.uri):
            raise MalformedActivity("the answer belongs to another server")
        await _count(tx, incoming, vote, str(note["name"]), thing.id)
        counted = True
    return counted


@receives("Answer")
async def count_answer(tx: Transaction, incoming: Incoming) -> None:
    """Bonfire answers with an activity of its own kind."""
    document = incoming.activity.document
    vote = await ours.vote_answered(tx, values.first_id(document.get("inReplyTo")))
    name = document.get("name")
    if vote is None or not isinstance(name, str):
        raise MalformedActivity("the answer is to no question of ours")
    await _count(tx, incoming, vote, name, incoming.activity.id)


async def _count(
    tx: Transaction, incoming: Incoming, vote: Vote, name: str, uri: str | None
) -> None:
    names = vote_object.option_names(vote, await assemblies.the(tx))
    given = unicodedata.normalize("NFC", name)
    for code, option in names.items():
        if unicodedata.normalize("NFC", option) == given:
            if await votes.hear(tx, vote, incoming.sender, code, uri=uri) is not None:
                await _heed_quota(tx, vote, incoming.sender)
            return
    raise Refusal(f"{name[:100]!r} is not among the answers")


async def _heed_quota(tx: Transaction, vote: Vote, sender: Actor) -> None:
    """Accounts are free: opinions of one operator are heard up to a number (V3, P23).

    Asked once the answer is written, so that it never stands in the way of a member's ballot;
    the refusal takes the answer back.
    """
    operator = addressing.operator(f"https://{sender.domain}")
    below = Actor.domain.endswith(f".{operator}", autoescape=True)
    statement = select(func.count()).select_from(Opinion).join(Actor, Actor.id == Opinion.actor_id)
    there = statement.where(Opinion.vote_id == vote.id, (Actor.domain == operator) | below)
    if int(await tx.scalar(there)) > MOST_OF_ONE_OPERATOR:
        raise Refusal(f"{operator} has given {MOST_OF_ONE_OPERATOR} answers already")


def _is_answer(note: Document) -> bool:
    """A name and no content, in reply to something: with content it is a remark (V6)."""
    return (
        note.get("type") == "Note"
        and isinstance(note.get("name"), str)
        and not note.get("content")
        and not note.get("contentMap")
        and note.get("inReplyTo") is not None
    )
