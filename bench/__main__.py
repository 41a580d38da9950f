"""Measure: python -m bench [--only NAME] [--quick] [--json]."""

import argparse
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable

from bench import rows, seeds, world
from bench.measures import (
    durability,
    footprint,
    growth,
    inbound,
    outbound,
    reading,
    register,
    voting,
)
from bench.rows import Row
from bench.world import World

MEASURES: dict[str, Callable[[World, str], list[Row]]] = {
    "footprint": footprint.measure,
    "reading": reading.measure,
    "inbound": inbound.measure,
    "durability": durability.measure,
    "outbound": outbound.measure,
    "voting": voting.measure,
    "register": register.measure,
    "growth": growth.measure,
}


def _measured(name: str, place: World, cookie: str) -> list[Row]:
    """Measure one thing; what goes wrong is a line like any other, and the rest goes on."""
    try:
        return MEASURES[name](place, cookie)
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        reason = " ".join(str(error).split())
        return [Row(what=name, note=f"could not be measured: ... {reason[-200:]}")]


def main() -> int:
    """Measure what was asked for and print it; the answer is never a failure."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(MEASURES), metavar="NAME")
    parser.add_argument("--quick", action="store_true", help="less of everything, one run")
    parser.add_argument("--runs", type=int, help="how often each is measured (3; quick: 1)")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    # Asked to stop, it still ends the processes that it began.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    found: list[Row] = []
    runs = given.runs or (1 if given.quick else 3)
    with world.opened(quick=given.quick, runs=runs) as place:
        cookie = seeds.make_template(place)
        for name in given.only or MEASURES:
            began = time.monotonic()
            found += _measured(name, place, cookie)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(json.dumps([row.plain() for row in found], indent=1) if given.json else rows.table(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
