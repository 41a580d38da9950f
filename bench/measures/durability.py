"""What was answered 202 outlives a kill."""

import threading

from bench import letters, load, nodes, watching
from bench.rows import Row
from bench.world import World


def measure(world: World, _cookie: str) -> list[Row]:
    """Kill the node in the middle of a run, start it again, and look for what it had accepted."""
    requests, addresses = letters.written(world, world.some(2000), "kill")
    data = nodes.copied(world, "killed")
    with nodes.running(world, data) as node:
        generator = load.Generator(world, requests)
        generator.go()
        killer = threading.Timer(0.6 if world.quick else 1.0, node.kill)
        killer.start()
        seen = generator.report()
        killer.join()
    accepted = [addresses[number] for number in seen.done]
    with nodes.running(world, data) as node, watching.database(node.database) as found:
        watching.until_handled(found, 30)
        lost = watching.missing(found, accepted)
    note = f"{len(accepted)} of {len(requests)} were accepted before kill -9"
    return [Row(what="durability: accepted and lost", value=float(len(lost)), at_most=0, note=note)]
