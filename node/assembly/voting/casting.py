"""Casting a ballot: one a member, bound to a text, changeable until the close when it is open."""

import functools
from typing import Any

from sqlalchemy import bindparam

from node import clock, ids
from node.assembly.voting import finding, objecting, objection_words, secret, sheets
from node.assembly.voting.answers import checked_reason
from node.assembly.voting.objection_words import Words
from node.assembly.voting.sheets import Place, Sheet
from node.database import Transaction, insert_into
from node.errors import NotNow, Refusal
from node.models import Ballot, Member, Vote

PAGE = "page"
ACCOUNT = "account"
_WRITTEN = ("choice", "reason", "via", "cast_at")


async def cast_ballot(
    tx: Transaction,
    vote: Vote,
    voter: Member,
    choice: object,
    *,
    version_digest: str,
    reason: str = "",
    seen: int | None = None,
    words: Words | None = None,
) -> Ballot | None:
    """Take a member's answer, in place of an earlier one of theirs; None where it is secret."""
    sheet = await sheets.of(tx, vote)
    await cast(
        tx, sheet, voter.id, choice, digest=version_digest, reason=reason, seen=seen, words=words
    )
    return None if vote.is_secret else await finding.ballot_of(tx, vote, voter)


async def cast(
    tx: Transaction,
    sheet: Sheet,
    member_id: int,
    choice: object,
    *,
    digest: str,
    reason: str = "",
    seen: int | None = None,
    via: str = PAGE,
    words: Words | None = None,
) -> None:
    """Take an answer. A refusal says why, and leaves the ballot already cast as it was.

    `seen` is the number of the ballot that the member knows to be theirs, 0 for none: when
    another one was cast meanwhile, from another device, it stands. `words` is what an objection
    says besides its reason.
    """
    sheet = await sheets.held(tx, sheet)
    place = await _place(tx, sheet, member_id)
    if digest != sheet.digest:
        raise NotNow("the ballot is for another version", code="other-version")
    if sheet.is_secret and place.has_voted:
        raise NotNow("a secret ballot is cast once", code="voted-already")
    if seen is not None and seen != place.seq:
        raise NotNow("another ballot was cast meanwhile", code="voted-meanwhile")
    kept = sheet.asking.written(choice)
    if sheet.is_secret:
        await secret.cast(tx, sheet, member_id, kept)
        return
    answer = {"choice": kept, "reason": checked_reason(kept, reason), "via": via}
    is_objection = kept == objecting.OBJECTION
    said = words or Words()
    if is_objection:
        said = await objection_words.checked_for(tx, sheet, answer["reason"], said)
    if not await _keep(tx, sheet.vote_id, member_id, answer, seq=place.seq):
        raise NotNow("another ballot was cast meanwhile", code="voted-meanwhile")
    if sheet.method == "consent":
        await objecting.follow(tx, sheet, member_id, kept, answer["reason"], said)


async def may_cast(tx: Transaction, sheet: Sheet, member_id: int) -> Place:
    """Return where the member stands. Raise NotNow or Refusal when no ballot of theirs counts."""
    return await _place(tx, sheet, member_id)


async def _place(tx: Transaction, sheet: Sheet, member_id: int) -> Place:
    if not sheet.is_open:
        raise NotNow("the vote is closed", code="vote-is-closed")
    place = await sheets.place_of(tx, sheet.vote_id, member_id)
    if place is None:
        raise Refusal("the member is not on the roll", code="not-on-the-roll")
    if place.votes_in_the_room:
        raise NotNow("the member votes in the room", code="votes-in-the-room")
    return place


async def _keep(
    tx: Transaction, vote_id: int, member_id: int, answer: dict[str, Any], *, seq: int
) -> bool:
    """Write the ballot over the one with this number, or as the first; False if it is another."""
    values = {
        "id": ids.new_id(),
        "vote_id": vote_id,
        "member_id": member_id,
        "cast_at": clock.now(),
        "seq": 1,
        "known": seq,
        **answer,
    }
    return bool((await tx.execute(_upsert(tx.dialect), values)).rowcount)


@functools.cache
def _upsert(dialect: str) -> Any:
    """Return the statement that writes a ballot; making one takes longer than running it."""
    statement = insert_into(Ballot, dialect).values(
        {name: bindparam(name) for name in (*_WRITTEN, "id", "vote_id", "member_id", "seq")}
    )
    changed: dict[str, Any] = {name: statement.excluded[name] for name in _WRITTEN}
    return statement.on_conflict_do_update(
        index_elements=["vote_id", "member_id"],
        set_={**changed, "seq": Ballot.seq + 1},
        where=Ballot.seq == bindparam("known", type_=Ballot.seq.type),
    )
