"""Proposals, their revisions, and the notes that say a phase has changed (wire.md, 5.2, 5.3)."""

from node import clock, ids
from node.activitypub import contexts, uris
from node.activitypub.addressing import PUBLIC
from node.activitypub.document import Document
from node.assembly import assemblies, method
from node.federation.objects import common
from node.models import Assembly, Proposal, State, Version
from node.texts import plain


def article(proposal: Proposal, assembly: Assembly) -> Document:
    """Write a proposal as it stands now."""
    actor, version, origin = assembly.actor, proposal.version, assembly.origin
    uri = uris.proposal(origin, proposal.number)
    written: Document = {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "Article",
        "attributedTo": actor.uri,
        "actor": actor.uri,
        **common.public(actor),
        "audience": actor.uri,
        "name": proposal.title,
        "summary": common.paragraph(summary(proposal, assembly)),
        **common.in_language(proposal.language, version.content),
        "source": {"mediaType": "text/markdown", "content": version.source},
        "preview": {
            "type": "Note",
            "content": common.headline(proposal.title)
            + common.paragraph(plain(version.content, 280)),
        },
        "url": uri,
        "context": uris.context(origin, proposal.number),
        "replies": uris.replies(origin, proposal.number),
        "published": clock.wire(proposal.published_at),
        **common.QUOTABLE,
        "assembly": _assembly(proposal, assembly),
    }
    if clock.wire(proposal.changed_at) != clock.wire(proposal.published_at):
        written["updated"] = clock.wire(proposal.changed_at)
    return written


def revision(proposal: Proposal, version: Version, assembly: Assembly) -> Document:
    """Write one version, which never changes."""
    origin = assembly.origin
    uri = uris.revision(origin, proposal.number, version.number)
    return {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "Article",
        "attributedTo": assembly.actor.uri,
        **common.public(assembly.actor),
        "name": version.title,
        "summary": common.paragraph(
            common.spoken(assembly)("wire.revision", label=proposal.label, number=version.number)
        ),
        **common.in_language(proposal.language, version.content),
        "source": {"mediaType": "text/markdown", "content": version.source},
        "url": uri,
        "context": uris.context(origin, proposal.number),
        "published": clock.wire(version.written_at),
        "assembly": {
            "v": 1,
            "kind": "proposal",
            "number": proposal.label,
            "revision": uri,
            "textDigest": version.digest,
            "language": proposal.language,
        },
    }


def phase(proposal: Proposal, assembly: Assembly, *, before: State, why: str) -> Document:
    """Say that a phase has changed, for servers that pass over the Update of an article."""
    version, origin = proposal.version, assembly.origin
    uri = uris.note(origin, ids.ulid())
    now = clock.wire(clock.now())
    subject = uris.revision(origin, proposal.number, version.number)
    content = common.headline(why) + common.paragraph(proposal.title)
    return {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "Note",
        "attributedTo": assembly.actor.uri,
        "inReplyTo": uris.proposal(origin, proposal.number),
        "context": uris.context(origin, proposal.number),
        "to": [PUBLIC],
        "cc": [],
        **common.in_language(assembly.language, content),
        "published": now,
        "url": uris.proposal(origin, proposal.number),
        "assembly": {
            "v": 1,
            "kind": "phase",
            "subject": subject,
            "from": before.value,
            "state": proposal.state.value,
            "at": now,
        },
    }


def summary(proposal: Proposal, assembly: Assembly) -> str:
    """Say in one sentence what the reader can do now; Mastodon shows little else."""
    words = common.spoken(assembly)
    values: dict[str, object] = {"label": proposal.label}
    if proposal.state is State.VOTE and proposal.vote_closes_at is not None:
        values["moment"] = words.moment(proposal.vote_closes_at, assemblies.zone(assembly))
    if proposal.state is State.FROZEN and proposal.vote_closes_at is not None:
        moment = words.moment(proposal.vote_closes_at, assemblies.zone(assembly))
        return words("wire.proposal.amendment-vote", **values, moment=moment)
    if proposal.state is State.WITHDRAWN:
        values["reason"] = proposal.withdrawn_because or ""
    return words(f"wire.proposal.{proposal.state.value}", **values)


def _assembly(proposal: Proposal, assembly: Assembly) -> Document:
    # Only who chose to sign, and to exist outside at all, is named (wire.md, rule 4).
    carrier = proposal.carrier if proposal.is_signed else None
    proposers = [carrier.actor.uri] if carrier is not None and carrier.is_published else []
    phases: list[Document] = []
    if proposal.running_round and proposal.discussion_closes_at is not None:
        kind = proposal.state.value
        phases.append({"kind": kind, "end": clock.wire(proposal.discussion_closes_at)})
    if proposal.vote_closes_at is not None:
        # While the text is frozen, what ends is the vote on an amendment to it.
        kind = "amendment" if proposal.state is State.FROZEN else "vote"
        phases.append({"kind": kind, "end": clock.wire(proposal.vote_closes_at)})
    return {
        "v": 1,
        "kind": "proposal",
        "number": proposal.label,
        "state": proposal.state.value,
        "revision": uris.revision(assembly.origin, proposal.number, proposal.version.number),
        "textDigest": proposal.version.digest,
        "language": proposal.language,
        "method": method.find(proposal.method).wire_name,
        "proposers": proposers,
        "phases": phases,
    }
