"""One post to five hundred followers: from the click to the last inbox."""

import asyncio
import http.client
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench import nodes, rows, seeds, watching
from bench.inboxes import Certificates, Inboxes
from bench.rows import Row
from bench.trusting import AUTHORITY
from bench.world import World

FOLLOWERS = 500


@dataclass(frozen=True)
class Case:
    """Where the followers are, and how soon their servers answer."""

    what: str
    is_one_host: bool
    delay: float
    at_most: float
    engine: str = "auto"


_CASES = (
    Case("500 inboxes, one host", True, 0, 0.6),
    Case("500 hosts", False, 0, 1.5),
    Case("500 hosts, answering after 200 ms", False, 0.2, 3),
    Case("500 hosts, engine fast", False, 0, 0.8, "fast"),
)


def measure(world: World, cookie: str) -> list[Row]:
    """Return how long a post travels, with cold connections every time."""
    papers = Certificates(world.folder)
    prepared = {is_one: _prepared(world, papers, is_one) for is_one in (True, False)}
    runs = [
        [_once(world, papers, prepared[case.is_one_host], case, cookie) for case in _CASES]
        for _ in range(world.runs)
    ]
    return rows.median(runs)


def _prepared(world: World, papers: Certificates, is_one_host: bool) -> Path:
    data = nodes.copied(world, f"followed-{is_one_host}")
    addresses = [
        papers.address("one" if is_one_host else f"h{number}", f"lecteur{number}")
        for number in range(FOLLOWERS)
    ]
    asyncio.run(seeds.add_followers(world, str(data), addresses))
    return data


def _once(world: World, papers: Certificates, data: Path, case: Case, cookie: str) -> Row:
    copied = nodes.copied(world, "outbound", data)
    env = {AUTHORITY: str(papers.authority), "PALABRE_ENGINE": case.engine}
    with nodes.running(world, copied, program="bench.trusting", **env) as node:
        for path in ("/", "/p/1"):
            nodes.get(world, path)
        time.sleep(0.5)
        inboxes = Inboxes(world, papers, FOLLOWERS, case.delay)
        cpu, began = node.cpu(), time.monotonic()
        _publish(world, cookie)
        acted = time.monotonic()
        seen = inboxes.arrivals()
        used = node.cpu() - cpu
        with watching.database(node.database) as found:
            left = _left(found)
    took = seen.last - began
    share = f"act {(acted - began) * 1000:.0f} ms; {seen.connections} connections"
    if seen.inboxes < FOLLOWERS or left:
        share = f"{seen.inboxes} of {FOLLOWERS} arrived, {left} rows left; {share}"
    return Row(
        what=f"outbound: {case.what}",
        cpu_ms=used / FOLLOWERS * 1000,
        rate=seen.inboxes / took,
        value=took,
        unit=" s",
        at_most=case.at_most,
        note=f"{share}; node {used:.2f} s, peers {seen.cpu:.2f} s of CPU",
    )


def _publish(world: World, cookie: str) -> None:
    form = {"title": "Un arrêt de plus", "text": "Devant la gare.\n", "step": "publish"}
    line = http.client.HTTPConnection("127.0.0.1", world.port, timeout=30)
    headers = {
        "Cookie": cookie,
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": world.origin,
    }
    line.request("POST", "/ecrire/proposition", urlencode(form), headers)
    answer = line.getresponse()
    answer.read()
    line.close()
    if answer.status != 303:
        raise RuntimeError(f"the proposal was not published: {answer.status}")


def _left(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM delivery").fetchone()[0])
