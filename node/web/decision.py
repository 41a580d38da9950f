"""One decision: the sentence, the figures and their rule, the text as adopted, the proof."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import decisions, follow_ups, register, showing
from node.assembly.follow_ups import Standing
from node.assembly.showing import Shown
from node.assembly.voting import secret
from node.database import Transaction
from node.federation import register_rows
from node.models import Actor, Decision, FollowUp, Opinion, Vote
from node.texts import plain
from node.web import paging, printing, reading, register_words, tables, working
from node.web.page import page
from node.web.register_leaves import rendered
from node.words import Words

_REASONS = 60


async def show(request: Request) -> Response:
    """Show what was decided, by whom, what became of it and how it can be verified."""
    async with request.app.state.node.database.read() as tx:
        decision = await decisions.by_number(tx, reading.number(request))
        seq = register_rows.seq_of(decision.document)
        entry = await register.at(tx, seq) if seq else None
        corrected = await decisions.superseded(tx, decision)
        correction = await decisions.superseding(tx, decision)
        servers = await _servers(tx, decision)
        lines = await follow_ups.listed(tx, decision)
    uri = f"{request.state.assembly.origin}/d/{decision.number}"
    member, sentence = request.state.member, rendered(decision.statement)
    figures = _figures(request.state.words, decision, corrected)
    at = paging.pages(request, len(figures["reasons"]), name="raisons", most=_REASONS)
    reasons = groupby(at.cut(figures.pop("reasons")), key=itemgetter(0))
    return await page(
        request,
        "decision.html",
        decision=decision,
        proposal_path=reading.proposal_path(decision.proposal.number, decision.proposal.title),
        uri=uri,
        content=reading.ours(rendered(decision.version.source), decision.proposal.language),
        statement=reading.ours(sentence, decision.proposal.language),
        sentence=plain(sentence, 200),
        minority=reading.ours(rendered(decision.minority), decision.proposal.language),
        servers_count=servers,
        corrected=corrected,
        correction=correction,
        may_correct=correction is None and member is not None and member.is_in_charge,
        may_follow_up=correction is None and follow_ups.may_follow_up(decision, member),
        entry=entry,
        qr=reading.qr(uri),
        has_pdf=printing.is_available(),
        early=_early(decision),
        at=at,
        reasons=[(choice, [reason for _, reason in given]) for choice, given in reasons],
        **figures,
        **followed(request.state.words, decision, lines),
    )


def _early(decision: Decision) -> Vote | None:
    """Return the vote that was taken, where somebody closed it before the time that was said."""
    vote = decision.vote
    is_early = vote is not None and vote.closed_at is not None and vote.closed_at < vote.closes_at
    return vote if is_early else None


def followed(words: Words, decision: Decision, lines: Any) -> dict[str, Any]:
    """Return what became of a decision, as pages show it."""
    standing = follow_ups.standing(decision, lines)
    return {
        "standing": standing,
        "is_followed": standing != Standing() or bool(lines),
        "due_on": _day(standing.due_on, words),
        "review_on": _day(standing.review_on, words),
        "lines": [_line(one, words) for one in lines],
    }


def _figures(words: Words, decision: Decision, corrected: Decision | None) -> dict[str, Any]:
    counts = {code: one for code, one in decision.tally.items() if isinstance(one, int)}
    outside = {code: one for code, one in decision.outside.items() if isinstance(one, int)}
    names = register_words.names(decision.vote.options if decision.vote else ())
    chosen = [names.get(code, code) for code in decision.working.get("winners", ())]
    shown = _shown(decision, corrected)
    is_too_few = bool(
        decision.vote and decision.vote.is_secret and decision.turnout < secret.LEAST_VOTERS
    )
    # What the count said names them among its notes.
    quorums = decision.quorums if is_too_few or not shown else ()
    rule = f"method-rule.{decision.vote.method}" if decision.vote else ""
    return {
        "table": tables.of(counts, names),
        "chosen": chosen,
        "tied": [names.get(code, code) for code in decision.working.get("tied", ())],
        "has_draw": "draw" in decision.working,
        "least": secret.LEAST_VOTERS,
        "is_too_few": is_too_few,
        "result": shown.sentence.said(words, names) if shown else "",
        "explanation": register_words.explanation(decision.explanation, words),
        "notes": [note.said(words, names) for note in shown.notes] if shown else [],
        # The figures themselves stand above already.
        "working": working.of(
            words,
            [one for one in shown.tables if not counts or one.caption.key != "tally.result"],
            names,
        )
        if shown
        else [],
        "rule": words(rule) if words.has(rule) else "",
        "quorums": [register_words.quorum(one, words) for one in quorums],
        "outside": [line for line in tables.of(outside, names) if line.times],
        "outside_count": sum(outside.values()),
        "reasons": [
            (register_words.choice(code, words, names), reason)
            for code, reasons in register_words.reasons(
                decision.reasons, decision.tolerated
            ).items()
            for reason in reasons
        ],
    }


def _shown(decision: Decision, corrected: Decision | None) -> Shown | None:
    """Return what the count said, where these are the figures that were counted."""
    is_counted = corrected is None or "draw" in decision.working
    if corrected and not corrected.supersedes_id:
        is_counted = is_counted or corrected.tally == decision.tally
    return showing.given(decision.vote.shown) if decision.vote and is_counted else None


def _line(one: FollowUp, words: Words) -> dict[str, Any]:
    return {
        "at": one.written_at,
        "author": one.author,
        "text": one.text,
        "holder": one.holder,
        "due_on": _day(one.due_on, words),
        "review_on": _day(one.review_on, words),
        "is_done": one.is_done,
    }


def _day(moment: Any, words: Words) -> str:
    return register_words.day(moment, words) if moment else ""


async def _servers(tx: Transaction, decision: Decision) -> int:
    statement = select(Actor.domain).join(Opinion, Opinion.actor_id == Actor.id).distinct()
    rows = await tx.execute(statement.where(Opinion.vote_id == decision.vote_id))
    return len(rows.all())


routes = [Route("/d/{n:int}", show)]
