"""Passing on what another assembly published, to everyone who follows ours."""

from sqlalchemy import delete, select

from node import ids
from node.assembly import assemblies
from node.assembly.events import PublicationShared, PublicationUnshared
from node.database import Transaction
from node.errors import NotFound, Refusal
from node.events import record
from node.models import Member, Publication, Reaction

_SHARE = "share"


async def share(tx: Transaction, publication: Publication, *, by: Member) -> None:
    """Pass a public text on in the name of the assembly; passing it on twice does it once."""
    if not by.is_in_charge:
        raise Refusal(f"{by.handle} is not in charge", code="not-in-charge")
    assembly = await assemblies.the(tx)
    if await is_shared(tx, publication):
        return
    uri = f"{assembly.origin}/a/{ids.ulid()}"
    tx.add(Reaction(uri=uri, actor_id=assembly.actor.id, object_uri=publication.uri, kind=_SHARE))
    await tx.flush()
    record(tx, PublicationShared(publication, uri))


async def unshare(tx: Transaction, publication: Publication, *, by: Member) -> None:
    """Take it back. Raise NotFound when it was not passed on."""
    if not by.is_in_charge:
        raise Refusal(f"{by.handle} is not in charge", code="not-in-charge")
    uri = await _uri(tx, publication)
    if uri is None:
        raise NotFound(f"{publication.uri} was not shared")
    await tx.execute(delete(Reaction).where(Reaction.uri == uri))
    record(tx, PublicationUnshared(publication, uri))


async def is_shared(tx: Transaction, publication: Publication) -> bool:
    """Say whether the assembly passed this on."""
    return await _uri(tx, publication) is not None


async def _uri(tx: Transaction, publication: Publication) -> str | None:
    assembly = await assemblies.the(tx)
    found = await tx.scalar(
        select(Reaction.uri).where(
            Reaction.actor_id == assembly.actor.id,
            Reaction.object_uri == publication.uri,
            Reaction.kind == _SHARE,
        )
    )
    return found if isinstance(found, str) else None
