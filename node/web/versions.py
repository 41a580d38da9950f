"""The versions of a proposal: their list, what changed from one to another, each by itself."""

from collections.abc import Sequence

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node.assembly import dossiers
from node.assembly.dossiers import Dossier
from node.database import Transaction
from node.errors import NotFound
from node.models import Version
from node.texts import plain
from node.web import differences, reading
from node.web.page import page


async def compare(request: Request) -> Response:
    """List the versions and show what changed; without a choice, what changed last."""
    dossier, versions = await _look(request)
    newest = versions[-1].number
    to = _chosen(versions, reading.asked_number(request, "a"), newest)
    since = _chosen(versions, reading.asked_number(request, "de"), max(to.number - 1, 1))
    title = differences.between(since.title, to.title)
    rows = differences.between(plain(since.content), plain(to.content))
    return await page(
        request,
        "versions.html",
        proposal=dossier,
        canonical=reading.proposal_path(dossier.number, dossier.title),
        versions=versions[::-1],
        since=since,
        to=to,
        title=title,
        rows=rows,
        is_same=differences.is_same(title) and differences.is_same(rows),
    )


async def one(request: Request) -> Response:
    """Show the text as it stood in one version."""
    dossier, versions = await _look(request)
    number = reading.number(request, "k")
    version = next((version for version in versions if version.number == number), None)
    if version is None:
        raise NotFound(f"{dossier.label} has no version {number}")
    return await page(
        request,
        "version.html",
        proposal=dossier,
        canonical=reading.proposal_path(dossier.number, dossier.title),
        uri=f"{request.state.assembly.origin}/p/{dossier.number}/r/{number}",
        version=version,
        content=reading.ours(version.content, dossier.language),
        is_last=version is versions[-1],
    )


async def _look(request: Request) -> tuple[Dossier, Sequence[Version]]:
    async with request.app.state.node.database.read() as tx:
        dossier = await dossiers.by_number(tx, reading.number(request))
        return dossier, await _versions(tx, dossier)


async def _versions(tx: Transaction, dossier: Dossier) -> Sequence[Version]:
    statement = select(Version).where(Version.proposal_id == dossier.id)
    return await tx.all(statement.order_by(Version.number))


def _chosen(versions: Sequence[Version], number: int | None, otherwise: int) -> Version:
    by_number = {version.number: version for version in versions}
    return by_number.get(number or otherwise, by_number[otherwise])


routes = [Route("/p/{n:int}/versions", compare), Route("/p/{n:int}/r/{k:int}", one)]
