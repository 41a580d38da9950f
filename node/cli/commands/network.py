"""Following others, and what waits to be delivered to them."""

import argparse

from node.assembly import assemblies, following
from node.cli.command import Context, command, data_flag
from node.federation import actors, queue
from node.words import Words


def _follow_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("address", metavar="ADDRESS", help=said("cli.flag.address"))


def _one_delivery(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("id", metavar="ID", nargs="?", type=int, help=said("cli.flag.delivery"))


def _drop_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("id", metavar="ID", type=int, help=said("cli.flag.delivery"))


@command("follow", _follow_flags)
def follow(context: Context) -> None:
    """Let the assembly follow somebody elsewhere."""
    context.run(_follow(context))


@command("unfollow", _follow_flags)
def unfollow(context: Context) -> None:
    """Let the assembly no longer follow somebody."""
    context.run(_unfollow(context))


@command("queue list", data_flag)
def queue_list(context: Context) -> None:
    """List what has not arrived yet, and why."""
    context.run(_queue_list(context))


@command("queue retry", _one_delivery)
def queue_retry(context: Context) -> None:
    """Try one delivery again now, or all."""
    context.run(_queue_retry(context))


@command("queue drop", _drop_flags)
def queue_drop(context: Context) -> None:
    """Give up one delivery."""
    context.run(_queue_drop(context))


async def _follow(context: Context) -> None:
    async with context.node() as node:
        actor = await actors.look_up(node, context.given.address)
        async with node.database.transaction() as tx:
            assembly = await assemblies.the(tx)
            await following.follow(tx, assembly.actor, actor)
    context.say("cli.follow-asked", name=actor.name, address=f"@{actor.address}")


async def _unfollow(context: Context) -> None:
    async with context.node() as node:
        actor = await actors.look_up(node, context.given.address)
        async with node.database.transaction() as tx:
            assembly = await assemblies.the(tx)
            await following.unfollow(tx, assembly.actor, actor)
    context.say("cli.unfollowed", name=actor.name, address=f"@{actor.address}")


async def _queue_list(context: Context) -> None:
    async with context.node() as node, node.database.read() as tx:
        rows = [
            {
                "id": one.id,
                "type": one.type,
                "inbox": one.inbox,
                "state": one.state,
                "attempts": one.attempts,
                "next": one.next_attempt_at.isoformat(timespec="seconds"),
                "reason": one.reason or "",
            }
            for one in await queue.overview(tx)
        ]
    context.print(rows, "cli.delivery-line")
    if not rows and not context.given.json:
        context.say("cli.queue-empty")


async def _queue_retry(context: Context) -> None:
    async with context.node() as node, node.database.transaction() as tx:
        count = await queue.retry(tx, context.given.id)
    print(context.said.plural("cli.retried", count))


async def _queue_drop(context: Context) -> None:
    async with context.node() as node, node.database.transaction() as tx:
        await queue.drop(tx, context.given.id)
    context.say("cli.dropped", id=context.given.id)
