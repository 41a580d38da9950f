"""Paper: the style of what is printed, and PDFs made here when the extra is installed."""

import asyncio
import ctypes.util
import functools
import hashlib
import importlib
import importlib.util
import logging
import sys
from pathlib import Path

from node.errors import NotNow

STYLE = (Path(__file__).parent / "static" / "book.css").read_text("utf-8")
SHEET_URL = f"/static/book-{hashlib.sha256(STYLE.encode()).hexdigest()[:12]}.css"
SECONDS = 120.0
# They tell of every step they take.
_CHATTY = ("weasyprint.progress", "fontTools")
# A package of the system and not of Python.
_LIBRARY = "pango-1.0"


@functools.cache
def is_available() -> bool:
    """Say whether PDFs can be made: the extra is installed, and so is the library it uses.

    Nothing is loaded to find out: forty megabytes stay free as long as nobody prints.
    """
    if importlib.util.find_spec("weasyprint") is None:
        return False
    return ctypes.util.find_library(_LIBRARY) is not None


async def pdf(html: str) -> bytes:
    """Turn a page into a PDF, in a process that ends with it; nothing is fetched for it.

    Raise NotNow when that does not succeed.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS):
            written, said = await process.communicate(html.encode())
    except TimeoutError:
        process.kill()
        await process.wait()
        raise NotNow("the PDF took too long", code="no-pdf") from None
    if process.returncode:
        logging.getLogger("palabre.web").error("no PDF: %s", said.decode(errors="replace")[-500:])
        raise NotNow("the PDF could not be made", code="no-pdf")
    return written


def made(html: str) -> bytes:
    """Turn a page into a PDF, here and now."""
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    weasyprint = importlib.import_module("weasyprint")
    nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
    written: bytes = weasyprint.HTML(string=html, url_fetcher=nothing).write_pdf()
    return written


if __name__ == "__main__":
    sys.stdout.buffer.write(made(sys.stdin.buffer.read().decode()))
