"""Each option against each other: on how many ballots one stands above the other."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, compress
from operator import gt, lt
from typing import TypeAlias

from node.assembly.phrases import Phrase, Table
from node.assembly.poll import Poll

Matrix: TypeAlias = dict[str, dict[str, int]]


def matrix(poll: Poll, *, is_rank: bool) -> Matrix:
    """Return d[i][j], the ballots that put i above j; a low rank is better, a high score is."""
    above, below = (lt, gt) if is_rank else (gt, lt)
    found: Matrix = {option: {} for option in poll.options}
    for (i, left), (j, right) in combinations(zip(poll.options, poll.columns, strict=True), 2):
        found[i][j] = sum(compress(poll.weights, map(above, left, right)))
        found[j][i] = sum(compress(poll.weights, map(below, left, right)))
    return found


def condorcet_winner(preferred: Matrix) -> str | None:
    """Return the option that beats every other one, if there is one."""
    for option, against in preferred.items():
        if all(count > preferred[other][option] for other, count in against.items()):
            return option
    return None


def closest(preferred: Mapping[str, Mapping[str, int]], option: str) -> tuple[int, int]:
    """Return the tightest of an option's duels: for it, against it."""
    duels = [(count, preferred[other][option]) for other, count in preferred[option].items()]
    return min(duels, key=lambda duel: duel[0] - duel[1])


def table(preferred: Mapping[str, Mapping[str, int]], options: Sequence[str]) -> Table:
    """Make the table of duels: the row against the column."""
    rows = tuple((one, _row(preferred[one], options)) for one in options)
    caption = Phrase("tally.matrix")
    return Table(kind="matrix", caption=caption, columns=tuple(options), rows=rows)


def losses(preferred: Matrix, among: Iterable[str]) -> dict[str, int]:
    """Count the duels that each of some options loses against the others of them."""
    group = list(among)
    return {
        one: sum(preferred[other][one] > preferred[one][other] for other in group if other != one)
        for one in group
    }


def _row(against: Mapping[str, int], options: Sequence[str]) -> tuple[int | None, ...]:
    return tuple(against.get(other) for other in options)
