"""Creating a node, and looking after its database."""

import argparse

from node import migrations
from node.app import create_node
from node.assembly import access, members
from node.cli import founding
from node.cli.command import Context, command, data_flag
from node.words import Words


def _init_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("--url", help=said("cli.flag.url"))
    parser.add_argument("--name", help=said("cli.flag.name"))
    parser.add_argument("--handle", help=said("cli.flag.handle"))
    parser.add_argument("--language", choices=("fr", "en"), help=said("cli.flag.language"))
    parser.add_argument("--link", action="store_true", help=said("cli.flag.link"))


@command("init", _init_flags)
def init(context: Context) -> None:
    """Create the node without asking anything; with --link, print the first link again."""
    context.run(_link(context) if context.given.link else _init(context))


@command("db migrate", data_flag)
def migrate(context: Context) -> None:
    """Bring the database up to date, after a copy."""
    settings = context.settings()
    before = context.run(migrations.prepare(settings.database, settings.folder / "backups"))
    context.say("cli.migrated", before=before or "0", after=migrations.HEAD)


@command("db status", data_flag)
def status(context: Context) -> None:
    """Say where the node remembers, and how many members it has."""
    context.run(_status(context))


async def _init(context: Context) -> None:
    settings = context.settings()
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    await migrations.prepare(settings.database, settings.folder / "backups")
    node = create_node(settings)
    try:
        assembly = await founding.found(
            node,
            name=context.given.name or context.said("cli.default-name"),
            handle=context.given.handle or "assemblee",
            language=context.given.language or "fr",
        )
        context.say("cli.founded", name=assembly.name, address=f"@{assembly.actor.address}")
    finally:
        await node.client.close()
        await node.database.close()


async def _link(context: Context) -> None:
    async with context.node() as node, node.database.transaction() as tx:
        secret = await access.make_link(tx, access.FIRST_MEMBER)
        context.say("cli.first-link", link=f"{node.origin}/lien/{secret}")


async def _status(context: Context) -> None:
    async with context.node() as node, node.database.read() as tx:
        count = await members.count(tx)
        where = node.settings.database.partition("://")[0]
        context.say("cli.status", engine=where, revision=migrations.HEAD, members=count)
