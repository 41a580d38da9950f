"""Spending a budget by equal shares, exactly: who pays how much for what."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import compress
from math import lcm
from typing import NamedTuple, TypeAlias

from node.assembly.poll import Poll

# Options by kinds of ballot, each time the money is shared out: some seconds.
WORK_MAX = 3_000_000
Ties: TypeAlias = frozenset[frozenset[str]]


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


class Outcome(NamedTuple):
    """What is funded: by plain equal shares, with raised shares, and by the greedy completion.

    `work` is what it took to count, in units of WORK_MAX; `is_cut` says that it was too much.
    """

    plain: tuple[Funded, ...]
    funded: tuple[Funded, ...]
    raised: Fraction
    greedy: tuple[str, ...]
    tied: frozenset[frozenset[str]]
    work: int
    is_cut: bool

    @property
    def chosen(self) -> frozenset[str]:
        """Everything that is funded."""
        return frozenset((*(one.option for one in self.funded), *self.greedy))


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


class Funding(NamedTuple):
    """What is funded at one share, in order, what only a draw told apart, and how far it holds."""

    funded: tuple[Funded, ...]
    tied: Ties
    ahead: Fraction | None


def spend(money: Money, draw: Sequence[str]) -> Outcome:
    """Fund by equal shares, then complete; `tied` are the options that only a draw tells apart.

    Shares rise by steps (Add1). Between two shares at which the money goes another way all steps
    fund the same: they are leapt over, so that it is the options that cost time, not the euros.
    Shares stop rising after so much work, which is the same wherever it is counted again.
    """
    plain = at = fund(money, money.share, draw)
    once = len(money.wanted) * len(money.poll.weights)
    raised, tied, work, is_cut = Fraction(0), plain.tied, once, False
    while "add1" in money.completion and at.ahead is not None and _can_go_on(money, at.funded):
        if is_cut := work >= WORK_MAX:
            break
        work += once
        leap = money.step * max(0, -(-at.ahead // money.step) - 1)
        more = fund(money, money.share + raised + leap + money.step, draw)
        if money.cost([one.option for one in more.funded]) > money.poll.budget:
            raised += leap
            at = fund(money, money.share + raised, draw)
            break
        at, raised, tied = more, raised + leap + money.step, tied | more.tied
    greedy: tuple[str, ...] = ()
    if "greedy" in money.completion:
        greedy, among = _complete(money, [one.option for one in at.funded], draw)
        tied |= among
    return Outcome(plain.funded, at.funded, raised, greedy, tied, work, is_cut)


def fund(money: Money, share: Fraction, draw: Sequence[str]) -> Funding:
    """Fund the option whose supporters pay least for what it is worth, as long as any can.

    A price only rises while money is spent: who was dearer before is not asked again until those
    that were cheaper have become as dear.
    """
    purses, room = Purses(money, share), Room()
    left, tied = money.wanted, frozenset[frozenset[str]]()
    rho = dict.fromkeys(left, Line(Fraction(0), Fraction(0)))
    funded: list[Funded] = []
    while left:
        prices: dict[str, Price] = {}
        for option in sorted(left, key=rho.__getitem__):
            if prices and rho[option].now > min(rho[one].now for one in prices):
                break
            price = purses.price(option, room)
            if price is None:
                left.remove(option)
            else:
                prices[option], rho[option] = price, _rho(money, option, purses.line(price))
        if prices:
            worth = [(_worth(money, option, rho[option].now), option) for option in prices]
            best, among = _first(money, worth, draw)
            tied |= among
            left.remove(best)
            for option in left:
                room.while_not_below(rho[option], rho[best])
            funded.append(purses.charge(best, prices[best]))
    return Funding(tuple(funded), tied, room.ahead)


def _rho(money: Money, option: str, price: Line) -> Line:
    """Return what the one who pays most gives for each unit of what the option is worth."""
    cost = money.poll.costs[option] if money.utility == "cost" else 1
    return Line(price.now / cost, price.slope / cost)


def _worth(money: Money, option: str, rho: Fraction) -> tuple[Fraction, int, Fraction]:
    """Return what to order by: rho, then more supporters, then cheaper."""
    return rho, -money.supporters[option], money.poll.costs[option]


def _first(
    money: Money, options: list[tuple[tuple[Fraction, int, Fraction], str]], draw: Sequence[str]
) -> tuple[str, Ties]:
    """Return the lowest, and those between whom only the draw could tell."""
    lowest = min(worth for worth, _option in options)
    tied = [option for worth, option in options if worth == lowest]
    order = [*draw, *money.poll.options]
    return min(tied, key=order.index), frozenset([frozenset(tied)] if len(tied) > 1 else [])


def _can_go_on(money: Money, funded: Sequence[Funded]) -> bool:
    """Say whether what remains of the real budget could pay for anything that anybody wants."""
    chosen = {one.option for one in funded}
    rest = money.poll.budget - money.cost([one.option for one in funded])
    return any(money.poll.costs[one] <= rest for one in money.wanted if one not in chosen)


def _complete(money: Money, chosen: list[str], draw: Sequence[str]) -> tuple[tuple[str, ...], Ties]:
    """Add what still fits by number of supporters; among equals the dearer, which spends more."""
    rest, tied = money.poll.budget - money.cost(chosen), frozenset[frozenset[str]]()
    added: list[str] = []
    while True:
        fits = [
            ((Fraction(-money.supporters[one]), 0, -money.poll.costs[one]), one)
            for one in money.wanted
            if one not in chosen and one not in added and money.poll.costs[one] <= rest
        ]
        if not fits:
            return tuple(added), tied
        best, among = _first(money, fits, draw)
        tied |= among
        added.append(best)
        rest -= money.poll.costs[best]
