"""What it costs to check an exported register of ten thousand decisions."""

import asyncio
import copy
import io
import json
import resource
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench import nodes, rows
from bench.rows import Row
from bench.world import ROOT, World
from node import clock, digests
from node.activitypub import keys, proofs
from node.app import create_node
from node.assembly import members, proposals, votes
from node.assembly.chain import hash_of_document
from node.federation import register_export
from node.settings import Settings

DECISIONS = 10_000
TEXT = "Nous proposons d'ouvrir la halle jusqu'à 22 h, tenue par deux bénévoles.\n\n" * 12


def measure(world: World, _cookie: str) -> list[Row]:
    """Return the cost of `palabre verify` on a register in which every decision is sealed."""
    count = world.some(DECISIONS)
    export = asyncio.run(_one_decision(world, nodes.copied(world, "register")))
    path = world.folder / "register.json"
    path.write_bytes(_many(export, count))
    found = [[_verified(world, path, count)] for _ in range(world.runs)]
    return rows.median(found)


def _verified(world: World, path: Path, count: int) -> Row:
    arguments = [sys.executable, "-m", "node.cli", "verify", str(path), "--json"]
    before, began = _children(), time.perf_counter()
    done = subprocess.run(  # noqa: S603 - our own program
        arguments, cwd=ROOT, env=nodes.environment(world), capture_output=True, check=False
    )
    took, used = time.perf_counter() - began, _children() - before
    report = json.loads(done.stdout or b"{}")
    if done.returncode or report.get("proven") != count:
        raise RuntimeError(f"the register does not hold: {done.stdout!r} {done.stderr!r}")
    return Row(
        what=f"register: palabre verify, {count:,} sealed decisions",
        cpu_ms=used / count * 1000,
        value=took,
        unit=" s",
        at_most=2 * count / DECISIONS,
        note=f"{used:.2f} s of CPU, {path.stat().st_size >> 20} MB",
    )


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _one_decision(world: World, data: Path) -> dict[str, Any]:
    """Let a real node decide once, and export its register."""
    node = create_node(Settings(url=world.origin, data=str(data)))
    out = io.BytesIO()
    try:
        async with node.database.transaction() as tx:
            [carrier, *_] = await members.all_present(tx)
            text = await proposals.publish(tx, carrier=carrier, title="La halle", text=TEXT)
            end = clock.now() + timedelta(days=1)
            vote = await votes.open_vote(tx, text, by=carrier, closes_at=end)
            digest = vote.version.digest
            why = "On y gagne du temps."
            await votes.cast_ballot(tx, vote, carrier, "for", version_digest=digest, reason=why)
            await votes.close_vote(tx, vote, by=carrier, statement="La halle ouvre.")
        async with node.database.read() as tx:
            await register_export.write(tx, out)
    finally:
        await node.client.close()
        await node.database.close()
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def _many(export: dict[str, Any], count: int) -> bytes:
    """Repeat the decision, each entry chained and each document sealed anew."""
    key = keys.generate_ed25519()
    [method] = {one["document"]["proof"]["verificationMethod"] for one in export["entries"]}
    export["keys"] = [{**export["keys"][-1], "publicKeyMultibase": keys.multikey(key.public_key())}]
    pattern, previous, items = export["entries"][-1], None, []
    for seq in range(1, count + 1):
        item = copy.deepcopy(pattern)
        document, entry = item["document"], item["entry"]
        document["id"] = document["id"].rpartition("/")[0] + f"/{seq}"
        document["assembly"]["register"].update(seq=seq, prev=previous)
        document.pop("proof")
        item["document"] = proofs.seal(document, key, method, created=clock.now())
        entry.update(seq=seq, prev=previous)
        hashed = hash_of_document(document)
        assert hashed is not None
        entry["record"].update(id=document["id"], digest=digests.of_hash(hashed))
        previous = digests.of(entry)
        items.append(item)
    export["entries"] = items
    head = export["head"]
    head.pop("proof")
    head["assembly"].update(seq=count, head=previous)
    export["head"] = proofs.seal(head, key, method, created=clock.now())
    bare = {name: value for name, value in export.items() if name != "sum"}
    return digests.canonical({**bare, "sum": digests.of(bare)})
