"""Making deliveries ready: the body, the key of who says it, the signature for one inbox."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.exc import NoResultFound

from node import clock
from node.activitypub import contexts, signatures
from node.activitypub.request import Request
from node.database import Transaction
from node.federation import identity, ledger
from node.federation.answers import Job, Result
from node.federation.caches import Bounded
from node.federation.identity import Signer
from node.federation.node import Node

log = logging.getLogger("palabre.deliveries")

Dialect = Literal["cavage", "rfc9421"]

_ANOTHER: dict[Dialect, Dialect] = {"cavage": "rfc9421", "rfc9421": "cavage"}


@dataclass(frozen=True)
class Parcel:
    """A job with everything needed to send it; once signed, for this inbox alone."""

    job: Job
    body: bytes
    signer: Signer
    dialect: Dialect
    headers: dict[str, str]

    def in_other_dialect(self) -> "Parcel":
        """The same in the other dialect of signatures, still to be signed."""
        return replace(self, dialect=_ANOTHER[self.dialect])


class Packer:
    """Finds body and signer of each delivery, and keeps at hand what the next ones will need."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._bodies: Bounded[int, tuple[bytes, int]] = Bounded(200, seconds=300)

    async def pack(self, tx: Transaction, jobs: Sequence[Job]) -> list[Parcel]:
        """Return what can be signed; the rest is marked as failed.

        A key that cannot be read keeps back what its actor says, and nothing else (P20).
        """
        parcels = []
        for job in jobs:
            try:
                parcels.append(await self._packed(tx, job))
            except (LookupError, TypeError, ValueError, NoResultFound) as error:
                log.exception("delivery %s cannot be made ready", job.id)
                await ledger.fail(tx, Result(job, "failed", f"{type(error).__name__}: {error}"))
        return parcels

    async def _packed(self, tx: Transaction, job: Job) -> Parcel:
        kept = self._bodies.get(job.item_id)
        if kept is None:
            kept = await ledger.item(tx, job.item_id)
            self._bodies.put(job.item_id, kept)
        body, actor_id = kept
        signer = self._node.signers.get(actor_id)
        if signer is None:
            signer = await identity.signer(tx, actor_id)
            self._node.signers.put(actor_id, signer)
        return Parcel(job, body, signer, "rfc9421" if job.dialect == "rfc9421" else "cavage", {})


def signed(parcels: Sequence[Parcel]) -> list[Parcel]:
    """Return them signed; made for a thread of its own, where RSA lets go of the interpreter."""
    at = clock.now()
    ready = []
    for parcel in parcels:
        headers = {"content-type": contexts.MEDIA_TYPE}
        request = Request("POST", parcel.job.inbox, headers, parcel.body)
        made = signatures.sign(
            request, parcel.signer.key, parcel.signer.key_id, at=at, dialect=parcel.dialect
        )
        ready.append(replace(parcel, headers=made))
    return ready
