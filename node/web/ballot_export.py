"""The ballots of a closed vote as a file without names, for anyone to count again."""

import json

from starlette.requests import Request
from starlette.responses import Response

from node.assembly import votes
from node.errors import NotNow
from node.web import ballot_at


async def export(request: Request) -> Response:
    """Return the file that `palabre tally` counts (docs/tally.md); nothing while it is open."""
    async with request.app.state.node.database.read() as tx:
        vote = await ballot_at.vote(tx, request)
        if vote.closed_at is None or vote.ended_as not in (None, "counted"):
            raise NotNow("there are no results", code="no-results-yet")
        if votes.too_few(vote, await votes.turnout(tx, vote)):
            raise NotNow("too few took part", code="too-few-to-publish")
        about = f"{request.state.assembly.origin}{ballot_at.path(request)}"
        written = {"about": about, **await votes.export(tx, vote)}
    body = json.dumps(written, ensure_ascii=False, indent=1)
    name = f"vote-{vote.proposal.label}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type="application/json", headers=headers)


routes = ballot_at.doors("bulletins.json", export)
