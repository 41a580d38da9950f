"""An account elsewhere answers our message with its code: yes, it is that member's."""

from node.activitypub import addressing
from node.activitypub.document import Document
from node.activitypub.vocabulary import parse_object
from node.assembly import assemblies, linking
from node.database import Transaction
from node.federation.incoming import Incoming
from node.models import Actor
from node.texts import plain, sanitise


async def hear_code(tx: Transaction, incoming: Incoming) -> bool:
    """Take a code sent back to the assembly; False when the activity carries none.

    Asked for everything that arrives, so the database is asked only where a code may stand.
    """
    found = incoming.activity.object
    if found is None or found.get("type") != "Note":
        return False
    content = found.get("content")
    if not isinstance(content, str) or not await _is_to_the_assembly(tx, found):
        return False
    written = plain(sanitise(content[:5000]))
    if not linking.looks_like_a_code(written) or not _is_own(found, incoming.sender):
        return False
    return await linking.hear_code(tx, incoming.sender, written)


async def _is_to_the_assembly(tx: Transaction, found: Document) -> bool:
    audience = addressing.audience(found)
    if audience.is_public:
        return False
    return (await assemblies.the(tx)).actor.uri in (*audience.to, *audience.cc)


def _is_own(found: Document, sender: Actor) -> bool:
    thing = parse_object(found)
    return thing.attributed_to == sender.uri
