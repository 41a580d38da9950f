"""Spending a budget by equal shares, exactly: who pays how much for what."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from node.assembly.purses import Funded, Line, Money, Price, Purses, Room

# Options by kinds of ballot, each time the money is shared out: some seconds.
WORK_MAX = 3_000_000
Ties: TypeAlias = frozenset[frozenset[str]]


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
