"""A form sent when the session was over: what was typed is shown, and the way back is kept."""

import re

from starlette.requests import Request
from starlette.responses import Response

from node.web.forms import Form, filled, typed
from node.web.page import page
from node.web.way_back import way_back

_WRITING = re.compile(
    "title|text|note|reason|replacement|statement|summary|minority|improvement|risk|tolerated"
    r"|opening|closing|options|notes-\d+|reason-\d+"
)


async def sign_in_again(request: Request) -> Response:
    """Say that nothing was sent, show the words that were typed, and ask who comes in."""
    values = filled(suite=way_back(request), typed=_words(await typed(request)))
    return await page(request, "sign_in.html", status=403, values=values)


def _words(answers: Form) -> str:
    """Return what a person wrote, and nothing else that a form holds."""
    written = [answers.text(name) for name in answers if _WRITING.fullmatch(name)]
    return "\n\n".join(one for one in written if one)
