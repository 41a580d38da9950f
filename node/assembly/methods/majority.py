"""Simple majority: more votes for than against; a tie leaves things as they are."""

from node.assembly import motions
from node.assembly.method import decision_method
from node.assembly.parameters import fixed
from node.assembly.poll import Poll, Rule, Tally


@decision_method(
    "majority",
    wire_name="motion",
    ballot=motions.BALLOT,
    parameters={
        "base": fixed("cast"),
        "num": fixed(1),
        "den": fixed(2),
        "strict": fixed(True),
        **motions.MINIMUM,
        **motions.TIE,
    },
)
def simple_majority(poll: Poll, rule: Rule) -> Tally:
    """Adopted if and only if y > n, of the votes cast for or against (deciding.md, section 4)."""
    return motions.decide(poll, rule)
