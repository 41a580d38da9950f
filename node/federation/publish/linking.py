"""An account elsewhere is asked, in a message that only it reads, whether it is a member's."""

from node.assembly import assemblies
from node.assembly.events import AccountClaimed
from node.database import Transaction
from node.events import on
from node.federation import outbox
from node.federation.objects import common, message


@on(AccountClaimed)
async def ask(tx: Transaction, event: AccountClaimed) -> None:
    """Send the code. The member is not named: the account may be somebody else's."""
    assembly, account = await assemblies.the(tx), event.claim.actor
    say = common.spoken(assembly)
    lines = (
        say("wire.link.question", address=account.address, name=assembly.name),
        say("wire.link.code", code=event.code),
        say("wire.link.else"),
    )
    note = message.note(assembly, account, lines, language=assembly.language)
    said = common.activity("Create", assembly.actor, note, to=[account.uri])
    await outbox.publish(tx, assembly.actor, said, [account.inbox], is_public=False)
