"""The head of the register, which stands for all of it (wire.md, 5.11)."""

from node import clock
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.federation.objects import common
from node.models import Assembly, RegisterEntry


def head(last: RegisterEntry, assembly: Assembly) -> Document:
    """Write the head, still without its proof."""
    actor = assembly.actor
    return {
        "@context": contexts.CONTEXT,
        "id": uris.register_head(actor.uri),
        "type": "Object",
        "attributedTo": actor.uri,
        **common.public(actor),
        "assembly": {
            "v": 1,
            "kind": "register-head",
            "register": uris.register(actor.uri),
            "seq": last.seq,
            "head": last.digest,
            "at": clock.wire(last.at),
        },
    }
