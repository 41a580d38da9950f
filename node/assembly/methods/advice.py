"""Advice: people are heard, and whoever asked decides; a summary, no verdict."""

from node.assembly import summaries
from node.assembly.method import decision_method
from node.assembly.poll import Poll, Rule, Tally


@decision_method("advice", wire_name="advice", ballot=summaries.BALLOT, has_verdict=False)
def advice(poll: Poll, _rule: Rule) -> Tally:
    """Sum up the advice that was given."""
    return summaries.sum_up(poll, "tally.summary.advice")
