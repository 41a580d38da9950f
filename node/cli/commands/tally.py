"""Counting a published vote again, without a node."""

import argparse
import gc
import json
import sys
from pathlib import Path

import node.assembly.methods
from node.assembly import tallying
from node.autoload import autoload
from node.cli.command import Context, WrongUse, command
from node.errors import Invalid
from node.words import Words


def _flags(parser: argparse.ArgumentParser, said: Words) -> None:
    parser.add_argument("file", metavar="FILE.json", help=said("cli.flag.tally-file"))


@command("tally", _flags)
def tally(context: Context) -> None:
    """Count the vote that a file describes and print the result as JSON (docs/tally.md)."""
    autoload(node.assembly.methods)
    path = context.given.file
    gc.disable()  # what is read stays until the end: looking through it costs a third of the time
    try:
        task = tallying.read(_source(context, path))
        result = tallying.report(task, task.tally())
    except Invalid as error:
        (problem,) = error.problems
        sentence = context.said(f"error.{problem.code}", **problem.values)
        where = f"{path}: {problem.field}" if problem.field else path
        raise WrongUse(context.said("cli.tally-wrong", where=where, what=sentence)) from error
    finally:
        gc.enable()
    print(json.dumps(result, ensure_ascii=False, indent=2))


def _source(context: Context, path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise WrongUse(context.said("cli.file-unreadable", path=path)) from error
