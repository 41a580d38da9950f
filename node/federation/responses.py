"""How documents are handed to other servers, and what they ask for beside the address."""

from starlette.requests import Request
from starlette.responses import Response

from node.activitypub import contexts, document
from node.activitypub.document import Document
from node.errors import NotFound

_HEADERS = {"vary": "Accept", "cache-control": "no-cache"}


class ActivityResponse(Response):
    """A document for other servers."""

    media_type = contexts.MEDIA_TYPE

    def __init__(self, content: Document, status_code: int = 200) -> None:
        super().__init__(document.encode(content), status_code, _HEADERS)

    @staticmethod
    def sealed(written: str) -> Response:
        """Return a document byte for byte as it was sealed or said."""
        return Response(written.encode(), 200, _HEADERS, contexts.MEDIA_TYPE)


def page_asked(request: Request) -> int | None:
    """Return which page of a collection is asked for, if one is. Raise NotFound for no page."""
    asked = request.query_params.get("page")
    if asked is None:
        return None
    if not (asked.isascii() and asked.isdigit() and 0 < int(asked[:9]) < 1_000_000):
        raise NotFound("there is no such page")
    return int(asked[:9])
