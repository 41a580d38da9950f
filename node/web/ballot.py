"""The vote of a member: the question, the answer checked once more, the receipt."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from node.assembly import votes
from node.assembly.voting import objecting, objection_words, proxies, secret, sheets
from node.assembly.voting.answers import checked_reason
from node.assembly.voting.sheets import Place, Sheet
from node.database import Transaction
from node.errors import Invalid, NotNow, Problem
from node.models import Member, Objection, Version
from node.web import (
    amendment_look,
    ballot_at,
    ballot_forms,
    ballot_words,
    objection_forms,
    objections,
    reading,
)
from node.web.forms import Form
from node.web.page import page
from node.web.security import form, signed_in

_CONTENT = select(Version.content).where(Version.id == bindparam("version"))
_OTHER_VERSION = "other-version"
_ABSENT = Place(None, "", None, 0, "", False, False)


async def ask(request: Request) -> Response:
    """Put the question with its answers, or explain why there is nothing to answer."""
    sheet, place = await _look(request)
    values = await _filled(request, sheet, place)
    return await _question(request, sheet, place, values)


async def answer(request: Request) -> Response:
    """First show the answer to be checked; once it is confirmed, keep it."""
    written = await form(request)
    if written.text("confirmed"):
        return await _cast(request, written)
    sheet, place = await _look(request)
    if not _may_answer(sheet, place) or written.text("change"):
        return await _question(request, sheet, place, written)
    if written.text("digest") not in ("", sheet.digest):
        return await _meanwhile(request, written, _OTHER_VERSION)
    words = objection_forms.read(written)
    try:
        if written.problems:
            raise Invalid(*written.problems)
        kept = sheet.asking.written(ballot_forms.read(sheet.asking, written))
        reason = "" if sheet.is_secret else checked_reason(kept, written.text("reason"))
        if kept == objecting.OBJECTION:
            async with request.app.state.node.database.read() as tx:
                words = await objection_words.checked_for(tx, sheet, reason, words)
    except Invalid as error:
        return await _question(request, sheet, place, written, error.problems)
    return await page(
        request,
        "ballot_check.html",
        vote=sheet,
        lines=ballot_words.answer(
            request.state.words, sheet.asking, kept, amends=sheet.amendment is not None
        ),
        reason=reason,
        words=objection_forms.lines(words) if kept == objecting.OBJECTION else [],
        names=[*ballot_forms.names(sheet.asking), *objection_forms.NAMES],
        values=written,
    )


async def receipt(request: Request) -> Response:
    """Show a member what is kept of their answer: of a secret one, that they took part."""
    sheet, place = await _look(request)
    if place is None or not place.has_voted:
        return RedirectResponse(f"{sheet.path}/voter", 303)
    words = request.state.words
    lines = ballot_words.answer(words, sheet.asking, place.choice) if place.choice else []
    mine = await _objection(request, sheet) if place.choice == objecting.OBJECTION else None
    said = objection_forms.lines(objection_forms.of(mine)) if mine else []
    return await page(request, "receipt.html", vote=sheet, place=place, lines=lines, said=said)


async def _cast(request: Request, written: Form) -> Response:
    """Keep a confirmed answer, in one transaction; any refusal leaves the earlier ballot alone."""
    member = signed_in(request)
    problems: Sequence[Problem] = ()
    seen = written.number("seen") if written.text("seen") else None
    words = objection_forms.read(written)
    try:
        async with request.app.state.node.database.transaction() as tx:
            sheet = await ballot_at.sheet(tx, request)
            await votes.cast(
                tx,
                sheet,
                member.id,
                ballot_forms.read(sheet.asking, written) if sheet.is_open else None,
                digest=written.text("digest"),
                reason=written.text("reason"),
                seen=seen,
                words=words,
            )
    except Invalid as error:
        problems = error.problems
    except NotNow as error:
        return await _meanwhile(request, written, error.code)
    if problems:
        sheet, place = await _look(request)
        return await _question(request, sheet, place, written, problems)
    return RedirectResponse(f"{sheet.path}/recu", 303)


async def _meanwhile(request: Request, written: Form, code: str) -> Response:
    """Put the question again where the text changed meanwhile; say so where the vote ended."""
    if code not in (_OTHER_VERSION, "vote-is-closed"):
        raise NotNow("the ballot cannot be cast", code=code)
    sheet, place = await _look(request)
    fresh = Form({name: value for name, value in written.items() if name != "seen"})
    problems = [Problem("choice", code, {})] if sheet.is_open else []
    answer = await _question(request, sheet, place, fresh, problems)
    answer.status_code = NotNow.status
    return answer


async def _look(request: Request) -> tuple[Sheet, Place | None]:
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        sheet = await ballot_at.sheet(tx, request)
        return sheet, await sheets.place_of(tx, sheet.vote_id, member.id)


def _may_answer(sheet: Sheet, place: Place | None) -> bool:
    if not sheet.is_open or place is None or place.votes_in_the_room:
        return False
    return not (sheet.is_secret and place.has_voted)


async def _filled(request: Request, sheet: Sheet, place: Place | None) -> Form:
    """Fill the form with what was answered before; one's objection of a round before included."""
    known = ballot_forms.fields(sheet.asking, place.choice) if place else {}
    reason = place.reason if place else ""
    mine = await _objection(request, sheet)
    if mine is None or mine.state != "raised":
        return Form({**known, "reason": reason})
    return Form({**known, **objection_forms.fields(mine), "reason": reason or mine.text})


async def _objection(request: Request, sheet: Sheet) -> Objection | None:
    """Return what who looks at the page objects, where that is asked."""
    if sheet.method != "consent" or request.state.member is None:
        return None
    async with request.app.state.node.database.read() as tx:
        return await objecting.of_author(tx, sheet.vote_id, request.state.member.id)


async def _question(
    request: Request,
    sheet: Sheet,
    place: Place | None,
    values: Form,
    problems: Sequence[Problem] = (),
) -> Response:
    asking, words = sheet.asking, request.state.words
    async with request.app.state.node.database.read() as tx:
        content = await _content(tx, sheet)
        given = await _proxies(tx, sheet, request.state.member)
        amended = await amendment_look.asked_about(tx, sheet.vote_id) if sheet.amendment else None
    return await page(
        request,
        "ballot.html",
        status=422 if problems else 200,
        vote=sheet,
        place=place or _ABSENT,
        is_on_the_roll=place is not None,
        may_answer=_may_answer(sheet, place),
        seen=values.text("seen") or str((place or _ABSENT).seq),
        kind=asking.method.ballot.name,
        codes=asking.codes,
        means=lambda code: ballot_words.means(words, code, amends=sheet.amendment is not None),
        grades=ballot_forms.grades(asking),
        grade=lambda code: ballot_words.grade(words, code),
        limits=ballot_forms.limits(asking),
        criteria=objections.CRITERIA,
        needs_reason={"consent": "objection", "consensus": "block"}.get(asking.method.name),
        rule=ballot_words.rule(words, sheet, sheet.rule, convocation=sheet.convocation),
        least=secret.LEAST_VOTERS,
        content=reading.ours(content, sheet.language),
        amended=amended,
        problems=problems,
        is_other_text=any(one.code == _OTHER_VERSION for one in problems),
        values=values,
        **given,
    )


async def _content(tx: Transaction, sheet: Sheet) -> str:
    return str((await tx.execute(_CONTENT, {"version": sheet.version_id})).scalar_one())


async def _proxies(tx: Transaction, sheet: Sheet, member: Member) -> dict[str, Any]:
    if not sheet.proxies_max:
        return {"held": [], "given": None}
    listed = await proxies.listed(tx, sheet.vote_id)
    return {
        "held": [one.giver for one in listed if one.holder_id == member.id],
        "given": next((one.holder for one in listed if one.giver_id == member.id), None),
    }


routes = [
    *ballot_at.doors("voter", ask),
    *ballot_at.doors("voter", answer, "POST"),
    *ballot_at.doors("recu", receipt),
]
