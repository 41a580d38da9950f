"""What the rules of the assembly set for a vote in which nobody chose otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from node.database import Transaction

SECOND_QUORUMS = ("same", "halved", "dropped", "none")


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """The usual terms of a vote here.

    `second_quorum` says what becomes of the quorum at a second convocation; with `none` there is
    no second convocation.
    """

    method: str = "majority"
    quorum: tuple[Mapping[str, Any], ...] = ()
    is_secret: bool = False
    hides_results: bool = True
    poll_ballots: bool = False
    proxies_max: int = 0
    second_quorum: str = "dropped"
    days: int = field(default=7)


async def defaults(_tx: Transaction) -> Defaults:
    """Return the usual terms of a vote in this assembly."""
    return Defaults()
