"""The order of the day, arranged by those in charge of the meeting."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import agendas, meetings, minutes
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem
from node.models import Meeting, Member
from node.web import meeting_words, reading
from node.web.compose import servers
from node.web.forms import Form, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in


async def show(request: Request) -> Response:
    """Show the points in order, with what can be put on."""
    return await _page(request, Form({}))


async def act(request: Request) -> Response:
    """Do what one button of the page says, then show the page again."""
    answers, number = await form(request), reading.number(request)
    signed_in(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me, meeting = await myself(tx, request), await meetings.by_number(tx, number)
            await _do(tx, meeting, me, answers)
    except Invalid as error:
        return await _page(request, answers, *error.problems)
    if answers["act"] == "send":
        return see_other(f"/e/{number}", "notice.agenda-sent")
    place = f"#p-{answers['item']}" if answers["act"] in ("up", "down", "change") else ""
    return see_other(f"/e/{number}/ordre-du-jour{place}")


async def _do(tx: Transaction, meeting: Meeting, me: Member, answers: Form) -> None:
    does = answers["act"]
    if does in ("up", "down"):
        await agendas.move(tx, meeting, _item(answers), by=me, up=does == "up")
    elif does == "remove":
        await agendas.remove(tx, meeting, _item(answers), by=me)
    elif does == "send":
        await agendas.send(tx, meeting, by=me)
    elif does == "open":
        ticked = [reading.whole(name[2:]) for name in answers if name.startswith("p-")]
        numbers = [one for one in ticked if one is not None]
        await agendas.add_proposals(tx, meeting, by=me, numbers=numbers)
    elif does == "approval":
        earlier = await meetings.by_number(tx, reading.row_number(answers["earlier"]))
        await agendas.add_approval(tx, meeting, by=me, earlier=earlier)
    elif does in ("add", "change"):
        await _put(tx, meeting, me, answers)
    else:
        raise NotFound("there is no such button")


async def _put(tx: Transaction, meeting: Meeting, me: Member, answers: Form) -> None:
    lasts = answers.number("lasts")
    if answers.problems:
        raise Invalid(*answers.problems)
    title, brought_by = answers["title"], answers["brought_by"]
    if answers["act"] == "add":
        await agendas.add(tx, meeting, by=me, title=title, lasts=lasts, brought_by=brought_by)
        return
    item = _item(answers)
    await agendas.change(tx, meeting, item, by=me, title=title, lasts=lasts, brought_by=brought_by)


def _item(answers: Form) -> int:
    return reading.row_number(answers["item"])


async def _page(request: Request, values: Form, *problems: Problem) -> Response:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        meeting = await meetings.by_number(tx, reading.number(request))
        await meetings.must_run(tx, meeting, member)
        await minutes.must_be_open(tx, meeting)
        open_now = await agendas.suggested(tx, meeting)
        awaiting = await agendas.awaiting(tx, meeting)
    changed = values["item"] if values["act"] == "change" else ""
    return await page(
        request,
        "meeting_agenda.html",
        status=422 if problems else 200,
        meeting=meeting,
        call=meeting.call,
        points={item.id: meeting_words.point(item, request.state.words) for item in meeting.items},
        open_now=open_now[:50],
        awaiting=awaiting,
        is_full=len(meeting.items) >= agendas.ITEMS_MAX,
        changed=changed,
        values=values,
        problems=problems,
        servers=await servers(request),
    )


routes = [
    Route("/e/{n:int}/ordre-du-jour", show),
    Route("/e/{n:int}/ordre-du-jour", act, methods=["POST"]),
]
