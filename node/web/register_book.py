"""The register to be read without a node: pages in a folder, one long page for paper, a PDF."""

import asyncio
import functools
import io
import zipfile
from collections.abc import AsyncIterator, Sequence
from typing import Any, BinaryIO

from node import clock
from node.assembly import assemblies, register
from node.database import Transaction
from node.federation import register_export
from node.models import Assembly, RegisterEntry
from node.web import page as pages
from node.web import printing, register_csv, register_words
from node.web.register_leaves import Leaf, leaves
from node.words import Words


class Book:
    """What all pages of one register share."""

    def __init__(self, assembly: Assembly, head: RegisterEntry | None, words: Words) -> None:
        self.assembly = assembly
        self.head = head
        self.words = words
        self.zone = assemblies.zone(assembly)

    def leaf(self, leaf: Leaf, *, style: str = "", signs: bool = False) -> str:
        """Write the page of one decision."""
        return self._render(leaf=leaf, style=style, sheet_path="../style.css", signs=signs)

    def index(self, listed: Sequence[Leaf]) -> str:
        """Write the first page of the folder."""
        how, note = self.words("register.how-to-read"), self.words("register.how-to-check")
        path = _in_folder
        return self._render(leaves=listed, path=path, sheet_path="style.css", how=how, note=note)

    def whole(self, listed: Sequence[Leaf], *, style: str = "", sheet: str = "") -> str:
        """Write everything on one page, for paper."""
        how = "" if style else self.words("register.how-to-print")
        return self._render(
            leaves=listed, path=_on_page, style=style, sheet_path=sheet, how=how, whole=True
        )

    def _render(self, **values: Any) -> str:
        found = pages.find("book.html", self.words.language, self.assembly.timezone)
        empty = {"leaf": None, "style": "", "how": "", "note": "", "whole": False, "signs": False}
        return found.render(
            **{**empty, **values},
            name=self.assembly.actor.name,
            origin=self.assembly.origin,
            head=self.head,
            now=clock.now(),
            choice=functools.partial(register_words.choice, words=self.words),
            explanation=functools.partial(register_words.explanation, words=self.words),
            reasons=register_words.reasons,
            quorum=functools.partial(register_words.quorum, words=self.words),
            on_day=functools.partial(register_words.day, words=self.words),
        )


async def open_book(tx: Transaction, words: Words) -> Book:
    """Return what the pages of the register share, in these words."""
    return Book(await assemblies.the(tx), await register.head(tx), words)


async def files(tx: Transaction, words: Words) -> AsyncIterator[tuple[str, bytes]]:
    """Write the folder, file by file: the pages, their style, the table, the checkable export."""
    book, listed = await open_book(tx, words), []
    yield "style.css", printing.STYLE.encode()
    table = register_csv.header(words)
    async for some in leaves(tx, book.assembly.origin):
        for one, written in zip(some, await asyncio.to_thread(_write, book, some), strict=True):
            yield f"d/{one.number}.html", written
        table += register_csv.lines(some, words, book.zone)
        listed += some
    yield "index.html", book.index(listed).encode()
    yield "registre.csv", table.encode()
    export = io.BytesIO()
    await register_export.write(tx, export)
    yield "registre.json", export.getvalue()


async def write_zip(tx: Transaction, words: Words, out: BinaryIO) -> None:
    """Write the folder as one archive."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        async for name, content in files(tx, words):
            await asyncio.to_thread(archive.writestr, f"registre/{name}", content)


async def everything(tx: Transaction, book: Book) -> list[Leaf]:
    """Return every decision of the register in order."""
    return [one async for some in leaves(tx, book.assembly.origin) for one in some]


def _write(book: Book, some: Sequence[Leaf]) -> list[bytes]:
    return [book.leaf(one).encode() for one in some]


def _in_folder(leaf: Leaf) -> str:
    return f"d/{leaf.number}.html"


def _on_page(leaf: Leaf) -> str:
    return f"#d-{leaf.number}"
