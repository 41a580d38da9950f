"""What a decision method is, and where the methods are found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Verdict:
    """What came of a vote: the outcome, and the inequality that produced it in figures."""

    outcome: str
    explanation: str


@dataclass(frozen=True)
class Count:
    """How a vote went, as a method sees it: ballots by choice, and the size of the roll."""

    ballots: Mapping[str, int]
    electorate: int

    @property
    def turnout(self) -> int:
        """How many members on the roll answered."""
        return sum(self.ballots.values())


@dataclass(frozen=True)
class DecisionMethod:
    """A rule by which ballots become a verdict."""

    name: str
    wire_name: str
    choices: tuple[str, ...]
    decide: Callable[[Count, Mapping[str, Any]], Verdict]
    rule: Mapping[str, Any] = field(default_factory=dict)


_methods: dict[str, DecisionMethod] = {}

Decide = Callable[[Count, Mapping[str, Any]], Verdict]


def decision_method(
    name: str, *, wire_name: str, choices: tuple[str, ...], rule: Mapping[str, Any]
) -> Callable[[Decide], Decide]:
    """Register a function that turns a count into a verdict under a name of the interface."""

    def register(decide: Decide) -> Decide:
        if name in _methods:
            raise RuntimeError(f"there are two decision methods called {name}")
        _methods[name] = DecisionMethod(name, wire_name, choices, decide, dict(rule))
        return decide

    return register


def find(name: str) -> DecisionMethod:
    """Return the method of this name. Raise KeyError."""
    return _methods[name]


def names() -> list[str]:
    """Return the names of all methods, in order of registration."""
    return list(_methods)
