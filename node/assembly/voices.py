"""What was said about a proposal, or about a text of another assembly, for whoever shows it."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from node.database import Transaction
from node.models import Actor, Contribution, Member


class Voice(NamedTuple):
    """What somebody said about a proposal, a row of `_VOICES`."""

    id: int
    uri: str
    content: str
    source: str | None
    url: str | None
    language: str | None
    in_reply_to: str | None
    version_number: int | None
    is_outside: bool
    published_at: datetime
    edited_at: datetime | None
    author_id: int
    author: str
    handle: str
    domain: str
    author_url: str | None
    is_published: bool | None
    is_removed: bool = False

    @property
    def path(self) -> str:
        """Where its author changes it or takes it back."""
        return f"/n/{self.uri.rpartition('/')[2]}"


_VOICES = (
    select(
        Contribution.id,
        Contribution.uri,
        Contribution.content,
        Contribution.source,
        Contribution.url,
        Contribution.language,
        Contribution.in_reply_to,
        Contribution.version_number,
        Contribution.is_outside,
        Contribution.published_at,
        Contribution.edited_at,
        Contribution.author_id,
        Actor.name.label("author"),
        Actor.handle,
        Actor.domain,
        Actor.url.label("author_url"),
        Member.is_published,
        Contribution.deleted_at.is_not(None).label("is_removed"),
    )
    .join(Actor, Actor.id == Contribution.author_id)
    .outerjoin(Member, Member.actor_id == Actor.id)
)
_ON_PROPOSAL = _VOICES.where(Contribution.proposal_id == bindparam("number")).order_by(
    Contribution.published_at, Contribution.id
)
_ON_PUBLICATION = _VOICES.where(Contribution.publication_id == bindparam("number")).order_by(
    Contribution.id
)


async def on_proposal(tx: Transaction, proposal_id: int) -> list[Voice]:
    """Return what was said about a proposal, oldest first; see `Voice.is_removed`."""
    return await _said(tx, _ON_PROPOSAL, proposal_id)


async def on_publication(tx: Transaction, publication_id: int) -> list[Voice]:
    """Return what our members answered to a text of another assembly, oldest first."""
    return await _said(tx, _ON_PUBLICATION, publication_id)


async def _said(tx: Transaction, statement: Any, number: int) -> list[Voice]:
    rows = (await tx.execute(statement, {"number": number})).all()
    return _without_removed([Voice._make(row) for row in rows])


def _without_removed(said: list[Voice]) -> list[Voice]:
    """Leave of what was taken back only the empty place that answers refer to, and no name."""
    if not any(voice.is_removed for voice in said):
        return said
    kept, answered = [], set()
    for voice in reversed(said):
        if voice.is_removed:
            if voice.uri not in answered:
                continue
            voice = voice._replace(content="", author="", author_url=None, is_published=False)
        answered.add(voice.in_reply_to)
        kept.append(voice)
    return kept[::-1]
