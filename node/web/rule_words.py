"""The rules of the assembly in plain sentences."""

from collections.abc import Mapping
from typing import Any

from node.assembly.rules import READERS, Rules, plain
from node.web import ballot_words
from node.words import Words

# The rule's name in the code, and the end of its page's address.
SLUGS = {
    "methods": "methodes",
    "method": "methode-habituelle",
    "quorum": "quorum",
    "second_quorum": "seconde-convocation",
    "days": "duree-du-vote",
    "endorsements": "soutiens",
    "is_secret": "secret",
    "hides_results": "resultats",
    "poll_when": "comptes-lies",
    "proxies_most": "procurations",
    "roll_after_days": "corps-electoral",
    "term_months": "mandats",
    "ties": "egalites",
    "draw_mode": "tirage",
    "objections_judge": "objections",
    "consent_rounds": "tours-de-consentement",
    "consent_fallback": "apres-le-dernier-tour",
}
_COUNTED = (
    "days",
    "roll_after_days",
    "term_months",
    "proxies_most",
    "endorsements",
    "consent_rounds",
)


def sentences(words: Words, rules: Rules) -> list[tuple[str, str]]:
    """Return each rule by name with its sentence, in the order of the page."""
    kept = plain(rules)
    return [(name, sentence(words, name, kept[name])) for name in SLUGS if name in READERS]


def sentence(words: Words, name: str, value: Any) -> str:
    """Say what one rule is when it has this value."""
    key = f"rule.{name}"
    if name in _COUNTED:
        return words.plural(key, value) if value else words(f"{key}-none")
    if name == "methods":
        listed = ", ".join(words(f"method.{one}") for one in value)
        return words(key, methods=listed) if value else words(f"{key}-all")
    if name == "method":
        return words(key, method=words(f"method.{value}"))
    if name == "quorum":
        return words(key, quorum=_quorum(words, value[0])) if value else words(f"{key}-none")
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return words(f"{key}-{value}")


def _quorum(words: Words, one: Mapping[str, Any]) -> str:
    return ballot_words.quorum(words, one)
