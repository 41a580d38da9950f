"""Quorums: how many must take part, or be in favour, for a vote to count (deciding.md, 4)."""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from node.assembly.parameters import Parameter, Unusable, read_code, read_whole
from node.assembly.phrases import Phrase
from node.assembly.poll import Figures, Poll

KINDS = ("presence", "participation", "cast", "approval", "support", "assemblies")
_FIELDS = ("kind", "num", "den", "represented")


class Quorum(NamedTuple):
    """A share of the members that must be reached; of presence, those represented may count."""

    kind: str
    num: int
    den: int
    represented: bool = False


class Check(NamedTuple):
    """A quorum against the figures: how many there are, of how many, and how many it takes."""

    quorum: Quorum
    have: int
    of: int
    needed: int

    @property
    def is_met(self) -> bool:
        """Say whether have * den >= num * of, in whole numbers."""
        return self.have * self.quorum.den >= self.quorum.num * self.of

    @property
    def phrase(self) -> Phrase:
        """The sentence that says so with the figures."""
        kind = self.quorum.kind
        base = "invited" if kind == "assemblies" else "members"
        return Phrase(
            f"tally.quorum.{'met' if self.is_met else 'not-met'}",
            {
                "have": Phrase(f"tally.quorum.{kind}", count=self.have),
                "needed": self.needed,
                "share": Fraction(self.quorum.num, self.quorum.den),
                "of": Phrase(f"tally.base.{base}", count=self.of),
            },
        )


def check(quorum: Quorum, figures: Figures, poll: Poll) -> Check:
    """Hold a quorum against a vote. Raise Unusable when a fact it needs was not given."""
    facts, of = poll.facts, poll.electorate
    if quorum.kind == "assemblies":
        of = _known(facts.invited, "invited")
    have = {
        "presence": lambda: _known(facts.present, "present") + facts.represented * quorum[3],
        "participation": lambda: figures.voters,
        "cast": lambda: figures.cast,
        "approval": lambda: _known(figures.favour, "parameters.quorum"),
        "support": lambda: _known(facts.supporters, "supporters"),
        "assemblies": lambda: _known(facts.answers, "answers"),
    }[quorum.kind]()
    return Check(quorum, have, of, -(-quorum.num * of // quorum.den))


def read(value: object) -> tuple[Quorum, ...]:
    """Return quorums written one by one or as a list. Raise Unusable."""
    if isinstance(value, Mapping):
        return (_read_one(value),)
    if value is None or isinstance(value, (list, tuple)):
        return tuple(_read_at(place, one) for place, one in enumerate(value or ()))
    raise Unusable("tally-not-a-quorum")


def parameter(*default: Quorum) -> Parameter:
    """The parameter `quorum` that every method with a verdict has."""
    return Parameter(default, read)


def _read_at(place: int, value: object) -> Quorum:
    try:
        return value if isinstance(value, Quorum) else _read_one(value)
    except Unusable as error:
        raise error.within(f"[{place}]") from None


def _read_one(value: object) -> Quorum:
    if not isinstance(value, Mapping):
        raise Unusable("tally-not-a-quorum")
    for name in value:
        if name not in _FIELDS:
            raise Unusable("tally-unknown-parameter", name, known=", ".join(_FIELDS))
    den = _field(value, "den", 1, 1_000_000)
    try:
        kind = read_code(value.get("kind"), KINDS)
    except Unusable as error:
        raise error.within("kind") from None
    represented = value.get("represented", False)
    if not isinstance(represented, bool):
        raise Unusable("tally-not-a-flag", "represented")
    return Quorum(kind, _field(value, "num", 0, den), den, represented)


def _field(value: Mapping[str, object], name: str, at_least: int, at_most: int) -> int:
    try:
        return read_whole(value.get(name), at_least, at_most)
    except Unusable as error:
        raise error.within(name) from None


def _known(value: int | None, name: str) -> int:
    if value is None:
        code = "tally-no-approval" if name == "parameters.quorum" else "tally-fact-missing"
        raise Unusable(code, name)
    return value
