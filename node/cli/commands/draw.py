"""Drawing lots again, without a node."""

import argparse
import json
import sys
from pathlib import Path

from node.assembly import drawing
from node.cli.command import Context, WrongUse, command
from node.errors import Invalid
from node.words import Words


def _flags(parser: argparse.ArgumentParser, said: Words) -> None:
    parser.add_argument("file", metavar="FILE.json", help=said("cli.flag.draw-file"))


@command("draw", _flags)
def draw(context: Context) -> None:
    """Draw the lots that a file describes and print the result as JSON (docs/draw.md)."""
    path = context.given.file
    try:
        source = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise WrongUse(context.said("cli.file-unreadable", path=path)) from error
    try:
        lots = drawing.read(source)
    except Invalid as error:
        (problem,) = error.problems
        sentence = context.said(f"error.{problem.code}", **problem.values)
        where = f"{path}: {problem.field}" if problem.field else path
        raise WrongUse(context.said("cli.tally-wrong", where=where, what=sentence)) from error
    print(json.dumps(lots.report(), ensure_ascii=False, indent=2))
