"""Sense check: how a text is felt before anybody votes; a summary, no verdict."""

from node.assembly import summaries
from node.assembly.method import decision_method
from node.assembly.poll import Poll, Rule, Tally


@decision_method("sense_check", wire_name="sense-check", ballot=summaries.BALLOT, has_verdict=False)
def sense_check(poll: Poll, _rule: Rule) -> Tally:
    """Sum up how people feel."""
    return summaries.sum_up(poll, "tally.summary.sense-check")
