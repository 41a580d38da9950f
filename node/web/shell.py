"""What stands around every page: who may come in, what every answer carries, what errors say."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from node.errors import Refusal, Unreachable
from node.web import refusals
from node.web.doings import DoneAlready
from node.web.security import SameSite, SecurityHeaders
from node.web.shelf import Shelf
from node.web.visitor import Visitor


def options() -> dict[str, Any]:
    """Return how Starlette is to be set up around the routes."""
    return {
        "middleware": [
            Middleware(SecurityHeaders),
            Middleware(Shelf),
            Middleware(Visitor, refuse=refusals.refused),
            Middleware(SameSite, refuse=refusals.refused),
        ],
        "exception_handlers": {
            Refusal: refusals.refused,
            Unreachable: refusals.unreachable,
            DoneAlready: refusals.done_already,
            HTTPException: refusals.no_such_page,
            Exception: refusals.broken,
        },
    }
