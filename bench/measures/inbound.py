"""Letters from others: taken at the door, then handled; apart and together."""

import time

from bench import letters, load, nodes, rows, watching
from bench.load import Report
from bench.nodes import NodeProcess
from bench.rows import Row
from bench.world import World

_PATIENCE = 45.0
_COUNT = 2000


def measure(world: World, _cookie: str) -> list[Row]:
    """Return what a note costs at the door, in the handler, and in all."""
    requests, _ = letters.written(world, world.some(_COUNT))
    apart, together = [], []
    for _ in range(world.runs):
        apart.append(_apart(world, requests))
        together.append(_together(world, requests))
    return [*rows.median(apart), *rows.median(together)]


def _apart(world: World, requests: list[bytes]) -> list[Row]:
    """First only the door, without anybody who handles; then only the handling."""
    data = nodes.copied(world, "apart")
    with nodes.running(world, data, "--no-worker") as node:
        taken = accept(world, node, requests)
    with nodes.running(world, data) as node:
        handled = _handle(node, len(requests))
    return [taken, handled]


def accept(world: World, node: NodeProcess, requests: list[bytes]) -> Row:
    """Deliver letters and return what their acceptance cost."""
    generator = load.Generator(world, requests)
    before = node.cpu()
    generator.go()
    seen = generator.report()
    count = seen.statuses.get("202", 0)
    return Row(
        what="inbound: accept alone",
        cpu_ms=(node.cpu() - before) / max(count, 1) * 1000,
        rate=count / seen.seconds,
        p50_ms=seen.p50_ms,
        p99_ms=seen.p99_ms,
        note=load_note(seen, len(requests), node.cpu() - before),
    )


def _handle(node: NodeProcess, count: int) -> Row:
    with watching.database(node.database) as seen:
        cpu, began, before = node.cpu(), time.monotonic(), watching.waiting(seen)
        watching.until_handled(seen, _PATIENCE)
        took = time.monotonic() - began
        left = before - watching.waiting(seen)
    return Row(
        what="inbound: handle alone",
        cpu_ms=(node.cpu() - cpu) / max(left, 1) * 1000,
        rate=left / took,
        note="" if left > count / 3 else "too few were left to tell",
    )


def _together(world: World, requests: list[bytes]) -> list[Row]:
    """The door and the handling at the same moment, as on a real day."""
    data = nodes.copied(world, "together")
    with nodes.running(world, data) as node, watching.database(node.database) as seen:
        generator = load.Generator(world, requests)
        cpu = node.cpu()
        generator.go()
        report = generator.report()
        cpu_then, handled_then = node.cpu(), watching.handled(seen)
        ended = watching.until_handled(seen, _PATIENCE)
        used, pss = node.cpu() - cpu, node.pss()
        late = watching.waiting(seen)
    count = report.statuses.get("202", 0)
    return [
        Row(
            what="inbound: accept, while handling",
            rate=count / report.seconds,
            p50_ms=report.p50_ms,
            p99_ms=report.p99_ms,
            at_least=1500,
            p99_at_most=50,
            note=load_note(report, len(requests), cpu_then - cpu),
        ),
        Row(
            what="inbound: handled, while accepting",
            rate=handled_then / report.seconds,
        ),
        Row(
            what="inbound: accepted and handled, in all",
            cpu_ms=used / max(count, 1) * 1000,
            rate=(count - late) / (ended - report.began),
            pss_mb=pss,
            at_least=750,
            note=f"{late} were still waiting after {_PATIENCE:.0f} s" if late else "",
        ),
    ]


def load_note(seen: Report, count: int, cpu: float) -> str:
    """Say what makes a rate less than it seems."""
    said = []
    others = {status: n for status, n in seen.statuses.items() if status not in ("200", "202")}
    if others or len(seen.done) != count:
        said.append(f"answers: {seen.statuses} of {count}")
    share = cpu / seen.seconds
    if seen.is_bound and share < 0.9:
        said.append("the generator is the limit")
    elif share < 0.8:
        said.append(f"the node had {share:.0%} of a core")
    return "; ".join(said)
