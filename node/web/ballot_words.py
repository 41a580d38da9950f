"""What a vote and an answer are called: the rule in one plain sentence, a ballot in words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Protocol

from node.assembly import objections
from node.assembly.ballot_kinds import UNRANKED, grade_codes
from node.assembly.parameters import read_amount
from node.assembly.voting.answers import Asking
from node.web.typography import opening
from node.words import Words


class Asked(Protocol):
    """A vote, or the terms of one that is still to be opened."""

    @property
    def method(self) -> str:
        """By which method it is counted."""

    @property
    def is_secret(self) -> bool:
        """Whether the ballot is secret."""

    @property
    def hides_results(self) -> bool:
        """Whether results are shown only at the close."""

    @property
    def poll_ballots(self) -> bool:
        """Whether an answer elsewhere may be a ballot."""

    @property
    def proxies_max(self) -> int:
        """How many proxies one member may hold."""

    @property
    def ties(self) -> str:
        """Whether a draw ends a tie, and by which randomness."""


def rule(words: Words, asked: Asked, parameters: Mapping[str, Any], *, convocation: int = 1) -> str:
    """Say in plain words how the vote is decided, who sees what, and what else holds."""
    said = [
        words(f"vote-rule.{name}")
        for name, holds in (
            ("secret", asked.is_secret),
            ("open", not asked.is_secret),
            ("results-at-close", asked.hides_results),
            ("results-shown", not asked.hides_results),
            ("poll-ballots", asked.poll_ballots),
        )
        if holds
    ]
    if asked.proxies_max:
        said.append(words.plural("vote-rule.proxies", asked.proxies_max))
    if convocation > 1:
        said.append(words("vote-rule.second-convocation"))
    quorums_ = [quorum(words, one) for one in parameters.get("quorum") or ()]
    if asked.ties != "stand":
        said.append(words(f"vote-rule.ties-{asked.ties}"))
    said += consent(words, parameters) if asked.method == "consent" else []
    parts = [threshold(words, asked.method, parameters), *quorums_, *said]
    joint = " ; " if words.language == "fr" else "; "
    rest = joint.join(filter(None, parts))
    return f"{words(f'method-rule.{asked.method}')} {opening(rest)}."


def threshold(words: Words, method: str, parameters: Mapping[str, Any]) -> str:
    """Say which share of what a qualified majority needs."""
    if method not in ("qualified_majority", "absolute_majority"):
        return ""
    share = Fraction(parameters.get("num", 2), parameters.get("den", 3))
    key = "vote-rule.more-than" if parameters.get("strict") else "vote-rule.at-least"
    base = words(f"vote-base.{parameters.get('base', 'cast')}")
    return words(key, share=f"{share.numerator}/{share.denominator}", base=base)


def consent(words: Words, parameters: Mapping[str, Any]) -> list[str]:
    """Say who judges an objection, what follows while one is open, and what silence is worth."""
    rounds, fallback = parameters["further_rounds"], parameters["fallback"]
    said = [
        words(f"vote-rule.judged-by-{parameters['judged_by']}", small=objections.SMALL_CIRCLE),
        words.plural("vote-rule.rounds", rounds) if rounds else words("vote-rule.rounds-none"),
    ]
    if isinstance(fallback, str):
        said.append(words(f"vote-rule.fallback-{fallback}"))
    else:
        share = threshold(words, "qualified_majority", fallback)
        said.append(words("vote-rule.fallback-share", share=share))
    if parameters["minimum_hours"]:
        said.append(words.plural("vote-rule.minimum-hours", parameters["minimum_hours"]))
    if parameters["silence_is_consent"]:
        days, share = parameters["silence_days"], parameters["silence_quorum"]
        said.append(words("vote-rule.silence", days=days, share=share))
    return said


def quorum(words: Words, one: Mapping[str, Any]) -> str:
    """Say what a quorum asks for."""
    share = f"{one['num']}/{one['den']}"
    return words(f"vote-quorum.{one['kind']}", share=share)


def means(words: Words, code: str, *, amends: bool = False) -> str:
    """Say what a position means; about an amendment it is the change that one wants or not."""
    amended = f"choice-means-amended.{code}"
    return words(amended if amends and words.has(amended) else f"choice-means.{code}")


def answer(
    words: Words, asking: Asking, kept: str, *, amends: bool = False
) -> list[tuple[str, str]]:
    """Return a ballot as lines to read: the option, and what was said about it."""
    if not asking.has_options:
        return [(words(f"choice.{kept}"), means(words, kept, amends=amends))]
    given = asking.read(kept)
    texts = [one["text"] for one in asking.options]
    if not given:
        return [(words("choice.blank"), words("choice-means.blank"))]
    marks = tuple(mark for mark in given if isinstance(mark, int))
    kind = asking.method.ballot.name
    if kind == "one":
        return [(texts[marks[0]], words("answer.chosen"))]
    if kind == "order":
        return [(texts[place], words("answer.rank", rank=n)) for n, place in enumerate(marks, 1)]
    if kind == "ranking":
        ranked = sorted(zip(marks, texts, strict=True), key=lambda one: one[0])
        return [(text, _rank(words, mark)) for mark, text in ranked]
    lines = zip(texts, marks, strict=True)
    return [(text, _mark(words, asking, mark)) for text, mark in lines]


def _rank(words: Words, mark: int) -> str:
    if mark == UNRANKED:
        return words("answer.unranked")
    return words("answer.rank", rank=mark + 1)


def _mark(words: Words, asking: Asking, mark: int) -> str:
    kind, rule_ = asking.method.ballot.name, asking.rule
    if kind == "approvals":
        return words("answer.approved" if mark else "answer.not-approved")
    if kind == "grades":
        return grade(words, grade_codes(rule_["grades"])[mark])
    if kind == "dates":
        return words(f"answer.date-{('none', 'no', 'maybe', 'yes')[mark]}")
    if kind == "signs":
        return words({1: "answer.plus", -1: "answer.minus"}.get(mark, "answer.neutral"))
    if kind == "scores":
        if mark < 0:
            return words("answer.not-scored")
        return words("answer.score", score=mark, maximum=rule_["maximum"])
    return words.plural("answer.points", mark)


def grade(words: Words, code: str) -> str:
    """Return a grade by its name, or by its number where an assembly has its own."""
    return words(f"grade.{code}") if words.has(f"grade.{code}") else code


def changes(words: Words, found: Sequence[Any], moment: Any) -> list[str]:
    """Say what was done to a vote since it opened, and why."""
    said = []
    for one in found:
        until = moment(one.until) if isinstance(one.until, datetime) else ""
        said.append(words(f"vote-change.{one.kind}", reason=one.reason, until=until))
    return said


def money(words: Words, amount: str) -> str:
    """Write an amount of money."""
    return words.number(float(read_amount(amount)))
