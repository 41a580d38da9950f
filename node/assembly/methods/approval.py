"""Approval: each ballot names as many options as it likes; the one named most often."""

from itertools import compress

from node.assembly import elections
from node.assembly.ballot_kinds import APPROVALS
from node.assembly.method import decision_method
from node.assembly.poll import Poll, Rule, Tally


@decision_method("approval", wire_name="approval", ballot=APPROVALS, parameters=elections.WINNERS)
def approval(poll: Poll, rule: Rule) -> Tally:
    """The option approved on the most ballots."""
    columns = zip(poll.options, poll.columns, strict=True)
    votes = {option: sum(compress(poll.weights, column)) for option, column in columns}
    return elections.by_sum(
        poll, votes, unit="approvals", places=rule["winners"], counts={"approvals": votes}
    )
