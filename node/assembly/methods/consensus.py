"""Consensus minus N: a text passes unless too many block it, or too few carry it."""

from fractions import Fraction

from node.assembly.ballot_kinds import positions
from node.assembly.method import decision_method
from node.assembly.parameters import maybe, share, whole
from node.assembly.phrases import Phrase, bars
from node.assembly.poll import Poll, Rule, Tally

BALLOT = positions(
    "agree",
    "agree_with_reservations",
    "stand_aside",
    "block",
    favour=("agree", "agree_with_reservations"),
)


@decision_method(
    "consensus",
    wire_name="consensus",
    ballot=BALLOT,
    parameters={
        "max_blocks": whole(0),
        "blocks_share": maybe(share("1/10")),
        "max_stand_asides": maybe(whole(0)),
        "few_hands": share("1/4"),
    },
)
def consensus(poll: Poll, rule: Rule) -> Tally:
    """Blocks, then support, then stand-asides are looked at, in this order (deciding.md, 5)."""
    counts = {code: poll.times(code) for code in BALLOT.known}
    agree, reserved, aside, block = counts.values()
    part = sum(counts.values())
    most, limit = rule["max_stand_asides"], _most_blocks(rule, part)
    if block > limit:
        verdict, reason, shown = "blocked", None, f"{block} > {limit}"
    elif agree + reserved < 1:
        verdict, reason, shown = "rejected", "no_support", f"{agree} + {reserved} < 1"
    elif most is not None and aside > most:
        verdict, reason, shown = "rejected", "too_many_stand_asides", f"{aside} > {most}"
    elif agree + reserved <= aside + block:
        verdict, reason = "rejected", "insufficient_support"
        shown = f"{agree} + {reserved} ≤ {aside} + {block}"
    else:
        verdict, reason, shown = "adopted", None, f"{agree} + {reserved} > {aside} + {block}"
    figures = {
        "support": agree + reserved,
        "against": aside + block,
        "aside": aside,
        "blocks": block,
        "limit": limit,
        "most": most or 0,
    }
    table = bars("tally.result", "tally.votes", counts, lambda code: Phrase(f"choice.{code}"))
    return Tally(
        verdict=verdict,
        reason=reason,
        explanation=Phrase(f"tally.consensus.{(reason or verdict).replace('_', '-')}", figures),
        inequality=shown,
        counts=counts,
        tables=(table,),
        notes=_notes(verdict, block, aside, part, rule["few_hands"]),
    )


def _most_blocks(rule: Rule, part: int) -> int:
    """Return how many blocks are tolerated: N, or a share of those who took part."""
    ratio: Fraction | None = rule["blocks_share"]
    if ratio is None:
        return int(rule["max_blocks"])
    return ratio.numerator * part // ratio.denominator


def _notes(
    verdict: str, block: int, aside: int, part: int, few_hands: Fraction
) -> tuple[Phrase, ...]:
    if verdict != "adopted":
        return ()
    notes = []
    if block:
        notes.append(Phrase("tally.note.tolerated-blocks", count=block))
    if aside and aside * few_hands.denominator >= few_hands.numerator * part:
        notes.append(Phrase("tally.note.few-hands", count=aside))
    return tuple(notes)
