"""A decision with its figures (wire.md, 5.5)."""

from collections.abc import Mapping
from typing import Any

from node import clock, digests
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.assembly import method
from node.federation.objects import common
from node.models import Assembly, Decision, RegisterEntry
from node.texts import shorten
from node.words import Words

MAY_BE_EMPTY = (
    "quorums", "working", "reviewOn", "statement", "minorityOpinion", "toleratedBlocks",
    "reasonsDigest", "correctionReason",
)  # fmt: skip


def note(
    decision: Decision,
    last: RegisterEntry | None,
    assembly: Assembly,
    corrected: Decision | None = None,
) -> Document:
    """Write a decision, still without its proof, as the entry that follows `last`."""
    proposal, origin = decision.proposal, assembly.origin
    uri = uris.decision(origin, decision.number)
    words = common.spoken(assembly)
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
        **common.QUOTABLE,
        **common.in_language(assembly.language, _content(decision, corrected, words, uri)),
        "tag": [
            common.exact_revision(
                assembly,
                proposal.number,
                decision.version,
                words("wire.proposal.name", label=proposal.label),
            )
        ],
        "assembly": {
            "v": 1,
            "kind": "decision",
            "number": decision.label,
            "subject": uris.revision(origin, proposal.number, decision.version.number),
            "supersedes": uris.decision(origin, corrected.number) if corrected else None,
            "register": {"seq": last.seq + 1 if last else 1, "prev": last.digest if last else None},
            **_vote(decision, assembly),
            **facts(decision),
        },
    }


def facts(decision: Any) -> Document:
    """Return what was decided as it is sealed; a row with the same names will do."""
    quorums = [_quorum(one) for one in decision.quorums]
    figures = {
        "tally": common.counts(decision.tally),
        "turnout": decision.turnout,
        "quorum": _telling(quorums),
        "ballotsDigest": decision.ballots_digest,
        "outside": dict(decision.outside),
    }
    more = {
        "quorums": quorums if len(quorums) > 1 else [],
        "working": decision.working,
        "reviewOn": decision.review_on.isoformat() if decision.review_on else None,
        "statement": decision.statement,
        "minorityOpinion": decision.minority,
        "toleratedBlocks": list(decision.tolerated),
        "reasonsDigest": digests.of(decision.reasons) if decision.reasons else None,
        "correctionReason": decision.corrected_because,
    }
    return {
        "outcome": outcome(decision.outcome, decision.outcome_reason),
        "explanation": decision.explanation,
        **(figures if decision.vote_id is not None else {}),
        **{name: value for name, value in more.items() if value},
    }


def outcome(code: str, reason: str | None) -> str:
    """Return the code of an outcome on the wire; a rejection goes by its reason."""
    name = reason or code
    return common.OUTCOMES.get(name, name.replace("_", "-"))


def figures(decision: Decision, words: Words) -> str:
    """Say how many voted and how, in words."""
    vote = decision.vote
    names = {one["code"]: one["text"] for one in vote.options} if vote else {}
    parts = [
        words("wire.decision.part", choice=_said(code, names, words), count=words.number(count))
        for code, count in decision.tally.items()
        if isinstance(count, int) and (code in names or words.has(f"choice.{code}"))
    ]
    of_members = words(
        "wire.decision.turnout",
        turnout=words.number(decision.turnout),
        electorate=words.number(vote.electorate_count if vote else 0),
    )
    return f"{', '.join(parts)}. {of_members}" if parts else of_members


def _said(code: str, names: Mapping[str, str], words: Words) -> str:
    """Return a position in words, an option by its name."""
    return names[code] if code in names else words(f"choice.{code}")


def _content(decision: Decision, corrected: Decision | None, words: Words, uri: str) -> str:
    """Write what people read of it on their own server: tallies are sentences there."""
    keys = [f"wire.decision.{code}" for code in (decision.outcome_reason, decision.outcome)]
    known = next(filter(words.has, keys), "wire.decision.any")
    headline = words(known, label=decision.label)
    parts = [common.headline(headline, decision.version.title + ".")]
    if corrected is not None:
        said = words(
            "wire.decision.corrects", label=corrected.label, reason=decision.corrected_because
        )
        parts.append(common.paragraph(shorten(said, 1200)))
    if decision.statement:
        parts.append(common.paragraph(decision.statement))
    if decision.vote:
        parts.append(common.paragraph(figures(decision, words)))
    return "".join(parts) + common.link(uri, words("wire.decision.link"))


def _vote(decision: Decision, assembly: Assembly) -> Document:
    """Write how and about which text it was asked."""
    written: Document = {"textDigest": decision.version.digest}
    vote = decision.vote
    if vote is None:
        return written
    if vote.options:
        written["options"] = vote.options
    return written | {
        "round": uris.round_(assembly.origin, decision.proposal.number, vote.round),
        "method": method.find(vote.method).wire_name,
        "rule": vote.rule,
        "electorate": vote.electorate_count,
        "secret": vote.is_secret,
        "rollDigest": vote.roll_digest,
        "opened": clock.wire(vote.opened_at),
        "closed": clock.wire(vote.closed_at or decision.decided_at),
    }


def _quorum(one: Mapping[str, Any]) -> Document:
    return {name: one[name] for name in ("kind", "num", "den", "have", "of", "needed", "met")}


def _telling(quorums: list[Document]) -> Document | None:
    """Return the quorum to show where there is room for one: the one not met, or the first."""
    return next((one for one in quorums if not one["met"]), quorums[0] if quorums else None)
