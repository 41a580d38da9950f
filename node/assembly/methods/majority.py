"""Simple majority: more votes for than against; a tie leaves things as they are."""

from collections.abc import Mapping
from typing import Any

from node.assembly.method import Count, Verdict, decision_method


@decision_method(
    "majority",
    wire_name="motion",
    choices=("for", "against", "abstain"),
    rule={"base": "cast", "num": 1, "den": 2, "strict": True},
)
def simple_majority(count: Count, _rule: Mapping[str, Any]) -> Verdict:
    """Adopted if and only if y > n, of the votes cast for or against (deciding.md, section 4)."""
    favour, against = count.ballots.get("for", 0), count.ballots.get("against", 0)
    if favour + against == 0:
        return Verdict("void", f"{favour} + {against} = 0")
    if favour > against:
        return Verdict("adopted", f"{favour} > {against}")
    return Verdict("rejected", f"{favour} ≤ {against}")
