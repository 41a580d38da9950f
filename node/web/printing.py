"""Paper: the style of what is printed, and PDFs made here when the extra is installed."""

import asyncio
import hashlib
import importlib
import importlib.util
from pathlib import Path
from typing import Any

STYLE = (Path(__file__).parent / "static" / "book.css").read_text("utf-8")
SHEET_URL = f"/static/book-{hashlib.sha256(STYLE.encode()).hexdigest()[:12]}.css"


def is_available() -> bool:
    """Say whether the extra that makes PDFs is installed."""
    return importlib.util.find_spec("weasyprint") is not None


async def pdf(html: str) -> bytes:
    """Turn a page into a PDF, in a thread, since it takes its time; nothing is fetched for it."""
    return await asyncio.to_thread(_write, html)


def _write(html: str) -> bytes:
    weasyprint = importlib.import_module("weasyprint")
    made: bytes = weasyprint.HTML(string=html, url_fetcher=_fetch_nothing).write_pdf()
    return made


def _fetch_nothing(url: str, *_more: object, **_named: object) -> dict[str, Any]:
    raise ValueError(f"{url} is not fetched")
