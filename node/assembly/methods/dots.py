"""Dot vote: each ballot spreads a number of points over the options."""

from operator import mul

from node.assembly import elections
from node.assembly.ballot_kinds import POINTS
from node.assembly.method import decision_method
from node.assembly.parameters import maybe, whole
from node.assembly.poll import Poll, Rule, Tally


@decision_method(
    "dots",
    wire_name="dots",
    ballot=POINTS,
    parameters={
        "points": whole(10, 1, 1_000_000),
        "maximum": maybe(whole(1, 1, 1_000_000)),
        **elections.WINNERS,
    },
)
def dots(poll: Poll, rule: Rule) -> Tally:
    """The option with the most points; `maximum` limits what one ballot gives to one option."""
    points = {
        option: sum(map(mul, poll.weights, column))
        for option, column in zip(poll.options, poll.columns, strict=True)
    }
    return elections.by_sum(
        poll, points, unit="points", places=rule["winners"], counts={"points": points}
    )
