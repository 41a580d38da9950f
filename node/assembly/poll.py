"""What a method gets to see of a vote, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from node.assembly.objections import Objection
from node.assembly.phrases import Phrase, Table

# A position is its code; everything else one number for each option, or the options in order.
Choice: TypeAlias = str | tuple[int, ...]
BLANK: tuple[int, ...] = ()
Rule: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What counts beside the ballots; None where nobody has said."""

    present: int | None = None
    represented: int = 0
    supporters: int | None = None
    answers: int | None = None
    invited: int | None = None
    objections: tuple[Objection, ...] | None = None
    round: int = 1
    hours_open: int | None = None
    notified_days: int | None = None
    is_changed: bool = False


@dataclass(frozen=True, kw_only=True)
class Poll:
    """A vote to be counted: identical ballots together; nothing in it says who answered what."""

    electorate: int
    ballots: Mapping[Choice, int]
    options: tuple[str, ...] = ()
    costs: Mapping[str, Fraction] = field(default_factory=dict)
    budget: Fraction = Fraction(0)
    draw: tuple[str, ...] = ()
    facts: Facts = field(default_factory=Facts)

    @property
    def total(self) -> int:
        """How many answered in any way."""
        return sum(self.ballots.values())

    @cached_property
    def marked(self) -> dict[tuple[int, ...], int]:
        """The ballots that name at least one option."""
        ballots = self.ballots.items()
        return {choice: count for choice, count in ballots if isinstance(choice, tuple) and choice}

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """How many there are of each ballot that is not blank."""
        return tuple(self.marked.values())

    @cached_property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """What stands beside each option, ballot by ballot in the order of `weights`."""
        return tuple(zip(*self.marked, strict=True)) or ((),) * len(self.options)

    def times(self, code: str) -> int:
        """Return how many took this position."""
        return self.ballots.get(code, 0)


@dataclass(frozen=True)
class Figures:
    """The numbers that quorums and bases are made of (deciding.md, 3); `favour` for motions."""

    cast: int
    voters: int
    favour: int | None = None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What came of a vote: the verdict, the inequality behind it, and the whole working.

    `verdict` is a code of deciding.md, 3, or None where the method only sums up. With a tie,
    `tied` are those between whom a draw decides, `winners` those who are in whatever it says.
    """

    verdict: str | None
    explanation: Phrase
    inequality: str = ""
    reason: str | None = None
    winners: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    working: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    notes: tuple[Phrase, ...] = ()
    quorums: tuple[Any, ...] = ()

    @property
    def outcome(self) -> str | None:
        """The verdict, or the reason of a rejection that has one, as it is published."""
        return self.reason or self.verdict
