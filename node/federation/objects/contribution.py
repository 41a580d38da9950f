"""What a member says, as a note (wire.md, 5.7)."""

from node import clock
from node.activitypub import contexts, uris
from node.activitypub.addressing import PUBLIC
from node.activitypub.document import Document
from node.federation.objects import common
from node.models import Assembly, Contribution, Proposal, Publication


def note(contribution: Contribution, on: Proposal | Publication, assembly: Assembly) -> Document:
    """Write a contribution to a proposal of ours or to a text elsewhere. It has no name."""
    written: Document = {
        "@context": contexts.CONTEXT,
        "id": contribution.uri,
        "type": "Note",
        "attributedTo": contribution.author.uri,
        "to": [PUBLIC],
        "cc": [assembly.actor.uri],
        **common.in_language(contribution.language or assembly.language, contribution.content),
        "published": clock.wire(contribution.published_at),
        "url": contribution.uri,
        "assembly": {"v": 1, "kind": "comment"},
    }
    if isinstance(on, Proposal):
        origin = assembly.origin
        written["inReplyTo"] = contribution.in_reply_to or uris.proposal(origin, on.number)
        written["context"] = uris.context(origin, on.number)
        revision = contribution.version_number or on.version.number
        written["assembly"]["revision"] = uris.revision(origin, on.number, revision)
    else:
        written["inReplyTo"] = on.uri
        written["cc"] = [on.author.uri]
        written["tag"] = [
            {"type": "Mention", "href": on.author.uri, "name": f"@{on.author.address}"}
        ]
    if contribution.edited_at is not None:
        written["updated"] = clock.wire(contribution.edited_at)
    return written
