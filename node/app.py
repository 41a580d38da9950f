"""Composition: what a node is made of, and the ASGI application that serves it."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

import node.assembly.methods
import node.federation.publish
import node.federation.receive
import node.web
from node.assembly import assemblies
from node.autoload import autoload
from node.database import Database, Transaction, open_database
from node.federation.inbox import Acceptor
from node.federation.node import Node
from node.federation.routes import FederationDoor
from node.federation.worker import Worker
from node.network.client import Client, Resolver
from node.settings import Settings
from node.version import VERSION
from node.web import shell


def register_everything() -> None:
    """Import every module that registers itself: methods, handlers, listeners."""
    autoload(node.assembly.methods)
    autoload(node.federation.receive)
    autoload(node.federation.publish)


@dataclass(frozen=True)
class App:
    """One node as an ASGI application; nothing runs before its lifespan begins."""

    node: Node
    worker: Worker
    pages: Starlette
    asgi: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/livez":
            # The process lives; neither the database nor anything else is asked.
            await PlainTextResponse("ok")(scope, receive, send)
            return
        await self.asgi(scope, receive, send)


def create_node(
    settings: Settings,
    *,
    database: Database | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
    resolver: Resolver | None = None,
) -> Node:
    """Build what the parts of a node share; tests bring their own network.

    A database that was open before is given, so that what it learned is not learned again.
    """
    register_everything()
    database = database or open_database(settings.database)
    made = Node(
        settings=settings,
        database=database,
        client=Client(
            allow_loopback=settings.allow_loopback,
            user_agent=f"Palabre/{VERSION} (+{settings.origin})",
            engine=settings.engine,
            transport=transport,
            resolver=resolver,
        ),
    )
    database.live.on("actors", made.documents.clear)
    database.live.on("hearing", made.keys.clear)
    return made


async def origin(tx: Transaction) -> str:
    """Return the address that the node has for good."""
    return (await assemblies.the(tx)).origin


def create_app(settings: Settings, *, node_: Node | None = None, works: bool = True) -> App:
    """Build the application of one node. With `works` false it only serves."""
    the_node = node_ or create_node(settings)
    acceptor = Acceptor(the_node.database)
    worker = Worker(the_node, acceptor)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await the_node.database.start()
        try:
            async with (
                the_node.register.at_start(the_node.database),
                worker.running() if works else contextlib.nullcontext(),
            ):
                yield
        finally:
            await the_node.client.close()
            await the_node.database.close()

    routes = [route for page in autoload(node.web) for route in getattr(page, "routes", [])]
    pages = Starlette(routes=routes, lifespan=lifespan, **shell.options())
    pages.state.node = the_node
    return App(the_node, worker, pages, FederationDoor(pages, the_node, acceptor))
