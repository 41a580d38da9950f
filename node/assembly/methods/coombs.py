"""Coombs: who is last on most ballots leaves, until somebody is first on more than half."""

from fractions import Fraction

from node.assembly import eliminations
from node.assembly.ballot_kinds import ORDER
from node.assembly.eliminations import Alive, Round
from node.assembly.method import decision_method
from node.assembly.poll import Poll, Rule, Tally


@decision_method("coombs", wire_name="coombs", ballot=ORDER)
def coombs(poll: Poll, _rule: Rule) -> Tally:
    """Options that a ballot does not rank share its last place (Coombs, 1964)."""
    ballots = list(poll.marked.items())

    def look(alive: Alive) -> Round:
        counts, exhausted = eliminations.first_places(ballots, poll.options, alive)
        return Round(counts, exhausted, eliminations.majority(counts), _worst(poll, alive))

    return eliminations.decide(poll, look, goes_back=False)


def _worst(poll: Poll, alive: Alive) -> tuple[Alive, ...]:
    places = {place: option for place, option in enumerate(poll.options) if option in alive}
    whole, shares = dict.fromkeys(places, 0), dict.fromkeys(places, Fraction(0))
    for order, weight in poll.marked.items():
        unranked = places.keys() - order if len(order) < len(poll.options) else ()
        for place in unranked:
            shares[place] += Fraction(weight, len(unranked))
        if not unranked:
            whole[next(filter(whole.__contains__, reversed(order)))] += weight
    totals = {place: whole[place] + shares[place] for place in places}
    most = max(totals.values())
    return tuple(frozenset((places[place],)) for place in places if totals[place] == most)
