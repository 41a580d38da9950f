"""Positions that are summed up and decide nothing (deciding.md, section 5)."""

from node.assembly.ballot_kinds import positions
from node.assembly.phrases import Figure, Phrase, bars
from node.assembly.poll import Poll, Tally

BALLOT = positions("agree", "agree_with_reservations", "abstain", "against")


def sum_up(poll: Poll, key: str) -> Tally:
    """Say how many take each position, with the sentence that goes with the kind of asking."""
    counts = {code: poll.times(code) for code in BALLOT.known}
    figures: dict[str, Figure] = {
        "agree": counts["agree"],
        "reserved": counts["agree_with_reservations"],
        "abstain": counts["abstain"],
        "against": counts["against"],
        "people": Phrase("tally.count.people", count=poll.total),
    }
    return Tally(
        verdict=None,
        explanation=Phrase(key, figures),
        counts=counts,
        tables=(
            bars("tally.result", "tally.votes", counts, lambda code: Phrase(f"choice.{code}")),
        ),
    )
