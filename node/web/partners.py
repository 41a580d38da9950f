"""Whom we follow and who follows us: relation, last contact, and how well it travels."""

from collections import Counter
from collections.abc import Sized

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import neighbours
from node.assembly.following import ACCEPTED
from node.web import paging, reading
from node.web.page import page

_LINES = 25  # of each of four lists


async def show(request: Request) -> Response:
    """Name assemblies and organisations; of persons who follow, everybody sees only servers."""
    member = request.state.member
    async with request.app.state.node.database.read() as tx:
        around = await neighbours.around(tx, request.state.assembly.actor)
    groups = [one for one in around if not one.is_person or one.we_follow]
    persons = [one for one in around if one.is_person and one.they_follow == ACCEPTED]
    shown = [one for one in groups if ACCEPTED in (one.we_follow, one.they_follow)]
    readers = sorted(Counter(one.domain for one in persons).items())
    asked = [one for one in groups if one not in shown] if member else []
    lists: dict[str, Sized] = {
        "page": shown,
        "demandes": asked,
        "serveurs": readers,
        "personnes": persons,
    }
    at = paging.several(request, lists, most=_LINES)
    return await page(
        request,
        "partners.html",
        partners=[(one, reading.link(one.url)) for one in at["page"].cut(shown)],
        asked=at["demandes"].cut(asked),
        readers=at["serveurs"].cut(readers),
        people=at["personnes"].cut(persons) if member else [],
        at=at,
    )


routes = [Route("/partenaires", show)]
