"""A demonstration: two assemblies, a proposal, a vote, a decision, over real HTTP."""

import argparse
import asyncio
import re
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from node import clock
from node.cli.command import Context, WrongUse, command, data_flag
from node.cli.demo import texts
from node.cli.demo.stage import Place, Stage
from node.cli.demo.visitor import Visitor
from node.network.client import Client
from node.words import Words

_PATIENCE = 30.0


def _flags(parser: argparse.ArgumentParser, said: Words) -> None:
    data_flag(parser, said)
    parser.add_argument("--port", type=int, default=8000, help=said("cli.flag.demo-port"))
    parser.add_argument("--exit", action="store_true", help=said("cli.flag.demo-exit"))


@command("demo", _flags)
def demo(context: Context) -> None:
    """Run two nodes, let them do everything once, and leave both running."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    context.run(_demo(context))


async def _demo(context: Context) -> None:
    folder = Path(context.given.data or tempfile.mkdtemp(prefix="palabre-demo-"))
    if (folder / "rive").exists():
        raise WrongUse(context.said("cli.demo.not-empty", path=folder))
    port = context.given.port
    rive = Place("Assemblée de la Rive", "rive", port, folder / "rive")
    colline = Place("Assemblée de la Colline", "colline", port + 1, folder / "colline")
    client = Client(allow_loopback=True)
    stage = Stage(context, client)
    try:
        context.say("cli.demo.start", folder=folder)
        for place in (rive, colline):
            await stage.open(place)
            context.say("cli.demo.open", name=place.name, url=place.origin)
        await _Play(context, stage, rive, colline).perform()
        context.say("cli.demo.done", first=rive.origin, second=colline.origin)
        if not context.given.exit:
            context.say("cli.demo.stay")
            await stage.stay()
    finally:
        await stage.close()
        await client.close()


class _Play:
    """The scenes of the demonstration, in order."""

    def __init__(self, context: Context, stage: Stage, rive: Place, colline: Place) -> None:
        self._say = context.say
        self._stage = stage
        self._rive = rive
        self._colline = colline

    async def perform(self) -> None:
        """Play every scene; each says what happens as it happens."""
        ana = await self._stage.member(self._rive, "Ana Lopez")
        ben = await self._stage.member(self._rive, "Ben Traoré")
        lou = await self._stage.member(self._colline, "Lou Martin", "--published")
        self._say("cli.demo.members")
        await self._stage.command(self._colline, "follow", f"{self._rive.origin}/g/rive")
        await _until(lambda: _says(ana, "/partenaires", self._colline.name))
        self._say("cli.demo.followed", follower=self._colline.name, followed=self._rive.name)
        proposal = await ana.fill_in(
            "/ecrire/proposition", title=texts.TITLE, text=texts.PROPOSAL, signed="yes"
        )
        self._say("cli.demo.published", url=proposal)
        here = await _until(lambda: _link(lou, "/reseau", r"/reseau/\d+"))
        self._say("cli.demo.arrived", url=self._colline.origin + here)
        await lou.fill_in(here, "/contributions", text=texts.COMMENT)
        path = proposal.removeprefix(self._rive.origin).partition("?")[0]
        await _until(lambda: _says(ana, path, "enveloppe fermée"))
        self._say("cli.demo.answered", url=proposal)
        await self._vote(ana, ben, path)
        await _until(lambda: _says(lou, "/reseau", "adoptée"))
        self._say("cli.demo.decision-arrived", url=f"{self._colline.origin}/reseau")
        await self._call(ana)

    async def _vote(self, ana: Visitor, ben: Visitor, path: str) -> None:
        end = (clock.now() + timedelta(days=7)).astimezone(ZoneInfo("Europe/Paris"))
        await ana.fill_in(
            f"{path}/ouvrir-le-vote",
            closes_at_date=end.strftime("%d/%m/%Y"),
            closes_at_time="20:00",
        )
        self._say("cli.demo.vote-open", url=self._rive.origin + path)
        for voter in (ana, ben):
            await voter.fill_in(f"{path}/voter", "/voter", choice="for", reason=texts.REASON)
        self._say("cli.demo.voted")
        decision = await ana.fill_in(f"{path}/clore", statement=texts.STATEMENT)
        self._say("cli.demo.decided", url=decision)

    async def _call(self, ana: Visitor) -> None:
        start = (clock.now() + timedelta(days=14)).astimezone(ZoneInfo("Europe/Paris"))
        when = {"starts_at_date": start.strftime("%d/%m/%Y"), "starts_at_time": "19:00"}
        call = await ana.fill_in("/ecrire/appel", **texts.CALL, **when)
        self._say("cli.demo.called", url=call)


async def _says(visitor: Visitor, path: str, words: str) -> str:
    """Return the page when it says these words, else nothing."""
    page = await visitor.read(path)
    return page if words in page else ""


async def _link(visitor: Visitor, path: str, pattern: str) -> str:
    found = re.search(rf'href="({pattern})"', await visitor.read(path))
    return found[1] if found else ""


async def _until(look: Callable[[], Awaitable[str]]) -> str:
    """Look again and again until something is there. Raise WrongUse when it never comes."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        if found := await look():
            return found
        await asyncio.sleep(0.2)
    raise WrongUse("the other assembly did not hear of it in time")
