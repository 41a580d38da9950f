"""Paper ballots in stacks of identical ones, kept in a form from one step to the next."""

from collections import Counter
from collections.abc import Mapping

import msgspec

from node.assembly.voting.answers import Asking
from node.errors import Invalid, Problem
from node.web import ballot_forms, ballot_words
from node.web.forms import Form, Unreadable
from node.words import Words

# These answers are counted one figure for each, also on paper.
COUNTED = ("position", "one")
_Kept = list[tuple[int, str]]


def are_needed(asking: Asking) -> bool:
    """Say whether a ballot says more than one thing, so that figures by answer do not do."""
    return asking.method.ballot.name not in COUNTED


def answers(words: Words, asking: Asking) -> dict[str, str]:
    """Return the answers that are counted with their names, as they are kept."""
    if not asking.has_options:
        return {code: words(f"choice.{code}") for code in asking.codes}
    listed = {asking.written(one["code"]): one["text"] for one in asking.options}
    return {**listed, asking.written(None): words("choice.blank")}


def counted(words: Words, asking: Asking, form: Form) -> dict[str, int]:
    """Read one number for each answer. Raise Invalid."""
    form.problems.clear()
    found = {}
    for place, kept in enumerate(answers(words, asking)):
        number = form.number(field(asking, place, kept))
        if number:
            found[kept] = number
    if form.problems:
        raise Invalid(*form.problems)
    return found


def field(asking: Asking, place: int, kept: str) -> str:
    """Return the name of the field for how many gave an answer."""
    if not asking.has_options:
        return f"count-{kept}"
    return f"count-{asking.codes[place]}" if place < len(asking.codes) else "count-blank"


def read(asking: Asking, form: Form) -> dict[str, int]:
    """Return the stacks that a form carries along. Raise Unreadable for one we did not make."""
    try:
        kept = msgspec.json.decode(form["stacks"] or "[]", type=_Kept)
        return {asking.written(asking.plain(one)): number for number, one in kept if number > 0}
    except (msgspec.DecodeError, Invalid) as error:
        raise Unreadable("these are no stacks of ballots") from error


def written(stacks: Mapping[str, int]) -> str:
    """Return stacks as a form carries them along."""
    return msgspec.json.encode([(number, kept) for kept, number in stacks.items()]).decode()


def add(asking: Asking, stacks: Mapping[str, int], form: Form) -> dict[str, int]:
    """Return the stacks with another one on them. Raise Invalid at the field that is wrong."""
    form.problems.clear()
    number = form.number("weight")
    if not number:
        raise Invalid(*(form.problems or [Problem("weight", "number-missing", {})]))
    kept = asking.written(ballot_forms.read(asking, form))
    return dict(Counter(stacks) + Counter({kept: number}))


def remove(stacks: Mapping[str, int], place: str) -> dict[str, int]:
    """Return the stacks without the one at this place."""
    return {kept: n for at, (kept, n) in enumerate(stacks.items()) if str(at) != place}


def said(words: Words, asking: Asking, stacks: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what each stack says, on one line, with how many ballots it has."""
    return [(_line(words, asking, kept), number) for kept, number in stacks.items()]


def _line(words: Words, asking: Asking, kept: str) -> str:
    lines = ballot_words.answer(words, asking, kept)
    if len(lines) == 1 and not are_needed(asking):
        return lines[0][0]
    if len(lines) == 1 and lines[0][0] == words("choice.blank"):
        return lines[0][0]
    return ", ".join(words("room.mark", option=name, mark=mark) for name, mark in lines)
