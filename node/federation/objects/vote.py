"""The opening of a vote, as a question that everyone may answer (wire.md, 5.4 and 7)."""

import html
from collections.abc import Mapping

from node import clock
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.assembly import method, votes
from node.federation.objects import common
from node.models import Assembly, Vote


def question(
    vote: Vote, opinions: Mapping[str, int], assembly: Assembly, *, people: int | None = None
) -> Document:
    """Write the vote with the outside opinions so far; members vote on the assembly's page.

    A secret vote, and one that a poll cannot express, is a note without options, so that nobody
    answers in public by mistake.
    """
    proposal, origin, words = vote.proposal, assembly.origin, common.spoken(assembly)
    uri = uris.vote(origin, proposal.number)
    is_poll = votes.is_expressible(vote)
    written: Document = {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "Question" if is_poll else "Note",
        "attributedTo": assembly.actor.uri,
        "inReplyTo": uris.proposal(origin, proposal.number),
        "context": uris.context(origin, proposal.number),
        **common.public(assembly.actor),
        "published": clock.wire(vote.opened_at),
        "url": uri,
        **common.in_language(assembly.language, _content(vote, assembly, is_poll=is_poll)),
        "endTime": clock.wire(vote.closes_at),
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
    if is_poll:
        named = option_names(vote, assembly).items()
        answers = [_answer(name, opinions.get(code, 0)) for code, name in named]
        written["anyOf" if votes.is_multiple(vote) else "oneOf"] = answers
        written["votersCount"] = sum(opinions.values()) if people is None else people
    if vote.closed_at is not None:
        written["closed"] = clock.wire(vote.closed_at)
    return written


def option_names(vote: Vote, assembly: Assembly) -> dict[str, str]:
    """Return what each choice is called on the wire, by code."""
    if vote.options:
        return {one["code"]: one["text"] for one in vote.options}
    words = common.spoken(assembly)
    return {code: words(f"choice.{code}") for code in votes.choices(vote)}


def _answer(name: str, times: int) -> Document:
    replies = {"type": "Collection", "totalItems": times}
    return {"type": "Note", "name": name, "replies": replies}


def _content(vote: Vote, assembly: Assembly, *, is_poll: bool) -> str:
    """Write what is asked, and what an answer given here is worth."""
    words, label = common.spoken(assembly), vote.proposal.label
    if not is_poll:
        worth = "wire.vote.secret" if vote.is_secret else "wire.vote.only-there"
    else:
        worth = "wire.vote.poll-ballots" if vote.poll_ballots else "wire.vote.how"
    page = html.escape(uris.proposal(assembly.origin, vote.proposal.number))
    how = html.escape(words(worth), quote=False)
    link = html.escape(words("wire.vote.link"), quote=False)
    title = words("wire.vote.title", label=label, title=vote.version.title)
    return f'{common.headline(title)}<p>{how} <a href="{page}">{link}</a></p>'


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
        "rule": vote.rule,
        "secret": vote.is_secret,
        "pollBallots": vote.poll_ballots,
        "optionCodes": [method.wire_code(code) for code in votes.choices(vote)],
        **({"options": list(vote.options)} if vote.options else {}),
        "electorate": vote.electorate_count,
        "rollDigest": vote.roll_digest,
        "opens": clock.wire(vote.opened_at),
        "closes": clock.wire(vote.closes_at),
        **({"cancelled": True} if vote.ended_as in ("cancelled", "voided") else {}),
    }
