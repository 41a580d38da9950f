"""An account elsewhere is asked, in a message that only it reads, whether it is a member's."""

from node import clock, ids
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.assembly import assemblies
from node.assembly.events import AccountClaimed
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common
from node.models import Actor, Assembly


@on(AccountClaimed)
async def ask(tx: Transaction, event: AccountClaimed) -> None:
    """Send the code. The member is not named: the account may be somebody else's."""
    assembly, account = await assemblies.the(tx), event.claim.actor
    note = _message(assembly, account, event.code)
    said = common.activity("Create", assembly.actor, note, to=[account.uri])
    await outbox.publish(tx, assembly.actor, said, [account.inbox], is_public=False)


def _message(assembly: Assembly, account: Actor, code: str) -> Document:
    say = common.spoken(assembly)
    lines = (
        say("wire.link.question", address=account.address, name=assembly.name),
        say("wire.link.code", code=code),
        say("wire.link.else"),
    )
    return {
        "@context": contexts.CONTEXT,
        "id": uris.note(assembly.origin, ids.ulid()),
        "type": "Note",
        "attributedTo": assembly.actor.uri,
        "to": [account.uri],
        "cc": [],
        **common.in_language(assembly.language, "".join(map(common.paragraph, lines))),
        "published": clock.wire(clock.now()),
        "tag": [{"type": "Mention", "href": account.uri, "name": f"@{account.address}"}],
    }
