"""The agenda: calls and closing votes, day by day."""

from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node.assembly import assemblies, meetings, timelines
from node.assembly.timelines import CallLine, ProposalLine
from node.models import State
from node.web.page import page


class Item(NamedTuple):
    """Something that happens at a moment: a call, or the end of a vote or a discussion."""

    at: datetime
    call: CallLine | None = None
    proposal: ProposalLine | None = None


async def show(request: Request) -> Response:
    """List what is coming by day, then what is over."""
    async with request.app.state.node.database.read() as tx:
        calls = await timelines.upcoming(tx)
        proposals = await timelines.open_now(tx)
        past = await timelines.past(tx, limit=30)
        kinds = await meetings.kinds(tx, [call.number for call in (*calls, *past)])
    items = [Item(call.starts_at, call=call) for call in calls]
    items += [Item(end, proposal=proposal) for proposal in proposals if (end := _end(proposal))]
    days = _by_day(items, assemblies.zone(request.state.assembly))
    return await page(request, "agenda.html", days=days, past=past, kinds=kinds)


async def calls(_request: Request) -> Response:
    """Calls are read in the agenda."""
    return RedirectResponse("/agenda", 301)


def _end(proposal: ProposalLine) -> datetime | None:
    if proposal.state is State.VOTE:
        return proposal.vote_closes_at
    return proposal.discussion_closes_at


def _by_day(items: list[Item], zone: ZoneInfo) -> list[tuple[datetime, list[Item]]]:
    def day(item: Item) -> date:
        return item.at.astimezone(zone).date()

    listed = sorted(items, key=lambda item: item.at)
    grouped = [list(of_day) for _, of_day in groupby(listed, day)]
    return [(of_day[0].at, of_day) for of_day in grouped]


routes = [Route("/agenda", show), Route("/appels", calls)]
