"""One who asks to join: their reason, and the answer with its message as they will read it."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from node import clock, words
from node.assembly import assemblies, joining, rules, welcoming
from node.database import Transaction
from node.errors import NotFound
from node.models import JoinRequest
from node.web.forms import form, see_other
from node.web.page import page
from node.web.security import myself, signed_in


async def show(request: Request) -> Response:
    """Show a request to whoever may answer it."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        await welcoming.must_welcome(tx, member)
        asked = await joining.by_id(tx, request.path_params["id"])
        whose = welcoming.on_duty(asked, await welcoming.holders(tx))
        yes, no = await _messages(tx, request, asked)
    return await page(
        request, "admin_request.html", asked=asked, whose=whose, message_yes=yes, message_no=no
    )


async def answer(request: Request) -> Response:
    """Take the request up, admit or refuse."""
    answers = await form(request)
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        asked = await joining.by_id(tx, request.path_params["id"])
        act, message = answers["act"], answers["message"]
        if act == "take":
            await joining.take_up(tx, asked, by=me)
            return RedirectResponse(request.url.path, 303)
        if act == "admit":
            await joining.admit(tx, asked, by=me, message=message)
        elif act == "refuse":
            await joining.refuse(tx, asked, by=me, message=message)
        else:
            raise NotFound("there is no such button")
    notice = "notice.join-admitted" if act == "admit" else "notice.join-refused"
    return see_other("/admin/membres" if me.is_in_charge else "/tableau-de-bord", notice)


async def _messages(tx: Transaction, request: Request, asked: JoinRequest) -> tuple[str, str]:
    """Return both answers in the language of the asker, to be changed at will."""
    say, assembly = words.of(asked.language), request.state.assembly
    votes_from = clock.now() + timedelta(days=(await rules.current(tx)).roll_after_days)
    day = say.day(votes_from, assemblies.zone(assembly))
    about = {"name": asked.name, "assembly": assembly.name}
    return say("request.message-yes", day=day, **about), say("request.message-no", **about)


routes = [
    Route("/admin/membres/demandes/{id:int}", show),
    Route("/admin/membres/demandes/{id:int}", answer, methods=["POST"]),
]
