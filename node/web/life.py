"""What the page of a proposal shows of its life: rounds, amendments, leanings, support."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from node.assembly import amending, carrying, endorsements, proposals, rounds
from node.assembly.dossiers import Dossier
from node.database import Transaction
from node.models import Member, Standing, State, Step
from node.web import amendment_look
from node.web.amendment_look import Shown

# What is still to be settled is read beside the text, the rest on its own page.
_SHOWN = (*amending.WAITING, Standing.VOTING)
_FOR_THE_VOTE = (Standing.TO_VOTE, Standing.VOTING)


class Life(NamedTuple):
    """The way of a proposal so far, and what a member can still do about it."""

    steps: Sequence[Step]
    waiting: Sequence[Shown]
    voted: Sequence[Shown]
    waits_for: int | None
    amendments_count: int
    leanings: Mapping[str, int]
    leaning: str
    needed: int
    given: int
    is_endorsed: bool
    is_open: bool
    is_unsettled: bool


async def look(tx: Transaction, dossier: Dossier, member: Member | None) -> Life:
    """Return what the page shows; who feels what stays with them."""
    is_open = dossier.state in proposals.OPEN
    shown = await amendment_look.look(tx, dossier, member)
    needed = await endorsements.needed(tx) if is_open else 0
    every = [one for head in shown for one in (head, *head.under)]
    first = (one.one.number for one in every if one.one.state in _FOR_THE_VOTE)
    return Life(
        steps=await carrying.steps(tx, dossier.id),
        waiting=[one for one in shown if one.one.state in _SHOWN],
        voted=_voted(every),
        waits_for=next(first, None),
        amendments_count=len(every),
        leanings=await rounds.leanings(tx, dossier.id) if is_open else {},
        leaning=await rounds.leaning_of(tx, dossier.id, member) if member and is_open else "",
        needed=needed,
        given=await endorsements.count(tx, dossier.id) if needed else 0,
        is_endorsed=bool(needed and member and await endorsements.is_given(tx, dossier.id, member)),
        is_open=is_open,
        is_unsettled=dossier.state is State.DECIDED and dossier.outcome in carrying.UNSETTLED,
    )


def _voted(every: Sequence[Shown]) -> Sequence[Shown]:
    """Return those that the assembly voted on, the first vote first."""
    found = [
        (one.vote.closed_at, one.one.number, one)
        for one in every
        if one.vote is not None and one.vote.outcome and one.vote.closed_at is not None
    ]
    return [one for _, _, one in sorted(found, key=lambda entry: entry[:2])]
