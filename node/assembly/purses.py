"""What each voter holds of a budget, what an option costs them, and how far that stays so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import compress
from math import lcm
from typing import NamedTuple

from node.assembly.poll import Poll


class Funded(NamedTuple):
    """An option that its supporters paid for: how many, the most that one paid, and all sums."""

    option: str
    people: int
    most: Fraction
    payments: tuple[tuple[Fraction, int], ...]


@dataclass(frozen=True)
class Money:
    """The budget, whose it is, and what is done with what remains of it."""

    poll: Poll
    utility: str
    step: Fraction
    completion: str

    @cached_property
    def share(self) -> Fraction:
        """What each voter holds at the start."""
        return self.poll.budget / sum(self.poll.weights)

    @cached_property
    def groups(self) -> dict[str, tuple[int, ...]]:
        """The kinds of ballot that approve each option, by their places."""
        places = range(len(self.poll.weights))
        columns = zip(self.poll.options, self.poll.columns, strict=True)
        return {option: tuple(compress(places, column)) for option, column in columns}

    @cached_property
    def supporters(self) -> dict[str, int]:
        """How many approve each option."""
        weights = self.poll.weights
        return {one: sum(weights[place] for place in group) for one, group in self.groups.items()}

    @property
    def wanted(self) -> list[str]:
        """The options that anybody approves."""
        return [option for option in self.poll.options if self.groups[option]]

    def cost(self, options: Sequence[str] | frozenset[str]) -> Fraction:
        """Return what these cost together."""
        return sum((self.poll.costs[option] for option in options), Fraction(0))


class Line(NamedTuple):
    """A sum at the share that each voter holds, and by how much it grows with that share."""

    now: Fraction
    slope: Fraction


class Price(NamedTuple):
    """What a supporter pays at most, in units of the purses: `now` and `slope` for `people`."""

    now: int
    slope: int
    people: int


class Room:
    """How far the share may rise before the money goes another way; None: for ever."""

    def __init__(self) -> None:
        self.ahead: Fraction | None = None

    def ends(self, after: Fraction) -> None:
        """Take note that something comes out differently when the share has risen so far."""
        self.ahead = after if self.ahead is None else min(self.ahead, after)

    def while_not_below(self, more: Line, less: Line) -> None:
        """Take note that `more` is at least `less`, and must stay so."""
        slope = more.slope - less.slope
        if slope < 0:
            self.ends((less.now - more.now) / slope)


class Purses:
    """What each kind of voter holds, and how that grows with the share, in ever smaller units.

    Whole numbers: a price that does not come out even makes the unit smaller for everybody.
    """

    def __init__(self, money: Money, share: Fraction) -> None:
        self._money = money
        self.unit = lcm(share.denominator, *(one.denominator for one in money.poll.costs.values()))
        self.slope_unit = 1
        self._now = [int(share * self.unit)] * len(money.poll.weights)
        self._slope = [1] * len(money.poll.weights)

    def line(self, price: Price) -> Line:
        """Return a price as a sum of money."""
        return Line(
            Fraction(price.now, price.people * self.unit),
            Fraction(price.slope, price.people * self.slope_unit),
        )

    def price(self, option: str, room: Room) -> Price | None:
        """Return the most that one pays if all pay alike as far as they can; None: too dear.

        As the share rises, prices fall and nobody holds less: whoever can pay all of it now still
        can. Who cannot may be able to then: there is room until that.
        """
        weights, now, slopes = self._money.poll.weights, self._now, self._slope
        cost, slope = int(self._money.poll.costs[option] * self.unit), 0
        people = self._money.supporters[option]
        group = sorted(self._money.groups[option], key=now.__getitem__)
        for count, place in enumerate(group):
            if now[place] * people >= cost:
                poor = [
                    Fraction(cost - now[one] * people, slopes[one] * people - slope)
                    for one in group[:count]
                    if slopes[one] * people > slope
                ]
                if poor:
                    room.ends(min(poor) * self.slope_unit / self.unit)
                return Price(cost, slope, people)
            cost -= now[place] * weights[place]
            slope -= slopes[place] * weights[place]
            people -= weights[place]
        if slope:
            room.ends(Fraction(cost, -slope) * self.slope_unit / self.unit)
        return None

    def charge(self, option: str, price: Price) -> Funded:
        """Let the supporters of an option pay for it."""
        weights, people = self._money.poll.weights, price.people
        paid: Counter[int] = Counter()
        group = set(self._money.groups[option])
        for place, held in enumerate(self._now):
            mine = price if place in group else Price(0, 0, people)
            if held * people < mine.now:
                paid[held * people] += weights[place]
                self._now[place] = self._slope[place] = 0
            else:
                paid[mine.now] += weights[place]
                self._now[place] = held * people - mine.now
                self._slope[place] = self._slope[place] * people - mine.slope
        self.unit, self.slope_unit = self.unit * people, self.slope_unit * people
        sums = {Fraction(sum_, self.unit): count for sum_, count in paid.items() if sum_}
        most = Fraction(price.now, self.unit)
        return Funded(option, sum(sums.values()), most, tuple(sorted(sums.items(), reverse=True)))
