"""Which vote an address means: the one about a proposal, or the one about an amendment to it."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import amendments, proposals, votes
from node.assembly.voting import on_amendments, sheets
from node.assembly.voting.sheets import Sheet
from node.database import Transaction
from node.models import Amendment, Proposal, Vote
from node.web import reading

_PLACES = ("/p/{n:int}", "/p/{n:int}/amendements/{a:int}")


def doors(
    end: str, endpoint: Callable[[Request], Awaitable[Response]], method: str = "GET"
) -> list[Route]:
    """Return the routes of a page that both kinds of votes have."""
    return [Route(f"{place}/{end}", endpoint, methods=[method]) for place in _PLACES]


def path(request: Request) -> str:
    """Return where what is voted on is read."""
    number, amendment = _numbers(request)
    about = f"/amendements/{amendment}" if amendment is not None else ""
    return f"/p/{number}{about}"


async def sheet(tx: Transaction, request: Request) -> Sheet:
    """Return the sheet of the vote. Raise NotFound, or NotNow before any vote."""
    return await sheets.about(tx, *_numbers(request))


async def vote(tx: Transaction, request: Request) -> Vote:
    """Return the last vote. Raise NotFound."""
    proposal, amendment = await subject(tx, request)
    if amendment is None:
        return await votes.on(tx, proposal)
    return await on_amendments.on(tx, amendment)


async def subject(tx: Transaction, request: Request) -> tuple[Proposal, Amendment | None]:
    """Return what the assembly is asked about. Raise NotFound."""
    number, amendment = _numbers(request)
    proposal = await proposals.by_number(tx, number)
    if amendment is None:
        return proposal, None
    return proposal, await amendments.by_number(tx, proposal, amendment)


def _numbers(request: Request) -> tuple[int, int | None]:
    amendment = reading.number(request, "a") if "a" in request.path_params else None
    return reading.number(request), amendment
