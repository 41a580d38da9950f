"""Whether a thing carries the proof of its author, checked with the key we hold of them."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select

from node import clock
from node.activitypub import keys, proofs
from node.activitypub.document import Document
from node.activitypub.vocabulary import MalformedActivity
from node.database import Transaction
from node.errors import BadSignature
from node.models import Actor, ActorKey


async def is_proven(tx: Transaction, document: Document, author: Actor) -> bool:
    """Say whether the object's own proof is the author's; no proof is no lie, but no proof."""
    if "proof" not in document:
        return False
    try:
        proof = proofs.proof_of(document)
        if proof is None:
            return False
        # A key that has ended proves only what it signed before (P21).
        statement = select(ActorKey.public).where(
            ActorKey.uri == proof.verification_method,
            ActorKey.actor_id == author.id,
            ActorKey.algorithm == "ed25519",
            ActorKey.not_after.is_(None) | (ActorKey.not_after >= proof.created),
        )
        public = await tx.scalar(statement)
        if not isinstance(public, str):
            return False
        key = keys.load_public(public)
        if not isinstance(key, Ed25519PublicKey):
            return False
        proofs.verify(document, key, at=clock.now())
    except (BadSignature, MalformedActivity):
        return False
    return True
