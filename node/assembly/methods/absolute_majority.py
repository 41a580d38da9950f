"""Absolute majority: more than half of those who voted, or of all members."""

from node.assembly import motions
from node.assembly.method import decision_method
from node.assembly.parameters import fixed, one_of
from node.assembly.poll import Poll, Rule, Tally


@decision_method(
    "absolute_majority",
    wire_name="motion",
    ballot=motions.BALLOT,
    parameters={
        "base": one_of("voters", "members"),
        "num": fixed(1),
        "den": fixed(2),
        "strict": fixed(True),
        **motions.MINIMUM,
    },
)
def absolute_majority(poll: Poll, rule: Rule) -> Tally:
    """Adopted if and only if 2y > P, or 2y > N: abstention weighs against (deciding.md, 4)."""
    return motions.decide(poll, rule)
