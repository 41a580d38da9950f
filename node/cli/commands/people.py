"""Members, and the keys they give to applications."""

import argparse
from datetime import timedelta

from node.assembly import access, members
from node.cli.command import Context, command, data_flag
from node.database import Transaction
from node.errors import NotFound
from node.models import Member
from node.words import Words


def _add_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("name", metavar="NAME", help=said("cli.flag.member-name"))
    parser.add_argument("--handle", help=said("cli.flag.member-handle"))
    parser.add_argument("--in-charge", action="store_true", help=said("cli.flag.in-charge"))
    parser.add_argument("--published", action="store_true", help=said("cli.flag.published"))


def _token_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("name", metavar="NAME", help=said("cli.flag.token-name"))
    parser.add_argument("--scopes", default="read", help=said("cli.flag.scopes"))


def _link_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("name", metavar="NAME", help=said("cli.flag.member-name"))


@command("member add", _add_flags)
def add(context: Context) -> None:
    """Admit a person; the first one is in charge."""
    context.run(_add(context))


@command("member list", data_flag)
def list_(context: Context) -> None:
    """List the members."""
    context.run(_list(context))


@command("member link", _link_flags)
def link(context: Context) -> None:
    """Print a link with which a member can sign in once."""
    context.run(_link(context))


@command("token create", _token_flags)
def create_token(context: Context) -> None:
    """Print a new access token, alone."""
    context.run(_create_token(context))


async def _add(context: Context) -> None:
    given = context.given
    async with context.node() as node, node.database.transaction() as tx:
        first = await members.count(tx) == 0
        member = await members.admit(
            tx, name=given.name, handle=given.handle, is_in_charge=given.in_charge or first
        )
        if given.published:
            await members.publish(tx, member)
        secret = await access.make_link(
            tx, access.NEW_MEMBER, member=member, lasts=timedelta(days=7)
        )
        row = {
            "name": member.name,
            "handle": member.handle,
            "link": f"{node.origin}/lien/{secret}",
        }
    context.print([row], "cli.member-added")


async def _list(context: Context) -> None:
    async with context.node() as node, node.database.read() as tx:
        rows = [
            {
                "name": member.name,
                "handle": member.handle,
                "in_charge": member.is_in_charge,
                "state": member.state,
            }
            for member in await members.everybody(tx)
        ]
    if not context.given.json:
        rows = [{**row, "state": context.said(f"person.state-{row['state']}")} for row in rows]
    context.print(rows, "cli.member-state")


async def _link(context: Context) -> None:
    async with context.node() as node, node.database.transaction() as tx:
        member = await _called(tx, context.given.name)
        secret = await access.make_link(tx, access.SIGN_IN, member=member)
        print(f"{node.origin}/lien/{secret}")


async def _create_token(context: Context) -> None:
    given = context.given
    async with context.node() as node, node.database.transaction() as tx:
        member = await _called(tx, given.name)
        print(await access.make_token(tx, member, name=given.name, scopes=given.scopes))


async def _called(tx: Transaction, name: str) -> Member:
    """The member with this handle or name; when there is only one member, that one."""
    present = await members.all_present(tx)
    for member in present:
        if name.strip().lower() in (member.handle, member.name.lower()):
            return member
    if len(present) == 1:
        return present[0]
    raise NotFound(f"no member is called {name}", code="no-such-member", handle=name)
