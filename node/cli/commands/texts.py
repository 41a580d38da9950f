"""Proposals and calls, published from files."""

import argparse
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from node.assembly import assemblies, calls, method, proposals, votes
from node.assembly.calls import Invitation
from node.assembly.voting import terms
from node.cli.command import Context, WrongUse, command, data_flag
from node.words import Words


def _proposal_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("--title", required=True, help=said("cli.flag.title"))
    parser.add_argument("--file", required=True, metavar="F", help=said("cli.flag.file"))
    parser.add_argument("--method", default="majority", metavar="M", help=said("cli.flag.method"))
    parser.add_argument("--option", action="append", metavar="O", help=said("cli.flag.option"))
    parser.add_argument("--budget", metavar="B", help=said("cli.flag.budget"))
    parser.add_argument("--vote-closes", metavar="ISO", help=said("cli.flag.vote-closes"))


def _call_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("--title", required=True, help=said("cli.flag.title"))
    parser.add_argument("--file", required=True, metavar="F", help=said("cli.flag.file"))
    parser.add_argument("--starts", required=True, metavar="ISO", help=said("cli.flag.starts"))
    parser.add_argument("--ends", metavar="ISO", help=said("cli.flag.ends"))
    parser.add_argument("--place", required=True, help=said("cli.flag.place"))
    parser.add_argument("--join", required=True, help=said("cli.flag.join"))
    parser.add_argument("--needed", type=int, help=said("cli.flag.needed"))


@command("proposal publish", _proposal_flags)
def publish_proposal(context: Context) -> None:
    """Publish a text; with --vote-closes, ask for the vote at once."""
    context.run(_publish_proposal(context))


@command("proposal list", data_flag)
def list_proposals(context: Context) -> None:
    """List the proposals."""
    context.run(_list(context))


@command("call publish", _call_flags)
def publish_call(context: Context) -> None:
    """Publish a call for participation."""
    context.run(_publish_call(context))


async def _publish_proposal(context: Context) -> None:
    given, text = context.given, _read(context, context.given.file)
    async with context.node() as node, node.database.transaction() as tx:
        if given.method not in method.every():
            known = ", ".join(method.every())
            raise WrongUse(context.said("cli.method-unknown", method=given.method, known=known))
        _must_be_of_use(context)
        proposal = await proposals.publish(
            tx, carrier=None, title=given.title, text=text, method_name=given.method
        )
        if given.vote_closes:
            zone = assemblies.zone(await assemblies.the(tx))
            closes_at = _moment(context, "--vote-closes", given.vote_closes, zone)
            usual = await votes.usual(tx, given.method)
            on = replace(
                usual,
                options=terms.read_options(given.method, given.option or ()),
                budget=given.budget,
            )
            await votes.ask(tx, proposal, closes_at=closes_at, on=on)
            tx.tell("votes")
        row = {
            "label": proposal.label,
            "title": proposal.title,
            "url": f"{node.origin}/p/{proposal.number}",
        }
    context.print([row], "cli.published")


async def _publish_call(context: Context) -> None:
    given, text = context.given, _read(context, context.given.file)
    async with context.node() as node, node.database.transaction() as tx:
        zone = assemblies.zone(await assemblies.the(tx))
        invitation = Invitation(
            title=given.title,
            text=text,
            starts_at=_moment(context, "--starts", given.starts, zone),
            ends_at=_moment(context, "--ends", given.ends, zone) if given.ends else None,
            place_name=given.place,
            how_to_join=given.join,
            needed=given.needed,
        )
        call = await calls.publish(tx, None, invitation)
        row = {"label": call.number, "title": call.title, "url": f"{node.origin}/e/{call.number}"}
    context.print([row], "cli.published")


async def _list(context: Context) -> None:
    async with context.node() as node, node.database.read() as tx:
        rows = [
            {"label": one.label, "title": one.title, "state": one.state.value}
            for one in await proposals.listed(tx)
        ]
    context.print(rows, "cli.proposal-line")


def _must_be_of_use(context: Context) -> None:
    """Refuse choices that nobody would be asked about."""
    given = context.given
    if not (given.option or given.budget):
        return
    if not given.vote_closes:
        raise WrongUse(context.said("cli.options-without-vote"))
    if not method.find(given.method).ballot.has_options:
        raise WrongUse(context.said("cli.method-without-options", method=given.method))


def _read(context: Context, path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(context.said("cli.file-unreadable", path=path)) from error


def _moment(context: Context, flag: str, written: str, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        sentence = context.said("cli.moment-malformed", flag=flag, written=written)
        raise WrongUse(sentence) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
