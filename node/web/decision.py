"""One decision: the sentence, the figures and their rule, the text as adopted, the proof."""

import json

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import decisions, turnout
from node.database import Transaction
from node.models import Actor, Decision, Opinion, RegisterEntry
from node.texts import plain, render
from node.web import reading, tables
from node.web.page import page


async def show(request: Request) -> Response:
    """Show what was decided, by whom and how it can be verified."""
    async with request.app.state.node.database.read() as tx:
        decision = await decisions.by_number(tx, reading.number(request))
        uri = f"{request.state.assembly.origin}/d/{decision.number}"
        entry = await _entry(tx, uri)
        reasons = await turnout.reasons(tx, decision.vote_id) if decision.vote_id else []
        servers = await _servers(tx, decision)
    return await page(
        request,
        "decision.html",
        decision=decision,
        proposal_path=reading.proposal_path(decision.proposal.number, decision.proposal.title),
        uri=uri,
        content=reading.ours(decision.version.content),
        statement=reading.ours(render(decision.statement)),
        sentence=plain(render(decision.statement), 200),
        table=tables.of(decision.tally),
        outside=[line for line in tables.of(decision.outside) if line.times],
        outside_count=sum(decision.outside.values()),
        servers_count=servers,
        reasons=reasons,
        entry=entry,
        qr=reading.qr(uri),
    )


async def _entry(tx: Transaction, uri: str) -> RegisterEntry | None:
    """Find where the decision stands in the register; its entry names it in so many letters."""
    needle = json.dumps(uri, ensure_ascii=False)
    statement = select(RegisterEntry).where(RegisterEntry.entry.contains(needle, autoescape=True))
    entry = await tx.find(statement.order_by(RegisterEntry.seq).limit(1))
    return entry if isinstance(entry, RegisterEntry) else None


async def _servers(tx: Transaction, decision: Decision) -> int:
    statement = select(Actor.domain).join(Opinion, Opinion.actor_id == Actor.id).distinct()
    rows = await tx.execute(statement.where(Opinion.vote_id == decision.vote_id))
    return len(rows.all())


routes = [Route("/d/{n:int}", show)]
