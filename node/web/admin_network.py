"""Whom the assembly follows, who follows it, and whom it does not hear."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import assemblies, blocking, following, traffic
from node.assembly.hearing import ALLOWED, BLOCKED
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem, Refusal, Unreachable
from node.federation import actors
from node.models import Actor, Follow
from node.web import paging, reading
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import in_charge

_HERE = "/admin/reseau"
_SIGNED = "signed"
_LINES = 12  # of each of five lists


async def show(request: Request) -> Response:
    """Show everybody with whom there is something between us, wishes first."""
    in_charge(request)
    return await _page(request, Form({}))


async def follow(request: Request) -> Response:
    """Ask to follow somebody elsewhere, found by their address."""
    in_charge(request)
    answers = await form(request)
    found = await _found(request, answers, "address")
    if isinstance(found, Problem):
        return await _page(request, answers, found)
    async with request.app.state.node.database.transaction() as tx:
        assembly = await assemblies.the(tx)
        await following.follow(tx, assembly.actor, await _actor(tx, found.id))
    return see_other(_HERE, "notice.follow-asked")


async def unfollow(request: Request) -> Response:
    """Follow somebody no longer."""
    in_charge(request)
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        other = await _actor(tx, _id(answers))
        await following.unfollow(tx, (await assemblies.the(tx)).actor, other)
    return see_other(_HERE, "notice.saved")


async def accept(request: Request) -> Response:
    """Let somebody follow the assembly."""
    in_charge(request)
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        await following.accept_follower(tx, await _wish(tx, answers))
    return see_other(_HERE, "notice.saved")


async def refuse(request: Request) -> Response:
    """Do not let somebody follow the assembly, or no longer."""
    in_charge(request)
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        await following.refuse_follower(tx, await _wish(tx, answers))
    return see_other(_HERE, "notice.saved")


async def block(request: Request) -> Response:
    """No longer hear somebody, found by their address."""
    in_charge(request)
    answers = await form(request)
    found = await _found(request, answers, "blocked")
    if isinstance(found, Problem):
        return await _page(request, answers, found)
    async with request.app.state.node.database.transaction() as tx:
        assembly = await assemblies.the(tx)
        await blocking.block(tx, assembly.actor, await _actor(tx, found.id), answers["reason"])
    return see_other(_HERE, "notice.blocked")


async def unblock(request: Request) -> Response:
    """Hear somebody again."""
    in_charge(request)
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        other = await _actor(tx, _id(answers))
        await blocking.unblock(tx, (await assemblies.the(tx)).actor, other)
    return see_other(_HERE, "notice.saved")


async def rule(request: Request) -> Response:
    """Block a server, or put it on the list of those that are heard."""
    in_charge(request)
    answers = await form(request)
    wanted = ALLOWED if answers["rule"] == ALLOWED else BLOCKED
    try:
        async with request.app.state.node.database.transaction() as tx:
            await blocking.rule_domain(tx, answers["domain"], wanted, answers["domain_reason"])
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    return see_other(_HERE, "notice.saved")


async def forget_rule(request: Request) -> Response:
    """Drop the rule about a server."""
    in_charge(request)
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        await blocking.forget_domain(tx, answers["domain"])
    return see_other(_HERE, "notice.saved")


async def hear(request: Request) -> Response:
    """Hear everybody but the blocked, or nobody but the allowed."""
    in_charge(request)
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        await blocking.hear_only_allowed(tx, only=answers["mode"] == ALLOWED)
    return see_other(_HERE, "notice.saved")


async def answer(request: Request) -> Response:
    """Hand documents to every server, or to those alone that sign what they ask."""
    in_charge(request)
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        await blocking.answer_only_signed(tx, only=answers["readers"] == _SIGNED)
    return see_other(_HERE, "notice.saved")


async def _found(request: Request, answers: Form, field: str) -> Actor | Problem:
    """Ask other servers who is meant, before anything is changed."""
    written = answers.text(field)[:300]
    if not written:
        return Problem(field, "address-missing", {})
    try:
        return await actors.look_up(request.app.state.node, written)
    except Unreachable:
        return Problem(field, "server-silent", {"written": written})
    except Refusal as error:
        is_known = request.state.words.has(f"error.{error.code}")
        code = error.code if is_known else "no-such-actor"
        return Problem(field, code, {"written": written, **error.values})


def _id(answers: Form) -> int:
    """Return which row is meant; none has the number 0."""
    return reading.whole(answers["id"]) or 0


async def _wish(tx: Transaction, answers: Form) -> Follow:
    """Return the relation that is meant, if it is somebody who follows the assembly (P15)."""
    wish = await following.by_id(tx, _id(answers))
    if wish.followed_id != (await assemblies.the(tx)).actor_id:
        raise NotFound("that one does not follow the assembly")
    return wish


async def _actor(tx: Transaction, actor_id: int) -> Actor:
    actor = await tx.get(Actor, actor_id)
    if actor is None:
        raise NotFound("there is no such actor")
    return actor


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    async with request.app.state.node.database.read() as tx:
        assembly = await assemblies.the(tx)
        lists: dict[str, Sequence[object]] = {
            "demandes": await following.followers(tx, assembly.actor, following.ASKED),
            "suivis": await following.followed(tx, assembly.actor),
            "abonnes": await following.followers(tx, assembly.actor),
            "bloques": [
                *((actor, None) for actor in await blocking.blocked_actors(tx, assembly.actor)),
                *((None, rule) for rule in await blocking.domain_rules(tx)),
            ],
            "serveurs": await traffic.peers(tx),
        }
    at = paging.several(request, lists, most=_LINES, path=_HERE)
    return await page(
        request,
        "admin_network.html",
        status=422 if problems else 200,
        values=values,
        problems=problems,
        only_allowed=assembly.only_allowed_domains,
        only_signed=assembly.only_signed_readers,
        at=at,
        lists={name: at[name].cut(listed) for name, listed in lists.items()},
    )


routes = [
    Route(_HERE, show),
    *(
        Route(f"{_HERE}/{name}", act, methods=["POST"])
        for name, act in {
            "suivre": follow,
            "quitter": unfollow,
            "accepter": accept,
            "refuser": refuse,
            "bloquer": block,
            "debloquer": unblock,
            "serveur": rule,
            "oublier": forget_rule,
            "ecouter": hear,
            "repondre": answer,
        }.items()
    ),
]
