"""What a decision method is, and where the methods are found."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from node.assembly import parameters, quorums
from node.assembly.ballot_kinds import Kind
from node.assembly.parameters import Parameter, Unusable
from node.assembly.phrases import Phrase, bars
from node.assembly.poll import Choice, Facts, Figures, Poll, Rule, Tally
from node.assembly.quorums import Quorum

WIRE_NAMES = (
    "motion", "consent", "consensus", "single", "approval", "ranked-irv", "ranked-schulze",
    "score", "majority-judgment", "equal-shares", "dates",
)  # fmt: skip
_WIRE_CODES = {"consent_with_concern": "concern", "agree_with_reservations": "reservations"}
CountBallots: TypeAlias = Callable[[Poll, Rule], Tally]
CountFigures: TypeAlias = Callable[[Poll, Rule], Figures]


@dataclass(frozen=True)
class Verdict:
    """What came of a vote: the outcome, and the inequality that produced it in figures."""

    outcome: str
    explanation: str
    reason: str | None = None
    tally: Tally | None = None


@dataclass(frozen=True)
class Count:
    """How a vote by positions went: ballots by choice, and the size of the roll."""

    ballots: Mapping[str, int]
    electorate: int

    @property
    def turnout(self) -> int:
        """How many members on the roll answered."""
        return sum(self.ballots.values())


@dataclass(frozen=True, kw_only=True)
class DecisionMethod:
    """A rule by which ballots become a verdict, or a summary where there is none."""

    name: str
    wire_name: str
    ballot: Kind
    parameters: Mapping[str, Parameter]
    count: CountBallots
    figures: CountFigures
    has_verdict: bool
    has_costs: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The codes of the answers offered; none where people answer about options."""
        return self.ballot.codes

    @property
    def is_federated(self) -> bool:
        """Say whether other nodes know the method by its name on the wire."""
        return self.wire_name in WIRE_NAMES

    @property
    def rule(self) -> dict[str, Any]:
        """The parameters with their defaults, as JSON holds them; no quorum, no `quorum`."""
        return self.written(self.check({}))

    def check(self, rule: Mapping[str, object]) -> dict[str, Any]:
        """Return every parameter, checked. Raise Invalid naming the one that is wrong."""
        try:
            return parameters.read_all(self.parameters, rule)
        except Unusable as error:
            raise error.within("parameters").as_invalid() from None

    def written(self, rule: Rule) -> dict[str, Any]:
        """Return a checked rule as JSON holds it."""
        return {
            name: parameters.plain(value)
            for name, value in rule.items()
            if name != "quorum" or value
        }

    def tally(self, poll: Poll, rule: Mapping[str, object]) -> Tally:
        """Count in the order of deciding.md, 3: electorate, quorum, void, then the method.

        A quorum that is not met leaves the figures in sight and takes the verdict away. Raise
        Invalid when the rule or the figures contradict themselves.
        """
        checked = self.check(rule)
        try:
            _check_electorate(poll)
            figures = self.figures(poll, checked)
            quorums_ = tuple(
                quorums.check(quorum, figures, poll) for quorum in checked.get("quorum", ())
            )
            counted = self.count(poll, checked) if figures.cast else self._void(poll, figures)
        except Unusable as error:
            raise error.as_invalid() from None
        missed = [one.phrase for one in quorums_ if not one.is_met]
        if missed:
            counted = replace(
                counted,
                verdict="quorum_not_met",
                reason=None,
                winners=(),
                tied=(),
                explanation=missed[0],
                inequality=_inequality(quorums_),
            )
        said = (one.phrase for one in quorums_ if one.phrase != counted.explanation)
        return replace(counted, quorums=quorums_, notes=(*said, *counted.notes))

    def decide(self, count: Count, rule: Mapping[str, Any], facts: Facts | None = None) -> Verdict:
        """Count a vote by positions of which only the numbers are known, and what is beside."""
        ballots: dict[Choice, int] = {code: n for code, n in count.ballots.items() if n}
        poll = Poll(electorate=count.electorate, ballots=ballots, facts=facts or Facts())
        tally = self.tally(poll, rule)
        return Verdict(tally.verdict or "", tally.inequality, tally.reason, tally)

    def _void(self, poll: Poll, figures: Figures) -> Tally:
        counts = {code: poll.times(code) for code in self.ballot.known}
        table = bars("tally.result", "tally.votes", counts, lambda code: Phrase(f"choice.{code}"))
        return Tally(
            verdict="void" if self.has_verdict else None,
            explanation=Phrase("tally.void"),
            inequality="0 = 0",
            counts=counts or {"voters": figures.voters, "blank": figures.voters},
            tables=(table,) if counts else (),
        )


_methods: dict[str, DecisionMethod] = {}


def decision_method(
    name: str,
    *,
    wire_name: str,
    ballot: Kind,
    parameters: Mapping[str, Parameter] | None = None,
    quorum: tuple[Quorum, ...] = (),
    figures: CountFigures | None = None,
    has_verdict: bool = True,
    has_costs: bool = False,
) -> Callable[[CountBallots], CountBallots]:
    """Register a function that turns a poll into a tally under a name of the interface."""
    known = dict(parameters or {})
    if has_verdict:
        known["quorum"] = quorums.parameter(*quorum)

    def register(count: CountBallots) -> CountBallots:
        if name in _methods:
            raise RuntimeError(f"there are two decision methods called {name}")
        _methods[name] = DecisionMethod(
            name=name,
            wire_name=wire_name,
            ballot=ballot,
            parameters=known,
            count=count,
            figures=figures or ballot.figures,
            has_verdict=has_verdict,
            has_costs=has_costs,
        )
        return count

    return register


def find(name: str) -> DecisionMethod:
    """Return the method of this name. Raise KeyError."""
    return _methods[name]


def names() -> list[str]:
    """Return the methods that decide on one text by positions, in order of registration."""
    return [name for name, one in _methods.items() if one.choices and one.has_verdict]


def every() -> list[str]:
    """Return the names of all methods, in order of registration."""
    return list(_methods)


def wire_code(code: str) -> str:
    """Return the code of an answer as it is written on the wire (wire.md, section 4)."""
    return _WIRE_CODES.get(code, code.replace("_", "-"))


def _check_electorate(poll: Poll) -> None:
    if poll.electorate < 1:
        raise Unusable("tally-no-electorate", "electorate")
    if poll.total > poll.electorate:
        values = {"ballots": poll.total, "electorate": poll.electorate}
        raise Unusable("tally-too-many-ballots", "ballots", **values)


def _inequality(checks: tuple[quorums.Check, ...]) -> str:
    missed = next(one for one in checks if not one.is_met)
    return f"{missed.have} < {missed.quorum.num}/{missed.quorum.den} × {missed.of}"
