"""Schulze: every option against every other, and the strongest chain of duels between them."""

from node.assembly import elections, pairwise
from node.assembly.ballot_kinds import RANKING
from node.assembly.elections import settle
from node.assembly.method import decision_method
from node.assembly.pairwise import Matrix
from node.assembly.phrases import Figure, Phrase, bars
from node.assembly.poll import Poll, Rule, Tally


@decision_method("schulze", wire_name="ranked-schulze", ballot=RANKING)
def schulze(poll: Poll, _rule: Rule) -> Tally:
    """Winners are those whom nobody's strongest path beats (Schulze, arXiv:1804.02973)."""
    preferred = pairwise.matrix(poll, is_rank=True)
    strongest = paths(preferred)
    order = layers(strongest)
    chosen = settle(poll, order)
    condorcet = pairwise.condorcet_winner(preferred)
    key, inequality = "tie", ""
    figures: dict[str, Figure] = {"tied": chosen.tied}
    if chosen.winners and len(poll.options) > 1:
        winner = chosen.winners[0]
        key = "condorcet" if condorcet else "drawn" if chosen.is_drawn else "path"
        won, lost = pairwise.closest(preferred if condorcet else strongest, winner)
        figures = {"winner": winner, "won": won, "lost": lost}
        inequality = f"{won} {'>' if won > lost else '='} {lost}"
    elif chosen.winners:
        key, figures = "alone", {"winner": chosen.winners[0]}
    return elections.tally(
        chosen,
        explanation=Phrase(f"tally.schulze.{key}", figures),
        inequality=inequality,
        counts={"pairwise": preferred},
        working={
            "condorcet_winner": condorcet,
            "strongest_paths": strongest,
            "order": order,
            "ranks": elections.ranks(order),
        },
        notes=chosen.notes,
        tables=(
            pairwise.table(preferred, poll.options),
            bars("tally.schulze.duels", "tally.duels", _duels_won(preferred), str),
        ),
    )


def paths(preferred: Matrix) -> Matrix:
    """Return the strength of the strongest path from each option to each other."""
    strength = {
        i: {j: count if count > preferred[j][i] else 0 for j, count in row.items()}
        for i, row in preferred.items()
    }
    for k in strength:
        for i in strength:
            for j in strength:
                if k not in (i, j) and i != j:
                    through = min(strength[i][k], strength[k][j])
                    strength[i][j] = max(strength[i][j], through)
    return strength


def layers(strongest: Matrix) -> list[list[str]]:
    """Return the winners, then the winners among the rest, and so on."""
    left, found = list(strongest), []
    while left:
        best = [i for i in left if all(_holds(strongest, i, j) for j in left)]
        found.append(best)
        left = [option for option in left if option not in best]
    return found


def _holds(strongest: Matrix, i: str, j: str) -> bool:
    return i == j or strongest[i][j] >= strongest[j][i]


def _duels_won(preferred: Matrix) -> dict[str, int]:
    return {
        option: sum(count > preferred[other][option] for other, count in row.items())
        for option, row in preferred.items()
    }
