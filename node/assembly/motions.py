"""Counting for and against: the one rule behind every kind of majority (deciding.md, 4)."""

from fractions import Fraction
from typing import NamedTuple

from node.assembly.ballot_kinds import positions
from node.assembly.parameters import Parameter, Unusable, maybe, one_of, whole
from node.assembly.phrases import Figure, Phrase, bars
from node.assembly.poll import Poll, Rule, Tally

BALLOT = positions(
    "for",
    "against",
    "abstain",
    also=("blank", "not_taking_part"),
    favour=("for",),
    cast=("for", "against"),
    absent=("not_taking_part",),
)
MINIMUM: dict[str, Parameter] = {"minimum": maybe(whole(0))}
TIE: dict[str, Parameter] = {"tie": one_of("rejected", "deferred", "draw")}


class Threshold(NamedTuple):
    """What a number of votes for is held against: num/den of the base, reached or passed."""

    num: int
    den: int
    base: str
    strict: bool

    def passes(self, favour: int, base: int) -> bool:
        """Say whether den * y >= num * base, or > when strict, in whole numbers."""
        left, right = self.den * favour, self.num * base
        return left > right if self.strict else left >= right

    def sign(self, passes: bool) -> str:
        """Return the comparison as it came out."""
        if self.strict:
            return ">" if passes else "≤"
        return "≥" if passes else "<"

    @property
    def is_simple(self) -> bool:
        """Say whether it is more for than against, so that a tie can happen."""
        return self.base == "cast" and self.strict and 2 * self.num == self.den


def decide(poll: Poll, rule: Rule) -> Tally:
    """Adopted if and only if the votes for reach the threshold and the minimum, if there is one."""
    threshold = Threshold(rule["num"], rule["den"], rule["base"], rule["strict"])
    counts = {code: poll.times(code) for code in BALLOT.known}
    favour, against = counts["for"], counts["against"]
    figures = BALLOT.figures(poll, rule)
    base = {"cast": figures.cast, "voters": figures.voters, "members": poll.electorate}
    passes = threshold.passes(favour, base[threshold.base])
    verdict = "adopted" if passes else "rejected"
    if threshold.is_simple and favour == against:
        verdict = _break_tie(poll, rule.get("tie", "rejected"))
    minimum = rule.get("minimum")
    if minimum is not None and favour < minimum and verdict != "rejected":
        return _tally(poll, counts, "rejected", *_below(favour, minimum), "insufficient_support")
    explained = explain(threshold, favour, against, base[threshold.base], verdict)
    return _tally(poll, counts, verdict, *explained)


def explain(
    threshold: Threshold, favour: int, against: int, base: int, verdict: str
) -> tuple[Phrase, str]:
    """Return the inequality as a sentence and in figures alone."""
    sign = threshold.sign(threshold.passes(favour, base))
    outcome = Phrase(f"tally.verdict.{verdict}")
    if threshold.is_simple:
        sign = "=" if favour == against else sign
        simple: dict[str, Figure] = {"favour": favour, "against": against, "verdict": outcome}
        written = "≤" if sign == "=" else sign
        return Phrase(
            "tally.motion.simple", {**simple, "sign": sign}
        ), f"{favour} {written} {against}"
    figures: dict[str, Figure] = {
        "favour": favour,
        "sign": sign,
        "share": Fraction(threshold.num, threshold.den),
        "base": Phrase(f"tally.base.{threshold.base}", count=base),
        "verdict": outcome,
    }
    share = f"{threshold.num}/{threshold.den}"
    return Phrase("tally.motion.share", figures), f"{favour} {sign} {share} × {base}"


def _below(favour: int, minimum: int) -> tuple[Phrase, str]:
    return Phrase(
        "tally.motion.minimum", {"favour": favour, "minimum": minimum}
    ), f"{favour} < {minimum}"


def _break_tie(poll: Poll, tie: str) -> str:
    if tie != "draw":
        return tie
    if not poll.draw:
        return "tie"
    if poll.draw[0] not in ("adopted", "rejected"):
        raise Unusable("tally-unknown-value", "draw", value=poll.draw[0], known="adopted, rejected")
    return poll.draw[0]


def _tally(
    poll: Poll,
    counts: dict[str, int],
    verdict: str,
    explanation: Phrase,
    inequality: str,
    reason: str | None = None,
) -> Tally:
    said = {code: n for code, n in counts.items() if n or code in BALLOT.codes}
    table = bars("tally.result", "tally.votes", said, lambda code: Phrase(f"choice.{code}"))
    drawn = () if not poll.draw or counts["for"] != counts["against"] else (_drawn(verdict),)
    return Tally(
        verdict=verdict,
        reason=reason,
        explanation=explanation,
        inequality=inequality,
        counts=counts,
        tables=(table,),
        notes=drawn,
    )


def _drawn(verdict: str) -> Phrase:
    return Phrase("tally.note.draw-motion", {"verdict": Phrase(f"tally.verdict.{verdict}")})
