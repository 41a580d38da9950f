"""The log of acts: who did what about members and rules, when, from what to what."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import journal
from node.models import Act
from node.web import reading, rule_words
from node.web.page import page
from node.web.security import in_charge
from node.words import Words

_A_PAGE = 50


async def show(request: Request) -> Response:
    """Show the acts, newest first, all or of one kind."""
    in_charge(request)
    chosen = request.query_params.get("quoi", "")
    async with request.app.state.node.database.read() as tx:
        kinds = await journal.kinds(tx)
        acts = await journal.listed(
            tx,
            chosen if chosen in kinds else None,
            before=reading.asked_number(request, "avant"),
            limit=_A_PAGE,
        )
    words = request.state.words
    return await page(
        request,
        "admin_acts.html",
        kinds=kinds,
        chosen=chosen,
        acts=[(act, who, *_change(words, act)) for act, who in acts],
        older=acts[-1][0].id if len(acts) == _A_PAGE else None,
    )


def _change(words: Words, act: Act) -> tuple[str, str, str]:
    """Return what an act was about, what was before, and what is since."""
    if act.kind == "rule-changed":
        values = (act.before.get("value"), act.after.get("value"))
        before, after = (rule_words.sentence(words, act.subject, one) for one in values)
        return words(f"rule-title.{act.subject}"), before, after
    return act.subject, "", ""


routes = [Route("/admin/journal-des-actes", show)]
