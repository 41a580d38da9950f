"""What public libraries say of elections drawn at random: makes second_opinion.json anew.

    pip install pref-voting==1.18.2 starvote==2.1.6
    python -m tests.assembly.methods.second_opinion

The libraries weigh some 700 MB, so what they say is written down; the elections are drawn again by
the test. A method of theirs answers with everybody who can win; ours names one, or a tie.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

ELECTIONS = 400
HIGHEST = 5
ANSWERS = Path(__file__).with_suffix(".json")
Rankings = list[tuple[int, list[str]]]
Scores = list[tuple[int, dict[str, int]]]


def elections() -> list[tuple[list[str], Rankings, Scores]]:
    """Draw options, complete rankings and scores; always the same ones."""
    dice = random.Random(20261124)
    found = []
    for _ in range(ELECTIONS):
        options = list("ABCDEF"[: dice.randint(2, 6)])
        people = dice.choice((3, 4, 5, 6, 9, 25))
        rankings = [(dice.randint(1, 4), dice.sample(options, len(options))) for _ in range(people)]
        scores = [
            (1, {option: dice.randint(0, HIGHEST) for option in options}) for _ in range(people)
        ]
        found.append((options, rankings, scores))
    return found


def main() -> None:
    """Ask the libraries and write down what they say."""
    from pref_voting.iterative_methods import coombs_put, instant_runoff_put  # noqa: PLC0415
    from pref_voting.margin_based_methods import beat_path  # noqa: PLC0415
    from pref_voting.profiles import Profile  # noqa: PLC0415
    from pref_voting.scoring_methods import borda  # noqa: PLC0415

    answers: list[dict[str, list[str]]] = []
    for options, rankings, scores in elections():
        profile = Profile(
            [[options.index(option) for option in order] for _weight, order in rankings],
            rcounts=[weight for weight, _order in rankings],
        )
        asked: dict[str, Callable[[Any], list[int]]] = {
            "schulze": beat_path,
            "instant_runoff": instant_runoff_put,
            "coombs": coombs_put,
            "borda": borda,
        }
        answer = {name: [options[one] for one in ask(profile)] for name, ask in asked.items()}
        answers.append({**answer, "star": _star(scores)})
    ANSWERS.write_text(
        "[\n" + ",\n".join(json.dumps(one, sort_keys=True) for one in answers) + "\n]\n", "utf-8"
    )


def _star(scores: Scores) -> list[str]:
    """Return the winner; nobody where only a draw can tell."""
    import starvote  # noqa: PLC0415

    try:
        return list(
            starvote.star_voting(
                [given for _weight, given in scores], maximum_score=HIGHEST, tiebreaker=None
            )
        )
    except starvote.UnbreakableTieError:
        return []


if __name__ == "__main__":
    main()
