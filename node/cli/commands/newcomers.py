"""Inviting, admitting and letting go, from the machine the node runs on."""

import argparse

from node import clock
from node.assembly import invitations, joining, leaving, members
from node.cli.command import Context, command, data_flag
from node.database import Transaction
from node.errors import NotFound
from node.models import JoinRequest
from node.words import Words


def _invite_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("--for", dest="for_name", default="", help=said("cli.flag.for-name"))
    parser.add_argument("--label", default="", help=said("cli.flag.label"))
    parser.add_argument("--uses", type=int, default=1, help=said("cli.flag.uses"))
    parser.add_argument("--days", type=int, default=14, help=said("cli.flag.days"))


def _answer_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("name", metavar="NAME", help=said("cli.flag.asker"))
    parser.add_argument("--message", default="", help=said("cli.flag.message"))


def _leave_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("handle", metavar="HANDLE", help=said("cli.flag.member-handle"))
    parser.add_argument("--reason", default="", help=said("cli.flag.reason"))
    parser.add_argument("--decision", default="", help=said("cli.flag.decision"))


@command("member invite", _invite_flags)
def invite(context: Context) -> None:
    """Print the address of a new invitation."""
    context.run(_invite(context))


@command("member approve", _answer_flags)
def approve(context: Context) -> None:
    """Admit somebody who asked to join."""
    context.run(_approve(context))


@command("member refuse", _answer_flags)
def refuse(context: Context) -> None:
    """Refuse somebody who asked to join."""
    context.run(_refuse(context))


@command("member leave", _leave_flags)
def leave(context: Context) -> None:
    """End a membership; with a decision it is an exclusion."""
    context.run(_leave(context))


async def _invite(context: Context) -> None:
    given = context.given
    async with context.node() as node, node.database.transaction() as tx:
        made, secret = await invitations.make(
            tx, by=None, name=given.for_name, label=given.label, uses=given.uses, days=given.days
        )
        row = {
            "link": f"{node.origin}/invitation/{secret}",
            "uses": made.uses_max,
            "until": clock.wire(made.expires_at),
        }
    context.print([row], "cli.invitation-made")


async def _approve(context: Context) -> None:
    async with context.node() as node, node.database.transaction() as tx:
        asked = await _asked(tx, context.given.name)
        member = await joining.admit(tx, asked, by=None, message=context.given.message)
        row = {
            "name": member.name,
            "handle": member.handle,
            "votes_from": clock.wire(member.votes_from or clock.now()),
        }
    context.print([row], "cli.member-entered")


async def _refuse(context: Context) -> None:
    async with context.node() as node, node.database.transaction() as tx:
        asked = await _asked(tx, context.given.name)
        await joining.refuse(tx, asked, by=None, message=context.given.message)
    context.print([{"name": asked.name}], "cli.member-refused")


async def _leave(context: Context) -> None:
    given = context.given
    async with context.node() as node, node.database.transaction() as tx:
        member = await members.by_handle(tx, given.handle)
        if given.decision:
            reason, decision = given.reason, given.decision
            await leaving.exclude(tx, member, by=None, reason=reason, decision=decision)
        else:
            await leaving.leave(tx, member, reason=given.reason)
        row = {
            "name": member.name,
            "handle": member.handle,
            "state": context.said(f"person.state-{member.state}"),
        }
    context.print([row], "cli.member-gone")


async def _asked(tx: Transaction, name: str) -> JoinRequest:
    """The one who waits under this name or handle. Raise NotFound when none or several do."""
    wanted = name.strip().lower()
    found = [
        one
        for one in await joining.waiting(tx)
        if wanted in (one.name.lower(), one.member.handle if one.member else "")
    ]
    by_handle = [one for one in found if one.member and one.member.handle == wanted]
    chosen = by_handle or found
    if len(chosen) != 1:
        raise NotFound(f"nobody called {name} waits", code="no-such-request")
    return chosen[0]
