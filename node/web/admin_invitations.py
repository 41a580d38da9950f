"""Invitations: made, shown with their secret for ten minutes, printed with a code, revoked."""

import hmac
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from node.assembly import invitations, rules
from node.errors import Gone, Invalid, NotFound
from node.models import Invitation, Member
from node.web import admin_members, printing, reading
from node.web.forms import form, see_other
from node.web.page import page, render
from node.web.security import in_charge, is_secure, myself

_COOKIE, _SHOWN_FOR = "invitation", 600
_HERE = "/admin/membres/invitations"


async def make(request: Request) -> Response:
    """Make an invitation; its secret stays in this browser for ten minutes, and nowhere else."""
    in_charge(request)
    answers = await form(request)
    uses, days = answers.number("uses"), answers.number("days")
    try:
        if answers.problems:
            raise Invalid(*answers.problems)
        async with request.app.state.node.database.transaction() as tx:
            await invitations.prune(tx)
            made, secret = await invitations.make(
                tx,
                by=await myself(tx, request),
                name=answers["for_name"],
                label=answers["label"],
                uses=1 if uses is None else uses,
                days=14 if days is None else days,
            )
    except Invalid as error:
        return await admin_members.shown(request, answers, *admin_members.beside(error.problems))
    answer = RedirectResponse(f"{_HERE}/{made.id}", 303)
    answer.set_cookie(
        _COOKIE,
        secret,
        _SHOWN_FOR,
        path=_HERE,
        secure=is_secure(request.scope),
        httponly=True,
        samesite="strict",
    )
    return answer


async def show(request: Request) -> Response:
    """Show an invitation with its address, while this browser remembers it."""
    in_charge(request)
    about = await _about(request)
    answer = await page(request, "admin_invitation.html", **about)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


async def paper(request: Request) -> Response:
    """The invitation on one sheet, with its code and the address in clear."""
    in_charge(request)
    about = await _about(request)
    if about["address"] is None:
        raise Gone("the address is not kept", code="invitation-not-shown")
    written = render(request, "invitation_paper.html", sheet_url=printing.SHEET_URL, **about)
    return HTMLResponse(written, headers={"Cache-Control": "private, no-store"})


async def revoke(request: Request) -> Response:
    """Let an invitation admit nobody any more."""
    in_charge(request)
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        await invitations.revoke(tx, request.path_params["id"], by=me)
    return see_other("/admin/membres", "notice.invitation-revoked")


async def _about(request: Request) -> dict[str, Any]:
    async with request.app.state.node.database.read() as tx:
        found = await tx.get(Invitation, request.path_params["id"])
        if found is None or not invitations.is_good(found):
            raise NotFound("there is no such invitation", code="invitation-unknown")
        person = await tx.get(Member, found.member_id) if found.member_id else None
        days = (await rules.current(tx)).roll_after_days
    secret = request.cookies.get(_COOKIE, "")
    is_this = hmac.compare_digest(invitations.digest(secret), found.digest)
    address = f"{request.state.assembly.origin}/invitation/{secret}" if is_this else None
    return {
        "invitation": found,
        "person": person,
        "days": days,
        "address": address,
        "qr": reading.qr(address) if address else None,
    }


routes = [
    Route(_HERE, make, methods=["POST"]),
    Route(f"{_HERE}/{{id:int}}", show),
    Route(f"{_HERE}/{{id:int}}/imprimer", paper),
    Route(f"{_HERE}/{{id:int}}/annuler", revoke, methods=["POST"]),
]
