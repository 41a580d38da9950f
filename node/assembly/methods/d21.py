"""D21: a few plus votes, perhaps minus votes, at most one for each option."""

from itertools import compress

from node.assembly import elections
from node.assembly.ballot_kinds import SIGNS
from node.assembly.method import decision_method
from node.assembly.parameters import Unusable, whole
from node.assembly.poll import Poll, Rule, Tally


@decision_method(
    "d21",
    wire_name="d21",
    ballot=SIGNS,
    parameters={
        "plus_votes": whole(2, 1, 1000),
        "minus_votes": whole(0, 0, 1000),
        **elections.WINNERS,
    },
)
def d21(poll: Poll, rule: Rule) -> Tally:
    """The highest plus minus minus; equal scores are told apart by the plus (deciding.md, 6)."""
    if rule["plus_votes"] <= rule["winners"]:
        least = rule["winners"] + 1
        raise Unusable("tally-out-of-range", "parameters.plus_votes", least=least, most=1000)
    plus, minus = {}, {}
    for option, column in zip(poll.options, poll.columns, strict=True):
        plus[option] = sum(compress(poll.weights, [mark > 0 for mark in column]))
        minus[option] = sum(compress(poll.weights, [mark < 0 for mark in column]))
    scores = {option: plus[option] - minus[option] for option in poll.options}
    return elections.by_sum(
        poll,
        scores,
        unit="points",
        places=rule["winners"],
        counts={"scores": scores, "plus": plus, "minus": minus},
        then=plus.__getitem__,
    )
