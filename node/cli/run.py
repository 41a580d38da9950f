"""Read a command, do it, and say in one sentence what went wrong if it did."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from node import words
from node.autoload import autoload
from node.cli import commands
from node.cli.command import Context, WrongUse, registered
from node.cli.lasting import lasting
from node.errors import Invalid, Refusal, Unreachable, Unusable
from node.words import Words

DONE, REFUSED, WRONG_USE = 0, 1, 2
# These have a module of their own, and start sooner without everything else.
ALONE = ("draw", "serve", "tally", "verify")


class Parser(argparse.ArgumentParser):
    """An argument parser that says what is wrong in one sentence of the user's language."""

    said: Words

    def error(self, message: str) -> NoReturn:
        """Leave with the sentence and exit code 2."""
        said = words.of(language())
        sentence = said("cli.wrong-use", message=message, command=self.prog)
        self.exit(WRONG_USE, f"palabre: {sentence}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 refused, 2 wrong use."""
    said = words.of(language())
    asked = list(sys.argv[1:] if arguments is None else arguments)
    with lasting():
        _load(asked)
    given = _parser(said).parse_args(asked)
    try:
        given.act(Context(given, said))
    except Invalid as error:
        for problem in error.problems:
            _complain(said(f"error.{problem.code}", **problem.values))
        return REFUSED
    except Refusal as error:
        _complain(_sentence(said, error))
        return REFUSED
    except Unreachable as error:
        _complain(said("cli.unreachable", reason=str(error)))
        return REFUSED
    except Unusable as error:
        _complain(said(f"cli.{error.code}", **error.values))
        return WRONG_USE
    except WrongUse as error:
        _complain(str(error))
        return WRONG_USE
    except (PermissionError, NotADirectoryError, FileExistsError) as error:
        _complain(said("cli.no-right", path=error.filename))
        return WRONG_USE
    except BrokenPipeError:
        return DONE
    except KeyboardInterrupt:
        return 130
    return DONE


def _load(asked: Sequence[str]) -> None:
    if asked and asked[0] in ALONE:
        importlib.import_module(f"{commands.__name__}.{asked[0]}")
    else:
        autoload(commands)


def language() -> str:
    """Return the language of the terminal: French unless it says English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "en" if value.lower().startswith("en") else "fr"
    return "fr"


def _parser(said: Words) -> Parser:
    parser = Parser(prog="palabre", description=said("cli.what"))
    parser.set_defaults(act=lambda _context: parser.print_help())
    groups: dict[str, argparse._SubParsersAction[Parser]] = {
        "": parser.add_subparsers(metavar="", parser_class=Parser)
    }
    for name, command in registered().items():
        group, _, verb = name.rpartition(" ")
        if group not in groups:
            outer = groups[""].add_parser(group, help=said(f"cli.group.{group}"))
            outer.set_defaults(act=lambda _context, shown=outer: shown.print_help())
            groups[group] = outer.add_subparsers(metavar="", parser_class=Parser)
        sentence = said(f"cli.{name.replace(' ', '.')}")
        inner = groups[group].add_parser(verb or name, help=sentence, description=sentence)
        command.arguments(inner, said)
        inner.set_defaults(act=command.act)
    return parser


def _sentence(said: Words, error: Refusal) -> str:
    key = f"error.{error.code}"
    return said(key, **error.values) if error.code != "refused" and said.has(key) else str(error)


def _complain(sentence: str) -> None:
    print(f"palabre: {sentence}", file=sys.stderr)
