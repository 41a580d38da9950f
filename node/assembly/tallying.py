"""Counting a vote from a file, so that anyone can count a published vote again (docs/tally.md)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NoReturn

from node import words
from node.assembly import method, tally_facts
from node.assembly.ballot_kinds import Asked
from node.assembly.method import DecisionMethod
from node.assembly.parameters import (
    Unusable,
    plain,
    read_amount,
    read_code,
    read_whole,
    shown,
)
from node.assembly.poll import Choice, Poll, Rule, Tally
from node.assembly.tally_facts import at

OPTIONS_MAX = 1000
_ENTRY = {"choice", "weight"}
_KEYS = (
    "about", "method", "parameters", "electorate", "options", "budget", "ballots", "draw",
    "objections", "text_changed", *tally_facts.NUMBERS,
)  # fmt: skip


@dataclass(frozen=True)
class Task:
    """What a file asks to be counted, checked: the method, its rule, the vote, names to show."""

    method: DecisionMethod
    rule: Rule
    poll: Poll
    names: Mapping[str, str]

    def tally(self) -> Tally:
        """Count it. Raise Invalid when the rule and the figures contradict each other."""
        return self.method.tally(self.poll, self.rule)


def read(source: bytes | str) -> Task:
    """Read a tally file. Raise Invalid with what is wrong, and where."""
    try:
        return _read(parse(source))
    except Unusable as error:
        raise error.as_invalid() from None


def report(task: Task, tally: Tally) -> dict[str, Any]:
    """Return the result as JSON holds it, with its sentences in every language."""

    def said(language: str) -> Callable[[Any], str]:
        return lambda phrase: phrase.said(words.of(language), task.names)

    languages = {language: said(language) for language in words.LANGUAGES}
    return {
        "method": task.method.name,
        "parameters": task.method.written(task.rule),
        "electorate": task.poll.electorate,
        "turnout": task.poll.total,
        "verdict": tally.verdict,
        "reason": tally.reason,
        "winners": list(tally.winners),
        "tied": list(tally.tied),
        "inequality": tally.inequality,
        "explanation": {code: say(tally.explanation) for code, say in languages.items()},
        "notes": {code: list(map(say, tally.notes)) for code, say in languages.items()},
        "quorums": [
            {**plain(one.quorum), "have": one.have, "of": one.of, "needed": one.needed,
             "met": one.is_met}
            for one in tally.quorums
        ],
        "counts": plain(tally.counts),
        "working": plain(tally.working),
    }  # fmt: skip


def parse(source: bytes | str) -> Mapping[str, Any]:
    """Return the object that a file holds, numbers exact. Raise Unusable."""
    try:
        found = json.loads(
            source, object_pairs_hook=_once, parse_float=_exact, parse_constant=_no_number
        )
    except json.JSONDecodeError as error:
        raise Unusable("tally-not-json", line=error.lineno, column=error.colno) from None
    except UnicodeDecodeError as error:
        raise Unusable("tally-not-utf8", byte=error.start) from None
    except RecursionError:
        raise Unusable("tally-too-deep") from None
    except Unusable:
        raise
    except ValueError:
        raise Unusable("tally-not-an-amount") from None
    if not isinstance(found, dict):
        raise Unusable("tally-not-a-mapping")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        raise Unusable("tally-key-twice", max(names, key=names.count))
    return found


def _exact(written: str) -> Fraction:
    return read_amount(written, -(10**15))


def _no_number(written: str) -> NoReturn:
    raise Unusable("tally-not-an-amount", written)


def _read(given: Mapping[str, Any]) -> Task:
    for name in given:
        if name not in _KEYS:
            raise Unusable("tally-unknown-field", name, known=", ".join(_KEYS))
    found = method.find(at("method", read_code, given.get("method"), tuple(method.every())))
    if not isinstance(parameters := given.get("parameters", {}), dict):
        raise Unusable("tally-not-a-mapping", "parameters")
    rule = found.check(parameters)
    names, costs = _options(given.get("options"), found)
    asked = Asked({code: place for place, code in enumerate(names)}, rule)
    ballots = _ballots(given.get("ballots"), found, asked)
    electorate = given.get("electorate")
    if electorate is None and not found.has_verdict:
        electorate = max(1, sum(ballots.values()))
    budget = Fraction(0)
    if found.has_costs:
        budget = at("budget", read_amount, given.get("budget"))
    poll = Poll(
        electorate=at("electorate", read_whole, electorate),
        ballots=ballots,
        options=tuple(names),
        costs=costs,
        budget=budget,
        draw=tally_facts.draw(given.get("draw", []), names),
        facts=tally_facts.read(given),
    )
    return Task(found, rule, poll, names)


def _options(given: object, found: DecisionMethod) -> tuple[dict[str, str], dict[str, Fraction]]:
    """Return the names and the costs by code; options are codes, or objects that say more."""
    if not found.ballot.has_options:
        if given:
            raise Unusable("tally-no-options", "options", method=found.name)
        return {}, {}
    if not isinstance(given, list) or not 0 < len(given) <= OPTIONS_MAX:
        raise Unusable("tally-options-missing", "options", most=OPTIONS_MAX)
    names: dict[str, str] = {}
    costs: dict[str, Fraction] = {}
    for place, one in enumerate(given):
        where = f"options[{place}]"
        option = one if isinstance(one, dict) else {"code": one}
        code = option.get("code")
        if not isinstance(code, str) or not code or option.keys() - {"code", "name", "cost"}:
            raise Unusable("tally-not-an-option", where)
        if code in names:
            raise Unusable("tally-option-twice", where, option=code)
        names[code] = shown(option.get("name", code))
        if found.has_costs:
            costs[code] = at(f"{where}.cost", _cost, option.get("cost"))
    return names, costs


def _cost(value: object) -> Fraction:
    if not (cost := read_amount(value)):
        raise Unusable("tally-not-positive")
    return cost


def _ballots(given: object, found: DecisionMethod, asked: Asked) -> dict[Choice, int]:
    """Return the ballots, identical ones together before any is looked at closely."""
    if not isinstance(given, list):
        raise Unusable("tally-not-a-list", "ballots")
    alike: dict[str, int] = {}
    first: dict[str, int] = {}
    for place, entry in enumerate(given):
        if not isinstance(entry, dict) or "choice" not in entry or entry.keys() - _ENTRY:
            raise Unusable("tally-not-a-ballot", f"ballots[{place}]")
        weight = entry.get("weight", 1)
        if type(weight) is not int or weight < 1:
            raise Unusable("tally-not-positive", f"ballots[{place}].weight")
        key = repr(entry["choice"])
        alike[key] = alike.get(key, 0) + weight
        first.setdefault(key, place)
    ballots: dict[Choice, int] = {}
    for key, place in first.items():
        try:
            choice = found.ballot.read(given[place]["choice"], asked)
        except Unusable as error:
            raise error.within(f"ballots[{place}].choice") from None
        ballots[choice] = ballots.get(choice, 0) + alike[key]
    return ballots
