"""A decision with its figures (wire.md, 5.5)."""

from node import clock
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.assembly import method
from node.federation.objects import common
from node.models import Assembly, Decision, RegisterEntry
from node.words import Words


def note(decision: Decision, last: RegisterEntry | None, assembly: Assembly) -> Document:
    """Write a decision, still without its proof, as the entry that follows `last`."""
    proposal, origin = decision.proposal, assembly.origin
    uri = uris.decision(origin, decision.number)
    words = common.spoken(assembly)
    content = (
        common.headline(
            words(f"wire.decision.{decision.outcome}", label=decision.label),
            decision.version.title + ".",
        )
        + (common.paragraph(decision.statement) if decision.statement else "")
        + (common.paragraph(figures(decision, words)) if decision.vote else "")
        + common.link(uri, words("wire.decision.link"))
    )
    return {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "Note",
        "attributedTo": assembly.actor.uri,
        "inReplyTo": uris.proposal(origin, proposal.number),
        "context": uris.context(origin, proposal.number),
        **common.public(assembly.actor),
        "published": clock.wire(decision.decided_at),
        "url": uri,
        **common.in_language(assembly.language, content),
        "tag": [
            common.exact_revision(
                assembly,
                proposal.number,
                decision.version,
                words("wire.proposal.name", label=proposal.label),
            )
        ],
        "assembly": _assembly(decision, last, assembly),
    }


def figures(decision: Decision, words: Words) -> str:
    """Say how many voted and how, in words."""
    parts = [
        words("wire.decision.part", choice=words(f"choice.{code}"), count=words.number(count))
        for code, count in decision.tally.items()
    ]
    vote = decision.vote
    of_members = words(
        "wire.decision.turnout",
        turnout=words.number(decision.turnout),
        electorate=words.number(vote.electorate_count if vote else 0),
    )
    return f"{', '.join(parts)}. {of_members}"


def _assembly(decision: Decision, last: RegisterEntry | None, assembly: Assembly) -> Document:
    number, origin, vote = decision.proposal.number, assembly.origin, decision.vote
    written: Document = {
        "v": 1,
        "kind": "decision",
        "number": decision.label,
        "outcome": common.OUTCOMES.get(decision.outcome, decision.outcome.replace("_", "-")),
        "subject": uris.revision(origin, number, decision.version.number),
        "textDigest": decision.version.digest,
        "explanation": decision.explanation,
        "supersedes": None,
        "register": {"seq": last.seq + 1 if last else 1, "prev": last.digest if last else None},
    }
    if vote is not None:
        written |= {
            "round": uris.round_(origin, number, vote.round),
            "method": method.find(vote.method).wire_name,
            "rule": vote.rule,
            "tally": common.counts(decision.tally),
            "electorate": vote.electorate_count,
            "turnout": decision.turnout,
            "quorum": None,
            "secret": False,
            "rollDigest": vote.roll_digest,
            "ballotsDigest": decision.ballots_digest,
            "opened": clock.wire(vote.opened_at),
            "closed": clock.wire(vote.closed_at or decision.decided_at),
            "outside": dict(decision.outside),
        }
    return written
