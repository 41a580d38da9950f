"""Paper: the style of what is printed, and PDFs made here when the extra is installed."""

import asyncio
import functools
import hashlib
import importlib
import importlib.util
import logging
from pathlib import Path

STYLE = (Path(__file__).parent / "static" / "book.css").read_text("utf-8")
SHEET_URL = f"/static/book-{hashlib.sha256(STYLE.encode()).hexdigest()[:12]}.css"
# They tell of every step they take.
_CHATTY = ("weasyprint.progress", "fontTools")


@functools.cache
def is_available() -> bool:
    """Say whether PDFs can be made: the extra is installed, and so are the libraries it uses."""
    if importlib.util.find_spec("weasyprint") is None:
        return False
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        importlib.import_module("weasyprint")
    except OSError:  # Pango is a package of the system and not of Python.
        return False
    return True


async def pdf(html: str) -> bytes:
    """Turn a page into a PDF, in a thread, since it takes its time; nothing is fetched for it."""
    return await asyncio.to_thread(made, html)


def made(html: str) -> bytes:
    """Turn a page into a PDF, here and now."""
    weasyprint = importlib.import_module("weasyprint")
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    written: bytes = weasyprint.HTML(string=html, url_fetcher=nothing).write_pdf()
    return written
