"""The keys with which our actors sign: made once, parsed once."""

import asyncio
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from sqlalchemy import select

from node import clock
from node.activitypub import keys, proofs, uris
from node.activitypub.document import Document
from node.database import Transaction
from node.models import Actor, ActorKey


@dataclass(frozen=True)
class Signer:
    """An actor of ours with the key that signs its requests."""

    key_id: str
    key: RSAPrivateKey


async def make_keys(tx: Transaction, actor: Actor) -> None:
    """Give an actor of ours its two keys: RSA for requests, Ed25519 for what it says."""
    if await tx.scalar(select(ActorKey.id).where(ActorKey.actor_id == actor.id)) is not None:
        return
    rsa = await asyncio.to_thread(keys.generate_rsa)
    seal = keys.generate_ed25519()
    tx.add(
        ActorKey(
            uri=uris.main_key(actor.uri),
            actor_id=actor.id,
            algorithm="rsa",
            public=keys.public_pem(rsa.public_key()),
            private=keys.private_pem(rsa),
        ),
        ActorKey(
            uri=uris.seal(actor.uri) if actor.type == "Group" else uris.ed25519(actor.uri),
            actor_id=actor.id,
            algorithm="ed25519",
            public=keys.multikey(seal.public_key()),
            private=keys.private_pem(seal),
        ),
    )
    await tx.flush()


async def signer(tx: Transaction, actor_id: int) -> Signer:
    """Return the key with which an actor of ours signs requests."""
    key_id, pem = await _private(tx, actor_id, "rsa")
    key = keys.load_private(pem)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError(f"{key_id} is not an RSA key")
    return Signer(key_id, key)


async def sealed(tx: Transaction, actor: Actor, document: Document) -> Document:
    """Return the document with the proof of one of our actors (FEP-8b32)."""
    key_id, pem = await _private(tx, actor.id, "ed25519")
    key = keys.load_private(pem)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{key_id} is not an Ed25519 key")
    return proofs.seal(document, key, key_id, created=clock.now())


async def public_keys(tx: Transaction, actor: Actor) -> list[ActorKey]:
    """Return the keys of an actor that are in force, RSA first."""
    statement = select(ActorKey).where(ActorKey.actor_id == actor.id, ActorKey.not_after.is_(None))
    return sorted(await tx.all(statement), key=lambda key: key.algorithm != "rsa")


async def _private(tx: Transaction, actor_id: int, algorithm: str) -> tuple[str, str]:
    statement = select(ActorKey.uri, ActorKey.private).where(
        ActorKey.actor_id == actor_id,
        ActorKey.algorithm == algorithm,
        ActorKey.private.is_not(None),
        ActorKey.not_after.is_(None),
    )
    row = (await tx.execute(statement)).one()
    return str(row[0]), str(row[1])
