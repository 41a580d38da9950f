"""The register: an append-only chain in which each entry names the one before it."""

import json
from collections.abc import Sequence

from sqlalchemy import select

from node import clock, digests
from node.database import Transaction
from node.models import RegisterEntry


async def head(tx: Transaction) -> RegisterEntry | None:
    """Return the last entry, whose digest stands for the whole register."""
    statement = select(RegisterEntry).order_by(RegisterEntry.seq.desc()).limit(1)
    entry = await tx.find(statement)
    return entry if isinstance(entry, RegisterEntry) else None


async def enter(
    tx: Transaction, register_uri: str, *, record_uri: str, kind: str, digest: str
) -> RegisterEntry:
    """Append what happened (wire format, section 5.11). The caller holds the assembly's lock."""
    last = await head(tx)
    at = clock.now().replace(microsecond=0)
    entry = {
        "v": 1,
        "kind": "register-entry",
        "register": register_uri,
        "seq": last.seq + 1 if last else 1,
        "prev": last.digest if last else None,
        "at": clock.wire(at),
        "record": {"id": record_uri, "kind": kind, "digest": digest},
    }
    row = RegisterEntry(
        seq=last.seq + 1 if last else 1,
        prev=last.digest if last else None,
        digest=digests.of(entry),
        entry=json.dumps(entry, ensure_ascii=False),
        at=at,
    )
    tx.add(row)
    await tx.flush()
    return row


async def at(tx: Transaction, seq: int) -> RegisterEntry | None:
    """Return the entry with this number."""
    return await tx.get(RegisterEntry, seq)


async def after(tx: Transaction, seq: int, limit: int = 100) -> Sequence[RegisterEntry]:
    """Return the entries that follow this number, oldest first."""
    statement = select(RegisterEntry).where(RegisterEntry.seq > seq)
    return await tx.all(statement.order_by(RegisterEntry.seq).limit(limit))
