"""Answers to a vote of ours from other servers: outside opinions, counted apart."""

import unicodedata

from node.activitypub import values
from node.activitypub.document import Document
from node.activitypub.vocabulary import MalformedActivity, parse_object
from node.assembly import assemblies, votes
from node.database import Transaction
from node.errors import Refusal
from node.federation import ours
from node.federation.incoming import Incoming, receives
from node.federation.objects import vote as vote_object
from node.models import Vote


async def count_answers(tx: Transaction, incoming: Incoming) -> bool:
    """Count the answers an activity carries; False when it carries none (wire.md, section 7).

    Mastodon sends one Note for each choice, GoToSocial an array of them.
    """
    notes = [one for one in incoming.activity.objects if isinstance(one, dict)]
    if not notes or not all(_is_answer(note) for note in notes):
        return False
    counted = False
    for note in notes:
        thing = parse_object(note)
        vote = await ours.vote_answered(tx, thing.in_reply_to)
        if vote is None:
            continue
        if thing.attributed_to != incoming.sender.uri:
            raise MalformedActivity("the answer is not the sender's own")
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
            await votes.hear_opinion(tx, vote, incoming.sender, code, uri=uri)
            return
    raise Refusal(f"{name[:100]!r} is not among the answers")


def _is_answer(note: Document) -> bool:
    """A name and no content, in reply to something: with content it is a remark (V6)."""
    return (
        note.get("type") == "Note"
        and isinstance(note.get("name"), str)
        and not note.get("content")
        and note.get("inReplyTo") is not None
    )
