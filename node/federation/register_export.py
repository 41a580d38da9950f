"""The whole register as one file that can be checked without this node (docs/register.md)."""

import hashlib
import json
from typing import BinaryIO

import msgspec
from sqlalchemy import select

from node import clock, digests
from node.activitypub.document import Document
from node.assembly import assemblies, register
from node.assembly.verifying import FORMAT
from node.database import Transaction
from node.federation import identity, register_rows
from node.federation.objects import register as register_object
from node.federation.register_rows import Entered
from node.models import ActorKey, Assembly


async def write(tx: Transaction, out: BinaryIO) -> None:
    """Write the register in its canonical form, entry by entry, its own sum at the end."""
    assembly = await assemblies.the(tx)
    sheet = _Sheet(out)
    sheet.put(b'{"assembly":' + digests.canonical(_name(assembly)) + b',"entries":[')
    comma = b""
    async for entered in register_rows.batches(tx, assembly.origin):
        for one in entered:
            sheet.put(comma + digests.canonical(_item(one)))
            comma = b","
    rest = {
        "exportedAt": clock.wire(clock.now()),
        "format": FORMAT,
        "head": await sealed_head(tx, assembly),
        "keys": await seals(tx, assembly),
    }
    sheet.put(b"]," + digests.canonical(rest)[1:-1])
    total = sheet.sum()
    sheet.put(b',"sum":' + json.dumps(total).encode() + b"}\n")


async def sealed_head(tx: Transaction, assembly: Assembly) -> Document | None:
    """Return the head of the register with the proof of the assembly, None for an empty one."""
    last = await register.head(tx)
    if last is None:
        return None
    return await identity.sealed(tx, assembly.actor, register_object.head(last, assembly))


async def seals(tx: Transaction, assembly: Assembly) -> list[Document]:
    """Return every key with which the assembly ever sealed, oldest first."""
    statement = select(ActorKey).where(
        ActorKey.actor_id == assembly.actor_id, ActorKey.algorithm == "ed25519"
    )
    return [
        {
            "id": key.uri,
            "publicKeyMultibase": key.public,
            "notBefore": clock.wire(key.not_before),
            "notAfter": clock.wire(key.not_after) if key.not_after else None,
        }
        for key in await tx.all(statement.order_by(ActorKey.not_before, ActorKey.id))
    ]


class _Sheet:
    """What is being written, and the digest of it so far."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._hash = hashlib.sha256()

    def put(self, piece: bytes) -> None:
        """Write on."""
        self._hash.update(piece)
        self._out.write(piece)

    def sum(self) -> str:
        """Return the digest of everything so far, as if it ended here."""
        whole = self._hash.copy()
        whole.update(b"}")
        return digests.of_hash(whole.digest())


def _name(assembly: Assembly) -> Document:
    return {
        "id": assembly.actor.uri,
        "name": assembly.actor.name,
        "origin": assembly.origin,
        "language": assembly.language,
        "timezone": assembly.timezone,
    }


def _item(entered: Entered) -> Document:
    """Write an entry with the sealed document it names, and what that names by its digest."""
    _, entry, decision = entered
    item: Document = {"entry": entry}
    if decision is not None and decision["document"]:
        item["document"] = msgspec.json.decode(decision["document"])
        title, source, language = decision["title"], decision["source"], decision["language"]
        item["text"] = digests.as_text(title, source, language)
        if decision["reasons"]:
            item["reasons"] = decision["reasons"]
    return item
