"""Date poll: yes, perhaps or no for each date; a summary, no verdict."""

from itertools import compress

from node.assembly.ballot_kinds import DATES
from node.assembly.elections import groups_by
from node.assembly.method import decision_method
from node.assembly.phrases import Figure, Phrase, Table
from node.assembly.poll import Poll, Rule, Tally

_ANSWERS = {"yes": 3, "maybe": 2, "no": 1, "unanswered": 0}


@decision_method("dates", wire_name="dates", ballot=DATES, has_verdict=False)
def dates(poll: Poll, _rule: Rule) -> Tally:
    """The best dates have most yes; among these, most yes and maybe together."""
    counts = {
        option: {
            answer: sum(compress(poll.weights, [given == mark for given in column]))
            for answer, mark in _ANSWERS.items()
        }
        for option, column in zip(poll.options, poll.columns, strict=True)
    }
    order = groups_by({option: (one["yes"], one["maybe"]) for option, one in counts.items()})
    best = tuple(order[0])
    yes, maybe = counts[best[0]]["yes"], counts[best[0]]["maybe"]
    figures: dict[str, Figure] = {"best": best, "yes": yes, "maybe": maybe, "voters": poll.total}
    return Tally(
        verdict=None,
        explanation=Phrase("tally.dates.best", figures),
        counts=counts,
        working={"best": list(best), "order": order},
        tables=(
            Table(
                kind="profile",
                caption=Phrase("tally.dates.caption"),
                columns=tuple(Phrase(f"tally.dates.{answer}") for answer in reversed(_ANSWERS)),
                rows=tuple(
                    (option, tuple(reversed(counts[option].values())))
                    for group in order
                    for option in group
                ),
            ),
        ),
    )
