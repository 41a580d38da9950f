"""Equal shares: a budget split among the voters, who pay together for what they approve."""

from fractions import Fraction
from itertools import chain, permutations, product
from math import factorial, prod

from node.assembly import budgets, elections
from node.assembly.ballot_kinds import APPROVALS
from node.assembly.budgets import Outcome, Ties
from node.assembly.elections import Chosen
from node.assembly.method import decision_method
from node.assembly.parameters import amount, one_of
from node.assembly.phrases import Figure, Phrase, Table, bars
from node.assembly.poll import Poll, Rule, Tally
from node.assembly.purses import Funded, Money

DRAWS_MAX = 48


@decision_method(
    "equal_shares",
    wire_name="equal-shares",
    ballot=APPROVALS,
    has_costs=True,
    parameters={
        "utility": one_of("cost", "cardinality"),
        "completion": one_of("add1_greedy", "add1", "greedy", "none"),
        "step": amount(1),
    },
)
def equal_shares(poll: Poll, rule: Rule) -> Tally:
    """The Method of Equal Shares with completion (Peters, Pierczyński, Skowron; equalshares.net).

    Options that tie are told apart by a draw of all of them; every draw is tried, and where all
    end with the same set, none is needed.
    """
    money = Money(poll, rule["utility"], rule["step"], rule["completion"])
    outcome = budgets.spend(money, poll.draw)
    sets, is_open = _universes(money, outcome, poll)
    common = frozenset() if is_open else sets[0].intersection(*sets)
    sure = tuple(one for one in poll.options if one in common)
    maybe = frozenset().union(*sets, *(outcome.tied if is_open else ()))
    tied = tuple(one for one in poll.options if one in maybe and one not in sure)
    is_drawn = bool(outcome.tied) and not _undrawn(outcome.tied, poll)
    chosen = Chosen(sure, tied, is_drawn=is_drawn)
    spent = sum((poll.costs[one] for one in sure), Fraction(0))
    figures: dict[str, Figure] = {"winners": sure, "spent": spent, "budget": poll.budget}
    key = "tie" if tied else "funded"
    return elections.tally(
        chosen if sure or tied else None,
        explanation=Phrase(f"tally.shares.{key}", {**figures, "tied": tied}),
        inequality=f"{spent} ≤ {poll.budget}" if not tied else "",
        counts={"supporters": money.supporters, "spent": spent, "budget": poll.budget},
        working={
            "voter_share": money.share,
            "raised_share": money.share + outcome.raised,
            "equal_shares": [one.option for one in outcome.plain],
            "add1": [one.option for one in outcome.funded],
            "greedy": list(outcome.greedy),
            "funded": [one._asdict() for one in outcome.funded],
            "possible": [[one for one in poll.options if one in chosen] for chosen in sets],
        },
        tables=(
            bars("tally.shares.supporters", "tally.approvals", money.supporters, str),
            _paid(outcome, poll),
        ),
        notes=(
            *chosen.notes,
            *map(_paid_by, outcome.funded),
            *([Phrase("tally.note.shares-cut")] if outcome.is_cut else []),
        ),
    )


def _universes(money: Money, outcome: Outcome, poll: Poll) -> tuple[list[frozenset[str]], bool]:
    """Return every set that some draw leads to, and whether there were too many to try."""
    found, ties = {outcome.chosen}, _undrawn(outcome.tied, poll)
    while ties:
        classes = _classes(ties)
        most = min(DRAWS_MAX, budgets.WORK_MAX // max(1, outcome.work))
        if prod(factorial(len(one)) for one in classes) > most:
            return sorted(found, key=sorted), True
        orders = product(*(permutations(sorted(one)) for one in classes))
        outcomes = [budgets.spend(money, (*poll.draw, *chain(*order))) for order in orders]
        found = {one.chosen for one in outcomes}
        more = ties.union(*(_undrawn(one.tied, poll) for one in outcomes))
        if more == ties:
            break
        ties = more
    return sorted(found, key=sorted), False


def _undrawn(ties: Ties, poll: Poll) -> Ties:
    return frozenset(tie for tie in ties if not tie <= set(poll.draw))


def _classes(ties: Ties) -> list[frozenset[str]]:
    """Return the options that tied with each other, directly or through others."""
    found: list[frozenset[str]] = []
    for tie in sorted(ties, key=sorted):
        touching = [one for one in found if one & tie]
        found = [one for one in found if not one & tie] + [tie.union(*touching)]
    return found


def _paid_by(one: Funded) -> Phrase:
    people = Phrase("tally.count.people", count=one.people)
    return Phrase("tally.note.funded", {"option": one.option, "people": people, "each": one.most})


def _paid(outcome: Outcome, poll: Poll) -> Table:
    rows = tuple(
        (one.option, (poll.costs[one.option], one.people, one.most)) for one in outcome.funded
    ) + tuple((one, (poll.costs[one], None, None)) for one in outcome.greedy)
    return Table(
        kind="table",
        caption=Phrase("tally.shares.paid"),
        columns=(Phrase("tally.cost"), Phrase("tally.people"), Phrase("tally.each")),
        rows=rows,
    )
