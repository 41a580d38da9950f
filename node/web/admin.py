"""How the node is doing, in one word a line, for those in charge."""

from datetime import timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import assemblies, following, joining, members, traffic
from node.errors import Invalid, Problem
from node.texts import plain
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import in_charge

_LATE = timedelta(hours=1)
ZONES = (
    "Europe/Paris", "Europe/Brussels", "Europe/Zurich", "America/Cayenne", "America/Guadeloupe",
    "America/Martinique", "America/Miquelon", "Indian/Mayotte", "Indian/Reunion",
    "Pacific/Noumea", "Pacific/Tahiti", "Pacific/Wallis", "UTC",
)  # fmt: skip


async def show(request: Request) -> Response:
    """Say for each part of the node whether all is well."""
    in_charge(request)
    async with request.app.state.node.database.read() as tx:
        assembly = request.state.assembly
        wishes = await following.followers(tx, assembly.actor, following.ASKED)
        load = await traffic.load(tx)
        values: dict[str, Any] = {
            "load": load,
            "silent": await traffic.silent_since(tx),
            "wishes": len(wishes),
            "newcomers": len(await joining.waiting(tx)),
            "members_count": await members.count(tx),
            "followers_count": await following.followers_count(tx, assembly.actor),
            "following_count": await following.following_count(tx, assembly.actor),
        }
    is_late = load.oldest is not None and clock.now() - load.oldest > _LATE
    register = request.app.state.node.register.health
    return await page(request, "admin.html", is_late=is_late, register=register, **values)


async def ask_settings(request: Request) -> Response:
    """Show what the assembly says about itself, to be changed."""
    in_charge(request)
    async with request.app.state.node.database.read() as tx:
        assembly = await assemblies.the(tx)
    values = filled(
        name=assembly.name,
        summary=plain(assembly.actor.summary),
        place=assembly.place,
        timezone=assembly.timezone,
        approves="yes" if assembly.approves_followers else "",
    )
    return await _settings(request, values)


async def change_settings(request: Request) -> Response:
    """Change what the assembly says about itself; those who follow it are told."""
    in_charge(request)
    answers = await form(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            await assemblies.describe(
                tx,
                name=answers["name"],
                summary=answers["summary"],
                place=answers["place"],
                timezone=answers["timezone"],
                approves=answers.has("approves"),
            )
    except Invalid as error:
        return await _settings(request, answers, *error.problems)
    return see_other("/admin", "notice.saved")


async def _settings(request: Request, values: Form, *problems: Problem) -> Response:
    return await page(
        request,
        "admin_settings.html",
        status=422 if problems else 200,
        values=values,
        problems=problems,
        zones=ZONES,
    )


routes = [
    Route("/admin", show),
    Route("/admin/reglages", ask_settings),
    Route("/admin/reglages", change_settings, methods=["POST"]),
]
