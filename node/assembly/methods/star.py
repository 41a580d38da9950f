"""STAR: the two best rated options meet, and the one preferred on more ballots wins."""

from collections.abc import Mapping
from itertools import combinations, compress

from node.assembly import elections, pairwise
from node.assembly.ballot_kinds import SCORES
from node.assembly.elections import Chosen, groups_by
from node.assembly.method import decision_method
from node.assembly.methods.score import sums_of
from node.assembly.pairwise import Matrix
from node.assembly.parameters import whole
from node.assembly.phrases import Figure, Phrase, bars
from node.assembly.poll import Poll, Rule, Tally


@decision_method("star", wire_name="star", ballot=SCORES, parameters={"maximum": whole(5, 1, 1000)})
def star(poll: Poll, rule: Rule) -> Tally:
    """Score, then automatic runoff, with the ties of deciding.md, 6 (starvoting.org)."""
    sums, preferred = sums_of(poll), pairwise.matrix(poll, is_rank=False)
    top = {
        option: sum(compress(poll.weights, [mark == rule["maximum"] for mark in column]))
        for option, column in zip(poll.options, poll.columns, strict=True)
    }
    pairs = finalists(poll, groups_by(sums), preferred, top)
    winners = {pair: _runoff(pair, sums, preferred, top) for pair in pairs}
    possible = {option for group in winners.values() for option in group}
    chosen = elections.settle(poll, [possible])
    shown = next((pair for pair in pairs if chosen.winners and chosen.winners[0] in pair), pairs[0])
    runoff = {option: _votes(shown, option, preferred) for option in shown}
    explanation, inequality = _explain(chosen, runoff)
    return elections.tally(
        chosen,
        explanation=explanation,
        inequality=inequality,
        counts={"sums": sums, "runoff": runoff, "top_ratings": top},
        working={"finalists": [list(pair) for pair in pairs], "pairwise": preferred},
        notes=chosen.notes,
        tables=(
            bars("tally.star.sums", "tally.points", sums, str),
            bars("tally.star.runoff", "tally.votes", runoff, str),
        ),
    )


def finalists(
    poll: Poll, groups: list[list[str]], preferred: Matrix, top: Mapping[str, int]
) -> list[tuple[str, ...]]:
    """Return the pair that meets in the runoff; each possible pair where a tie leaves it open."""
    sure: list[str] = []
    places = min(2, len(poll.options))
    for group in groups:
        if not (free := places - len(sure)):
            break
        seated, level = _seat(group, free, preferred, top)
        sure += seated
        if (free := places - len(sure)) and level:
            if set(level) <= set(poll.draw):
                level = sorted(level, key=poll.draw.index)[:free]
            if len(level) > free:
                return [(*sure, *some) for some in combinations(level, free)]
            sure += level
    return [tuple(sure)]


def _seat(
    tied: list[str], places: int, preferred: Matrix, top: Mapping[str, int]
) -> tuple[list[str], list[str]]:
    """Return who of those with one sum is a finalist, and those still level for what is left.

    Who loses fewest duels among them comes first, then who has most top ratings; each step is
    taken again among those it leaves level.
    """
    if len(tied) <= places:
        return tied, []
    losses = pairwise.losses(preferred, tied)
    for rank in ({option: -lost for option, lost in losses.items()}, top):
        best = max(rank[option] for option in tied)
        first = [option for option in tied if rank[option] == best]
        rest = [option for option in tied if rank[option] != best]
        if rest and len(first) >= places:
            return _seat(first, places, preferred, top)
        if rest:
            seated, level = _seat(rest, places - len(first), preferred, top)
            return first + seated, level
    return [], tied


def _runoff(
    pair: tuple[str, ...], sums: dict[str, int], preferred: Matrix, top: dict[str, int]
) -> list[str]:
    """Return the winner: more ballots, else the higher score, else more top ratings, else both."""
    key = {option: (_votes(pair, option, preferred), sums[option], top[option]) for option in pair}
    return groups_by(key)[0]


def _votes(pair: tuple[str, ...], option: str, preferred: Matrix) -> int:
    return sum(preferred[option][other] for other in pair if other != option)


def _explain(chosen: Chosen, runoff: dict[str, int]) -> tuple[Phrase, str]:
    if chosen.tied:
        return Phrase("tally.star.tie", {"tied": chosen.tied}), ""
    winner = chosen.winners[0]
    if len(runoff) == 1:
        return Phrase("tally.star.alone", {"winner": winner}), ""
    other = next(option for option in runoff if option != winner)
    votes, against = runoff[winner], runoff[other]
    figures: dict[str, Figure] = {"winner": winner, "votes": votes, "other": other}
    key, sign = ("won", ">") if votes > against else ("even", "=")
    phrase = Phrase(f"tally.star.{key}", {**figures, "against": against})
    return phrase, f"{votes} {sign} {against}"
