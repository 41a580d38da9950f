"""Instant run-off: the last of each round leaves, until somebody has more than half."""

from node.assembly import eliminations
from node.assembly.ballot_kinds import ORDER
from node.assembly.eliminations import Alive, Round
from node.assembly.method import decision_method
from node.assembly.poll import Poll, Rule, Tally


@decision_method("instant_runoff", wire_name="ranked-irv", ballot=ORDER)
def instant_runoff(poll: Poll, _rule: Rule) -> Tally:
    """Win with 2*top > continuing; ties by batch, universes, backward, draw (deciding.md, 6)."""
    ballots = list(poll.marked.items())

    def look(alive: Alive) -> Round:
        counts, exhausted = eliminations.first_places(ballots, poll.options, alive)
        return Round(counts, exhausted, eliminations.majority(counts), leaving(counts))

    return eliminations.decide(poll, look, goes_back=True)


def leaving(counts: dict[str, int]) -> tuple[Alive, ...]:
    """Return the last, or all who tie for last together if even their sum is below the next."""
    lowest = min(counts.values())
    tied = [option for option, count in counts.items() if count == lowest]
    above = [count for count in counts.values() if count > lowest]
    if above and lowest * len(tied) < min(above):
        return (frozenset(tied),)
    return tuple(frozenset((option,)) for option in tied)
