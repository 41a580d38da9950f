"""Calling a meeting of the assembly, and changing what was announced."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import agendas, assemblies, meetings
from node.assembly.meetings import Convocation
from node.errors import Problem
from node.models import Meeting
from node.web import compose_call, reading
from node.web.forms import Form, filled, form, see_other
from node.web.security import myself, signed_in

_FIELDS = (
    *compose_call.FIELDS, "access", "facilitator", "quorum", "counts_represented",
    "proxies_max", "remote_voting", "build",
)  # fmt: skip
_SHARE = re.compile(r"(\d{1,6})\s*(?:/\s*(\d{1,6})|%)")


async def begin(request: Request) -> Response:
    """Ask for what members need to know to come."""
    signed_in(request)
    words = request.state.words
    kept = filled(
        how_to_join=words("meeting.how-to-join"), title=words("meeting.title"), build="yes"
    )
    return await _write(request, kept)


async def publish(request: Request) -> Response:
    """Show the meeting as it will be read, then call the members together."""
    signed_in(request)
    answers = await form(request)
    convocation, problems = _convocation(request, answers)
    if answers["step"] == "write" or problems:
        return await _write(request, answers, *(problems if answers["step"] != "write" else ()))
    if answers["step"] != "publish":
        return await compose_call.check(
            request, answers, convocation, kind="meeting", names=_FIELDS
        )
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        meeting = await meetings.publish(tx, me, convocation)
        if answers.has("build"):
            await agendas.build(tx, meeting, by=me)
        number = meeting.call.number
    return see_other(f"/e/{number}/ordre-du-jour", "notice.meeting-published")


async def begin_change(request: Request) -> Response:
    """Show the meeting as it stands, to be changed."""
    return await _write(request, _as_typed(request, await _mine(request)))


async def change(request: Request) -> Response:
    """Change the announcement; everybody who holds a copy is told."""
    answers, number = await form(request), reading.number(request)
    convocation, problems = _convocation(request, answers)
    if problems:
        return await _write(request, answers, *problems)
    async with request.app.state.node.database.transaction() as tx:
        me, meeting = await myself(tx, request), await meetings.by_number(tx, number)
        await meetings.change(tx, meeting, by=me, convocation=convocation)
    return see_other(f"/e/{number}", "notice.call-changed")


def _convocation(request: Request, answers: Form) -> tuple[Convocation, list[Problem]]:
    num, den = read_share(answers)
    convocation = Convocation(
        **compose_call.read(request, answers),
        access=answers["access"],
        facilitator=answers["facilitator"],
        quorum_num=num,
        quorum_den=den,
        counts_represented=answers.has("counts_represented"),
        proxies_max=answers.number("proxies_max") or 0,
        remote_voting=answers.has("remote_voting"),
    )
    return convocation, compose_call.all_problems(convocation, answers)


def read_share(answers: Form) -> tuple[int, int]:
    """Read 1/3 or 30 % as a fraction; nothing is no quorum. Note a problem for anything else."""
    typed = answers.text("quorum")
    if not typed:
        return 0, 1
    found = _SHARE.fullmatch(typed)
    num, den = (int(found[1]), int(found[2] or 100)) if found else (0, 0)
    if not 0 <= num <= den or not den:
        answers.problems.append(Problem("quorum", "quorum-malformed", {}))
        return 0, 1
    return num, den


def _as_typed(request: Request, meeting: Meeting) -> Form:
    kept = compose_call.as_typed(meeting.call, assemblies.zone(request.state.assembly))
    more: dict[str, Any] = {
        "access": meeting.access,
        "facilitator": meeting.facilitator,
        "quorum": f"{meeting.quorum_num}/{meeting.quorum_den}" if meeting.quorum_num else "",
        "counts_represented": "yes" if meeting.counts_represented else "",
        "proxies_max": meeting.proxies_max or "",
        "remote_voting": "yes" if meeting.remote_voting else "",
    }
    return filled(**{**kept, **more})


async def _mine(request: Request) -> Meeting:
    call = await compose_call.mine(request)
    async with request.app.state.node.database.read() as tx:
        return await meetings.by_number(tx, call.number)


async def _write(request: Request, values: Form, *problems: Problem) -> Response:
    return await compose_call.write(request, values, *problems, kind="meeting")


routes = [
    Route("/ecrire/reunion", begin),
    Route("/ecrire/reunion", publish, methods=["POST"]),
    Route("/e/{n:int}/reunion", begin_change),
    Route("/e/{n:int}/reunion", change, methods=["POST"]),
]
