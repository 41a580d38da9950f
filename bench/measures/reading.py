"""What others ask for most: who we are, and the pages that people read."""

from bench import load, nodes, rows
from bench.measures.inbound import load_note
from bench.nodes import NodeProcess
from bench.rows import Row
from bench.world import World

_ACTIVITY = "application/activity+json"
_HTML = "text/html,application/xhtml+xml"
# Answered for this reader alone: nothing that was kept for others will do.
OWN = "theme=dark"


def measure(world: World, _cookie: str) -> list[Row]:
    """Return what a document and a page cost."""
    data = nodes.copied(world, "reading")
    account = f"acct:{world.handle}@{world.host}"
    found = []
    for _ in range(world.runs):
        with nodes.running(world, data) as node:
            found.append(
                [
                    read(world, node, f"/g/{world.handle}", 20_000, "actor document", 10_000),
                    read(world, node, "/p/1", 5000, "proposal page, 12 voices", 500, _HTML),
                    read(world, node, "/", 5000, "home page", 500, _HTML),
                    read(world, node, "/p/1", 600, "proposal page, written anew", cookie=OWN),
                    read(world, node, "/", 600, "home page, written anew", cookie=OWN),
                    read(
                        world, node, f"/.well-known/webfinger?resource={account}", 1600, "webfinger"
                    ),
                ]
            )
    return rows.median(found)


def read(
    world: World,
    node: NodeProcess,
    path: str,
    count: int,
    what: str,
    at_least: float | None = None,
    accept: str = "",
    cookie: str = "",
) -> Row:
    """Ask for one thing again and again, after a moment to get warm."""
    accept = accept or (_HTML if cookie else _ACTIVITY)
    request = load.get(world, path, accept, cookie=cookie)
    load.run(world, [request], count=max(world.some(count) // 10, 20))
    generator = load.Generator(world, [request], count=world.some(count))
    before = node.cpu()
    generator.go()
    seen = generator.report()
    used, good = node.cpu() - before, seen.statuses.get("200", 0)
    return Row(
        what=f"read: {what}",
        cpu_ms=used / max(good, 1) * 1000,
        rate=good / seen.seconds,
        p50_ms=seen.p50_ms,
        p99_ms=seen.p99_ms,
        at_least=at_least,
        note=load_note(seen, world.some(count), used),
    )
