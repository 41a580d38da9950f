"""The rules of the assembly, for everybody, in plain sentences."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import journal, rules
from node.web import rule_words
from node.web.page import page


async def show(request: Request) -> Response:
    """Show every rule as it holds now, and when one last changed."""
    async with request.app.state.node.database.read() as tx:
        current = await rules.current(tx)
        changes = await journal.listed(tx, "rule-changed", limit=20)
    words = request.state.words
    return await page(
        request,
        "rules.html",
        sentences=rule_words.sentences(words, current),
        changes=[
            (act, rule_words.sentence(words, act.subject, act.after["value"])) for act, _ in changes
        ],
    )


routes = [Route("/assemblee/regles", show)]
