"""Qualified majority: a share of the votes cast, of the voters or of the members."""

from node.assembly import motions
from node.assembly.method import decision_method
from node.assembly.parameters import Unusable, flag, one_of, whole
from node.assembly.poll import Poll, Rule, Tally


@decision_method(
    "qualified_majority",
    wire_name="motion",
    ballot=motions.BALLOT,
    parameters={
        "base": one_of("cast", "voters", "members"),
        "num": whole(2, 1, 1_000_000),
        "den": whole(3, 1, 1_000_000),
        "strict": flag(False),
        **motions.MINIMUM,
        **motions.TIE,
    },
)
def qualified_majority(poll: Poll, rule: Rule) -> Tally:
    """Adopted if and only if m*y >= k*B, or > when strict (deciding.md, section 4)."""
    if rule["num"] > rule["den"] - rule["strict"]:
        raise Unusable("tally-out-of-range", "parameters.num", least=1, most=rule["den"])
    return motions.decide(poll, rule)
