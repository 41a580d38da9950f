"""One choice among several: the option named most often."""

from node.assembly import elections
from node.assembly.ballot_kinds import ONE
from node.assembly.method import decision_method
from node.assembly.poll import Poll, Rule, Tally


@decision_method("single", wire_name="single", ballot=ONE, parameters=elections.WINNERS)
def single(poll: Poll, rule: Rule) -> Tally:
    """The option with the most votes, even without a majority of them."""
    votes = dict.fromkeys(poll.options, 0)
    for (place,), count in poll.marked.items():
        votes[poll.options[place]] += count
    return elections.by_sum(
        poll, votes, unit="votes", places=rule["winners"], counts={"votes": votes}
    )
