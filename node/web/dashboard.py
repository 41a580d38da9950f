"""What waits for the member who is signed in, and what is theirs."""

import functools
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import (
    assemblies,
    attention,
    decided,
    drafts,
    follow_ups,
    following,
    joining,
    timelines,
)
from node.assembly.follow_ups import Standing
from node.database import Transaction
from node.models import Decision, Member
from node.web import register_words
from node.web.page import page
from node.web.security import signed_in


async def show(request: Request) -> Response:
    """Show the votes that ask for an answer first, by closing date."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        values: dict[str, Any] = {
            "asked": await attention.asked(tx, member),
            "drafts": await drafts.carried(tx, member),
            "to_answer": await attention.to_answer(tx, member),
            "objected": await attention.objected(tx, member),
            "to_draw": await attention.to_draw(tx) if member.is_in_charge else [],
            "late": await _late(tx, request, member),
            "carried": await attention.carried(tx, member),
            "organised": await attention.organised(tx, member),
            "said": await attention.said(tx, member, limit=5),
            "decisions": await decided.newest(tx, 3),
            "calls": await timelines.upcoming(tx, limit=3),
            "newcomers": await joining.waiting_for(tx, member),
            "wishes": (
                await following.followers(tx, request.state.assembly.actor, following.ASKED)
                if member.is_in_charge
                else []
            ),
        }
    values["on_day"] = functools.partial(register_words.short_day, words=request.state.words)
    return await page(request, "dashboard.html", **values)


async def _late(
    tx: Transaction, request: Request, member: Member
) -> list[tuple[Decision, Standing]]:
    """Return the decisions that those in charge, and who carried them, are reminded of."""
    today = clock.now().astimezone(assemblies.zone(request.state.assembly)).date()
    late = await follow_ups.late(tx, today)
    return [(one, now) for one, now in late if follow_ups.may_follow_up(one, member)]


routes = [Route("/tableau-de-bord", show)]
