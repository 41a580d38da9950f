"""Elimination round by round, with every way a tie can go explored before any is taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from node.assembly import elections
from node.assembly.elections import Chosen
from node.assembly.phrases import Figure, Phrase, Table
from node.assembly.poll import Poll, Tally

UNIVERSES_MAX = 200
Alive: TypeAlias = frozenset[str]


class Round(NamedTuple):
    """How the ballots stand among those left, who has won, and who could have to leave.

    Each of `leaving` is a set that leaves together; more than one is a tie.
    """

    counts: dict[str, int]
    exhausted: int
    winner: str | None
    leaving: tuple[Alive, ...]


@dataclass
class Elimination:
    """The rounds so far, and the way each tie was settled."""

    poll: Poll
    look: Callable[[Alive], Round]
    goes_back: bool
    rounds: list[dict[str, object]] = field(default_factory=list)
    history: list[dict[str, int]] = field(default_factory=list)
    notes: list[Phrase] = field(default_factory=list)
    known: dict[Alive, Round] = field(default_factory=dict)

    def run(self) -> Chosen:
        """Eliminate until somebody wins, or until only a draw can say who leaves."""
        alive, is_drawn = frozenset(self.poll.options), False
        while True:
            now = self.at(alive)
            self.history.append(now.counts)
            if now.winner is not None:
                self._note(now, frozenset())
                return Chosen((now.winner,), is_drawn=is_drawn)
            left, tied = self._leaving(alive, now)
            if tied and set(left) <= set(self.poll.draw):
                leaves = max(left, key=self.poll.draw.index)
                figures: dict[str, Figure] = {"tied": left, "leaves": leaves}
                self.notes.append(Phrase("tally.note.draw-round", figures))
                is_drawn, left, tied = True, (leaves,), ()
            leaving = frozenset() if tied else frozenset(left)
            self._note(now, leaving)
            if tied:
                self.notes.append(Phrase("tally.note.draw-round-needed", {"tied": left}))
                return Chosen((), tied)
            alive -= leaving

    def at(self, alive: Alive) -> Round:
        """Return how the ballots stand among these, counted once."""
        if alive not in self.known:
            self.known[alive] = self.look(alive)
        return self.known[alive]

    def possible(self, alive: Alive) -> frozenset[str] | None:
        """Return who can win when every tie is settled in every way; None if there are too many."""
        found: dict[Alive, frozenset[str]] = {}
        stack = [alive]
        while stack:
            now = self.at(stack[-1])
            nexts = [stack[-1] - leaving for leaving in now.leaving] if not now.winner else []
            if unknown := [one for one in nexts if one not in found]:
                stack += unknown
            else:
                wins = frozenset().union(*(found[one] for one in nexts))
                found[stack.pop()] = frozenset((now.winner,)) if now.winner else wins
            if len(found) + len(stack) > UNIVERSES_MAX:
                return None
        return found[alive]

    def _leaving(self, alive: Alive, now: Round) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return who leaves; or those of whom one must leave, and who can win then."""
        names = self._sorted({one for group in now.leaving for one in group})
        if len(now.leaving) == 1:
            return names, ()
        if len(self._ends(alive, names)) == 1:
            self.notes.append(Phrase("tally.note.universes", {"tied": names}))
            return names[:1], ()
        left = self._looking_back(names) if self.goes_back else names
        ends = self._ends(alive, left)
        if len(left) > 1 and len(ends) > 1:
            return left, ends
        figures: dict[str, Figure] = {"tied": names, "leaves": left[0]}
        self.notes.append(Phrase("tally.note.backward", figures))
        return left[:1], ()

    def _ends(self, alive: Alive, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return who can win after one of these leaves; everybody when it is too much to say."""
        ends = [self.possible(alive - {name}) for name in names]
        return self._sorted({one for end in ends for one in (alive if end is None else end)})

    def _looking_back(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Keep those who had fewest in the latest earlier round in which they differ."""
        for counts in reversed(self.history[:-1]):
            fewest = min(counts[name] for name in names)
            names = tuple(name for name in names if counts[name] == fewest)
        return names

    def _sorted(self, names: set[str]) -> tuple[str, ...]:
        return tuple(sorted(names, key=self.poll.options.index))

    def _note(self, now: Round, leaving: Alive) -> None:
        self.rounds.append(
            {
                "counts": now.counts,
                "exhausted": now.exhausted,
                "eliminated": list(self._sorted(set(leaving))),
            }
        )


def decide(poll: Poll, look: Callable[[Alive], Round], *, goes_back: bool) -> Tally:
    """Run the rounds and make the result of them."""
    elimination = Elimination(poll, look, goes_back)
    chosen = elimination.run()
    last = elimination.history[-1]
    continuing, inequality = sum(last.values()), ""
    explanation = Phrase("tally.runoff.tie", {"tied": chosen.tied})
    if chosen.winners:
        (winner,) = chosen.winners
        figures: dict[str, Figure] = {
            "winner": winner,
            "votes": last[winner],
            "base": Phrase("tally.base.continuing", count=continuing),
            "round": len(elimination.rounds),
        }
        explanation = Phrase("tally.runoff.won", figures)
        inequality = f"2 × {last[winner]} > {continuing}"
    return elections.tally(
        chosen,
        explanation=explanation,
        inequality=inequality,
        counts={"first_choices": elimination.history[0]},
        working={"rounds": elimination.rounds},
        tables=(table(elimination.history, poll.options),),
        notes=tuple(elimination.notes),
    )


def majority(counts: Mapping[str, int]) -> str | None:
    """Return who has more than half of the ballots that continue, if anybody has."""
    top = max(counts, key=counts.__getitem__)
    return top if 2 * counts[top] > sum(counts.values()) else None


def first_places(
    ballots: Sequence[tuple[tuple[int, ...], int]], options: Sequence[str], alive: Alive
) -> tuple[dict[str, int], int]:
    """Count the best surviving choice of each ballot, and the ballots with none left."""
    counts = [0] * (len(options) + 1)
    is_alive = [option in alive for option in options]
    for order, weight in ballots:
        for place in order:
            if is_alive[place]:
                counts[place] += weight
                break
        else:
            counts[-1] += weight
    found = {
        option: count for option, count in zip(options, counts, strict=False) if option in alive
    }
    return found, counts[-1]


def table(history: Sequence[Mapping[str, int]], options: Sequence[str]) -> Table:
    """Make the table of the rounds: a line for each option, empty once it has left."""
    columns: tuple[Figure, ...] = tuple(
        Phrase("tally.round", {"number": number}) for number in range(1, len(history) + 1)
    )
    rows = tuple((one, tuple(counts.get(one) for counts in history)) for one in options)
    return Table(kind="rounds", caption=Phrase("tally.rounds"), columns=columns, rows=rows)
