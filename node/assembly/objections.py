"""The life of an objection: raised, then lifted, integrated, or declared unreasonable."""

from collections.abc import Sequence
from typing import NamedTuple

STATES = ("raised", "lifted", "integrated", "declared_unreasonable")
JUDGES = ("author", "circle", "pair")
SMALL_CIRCLE = 12
# What comes after the last round, chosen in advance; a share is one of the votes cast.
FALLBACKS = ("rejected", "blocked", "two_thirds", "three_quarters")


class Objection(NamedTuple):
    """An objection with what was said about it; the author's own vote is not among the votes.

    `weight` is how many positions of objection it accounts for: 0 once its author took another.
    """

    text: str
    state: str = "raised"
    votes_for: int = 0
    votes_against: int = 0
    facilitators: int = 0
    is_appealed: bool = False
    weight: int = 1


def judge(chosen: str, electorate: int) -> str:
    """Return who may declare an objection unreasonable: up to 12 people, only its author."""
    if chosen != "by_size":
        return chosen
    return "author" if electorate <= SMALL_CIRCLE else "circle"


def is_open(objection: Objection, judged_by: str) -> bool:
    """Say whether it still stands in the way (deciding.md, section 5).

    The circle judges by three quarters of the votes cast; a pair of facilitators may, until
    somebody appeals to the circle.
    """
    if objection.state != "declared_unreasonable":
        return objection.state == "raised"
    if judged_by == "author":
        return True
    if judged_by == "pair" and not objection.is_appealed:
        return objection.facilitators < 2
    votes = objection.votes_for + objection.votes_against
    return votes == 0 or 4 * objection.votes_for < 3 * votes


def as_judged(objection: Objection, judged_by: str) -> Objection:
    """Return a raised objection as declared unreasonable, if what was said of it is enough."""
    declared = objection._replace(state="declared_unreasonable")
    is_declared = objection.state == "raised" and not is_open(declared, judged_by)
    return declared if is_declared else objection


def count_open(objections: Sequence[Objection] | None, positions: int, judged_by: str) -> int:
    """Count those still open; a position of objection that nobody has written down is open."""
    listed = objections or ()
    unlisted = max(0, positions - sum(objection.weight for objection in listed))
    return unlisted + sum(is_open(objection, judged_by) for objection in listed)
