"""Borda: the last place is worth nothing, each place above it one point more."""

from node.assembly import elections
from node.assembly.ballot_kinds import RANKING
from node.assembly.method import decision_method
from node.assembly.pairwise import matrix, table
from node.assembly.poll import Poll, Rule, Tally


@decision_method("borda", wire_name="borda", ballot=RANKING, parameters=elections.WINNERS)
def borda(poll: Poll, rule: Rule) -> Tally:
    """An option gets a point for each option it is ranked above, on each ballot."""
    preferred = matrix(poll, is_rank=True)
    sums = {option: sum(preferred[option].values()) for option in poll.options}
    found = elections.by_sum(poll, sums, unit="points", places=rule["winners"])
    return Tally(**{**vars(found), "tables": (*found.tables, table(preferred, poll.options))})
