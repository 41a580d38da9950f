"""How the parts of a decision are said, on its page, in the table and on paper."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from node.words import Words


def choice(code: str, words: Words, names: Mapping[str, str] | None = None) -> str:
    """Say an answer: a position in words, an option by its name."""
    if names and code in names:
        return names[code]
    return words(f"choice.{code}") if words.has(f"choice.{code}") else code


def names(options: Iterable[Mapping[str, Any]] | None) -> dict[str, str]:
    """Return the options of a vote by code."""
    return {one["code"]: one["text"] for one in options or ()}


def explanation(figures: str, words: Words) -> str:
    """Say the inequality of a result: figures as they are, grades by their names."""

    def named(code: re.Match[str]) -> str:
        key = f"grade.{code[0]}"
        return words(key) if words.has(key) else code[0]

    return re.sub(r"[a-z_]+", named, figures)


def reasons(
    given: Mapping[str, Sequence[str]], tolerated: Sequence[str]
) -> dict[str, Sequence[str]]:
    """Return the reasons by answer, but for those of tolerated blocks, which stand apart."""
    return {code: one for code, one in given.items() if not (code == "block" and tolerated)}


def quorum(one: Mapping[str, Any], words: Words) -> str:
    """Say of a quorum whether it was met, with its figures."""
    figures = {name: words.number(int(one.get(name, 0))) for name in ("have", "of", "needed")}
    return words(f"register.quorum.{'met' if one.get('met') else 'not-met'}", **figures)


def day(moment: date, words: Words) -> str:
    """Write a day in words with its weekday: mercredi 2 décembre 2026."""
    return words.calendar_day(moment)


def short_day(moment: date, words: Words) -> str:
    """Write a day shortly: 2 déc. 2026."""
    return words.calendar_day(moment, "d MMM y")
