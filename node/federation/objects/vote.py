"""The opening of a vote, as a question that everyone may answer (wire.md, 5.4 and 7)."""

import html
from collections.abc import Mapping

from node import clock
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.assembly import method
from node.federation.objects import common
from node.models import Assembly, Vote


def question(vote: Vote, opinions: Mapping[str, int], assembly: Assembly) -> Document:
    """Write the vote with the outside opinions so far; members vote on the assembly's page."""
    proposal, origin, words = vote.proposal, assembly.origin, common.spoken(assembly)
    uri = uris.vote(origin, proposal.number)
    page = uris.proposal(origin, proposal.number)
    content = common.headline(
        words("wire.vote.title", label=proposal.label, title=vote.version.title)
    ) + (
        f"<p>{html.escape(words('wire.vote.how'), quote=False)} "
        f'<a href="{html.escape(page)}">{html.escape(words("wire.vote.link"), quote=False)}</a></p>'
    )
    written: Document = {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "Question",
        "attributedTo": assembly.actor.uri,
        "inReplyTo": page,
        "context": uris.context(origin, proposal.number),
        **common.public(assembly.actor),
        "published": clock.wire(vote.opened_at),
        "url": uri,
        **common.in_language(assembly.language, content),
        "oneOf": [
            {
                "type": "Note",
                "name": name,
                "replies": {"type": "Collection", "totalItems": opinions.get(code, 0)},
            }
            for code, name in option_names(vote, assembly).items()
        ],
        "endTime": clock.wire(vote.closes_at),
        "votersCount": sum(opinions.values()),
        "tag": [
            common.exact_revision(
                assembly,
                proposal.number,
                vote.version,
                words("wire.proposal.name", label=proposal.label),
            )
        ],
        "assembly": _assembly(vote, assembly),
    }
    if vote.closed_at is not None:
        written["closed"] = clock.wire(vote.closed_at)
    return written


def option_names(vote: Vote, assembly: Assembly) -> dict[str, str]:
    """Return what each choice is called on the wire, by code."""
    words = common.spoken(assembly)
    return {code: words(f"choice.{code}") for code in method.find(vote.method).choices}


def _assembly(vote: Vote, assembly: Assembly) -> Document:
    number, origin = vote.proposal.number, assembly.origin
    found = method.find(vote.method)
    return {
        "v": 1,
        "kind": "vote",
        "round": uris.round_(origin, number, vote.round),
        "subject": uris.revision(origin, number, vote.version.number),
        "textDigest": vote.version.digest,
        "method": found.wire_name,
        "secret": False,
        "pollBallots": False,
        "optionCodes": [code.replace("_", "-") for code in found.choices],
        "electorate": vote.electorate_count,
        "rollDigest": vote.roll_digest,
        "opens": clock.wire(vote.opened_at),
        "closes": clock.wire(vote.closes_at),
    }
