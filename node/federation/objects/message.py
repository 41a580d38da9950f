"""A message of the assembly that one account alone reads."""

from collections.abc import Sequence

from node import clock, ids
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.federation.objects import common
from node.models import Actor, Assembly


def note(
    assembly: Assembly,
    account: Actor,
    lines: Sequence[str],
    *,
    language: str,
    link: tuple[str, str] | None = None,
) -> Document:
    """Write some lines to an account, with where to go on; it is mentioned, so that it hears."""
    content = "".join(map(common.paragraph, lines))
    return {
        "@context": contexts.CONTEXT,
        "id": uris.note(assembly.origin, ids.ulid()),
        "type": "Note",
        "attributedTo": assembly.actor.uri,
        "to": [account.uri],
        "cc": [],
        **common.in_language(language, content + (common.link(*link) if link else "")),
        "published": clock.wire(clock.now()),
        "tag": [{"type": "Mention", "href": account.uri, "name": f"@{account.address}"}],
    }
