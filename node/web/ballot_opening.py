"""Opening a vote: the method first, then its terms, read once more as one plain sentence."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from node import clock
from node.assembly import assemblies, meetings, members, method, rules, votes
from node.assembly.voting import on_amendments, seats, terms
from node.assembly.voting.terms import Terms
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Problem
from node.models import Meeting
from node.web import ballot_at, ballot_parameters, ballot_words, meeting_words
from node.web.ballot_subject import Subject, carried
from node.web.compose import servers
from node.web.forms import Form, filled, form, see_other
from node.web.page import page
from node.web.security import myself


async def ask_to_open(request: Request) -> Response:
    """Ask by which method, then until when and on what terms, the rules of the assembly first."""
    asked = await carried(request)
    async with request.app.state.node.database.read() as tx:
        await asked.must_be_ready(tx)
        kept = await rules.defaults(tx)
        allowed = asked.among(kept.allowed_methods)
        if not allowed:
            raise NotNow("no allowed method counts for and against", code="no-motion-allowed")
        name = request.query_params.get("methode", asked.method)
        usual = await asked.usual(tx, name) if name in allowed else None
        listed = await seats.candidates(tx, asked.proposal.number)
    if usual is None:
        return await page(
            request,
            "vote_method.html",
            proposal=asked.proposal,
            asked=asked,
            kinds=_by_kind(allowed, asked.method),
        )
    days = kept.days
    meeting = next((one for one, has_it in listed if has_it), None)
    end = _end(clock.now() + timedelta(days=days), meeting, request)
    values = filled(
        closes_at_date=f"{end:%Y-%m-%d}",
        closes_at_time=f"{end:%H:%M}",
        method=name,
        **ballot_parameters.described(usual.parameters),
        meeting=meeting.call.number if meeting else "",
        **_flags(usual),
    )
    return await _opening(request, asked, values)


def _end(usual: datetime, meeting: Meeting | None, request: Request) -> datetime:
    """Offer the evening of a day; when the text is on an agenda, not before that meeting ends."""
    zone = assemblies.zone(request.state.assembly)
    end = usual.astimezone(zone).replace(hour=20, minute=0)
    if meeting is None:
        return end
    call = meeting.call
    over = call.ends_at or call.starts_at + timedelta(hours=3)
    return max(end, over.astimezone(zone))


def _by_kind(allowed: Sequence[str], usual: str) -> dict[str, list[str]]:
    """Return methods by what they ask: about a text, between options, without a verdict."""
    kinds: dict[str, list[str]] = {"text": [], "options": [], "summary": []}
    for name in sorted(allowed, key=lambda one: one != usual):
        found = method.find(name)
        kind = "options" if found.ballot.has_options else "text"
        kinds[kind if found.has_verdict else "summary"].append(name)
    return {kind: names for kind, names in kinds.items() if names}


async def open_vote(request: Request) -> Response:
    """Show what was chosen to be read once more; then freeze the text and the roll, and ask."""
    answers, asked = await form(request), await carried(request)
    zone = assemblies.zone(request.state.assembly)
    closes_at = answers.moment("closes_at_date", "closes_at_time", zone)
    chosen = await _chosen(request, asked, answers)
    if answers["step"] == "write":
        return await _opening(request, asked, answers, *answers.problems)
    checked, wrong = await _looked_over(request, asked, answers, chosen, closes_at)
    if wrong or closes_at is None:
        return await _opening(request, asked, answers, *wrong)
    if answers["step"] == "check":
        return await _check(request, asked, answers, checked, closes_at)
    try:
        async with request.app.state.node.database.transaction() as tx:
            me = await myself(tx, request)
            proposal, amendment = await ballot_at.subject(tx, request)
            if amendment is None:
                await votes.open_vote(tx, proposal, by=me, closes_at=closes_at, on=chosen)
            else:
                await on_amendments.open_vote(tx, amendment, by=me, closes_at=closes_at, on=chosen)
    except Invalid as error:
        wrong = ballot_parameters.as_typed(error.problems)
        return await _opening(request, asked, answers, *wrong)
    return see_other(asked.path, "notice.vote-opened")


async def _looked_over(
    request: Request, asked: Subject, answers: Form, chosen: Terms, closes_at: datetime | None
) -> tuple[Terms, list[Problem]]:
    """Return the terms as they would be kept, and all that is wrong with the form at once."""
    wrong, checked = list(answers.problems), chosen
    async with request.app.state.node.database.read() as tx:
        await asked.must_be_ready(tx)
        try:
            checked = await asked.allowed(tx, chosen)
            if checked.meeting_id is not None and closes_at is not None:
                await seats.must_be_held(tx, checked.meeting_id, before=closes_at)
        except Invalid as error:
            wrong += ballot_parameters.as_typed(error.problems)
    if closes_at is None:
        wrong.append(Problem("closes_at", "date-missing", {}))
    else:
        try:
            votes.must_be_ahead(closes_at)
        except Invalid as error:
            wrong += error.problems
    # What was noted first of a field is why the rest is wrong with it.
    return checked, list({one.field: one for one in reversed(wrong)}.values())[::-1]


async def _chosen(request: Request, asked: Subject, answers: Form) -> Terms:
    """Return the terms that a form gives; a form without a method leaves all to the rules."""
    async with request.app.state.node.database.read() as tx:
        usual = await asked.usual(tx, answers.text("method") or asked.method)
        meeting_id = await _meeting(tx, answers)
    if not answers.has("method") or usual.method not in method.every():
        return usual
    parameters = ballot_parameters.read(usual.method, answers)
    # None that is chosen is the method's own, if it has one (deciding.md, section 5).
    if method.find(usual.method).has_verdict and (quorums := ballot_parameters.quorums(answers)):
        parameters["quorum"] = quorums
    proxies = answers.number("proxies")
    return replace(
        usual,
        parameters=parameters,
        options=terms.read_options(usual.method, answers["options"].splitlines()),
        budget=answers.text("budget") or None,
        is_secret=answers.has("secret"),
        hides_results=answers.has("hidden"),
        poll_ballots=answers.has("poll_ballots") and asked.amendment is None,
        proxies_max=proxies or 0,
        meeting_id=meeting_id,
    )


async def _meeting(tx: Transaction, answers: Form) -> int | None:
    """Return the meeting that was chosen; note a problem when there is none of that number."""
    if not answers.text("meeting"):
        return None
    number = answers.number("meeting")
    try:
        return (await meetings.by_number(tx, number or 0)).id
    except NotFound:
        answers.problems.append(Problem("meeting", "no-such-meeting", {}))
        return None


def _flags(usual: Terms) -> dict[str, str]:
    return {
        "secret": "yes" if usual.is_secret else "",
        "hidden": "yes" if usual.hides_results else "",
        "poll_ballots": "yes" if usual.poll_ballots else "",
        "proxies": str(usual.proxies_max),
        **ballot_parameters.quorum_fields(usual.parameters.get("quorum") or ()),
    }


async def _opening(request: Request, asked: Subject, values: Form, *problems: Problem) -> Response:
    name = values.text("method") or asked.method
    known = name if name in method.every() else "majority"
    async with request.app.state.node.database.read() as tx:
        members_count = await members.count(tx)
        listed = await seats.candidates(tx, asked.proposal.number)
    return await page(
        request,
        "vote_open.html",
        status=422 if problems else 200,
        proposal=asked.proposal,
        asked=asked,
        values=values,
        problems=problems,
        method=known,
        found=method.find(known),
        fields=ballot_parameters.fields(known, values),
        quorums=terms.QUORUMS,
        quorum_fields=ballot_parameters.QUORUM_FIELDS,
        can_be_secret=known not in terms.WITH_REASONS,
        options_max=terms.OPTIONS_MAX,
        meetings=[(str(one.call.number), meeting_words.named(one, request)) for one, _ in listed],
        members_count=members_count,
        servers=await servers(request),
    )


async def _check(
    request: Request, asked: Subject, values: Form, chosen: Terms, closes_at: Any
) -> Response:
    async with request.app.state.node.database.read() as tx:
        members_count = await members.count(tx)
        meeting = await seats.meeting_of(tx, chosen.meeting_id)
    return await page(
        request,
        "vote_open_check.html",
        proposal=asked.proposal,
        asked=asked,
        values=values,
        terms=chosen,
        rule=ballot_words.rule(request.state.words, chosen, chosen.parameters),
        closes_at=closes_at,
        meeting=meeting_words.named(meeting, request) if meeting else "",
        members_count=members_count,
    )


routes = [
    *ballot_at.doors("ouvrir-le-vote", ask_to_open),
    *ballot_at.doors("ouvrir-le-vote", open_vote, "POST"),
]
