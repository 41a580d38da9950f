"""Serving a node: one process, one port."""

import argparse
import asyncio
import errno
import logging
import os
import signal
import sys

import uvicorn

from node import migrations
from node.app import create_app, create_node
from node.assembly import access, assemblies, members
from node.cli import founding, running
from node.cli.command import Context, WrongUse, command, data_flag
from node.cli.lasting import lasting
from node.database import Database
from node.federation.inbox import Acceptor
from node.federation.node import Node
from node.federation.worker import Worker
from node.network.listener import listen
from node.settings import Settings
from node.words import Words


def serve_flags(parser: argparse.ArgumentParser, said: Words) -> None:
    """The flags of `serve`, which `scripts/run` passes on."""
    data_flag(parser, said)
    parser.add_argument("--host", help=said("cli.flag.host"))
    parser.add_argument("--port", type=int, help=said("cli.flag.port"))
    parser.add_argument("--url", help=said("cli.flag.url"))
    parser.add_argument("--no-worker", action="store_true", help=said("cli.flag.no-worker"))


@command("serve", serve_flags)
def serve(context: Context) -> None:
    """Bring the database up to date, then serve until told to stop."""
    settings = context.settings()
    if not context.given.url and settings.url == Settings().url:
        if settings.host in ("0.0.0.0", "::") and not _is_founded(settings):  # noqa: S104
            raise WrongUse(context.said("cli.url-needed", host=settings.host))
        settings = context.settings(url=f"http://{settings.host}:{settings.port}")
    settings, database = context.run(_prepared(context, settings))
    log(settings.log)
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        key = "cli.port-in-use" if error.errno == errno.EADDRINUSE else "cli.cannot-listen"
        sentence = context.said(key, host=settings.host, port=settings.port)
        raise WrongUse(sentence) from error
    with lasting():
        node = create_node(settings, database=database)
        app = create_app(settings, node_=node, works=not context.given.no_worker)
    config = uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        server_header=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=65_536,
    )
    # The server raises the signal again when it has closed; everything must end in order.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with running.announced(settings):
        uvicorn.Server(config).run(sockets=[listener])


@command("worker", data_flag)
def worker(context: Context) -> None:
    """Handle and deliver beside other processes that share a PostgreSQL database."""
    settings = context.settings()
    log(settings.log)
    with asyncio.Runner() as runner:
        runner.run(_work(context))


def _is_founded(settings: Settings) -> bool:
    return bool(settings.database_url) or (settings.folder / "palabre.db").exists()


def log(level: str) -> None:
    """Write one line for each thing worth knowing to standard error."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)


async def _work(context: Context) -> None:
    async with context.node() as node:
        await node.database.start()
        async with Worker(node, Acceptor(node.database)).running():
            await asyncio.Event().wait()


async def _prepared(context: Context, settings: Settings) -> tuple[Settings, Database]:
    """Make the data folder and the database ready.

    Return the settings with the address the node has for good, and the database with no connection.
    """
    try:
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise WrongUse(context.said("cli.no-right", path=settings.data)) from error
    if not os.access(settings.folder, os.W_OK | os.X_OK):
        raise WrongUse(context.said("cli.no-right", path=settings.data))
    before = await migrations.prepare(settings.database, settings.folder / "backups")
    if before is not None and before != migrations.HEAD:
        context.say("cli.migrated", before=before, after=migrations.HEAD)
    node = create_node(settings)
    try:
        origin = await founding.ensure(context, node)
        if context.given.url and origin != settings.origin:
            raise WrongUse(context.said("cli.other-url", known=origin, given=settings.origin))
        settings = context.settings(url=origin)
        await _welcome(context, node, settings)
    finally:
        await node.client.close()
        await node.database.close()
    return settings, node.database


async def _welcome(context: Context, node: Node, settings: Settings) -> None:
    async with node.database.transaction() as tx:
        assembly = await assemblies.the(tx)
        context.say("cli.serving", name=assembly.name, url=settings.origin)
        context.say("cli.address", address=f"@{assembly.actor.address}")
        if await members.count(tx) == 0:
            secret = await access.make_link(tx, access.FIRST_MEMBER)
            context.say("cli.first-link", link=f"{settings.origin}/lien/{secret}")
