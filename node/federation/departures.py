"""Members who existed outside of this node and no longer do."""

from datetime import datetime

from sqlalchemy import select

from node import clock
from node.database import Transaction
from node.errors import Gone, NotFound
from node.models import Contribution, Member


def gone_or_unknown(member: Member | None) -> NotFound | Gone:
    """Whoever never existed outside is not known to be here (P13); others are told it is over."""
    if member is None or member.unpublished_at is None:
        return NotFound("nobody here is called so")
    return Gone("they are no longer to be found here", since=clock.wire(member.unpublished_at))


async def since_its_author_left(tx: Transaction, found: Contribution) -> datetime | None:
    """A member who no longer exists outside takes what they said outside with them."""
    return None if found.is_outside else await since(tx, found.author_id)


async def since(tx: Transaction, actor_id: int) -> datetime | None:
    """Return since when a member no longer exists outside, None for one who does or never did."""
    statement = select(Member.unpublished_at).where(Member.actor_id == actor_id)
    found = await tx.scalar(statement.where(Member.is_published.is_(False)))
    return found if isinstance(found, datetime) else None
