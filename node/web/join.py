"""Joining: three doors, a form of three fields, and the page that follows a request."""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import access, joining, rules, welcoming
from node.errors import Invalid, NotFound, Problem, TooMany
from node.web import reading
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.sign_in import block_of

# Nobody sees this field; programs that fill in whatever they find do.
TRAP = "website"
SECONDS_LEAST = 3
_DOORS = {"ici": joining.HERE, "partenaire": joining.PARTNER}
_BY_ADDRESS = ("join_by_address", 1 / 360, 5)


async def show(request: Request) -> Response:
    """Show the three doors, what happens next, and what is kept."""
    async with request.app.state.node.database.read() as tx:
        days = (await rules.current(tx)).roll_after_days
    return await page(request, "join.html", days=days, qr=reading.qr(_here(request)))


async def ask(request: Request) -> Response:
    """Ask for a name, a way to be reached if wished, and the reason."""
    return await _form(request, filled(shown_at=int(clock.seconds())))


async def send(request: Request) -> Response:
    """Put the request before those who welcome; lead to the page that follows it."""
    door, answers = _door(request), await form(request)
    if _is_automatic(answers):
        return await _form(request, answers, Problem("name", "looks-automatic", {}))
    _be_patient(request)
    try:
        async with request.app.state.node.database.transaction() as tx:
            _, secret = await joining.ask(
                tx,
                name=answers["name"],
                contact=answers["contact"],
                reason=answers["reason"],
                door=door,
                language=request.state.words.language,
            )
    except Invalid as error:
        return await _form(request, answers, *error.problems)
    return see_other(f"/rejoindre/demande/{secret}", "notice.join-asked")


async def follow(request: Request) -> Response:
    """Show where a request stands to whoever has its address."""
    secret = request.path_params["secret"]
    async with request.app.state.node.database.read() as tx:
        asked = await joining.by_secret(tx, secret)
        among = await welcoming.holders(tx)
        named = {duty.member_id for duty in await welcoming.duties(tx)}
    whose = welcoming.on_duty(asked, among)
    # Only those who took the role on, or chose to be seen, are named to a stranger.
    greeter = whose.name if whose and (whose.id in named or whose.is_published) else None
    address = f"{_here(request)}/demande/{secret}"
    answer = await page(
        request,
        "join_request.html",
        asked=asked,
        greeter=greeter,
        address=address,
        door_secret=access.by_hand(secret),
        qr=reading.qr(address),
    )
    return _kept_private(answer)


async def take_back(request: Request) -> Response:
    """Forget the request, because its asker wishes it."""
    await form(request)
    async with request.app.state.node.database.transaction() as tx:
        asked = await joining.by_secret(tx, request.path_params["secret"])
        await joining.take_back(tx, asked)
    return see_other("/rejoindre", "notice.join-taken-back")


def _here(request: Request) -> str:
    return f"{request.state.assembly.origin}/rejoindre"


def _door(request: Request) -> str:
    door = request.path_params["door"]
    if door not in _DOORS:
        raise NotFound(f"there is no door {door}")
    return _DOORS[door]


def _is_automatic(answers: Form) -> bool:
    shown_at = answers["shown_at"]
    if answers.has(TRAP) or not re.fullmatch(r"[0-9]{1,12}", shown_at):
        return True
    return clock.seconds() - int(shown_at) < SECONDS_LEAST


def _be_patient(request: Request) -> None:
    address = request.client.host if request.client else ""
    if wait := request.app.state.node.bucket(*_BY_ADDRESS).take(
        f"{request.app.state.node.origin} {block_of(address)}"
    ):
        seconds = max(1, round(wait))
        raise TooMany("too many requests", code="asked-too-often", retry_after=seconds)


async def _form(request: Request, values: Form, *problems: Problem) -> Response:
    door = _door(request)
    kept: dict[str, Any] = {**values, TRAP: ""}
    if not re.fullmatch(r"[0-9]{1,12}", kept.get("shown_at", "")):
        kept["shown_at"] = int(clock.seconds())
    return await page(
        request,
        "join_form.html",
        status=422 if problems else 200,
        door=door,
        trap=TRAP,
        values=filled(**kept),
        problems=problems,
    )


def _kept_private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


routes = [
    Route("/rejoindre", show),
    Route("/rejoindre/demande/{secret}", follow),
    Route("/rejoindre/demande/{secret}", take_back, methods=["POST"]),
    Route("/rejoindre/{door}", ask),
    Route("/rejoindre/{door}", send, methods=["POST"]),
]
