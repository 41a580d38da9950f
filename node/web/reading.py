"""What the public pages share: numbers in addresses, slugs, safe links, QR codes."""

import functools
import importlib
import re
import unicodedata
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.requests import Request

from node.errors import NotFound
from node.texts import sanitise
from node.web.typography import french_page

_NUMBER_MAX = 2**63 - 1


def number(request: Request, name: str = "n") -> int:
    """Return a number from the address. Raise NotFound for one no row can have."""
    return row_number(str(request.path_params[name]))


def row_number(text: str) -> int:
    """Read the number of a row. Raise NotFound for one that no row can have."""
    found = whole(text)
    if found is None:
        raise NotFound("no row has such a number")
    return found


def whole(text: str) -> int | None:
    """Read a whole number that a row can hold: digits 0 to 9 alone, at most 2^63 - 1."""
    if not re.fullmatch(r"[0-9]{1,19}", text) or int(text) > _NUMBER_MAX:
        return None
    return int(text)


def asked_number(request: Request, name: str) -> int | None:
    """Return a number from after the question mark, or None when it is not one."""
    value = request.query_params.get(name, "")
    return min(int(value), _NUMBER_MAX) if re.fullmatch(r"[0-9]{1,19}", value) else None


def slug(title: str) -> str:
    """Write a title as the end of an address: Un budget pour l'école -> un-budget-pour-l-ecole."""
    letters = unicodedata.normalize("NFKD", title.lower()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    return words if len(words) <= 60 else words[:60].rpartition("-")[0]


def proposal_path(number: int, title: str) -> str:
    """Where a proposal is read."""
    end = slug(title)
    return f"/p/{number}-{end}" if end else f"/p/{number}"


def link(url: str | None) -> str | None:
    """Return an address from elsewhere when a browser may follow it, else None (P11)."""
    return url if url and urlsplit(url).scheme in ("https", "http") else None


def foreign(content: str) -> Markup:
    """Clean somebody else's HTML once more before it is shown (D1)."""
    return Markup(sanitise(content))  # noqa: S704


def ours(content: str, spoken: str = "") -> Markup:
    """Show HTML that this node made from Markdown, and cleaned then, with the spaces of French."""
    return Markup(_french(content) if spoken == "fr" else content)  # noqa: S704


_french = functools.lru_cache(maxsize=256)(french_page)


@functools.lru_cache(maxsize=256)
def qr(address: str) -> Markup:
    """Draw the QR code of an address, for paper."""
    # Loaded only where paper is printed.
    segno = importlib.import_module("segno")
    drawing: str = segno.make(address, error="m").svg_inline(
        scale=3, border=2, omitsize=True, svgclass="qr", lineclass=None
    )
    return Markup(drawing)  # noqa: S704
