"""The register of this node, written to take away, or checked against the database."""

import argparse
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from node.assembly import assemblies
from node.cli.command import Context, WrongUse, command, data_flag
from node.cli.commands.verify import BrokenRegister, say_broken
from node.database import Transaction
from node.federation import register_export
from node.federation.register_watch import register_health
from node.web import language, printing, register_book, register_csv
from node.web.register_leaves import leaves
from node.words import Words


def _export_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    parser.add_argument("--data", metavar="DIR", help=said("cli.flag.data"))
    parser.add_argument(
        "--allow-loopback", action="store_true", default=None, help=said("cli.flag.loopback")
    )
    form = parser.add_mutually_exclusive_group(required=True)
    form.add_argument("--json", action="store_true", help=said("cli.flag.export-json"))
    form.add_argument("--csv", action="store_true", help=said("cli.flag.export-csv"))
    form.add_argument("--html", metavar="DIR", help=said("cli.flag.export-html"))
    form.add_argument("--pdf", metavar="FILE", help=said("cli.flag.export-pdf"))


@command("register export", _export_flags)
def export(context: Context) -> None:
    """Write the register in one of its forms."""
    if context.given.pdf and not printing.is_available():
        raise WrongUse(context.said("cli.register-no-pdf"))
    context.run(_export(context))


@command("register check", data_flag)
def check(context: Context) -> None:
    """Hold the database against what was sealed."""
    context.run(_check(context))


async def _export(context: Context) -> None:
    given, words = context.given, language.spoken(context.said.language)
    async with context.node() as node, node.database.read() as tx:
        if given.json:
            await register_export.write(tx, sys.stdout.buffer)
        elif given.csv:
            await _write_csv(tx, words)
        elif given.html:
            await _write_folder(context, tx, words, Path(given.html))
        else:
            await _write_pdf(context, tx, words, Path(given.pdf))


async def _write_csv(tx: Transaction, words: Words) -> None:
    assembly = await assemblies.the(tx)
    zone: ZoneInfo = assemblies.zone(assembly)
    sys.stdout.buffer.write(register_csv.header(words).encode())
    async for some in leaves(tx, assembly.origin):
        sys.stdout.buffer.write(register_csv.lines(some, words, zone).encode())


async def _write_folder(context: Context, tx: Transaction, words: Words, folder: Path) -> None:
    if _is_taken(folder):
        raise WrongUse(context.said("cli.register-folder-not-empty", path=folder))
    async for name, content in register_book.files(tx, words):
        _put(context, folder / name, content)
    context.say("cli.register-written", path=folder / "index.html")


async def _write_pdf(context: Context, tx: Transaction, words: Words, path: Path) -> None:
    book = await register_book.open_book(tx, words)
    listed = await register_book.everything(tx, book)
    _put(context, path, printing.made(book.whole(listed, style=printing.STYLE)))
    context.say("cli.register-written", path=path)


def _is_taken(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _put(context: Context, path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise WrongUse(context.said("cli.file-unwritable", path=path)) from error


async def _check(context: Context) -> None:
    async with context.node() as node, node.database.read() as tx:
        health = await register_health(tx)
    if health.first_break is not None:
        say_broken(context, health.first_break)
        raise BrokenRegister("the register does not hold")
    said = context.said
    context.say(
        "admin.register-holds",
        entries=said.plural("register.entries", health.entries),
        decisions=said.plural("decisions.caption", health.decisions),
    )
