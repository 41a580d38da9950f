"""How much memory a node holds, and how soon it is there."""

import time

from bench import nodes, rows
from bench.rows import Row
from bench.world import World


def measure(world: World, _cookie: str) -> list[Row]:
    """Return memory at rest and the time to the first answer, on a database that exists."""
    data = nodes.copied(world, "footprint")
    with nodes.running(world, data):
        pass  # modules are compiled the first time
    return rows.median([_once(world, data) for _ in range(max(world.runs, 3))])


def _once(world: World, data: object) -> list[Row]:
    copied = nodes.copied(world, "footprint")
    with nodes.running(world, copied) as node:
        cpu = node.cpu()
        for path in ("/", "/p/1", "/propositions", "/decisions", f"/g/{world.handle}"):
            nodes.get(world, path)
        time.sleep(1.0)
        pss = node.pss()
    return [
        Row(what="memory at rest", pss_mb=pss, value=pss, unit=" MB", at_most=90),
        Row(
            what="start to first answer",
            cpu_ms=cpu * 1000,
            value=node.ready_seconds,
            unit=" s",
            at_most=1.0,
        ),
    ]
