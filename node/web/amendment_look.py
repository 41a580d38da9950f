"""Amendments as pages show them: what each changes, where it stands, who may do what about it."""

import functools
from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy import select

from node import texts
from node.assembly import amending, amendments, proposals
from node.assembly.dossiers import Dossier
from node.assembly.voting import on_amendments
from node.database import Transaction
from node.models import Amendment, Member, Standing, Version, Vote
from node.web import differences, reading
from node.web.differences import Piece


class Shown(NamedTuple):
    """An amendment as a page shows it, with those that amend it."""

    one: Amendment
    rows: tuple[tuple[Piece, ...], ...]
    place: int | None
    is_outdated: bool
    may_answer: bool
    is_mine: bool
    may_amend: bool
    may_open: bool
    vote: Vote | None
    under: list["Shown"]


async def look(tx: Transaction, dossier: Dossier, member: Member | None) -> list[Shown]:
    """Return the amendments to a proposal, each with its sub-amendments, oldest first."""
    found = await amendments.on_proposal(tx, dossier.id)
    if not found:
        return []
    source = select(Version.source).where(Version.proposal_id == dossier.id)
    text = str(await tx.scalar(source.where(Version.number == dossier.version)))
    voted = {vote.amendment_id: vote for vote in await _votes(tx, found)}
    known: dict[int, Shown] = {}
    for one in found:
        amended = known.get(one.amends_id or 0)
        shown = _shown(one, amended.one if amended else None, text, dossier, member)
        shown = shown._replace(vote=voted.get(one.id))
        known[one.id] = shown
        if amended:
            amended.under.append(shown)
    return [shown for shown in known.values() if shown.one.amends_id is None]


def _shown(
    one: Amendment,
    amended: Amendment | None,
    text: str,
    dossier: Dossier,
    member: Member | None,
) -> Shown:
    is_open = dossier.state in proposals.OPEN
    is_mine = member is not None and one.author_id == member.id
    if amended is None:
        answers = dossier.is_carried_by(member)
    else:
        is_theirs = member is not None and (amended.author_id == member.id or member.is_in_charge)
        answers = is_theirs and amended.state in amending.WAITING
    is_waiting = one.state in amending.WAITING
    is_outdated = amending.is_outdated(one, text, amended)
    return Shown(
        one=one,
        rows=_rows(one.original, one.replacement),
        place=amending.where(one, text) if amended is None and is_waiting else None,
        is_outdated=is_outdated,
        may_answer=is_open and is_waiting and answers,
        is_mine=is_mine and is_waiting,
        may_amend=(
            is_open
            and member is not None
            and amended is None
            and one.state is Standing.PROPOSED
            and not is_outdated
        ),
        may_open=(
            is_open
            and one.state is Standing.TO_VOTE
            and dossier.is_carried_by(member)
            and not is_outdated
        ),
        vote=None,
        under=[],
    )


async def asked_about(tx: Transaction, vote_id: int) -> Shown | None:
    """Return the amendment that a vote is about, for the ballot; None for a vote on the text."""
    statement = select(Amendment).join(Vote, Vote.amendment_id == Amendment.id)
    one = await tx.find(statement.where(Vote.id == vote_id))
    if not isinstance(one, Amendment):
        return None
    rows = _rows(one.original, one.replacement)
    return Shown(one, rows, None, False, False, False, False, False, None, [])


def as_read(markdown: str, spoken: str) -> Markup:
    """Return a paragraph as people read it, without the signs it is written with."""
    return reading.ours(texts.render(markdown), spoken)


@functools.lru_cache(maxsize=256)
def _rows(original: str, replacement: str) -> tuple[tuple[Piece, ...], ...]:
    """Compare what is read; where only the signs differ, compare these."""
    rows = differences.between(*(texts.plain(texts.render(one)) for one in (original, replacement)))
    return differences.between(original, replacement) if differences.is_same(rows) else rows


async def _votes(tx: Transaction, found: Sequence[Amendment]) -> Sequence[Vote]:
    """Ask for votes only where there can have been one."""
    asked = [one.id for one in found if one.state is not Standing.PROPOSED]
    return await on_amendments.listed(tx, *asked) if asked else []
