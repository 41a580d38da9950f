"""What a command is, and what it gets to work with."""

import argparse
import contextlib
import importlib
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from node import settings
from node.cli import running
from node.errors import NotNow
from node.settings import Settings
from node.words import Words

if TYPE_CHECKING:
    from node.federation.node import Node

T = TypeVar("T")


class WrongUse(Exception):
    """The command was given something it cannot use; the message says what to do."""


@dataclass(frozen=True)
class Context:
    """What was asked for, and in which language to answer."""

    given: argparse.Namespace
    said: Words

    def settings(self, **more: object) -> Settings:
        """Return the settings that hold for this command, those of a running node included."""
        flags = {
            name: getattr(self.given, name, None)
            for name in ("url", "host", "port", "data", "allow_loopback", "database_url")
        }
        found = settings.load({**flags, **more})
        if running.allows_loopback(found):
            found = settings.load({**flags, **more, "allow_loopback": True})
        return found

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work and return what it returns."""
        # Loaded only where there is something to wait for.
        found: T = importlib.import_module("asyncio").run(work)
        return found

    def say(self, key: str, **values: object) -> None:
        """Print a sentence of the catalogues."""
        print(self.said(key, **values), flush=True)

    def print(self, rows: list[dict[str, Any]], key: str) -> None:
        """Print rows as JSON when asked for, else one line each by a sentence of the catalogues."""
        if self.given.json:
            print(json.dumps(rows, ensure_ascii=False, default=str))
            return
        for row in rows:
            self.say(key, **row)

    @contextlib.asynccontextmanager
    async def node(self) -> AsyncIterator["Node"]:
        """Open the node's memory beside a running node, or alone. It must have been set up."""
        found = self.settings()
        if found.database.startswith("sqlite") and not (found.folder / "palabre.db").exists():
            raise NotNow("there is no node yet", code="no-node", folder=found.data)
        # Loaded only where they are needed: counting a vote from a file needs no node.
        await importlib.import_module("node.migrations").check(found.database)
        app = importlib.import_module("node.app")
        node: Node = app.create_node(found)
        try:
            async with node.database.read() as tx:
                origin = await app.origin(tx)
            if origin != found.origin:
                await node.client.close()
                await node.database.close()
                node = app.create_node(settings.load({**_flags(found), "url": origin}))
            yield node
        finally:
            await node.client.close()
            await node.database.close()


@dataclass(frozen=True)
class Command:
    """A registered command: its arguments, and what it does."""

    arguments: Callable[[argparse.ArgumentParser, Words], None]
    act: Callable[[Context], None]


_commands: dict[str, Command] = {}


def command(
    name: str, arguments: Callable[[argparse.ArgumentParser, Words], None]
) -> Callable[[Callable[[Context], None]], Callable[[Context], None]]:
    """Register what `palabre NAME` does."""

    def register(act: Callable[[Context], None]) -> Callable[[Context], None]:
        if name in _commands:
            raise RuntimeError(f"there are two commands {name}")
        _commands[name] = Command(arguments, act)
        return act

    return register


def registered() -> dict[str, Command]:
    """Return every command by name."""
    return dict(_commands)


def data_flag(parser: argparse.ArgumentParser, said: Words) -> None:
    """Add the flags that every command understands."""
    parser.add_argument("--data", metavar="DIR", help=said("cli.flag.data"))
    parser.add_argument("--json", action="store_true", help=said("cli.flag.json"))
    parser.add_argument(
        "--allow-loopback", action="store_true", default=None, help=said("cli.flag.loopback")
    )


def _flags(found: Settings) -> dict[str, object]:
    return {name: getattr(found, name) for name in Settings.__struct_fields__}
