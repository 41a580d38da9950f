"""Spending a budget by equal shares, exactly: who pays how much for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import compress
from typing import NamedTuple, TypeAlias

from node.assembly.poll import Poll

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
    """What is funded: by plain equal shares, with raised shares, and by the greedy completion."""

    plain: tuple[Funded, ...]
    funded: tuple[Funded, ...]
    raised: Fraction
    greedy: tuple[str, ...]
    tied: frozenset[frozenset[str]]

    @property
    def chosen(self) -> frozenset[str]:
        """Everything that is funded."""
        return frozenset((*(one.option for one in self.funded), *self.greedy))


def spend(money: Money, draw: Sequence[str]) -> Outcome:
    """Fund by equal shares, then complete; `tied` are the options that only a draw tells apart."""
    plain, tied = fund(money, money.share, draw)
    funded, raised = plain, Fraction(0)
    while "add1" in money.completion and _can_go_on(money, funded):
        more, among = fund(money, money.share + raised + money.step, draw)
        if money.cost([one.option for one in more]) > money.poll.budget:
            break
        funded, raised, tied = more, raised + money.step, tied | among
    greedy: tuple[str, ...] = ()
    if "greedy" in money.completion:
        greedy, among = _complete(money, [one.option for one in funded], draw)
        tied |= among
    return Outcome(plain, funded, raised, greedy, tied)


def fund(money: Money, share: Fraction, draw: Sequence[str]) -> tuple[tuple[Funded, ...], Ties]:
    """Fund the option whose supporters pay least for what it is worth, as long as any can."""
    held = [share] * len(money.poll.weights)
    left, tied = money.wanted, frozenset[frozenset[str]]()
    funded: list[Funded] = []
    while True:
        prices = {option: _price(money, option, held) for option in left}
        left = [option for option in left if prices[option] is not None]
        if not left:
            return tuple(funded), tied
        best, among = _first(money, [(_worth(money, one, prices[one]), one) for one in left], draw)
        tied |= among
        funded.append(_charge(money, best, prices[best] or Fraction(0), held))
        left.remove(best)


def _price(money: Money, option: str, held: list[Fraction]) -> Fraction | None:
    """Return the most that a supporter pays if all pay alike as far as they can; None: too dear."""
    weights, cost = money.poll.weights, money.poll.costs[option]
    group = sorted(money.groups[option], key=held.__getitem__)
    people = money.supporters[option]
    for place in group:
        if held[place] * people >= cost:
            return cost / people
        cost -= held[place] * weights[place]
        people -= weights[place]
    return None


def _worth(money: Money, option: str, price: Fraction | None) -> tuple[Fraction, int, Fraction]:
    """Return what to order by: rho, then more supporters, then cheaper."""
    cost, paid = money.poll.costs[option], price or Fraction(0)
    rho = paid / cost if money.utility == "cost" else paid
    return rho, -money.supporters[option], cost


def _first(
    money: Money, options: list[tuple[tuple[Fraction, int, Fraction], str]], draw: Sequence[str]
) -> tuple[str, Ties]:
    """Return the lowest, and those between whom only the draw could tell."""
    lowest = min(worth for worth, _option in options)
    tied = [option for worth, option in options if worth == lowest]
    order = [*draw, *money.poll.options]
    return min(tied, key=order.index), frozenset([frozenset(tied)] if len(tied) > 1 else [])


def _charge(money: Money, option: str, most: Fraction, held: list[Fraction]) -> Funded:
    payments: dict[Fraction, int] = {}
    for place in money.groups[option]:
        paid = min(held[place], most)
        held[place] -= paid
        payments[paid] = payments.get(paid, 0) + money.poll.weights[place]
    payments.pop(Fraction(0), None)
    paid_by = sum(payments.values())
    return Funded(option, paid_by, most, tuple(sorted(payments.items(), reverse=True)))


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
