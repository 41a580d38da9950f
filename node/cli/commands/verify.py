"""Checking an exported register with nothing but the file: no node, no network."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from node.assembly import verifying
from node.assembly.chain import Break
from node.assembly.verifying import Report, Unreadable
from node.cli.command import Context, WrongUse, command
from node.cli.spreading import spread
from node.errors import Refusal
from node.federation import register_proofs
from node.words import Words


class BrokenRegister(Refusal):
    """The register does not hold; what was found has been said already."""

    code = "register-broken"


def _flags(parser: argparse.ArgumentParser, said: Words) -> None:
    parser.add_argument("file", metavar="REGISTER.json", help=said("cli.flag.register-file"))
    parser.add_argument("--head", metavar="H", help=said("cli.flag.head"))
    parser.add_argument("--json", action="store_true", help=said("cli.flag.json-result"))


@command("verify", _flags)
def verify(context: Context) -> None:
    """Follow an exported register: 0 when it holds, 1 when it is broken, 2 when unreadable."""
    given = context.given
    try:
        known = verifying.head(given.head) if given.head else None
        content = _content(context, given.file)
        check = register_proofs.proof_check
        report = verifying.examine(content, check, known=known, spread=spread)
    except Unreadable as error:
        raise WrongUse(context.said(f"error.verify-{error.code}", **error.values)) from error
    if given.json:
        found = {"holds": report.holds, **asdict(report)}
        print(json.dumps(found, ensure_ascii=False))
    elif report.first_break is None:
        _say(context, report)
    if report.first_break is not None:
        if not given.json:
            say_broken(context, report.first_break)
        raise BrokenRegister("the register does not hold")


def say_broken(context: Context, broken: Break) -> None:
    """Name the first broken link, with what was expected and what was found."""
    if broken.seq is not None:
        context.say("verify.at-entry", seq=broken.seq)
    context.say(f"register.break.{broken.code}")
    for key, value in (("verify.expected", broken.expected), ("verify.found", broken.found)):
        if value:
            print(f"  {context.said(key)} : {value}")


def _say(context: Context, report: Report) -> None:
    said = context.said
    context.say(
        "verify.counts",
        name=report.name,
        entries=said.plural("register.entries", report.entries),
        decisions=said.plural("decisions.caption", report.decisions),
    )
    if report.proven:
        print(said.plural("verify.proven", report.proven))
    else:
        context.say("verify.no-keys")
    if report.known is not None:
        context.say(f"verify.known-{report.known}")
    if report.head is not None:
        print(f"{said('verify.head')} {report.head.seq}:{report.head.digest}")


def _content(context: Context, path: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise WrongUse(context.said("cli.file-unreadable", path=path)) from error
