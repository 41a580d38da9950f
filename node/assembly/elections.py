"""From an order of preference to who is chosen: places, ties, and the draw that ends them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from node.assembly.parameters import Parameter, whole
from node.assembly.phrases import Figure, Phrase, Table, bars
from node.assembly.poll import Poll, Tally

WINNERS: dict[str, Parameter] = {"winners": whole(1, 1, 1000)}


class Chosen(NamedTuple):
    """Who is in, and between whom a draw still has to decide; `is_drawn` once it has."""

    winners: tuple[str, ...]
    tied: tuple[str, ...] = ()
    is_drawn: bool = False

    @property
    def verdict(self) -> str:
        """Adopted when all places are taken, else a tie."""
        return "tie" if self.tied else "adopted"

    @property
    def notes(self) -> tuple[Phrase, ...]:
        """Say that a draw decided, or that one is needed."""
        if self.is_drawn:
            return (Phrase("tally.note.draw", {"winners": self.winners}),)
        return (Phrase("tally.note.draw-needed", {"tied": self.tied}),) if self.tied else ()


def settle(poll: Poll, groups: Sequence[Collection[str]], places: int = 1) -> Chosen:
    """Give the places to the best groups; where one is too large, only a recorded draw decides."""
    winners: list[str] = []
    for group in groups:
        free = places - len(winners)
        members = [option for option in poll.options if option in group]
        if not free:
            break
        if len(members) <= free:
            winners += members
        elif set(members) <= set(poll.draw):
            drawn = sorted(members, key=poll.draw.index)[:free]
            return Chosen((*winners, *drawn), is_drawn=True)
        else:
            return Chosen(tuple(winners), tuple(members))
    return Chosen(tuple(winners))


def groups_by(values: Mapping[str, Any]) -> list[list[str]]:
    """Return the options in groups of equals, the highest first."""
    found: dict[Any, list[str]] = {}
    for option, value in values.items():
        found.setdefault(value, []).append(option)
    return [found[value] for value in sorted(found, reverse=True)]


def ranks(groups: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the rank of each option, 1 the best; those who tie share it."""
    found, rank = {}, 1
    for group in groups:
        found.update(dict.fromkeys(group, rank))
        rank += len(group)
    return found


def by_sum(
    poll: Poll,
    sums: Mapping[str, int],
    *,
    unit: str,
    places: int = 1,
    counts: Mapping[str, Any] | None = None,
    then: Callable[[str], int] = lambda _option: 0,
    among: Collection[str] | None = None,
) -> Tally:
    """Give the places to the highest sums, equal sums being told apart by `then`."""
    eligible = poll.options if among is None else [one for one in poll.options if one in among]
    groups = groups_by({option: (sums[option], then(option)) for option in eligible})
    chosen = settle(poll, groups, places)
    explanation, inequality = _explain(sums, groups, chosen, unit)
    return tally(
        chosen if eligible else None,
        explanation=explanation,
        inequality=inequality,
        counts=counts or {"sums": dict(sums)},
        working={"ranks": ranks(groups)},
        tables=(bars("tally.result", f"tally.{unit}", sums, str),),
        notes=chosen.notes,
    )


def tally(
    chosen: Chosen | None,
    *,
    explanation: Phrase,
    inequality: str = "",
    counts: Mapping[str, Any],
    working: Mapping[str, Any],
    tables: tuple[Table, ...],
    notes: tuple[Phrase, ...] = (),
) -> Tally:
    """Make the result of a choice among options; without anybody who can be chosen, rejected."""
    if chosen is None:
        return Tally(
            verdict="rejected",
            reason="insufficient_support",
            explanation=Phrase("tally.choice.nobody"),
            counts=counts,
            working=working,
            tables=tables,
            notes=notes,
        )
    return Tally(
        verdict=chosen.verdict,
        explanation=explanation,
        inequality=inequality,
        winners=chosen.winners,
        tied=chosen.tied,
        counts=counts,
        working=working,
        tables=tables,
        notes=notes,
    )


def _explain(
    sums: Mapping[str, int], groups: Sequence[Sequence[str]], chosen: Chosen, unit: str
) -> tuple[Phrase, str]:
    if chosen.tied:
        sum_ = sums[chosen.tied[0]]
        value = Phrase(f"tally.count.{unit}", count=sum_)
        sentence = Phrase("tally.choice.tie", {"tied": chosen.tied, "value": value})
        return sentence, " = ".join([str(sum_)] * len(chosen.tied))
    order = [option for group in groups for option in group]
    next_ = next((option for option in order if option not in chosen.winners), None)
    last = min((sums[option] for option in chosen.winners), default=0)
    value = Phrase(f"tally.count.{unit}", count=last)
    figures: dict[str, Figure] = {"winners": chosen.winners, "value": value}
    if next_ is None:
        return Phrase("tally.choice.alone", figures), str(last)
    sign = ">" if last > sums[next_] else "="
    figures |= {"next": next_, "behind": sums[next_]}
    key = "several" if len(chosen.winners) > 1 else "one"
    key = "then" if sign == "=" and not chosen.is_drawn else key
    key = "drawn" if chosen.is_drawn else key
    return Phrase(f"tally.choice.{key}", figures), f"{last} {sign} {sums[next_]}"
