"""Whether the node can be used: for supervisors, not for people."""

from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from node import clock
from node.assembly import traffic
from node.errors import NotNow

OLDEST_SECONDS = 900


async def is_ready(request: Request) -> Response:
    """The database answers, and nothing waits for too long."""
    try:
        async with request.app.state.node.database.read() as tx:
            oldest = await traffic.oldest_unhandled(tx)
    except (SQLAlchemyError, OSError, NotNow) as error:
        return JSONResponse({"state": "no-database", "reason": type(error).__name__}, 503)
    age = _age(oldest)
    state = "late" if age > OLDEST_SECONDS else "ready"
    return JSONResponse({"state": state, "oldest_seconds": round(age)}, 200)


def _age(oldest: datetime | None) -> float:
    return max(0.0, (clock.now() - oldest).total_seconds()) if oldest else 0.0


routes = [Route("/readyz", is_ready)]
