"""Whether a node that has heard a million things is as quick as a young one."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from bench import bulk, letters, load, nodes, plans, rows, watching
from bench.measures import reading
from bench.measures.inbound import load_note
from bench.nodes import NodeProcess
from bench.rows import Row
from bench.world import World

_YOUNG, _OLD = 1000, 1_000_000
_MOST = 1.3


def measure(world: World, _cookie: str) -> list[Row]:
    """Return the cost of each operation on a young and an old node, and their ratio."""
    old_count = _OLD // 20 if world.quick else _OLD
    young = _grown(world, "young", _YOUNG)
    old = _grown(world, "old", old_count)
    plain = _costs(world, young, old, "plain")
    for data in (young, old):
        bulk.analyze(data / "palabre.db")
    analyzed = _costs(world, young, old, "analyzed")
    name = f"{old_count:,}"
    scanned = asyncio.run(plans.scans(world, str(old)))
    for line in scanned:
        print(f"growth: {line}", file=sys.stderr)
    for data in (young, old):
        bulk.silence(data / "palabre.db")
    silent = [_news_of_the_silent(world, data) for data in (young, old)]
    return [
        *_compared(*plain, name),
        *_compared(*analyzed, f"{name} + ANALYZE"),
        *_compared([silent[0]], [silent[1]], name),
        _number_of(scanned),
    ]


def _grown(world: World, name: str, count: int) -> Path:
    data = nodes.copied(world, name)
    bulk.fill(data / "palabre.db", count)
    return data


def _costs(world: World, young: Path, old: Path, tag: str) -> tuple[list[Row], list[Row]]:
    """Measure the two in turns, so that what else this machine does falls on both."""
    found: dict[Path, list[list[Row]]] = {young: [], old: []}
    for number in range(world.runs):
        for data, runs in found.items():
            runs.append(_once(world, data, f"{tag}{number}"))
    return rows.median(found[young]), rows.median(found[old])


def _once(world: World, data: Path, tag: str) -> list[Row]:
    outbox = f"/g/{world.handle}/outbox"
    with nodes.running(world, data) as node:
        return [
            _received(world, node, tag),
            reading.read(world, node, "/", 200, "home page", cookie=reading.OWN),
            reading.read(world, node, "/p/1", 200, "proposal page", cookie=reading.OWN),
            reading.read(world, node, "/reseau", 120, "news page", cookie=reading.OWN),
            reading.read(world, node, f"{outbox}?page=1", 200, "outbox, a page"),
            reading.read(world, node, outbox, 60, "outbox, its size"),
        ]


def _news_of_the_silent(world: World, data: Path) -> Row:
    with nodes.running(world, data) as node:
        what = "home page, following the silent"
        return reading.read(world, node, "/", 40, what, cookie=reading.OWN)


def _received(world: World, node: NodeProcess, tag: str) -> Row:
    requests, _ = letters.written(world, world.some(400), f"grown-{tag}-")
    with watching.database(node.database) as seen:
        generator = load.Generator(world, requests)
        cpu = node.cpu()
        generator.go()
        report = generator.report()
        watching.until_handled(seen, 60)
        used = node.cpu() - cpu
    count = report.statuses.get("202", 0)
    note = load_note(report, len(requests), used) if count < len(requests) else ""
    return Row(what="inbound, accept and handle", cpu_ms=used / max(count, 1) * 1000, note=note)


def _compared(young: list[Row], old: list[Row], name: str) -> list[Row]:
    compared = []
    for before, after in zip(young, old, strict=True):
        what = before.what.removeprefix("read: ")
        ratio = (after.cpu_ms or 0) / (before.cpu_ms or 1)
        compared.append(
            replace(
                after,
                what=f"growth: {what}, {name}",
                value=ratio,
                unit=" x",
                at_least=None,
                at_most=_MOST,
                note=f"{before.cpu_ms or 0:.2f} ms with {_YOUNG:,}",
            )
        )
    return compared


def _number_of(scanned: list[str]) -> Row:
    return Row(
        what="growth: hot statements that scan a growing table",
        value=float(len(scanned)),
        at_most=0,
        note="; ".join(line.partition(":")[0] for line in scanned),
    )
