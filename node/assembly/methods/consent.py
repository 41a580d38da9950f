"""Consent: a text passes when nobody has an objection that still stands."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from node.assembly import motions, objections
from node.assembly.ballot_kinds import positions
from node.assembly.method import decision_method
from node.assembly.motions import Threshold
from node.assembly.parameters import (
    Parameter,
    Unusable,
    flag,
    one_of,
    read_all,
    read_code,
    share,
    whole,
)
from node.assembly.phrases import Phrase, bars
from node.assembly.poll import Figures, Poll, Rule, Tally
from node.assembly.quorums import Quorum

BALLOT = positions(
    "consent",
    "consent_with_concern",
    "objection",
    "not_concerned",
    favour=("consent", "consent_with_concern"),
    cast=("consent", "consent_with_concern", "objection"),
)
_SHARES = {"two_thirds": (2, 3), "three_quarters": (3, 4)}
_FALLBACK: Mapping[str, Parameter] = {
    "num": whole(3, 1, 1_000_000),
    "den": whole(4, 1, 1_000_000),
    "base": one_of("cast", "voters", "members"),
    "strict": flag(False),
}


def _fallback(value: object) -> Any:
    if isinstance(value, Mapping):
        found = read_all(_FALLBACK, value)
        if found["num"] > found["den"]:
            raise Unusable("tally-out-of-range", "num", least=1, most=found["den"])
        return found
    return read_code(value, objections.FALLBACKS)


def _silent(poll: Poll, rule: Rule) -> int:
    """Count the members whose silence is consent: enough answered, and all were told in time."""
    ratio, told = rule["silence_quorum"], poll.facts.notified_days
    if not rule["silence_is_consent"] or told is None or told < rule["silence_days"]:
        return 0
    if poll.total * ratio.denominator < ratio.numerator * poll.electorate:
        return 0
    return poll.electorate - poll.total


def _figures(poll: Poll, rule: Rule) -> Figures:
    explicit, silent = BALLOT.figures(poll, rule), _silent(poll, rule)
    favour = (explicit.favour or 0) + silent
    return Figures(cast=explicit.cast, voters=explicit.voters + silent, favour=favour)


@decision_method(
    "consent",
    wire_name="consent",
    ballot=BALLOT,
    quorum=(Quorum("participation", 1, 2),),
    figures=_figures,
    parameters={
        "judged_by": one_of("by_size", *objections.JUDGES),
        "further_rounds": whole(2, 0, 100),
        "fallback": Parameter("rejected", _fallback),
        "minimum_hours": whole(0),
        "silence_is_consent": flag(False),
        "silence_quorum": share("1/2"),
        "silence_days": whole(7),
    },
)
def consent(poll: Poll, rule: Rule) -> Tally:
    """Adopted if and only if no objection is open, in time, on one version (deciding.md, 5)."""
    counts = {code: poll.times(code) for code in BALLOT.known}
    judged_by = objections.judge(rule["judged_by"], poll.electorate)
    still_open = objections.count_open(poll.facts.objections, counts["objection"], judged_by)
    silent = _silent(poll, rule)
    verdict, explanation, inequality = _decide(poll, rule, counts, still_open)
    notes = [Phrase("tally.note.silence", count=silent)] if silent else []
    if verdict == "adopted":
        notes.append(Phrase("tally.note.review"))
    return Tally(
        verdict=verdict,
        explanation=explanation,
        inequality=inequality,
        counts={**counts, "silent": silent},
        working={
            "open_objections": still_open,
            "judged_by": judged_by,
            "round": poll.facts.round,
            **_by_state(poll),
        },
        tables=(
            bars("tally.result", "tally.votes", counts, lambda code: Phrase(f"choice.{code}")),
        ),
        notes=tuple(notes),
    )


def _by_state(poll: Poll) -> dict[str, dict[str, int]]:
    states = Counter(one.state for one in poll.facts.objections or ())
    return {"objections": dict(sorted(states.items()))} if states else {}


def _decide(
    poll: Poll, rule: Rule, counts: Mapping[str, int], still_open: int
) -> tuple[str, Phrase, str]:
    facts, shown = poll.facts, f"{still_open} > 0"
    figures = {"open": still_open, "round": facts.round}
    if still_open and facts.round <= rule["further_rounds"]:
        left = Phrase("tally.consent.rounds-left", count=rule["further_rounds"] - facts.round + 1)
        return "blocked", Phrase("tally.consent.blocked", {**figures, "left": left}), shown
    if still_open:
        return _fall_back(poll, rule, counts, still_open)
    if facts.is_changed:
        return "deferred", Phrase("tally.consent.changed"), ""
    if rule["minimum_hours"]:
        if facts.hours_open is None:
            raise Unusable("tally-fact-missing", "hours_open")
        if facts.hours_open < rule["minimum_hours"]:
            early = {"hours": facts.hours_open, "needed": rule["minimum_hours"]}
            inequality = f"{facts.hours_open} < {rule['minimum_hours']}"
            return "deferred", Phrase("tally.consent.early", early), inequality
    given = {
        "consents": counts["consent"] + counts["consent_with_concern"],
        "concerns": counts["consent_with_concern"],
    }
    return "adopted", Phrase("tally.consent.adopted", given), "0 = 0"


def _fall_back(
    poll: Poll, rule: Rule, counts: Mapping[str, int], still_open: int
) -> tuple[str, Phrase, str]:
    fallback, figures = rule["fallback"], {"open": still_open, "round": poll.facts.round}
    if isinstance(fallback, Mapping):
        threshold = Threshold(*(fallback[name] for name in Threshold._fields))
    elif fallback in _SHARES:
        threshold = Threshold(*_SHARES[fallback], "cast", strict=False)
    else:
        return fallback, Phrase(f"tally.consent.fallback-{fallback}", figures), f"{still_open} > 0"
    found = BALLOT.figures(poll, rule)
    favour = counts["consent"] + counts["consent_with_concern"]
    base = {"cast": found.cast, "voters": found.voters, "members": poll.electorate}[threshold.base]
    verdict = "adopted" if threshold.passes(favour, base) else "rejected"
    sentence, inequality = motions.explain(threshold, favour, counts["objection"], base, verdict)
    return verdict, Phrase("tally.consent.fallback", {**figures, "vote": sentence}), inequality
