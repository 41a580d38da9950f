"""Whether the register still says what was sealed: looked at when the node starts."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import msgspec
from sqlalchemy import RowMapping, func, select

from node import clock, digests
from node.activitypub import uris
from node.assembly import method
from node.assembly.chain import (
    Break,
    Chain,
    check_document,
    hash_of,
    hash_of_document,
    part,
    record_of,
    shown,
)
from node.database import Database, Transaction
from node.errors import NotNow
from node.federation import register_rows
from node.federation.objects import decision as decision_object
from node.federation.register_rows import Entered
from node.models import Actor, Assembly, Decision

log = logging.getLogger("palabre.register")


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """What a look at the whole register found."""

    entries: int
    decisions: int
    looked_at: datetime
    first_break: Break | None = None

    @property
    def holds(self) -> bool:
        """Say whether every entry and every decision is what was sealed."""
        return self.first_break is None


@dataclass
class RegisterWatch:
    """What the last look found, for those in charge to see."""

    health: Health | None = None

    async def look(self, database: Database) -> Health:
        """Look at the whole register now, remember what was found, and say it loudly."""
        async with database.read() as tx:
            self.health = await register_health(tx)
        _report(self.health)
        return self.health

    @contextlib.asynccontextmanager
    async def at_start(self, database: Database) -> AsyncIterator[None]:
        """Look beside the work of a node that has just started."""
        task = asyncio.create_task(self._look_quietly(database))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _look_quietly(self, database: Database) -> None:
        try:
            await self.look(database)
        except NotNow:
            log.debug("there is no assembly yet, hence no register")
        except Exception:
            log.exception("the register could not be looked at")


async def register_health(tx: Transaction) -> Health:
    """Follow the chain, and hold every decision's row against the document that was sealed."""
    statement = select(Actor.uri, Assembly.origin).join(Assembly, Assembly.actor_id == Actor.id)
    ours = (await tx.execute(statement)).first()
    if ours is None:
        raise NotNow("this node has no assembly yet", code="no-assembly")
    chain, decided, found = Chain(uris.register(ours[0])), 0, None
    async for entered in register_rows.batches(tx, ours[1]):
        for one in entered:
            found = found or _check(chain, one, ours[1])
            decided += one.decision is not None
        if found is not None:
            break
        await asyncio.sleep(0)
    if found is None:
        found = await _strays(tx, decided)
    return Health(entries=chain.seq, decisions=decided, looked_at=clock.now(), first_break=found)


def _check(chain: Chain, entered: Entered, origin: str) -> Break | None:
    """Take one entry, with its own row and the row of its decision."""
    row, entry, decision = entered
    found = chain.follow(entry, hash_of(entry))
    if found is not None:
        return found
    if (row["seq"], row["prev"], row["digest"]) != (chain.seq, entry["prev"], chain.digest):
        return Break("row-digest", chain.seq, shown(chain.digest), shown(row["digest"]))
    if record_of(entry).get("kind") != "decision":
        return None
    if decision is None:
        return Break("row-missing", chain.seq, shown(record_of(entry).get("id")))
    try:
        document = msgspec.json.decode(decision["document"] or "null")
    except msgspec.DecodeError:
        document = None
    if not isinstance(document, dict):
        return Break("missing", chain.seq, shown(record_of(entry).get("id")))
    hashed = hash_of_document(document)
    return check_document(entry, document, hashed) or _check_row(
        chain.seq, decision, document, origin
    )


def _check_row(
    seq: int, decision: RowMapping, document: Mapping[str, Any], origin: str
) -> Break | None:
    """Hold what the pages show of a decision against what was sealed."""
    sealed = part(document, "assembly")
    for name, value in _shown_on_pages(decision, origin).items():
        if sealed.get(name) != value:
            expected = f"{name}: {shown(sealed.get(name))}"
            return Break("row", seq, expected, f"{name}: {shown(value)}")
    published = clock.wire(decision["decided_at"])
    if document.get("published") != published:
        return Break("row", seq, f"published: {document.get('published')}", published)
    text = digests.of_text(decision["title"], decision["source"], decision["language"])
    if text != decision["text_digest"]:
        return Break("text", seq, shown(decision["text_digest"]), text)
    return None


def _shown_on_pages(decision: RowMapping, origin: str) -> dict[str, Any]:
    number, corrected = decision["proposal_number"], decision["corrected_number"]
    found = decision_object.facts(SimpleNamespace(**decision))
    found |= {name: found.get(name) for name in decision_object.MAY_BE_EMPTY}
    found |= {
        "number": f"{decision['year']}-{decision['number_in_year']:02d}",
        "subject": uris.revision(origin, number, decision["version_number"]),
        "textDigest": decision["text_digest"],
        "supersedes": uris.decision(origin, corrected) if corrected else None,
    }
    if decision["vote_id"] is not None:
        found |= {
            "rule": decision["rule"],
            "electorate": decision["electorate_count"],
            "rollDigest": decision["roll_digest"],
            "round": uris.round_(origin, number, decision["round"]),
            "method": _wire_name(decision["method"]),
        }
    return found


def _wire_name(name: str) -> str:
    return method.find(name).wire_name if name in method.every() else name


async def _strays(tx: Transaction, decided: int) -> Break | None:
    """Find out whether there are decisions that were never entered."""
    count = int(await tx.scalar(select(func.count()).select_from(Decision)))
    return None if count == decided else Break("stray", None, str(decided), str(count))


def _report(health: Health) -> None:
    broken = health.first_break
    if broken is None:
        log.info("the register holds: %d entries", health.entries)
        return
    log.critical(
        "THE REGISTER DOES NOT HOLD at entry %s (%s): %s was sealed, %s is there",
        broken.seq, broken.code, broken.expected, broken.found,
    )  # fmt: skip
