"""What those who carry a proposal do to its vote: close it, give it time, cancel it, convene."""

from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import assemblies, method, proposals, votes
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.models import Member, Proposal, Vote
from node.web import ballot_at
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself, signed_in

Act = Callable[[Transaction, Vote, Member, Form, "datetime | None"], Awaitable[object]]


async def ask_to_close(request: Request) -> Response:
    """Ask for the sentence that says what comes of the vote."""
    return await _closing(request, Form({}))


async def close_vote(request: Request) -> Response:
    """Show what will be entered in the register, then close and count."""
    answers = await form(request)
    if answers["step"] != "close":
        return await _closing(request, answers, is_check=answers["step"] == "check")
    async with request.app.state.node.database.transaction() as tx:
        me = await myself(tx, request)
        vote = await ballot_at.vote(tx, request)
        decision = await votes.close_vote(
            tx,
            vote,
            by=me,
            statement=answers["statement"][:2000],
            minority=answers["minority"][:4000],
        )
    path = f"/d/{decision.number}" if decision else ballot_at.path(request)
    return see_other(path, "notice.vote-closed" if decision else "notice.vote-counted")


async def ask_to_change(request: Request) -> Response:
    """Ask for what a change of the vote needs: a reason, another end, another text."""
    proposal, vote = await _look(request)
    zone = assemblies.zone(request.state.assembly)
    usual = timedelta(days=7)
    end = max(vote.closes_at, clock.now()) + timedelta(days=2)
    if request.url.path.endswith(("seconde-convocation", "tour-suivant")):
        end = clock.now() + usual
    end = end.astimezone(zone)
    values = filled(
        closes_at_date=f"{end:%Y-%m-%d}",
        closes_at_time=f"{end:%H:%M}",
        title=proposal.title,
        text=proposal.version.source,
    )
    return await _changing(request, values)


def _changes(kind: str, act: Act, *, has_end: bool) -> Callable[[Request], Awaitable[Response]]:
    async def change(request: Request) -> Response:
        answers = await form(request)
        zone = assemblies.zone(request.state.assembly)
        closes_at = None
        if has_end:
            closes_at = answers.moment("closes_at_date", "closes_at_time", zone)
            if closes_at is None:
                missing = [Problem("closes_at", "date-missing", {})]
                return await _changing(request, answers, *(answers.problems or missing))
        try:
            async with request.app.state.node.database.transaction() as tx:
                me = await myself(tx, request)
                vote = await ballot_at.vote(tx, request)
                await act(tx, vote, me, answers, closes_at)
        except Invalid as error:
            return await _changing(request, answers, *error.problems)
        return see_other(ballot_at.path(request), f"notice.vote-{kind}")

    return change


async def _extend(
    tx: Transaction, vote: Vote, me: Member, answers: Form, closes_at: datetime | None
) -> None:
    end = closes_at or vote.closes_at
    await votes.extend(tx, vote, by=me, closes_at=end, reason=answers["reason"])


async def _cancel(
    tx: Transaction, vote: Vote, me: Member, answers: Form, _closes_at: datetime | None
) -> None:
    await votes.cancel(tx, vote, by=me, reason=answers["reason"])


async def _change_text(
    tx: Transaction, vote: Vote, me: Member, answers: Form, closes_at: datetime | None
) -> None:
    await votes.change_text(
        tx,
        vote,
        by=me,
        title=answers["title"],
        text=answers["text"],
        note=answers["note"],
        closes_at=closes_at or vote.closes_at,
    )


async def _convene(
    tx: Transaction, vote: Vote, me: Member, _answers: Form, closes_at: datetime | None
) -> None:
    end = closes_at or vote.closes_at
    await votes.convene_again(tx, vote.proposal, by=me, closes_at=end)


async def _next_round(
    tx: Transaction, vote: Vote, me: Member, _answers: Form, closes_at: datetime | None
) -> None:
    end = closes_at or vote.closes_at
    await votes.next_round(tx, vote.proposal, by=me, closes_at=end)


async def _look(request: Request) -> tuple[Proposal, Vote]:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        vote = await ballot_at.vote(tx, request)
        proposals.must_carry(vote.proposal, member)
        return vote.proposal, vote


async def _closing(request: Request, values: Form, *, is_check: bool = False) -> Response:
    proposal, vote = await _look(request)
    async with request.app.state.node.database.read() as tx:
        turnout = await votes.turnout(tx, vote)
    if vote.closed_at is not None:
        raise NotNow("the vote is closed already", code="vote-is-closed")
    return await page(
        request,
        "vote_close.html",
        proposal=proposal,
        vote=vote,
        turnout=turnout,
        has_verdict=method.find(vote.method).has_verdict,
        values=values,
        is_check=is_check,
        back=ballot_at.path(request),
    )


async def _changing(request: Request, values: Form, *problems: Problem) -> Response:
    proposal, vote = await _look(request)
    path = request.url.path.rpartition("/")[2]
    kind, _act, _has_end = _KINDS[path]
    await _must_be_possible(request, kind, proposal, vote)
    given: dict[str, Any] = {
        "kind": kind,
        "proposal": proposal,
        "vote": vote,
        "values": values,
        "back": ballot_at.path(request),
    }
    status = 422 if problems else 200
    return await page(request, "vote_change.html", status=status, problems=problems, **given)


async def _must_be_possible(request: Request, kind: str, proposal: Proposal, vote: Vote) -> None:
    if kind == "convened":
        async with request.app.state.node.database.read() as tx:
            if not await votes.may_convene_again(tx, proposal, vote):
                raise NotNow("nothing to convene again", code="no-second-convocation")
    elif kind == "next-round":
        async with request.app.state.node.database.read() as tx:
            if not await votes.may_have_next_round(tx, proposal, vote):
                raise NotNow("there is no further round", code="no-further-round")
    elif votes.is_over(vote):
        raise NotNow("the vote is closed", code="vote-is-closed")


_KINDS: dict[str, tuple[str, Act, bool]] = {
    "prolonger": ("extended", _extend, True),
    "annuler-le-vote": ("cancelled", _cancel, False),
    "changer-le-texte": ("text-changed", _change_text, True),
    "seconde-convocation": ("convened", _convene, True),
    "tour-suivant": ("next-round", _next_round, True),
}

# A vote on an amendment is given more time, cancelled and closed like any other.
_BOTH = ("prolonger", "annuler-le-vote")


def _doors() -> Iterator[Route]:
    for path, (kind, act, has_end) in _KINDS.items():
        change = _changes(kind, act, has_end=has_end)
        if path in _BOTH:
            yield from ballot_at.doors(path, ask_to_change)
            yield from ballot_at.doors(path, change, "POST")
        else:
            yield Route(f"/p/{{n:int}}/{path}", ask_to_change)
            yield Route(f"/p/{{n:int}}/{path}", change, methods=["POST"])


routes = [
    *ballot_at.doors("clore", ask_to_close),
    *ballot_at.doors("clore", close_vote, "POST"),
    *_doors(),
]
