"""Score: each ballot rates the options; the highest sum."""

from itertools import compress
from operator import mul

from node.assembly import elections
from node.assembly.ballot_kinds import SCORES
from node.assembly.method import decision_method
from node.assembly.parameters import one_of, whole
from node.assembly.phrases import Phrase
from node.assembly.poll import Poll, Rule, Tally


def sums_of(poll: Poll) -> dict[str, int]:
    """Return the sum of the ratings of each option; no rating adds nothing."""
    return {
        option: sum(map(mul, poll.weights, [max(mark, 0) for mark in column]))
        for option, column in zip(poll.options, poll.columns, strict=True)
    }


@decision_method(
    "score",
    wire_name="score",
    ballot=SCORES,
    parameters={
        "maximum": whole(10, 1, 1000),
        "blank": one_of("zero", "left_out"),
        "minimum_ratings": whole(0),
        **elections.WINNERS,
    },
)
def score(poll: Poll, rule: Rule) -> Tally:
    """The highest sum wins; rated too rarely, an option cannot, where blanks are left out."""
    sums, cast = sums_of(poll), sum(poll.weights)
    ratings = dict.fromkeys(poll.options, cast)
    notes: tuple[Phrase, ...] = (Phrase("tally.note.blank-is-zero"),)
    if rule["blank"] == "left_out":
        for option, column in zip(poll.options, poll.columns, strict=True):
            ratings[option] = sum(compress(poll.weights, [mark >= 0 for mark in column]))
        minimum = Phrase("tally.note.minimum-ratings", count=rule["minimum_ratings"])
        notes = (minimum,) if rule["minimum_ratings"] else ()
    among = [option for option in poll.options if ratings[option] >= rule["minimum_ratings"]]
    counts = {"sums": sums, "ratings": ratings}
    found = elections.by_sum(
        poll, sums, unit="points", places=rule["winners"], counts=counts, among=among
    )
    return Tally(**{**vars(found), "notes": (*found.notes, *notes)})
