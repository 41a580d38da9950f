"""The kinds of ballot: how an answer is written, and what it becomes once it is checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from node.assembly.parameters import Unusable, shown
from node.assembly.poll import BLANK, Choice, Figures, Poll, Rule

UNRANKED = 1_000_000
GRADE_CODES = (
    "reject",
    "insufficient",
    "passable",
    "fairly_good",
    "good",
    "very_good",
    "excellent",
)
_PLAIN = (int, str)
_SIGNS: dict[int | str, int] = {1: 1, -1: -1, "+": 1, "-": -1}
_DATES: dict[int | str, int] = {"yes": 3, "maybe": 2, "no": 1}


class Asked(NamedTuple):
    """What a ballot is an answer to: the options with their places, and the rule."""

    options: Mapping[str, int]
    rule: Rule


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of ballot; `codes` are the answers offered when it is a position."""

    name: str
    read: Callable[[object, Asked], Choice]
    has_options: bool = True
    codes: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    favour: tuple[str, ...] = ()
    cast: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def figures(self, poll: Poll, _rule: Rule) -> Figures:
        """Return the numbers that quorums and bases are made of."""
        if self.has_options:
            return Figures(cast=sum(poll.weights), voters=poll.total)
        return Figures(
            cast=sum(map(poll.times, self.cast)),
            voters=poll.total - sum(map(poll.times, self.absent)),
            favour=sum(map(poll.times, self.favour)) if self.favour else None,
        )


def positions(
    *codes: str,
    favour: tuple[str, ...] = (),
    cast: tuple[str, ...] = (),
    absent: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
) -> Kind:
    """One position of a few; those in `also` are counted but not offered unless wished."""
    known = (*codes, *also)

    def read(raw: object, _asked: Asked) -> str:
        code = raw.replace("-", "_") if isinstance(raw, str) else raw
        if not isinstance(code, str) or code not in known:
            raise Unusable("tally-unknown-choice", choice=shown(raw), known=", ".join(known))
        return code

    return Kind(
        name="position",
        read=read,
        has_options=False,
        codes=codes,
        known=known,
        favour=favour,
        cast=cast or known,
        absent=absent,
    )


def grade_codes(count: int) -> tuple[str, ...]:
    """Return the grades from worst to best: the seven usual ones by name, others by number."""
    return GRADE_CODES if count == len(GRADE_CODES) else tuple(map(str, range(count)))


def _one(raw: object, asked: Asked) -> Choice:
    return BLANK if raw is None else _distinct([raw], asked)


def _ranks(raw: object, asked: Asked) -> Choice:
    places, listed = asked.options, _listed(raw)
    found = [UNRANKED] * len(places)
    for rank, group in enumerate(listed):
        for option in group if isinstance(group, list) else (group,):
            place = places.get(option) if isinstance(option, str) else None
            if place is None or found[place] != UNRANKED:
                raise _not_again(option, place)
            found[place] = rank
    return tuple(found) if listed else BLANK


def _order(raw: object, asked: Asked) -> Choice:
    listed = _listed(raw)
    if list in map(type, listed):
        raise Unusable("tally-tied-ranks")
    return _distinct(listed, asked)


def _approvals(raw: object, asked: Asked) -> Choice:
    chosen = _distinct(_listed(raw), asked)
    if not chosen:
        return BLANK
    return tuple(int(place in chosen) for place in range(len(asked.options)))


def _grades(raw: object, asked: Asked) -> Choice:
    codes = grade_codes(asked.rule["grades"])
    return _marks(raw, asked, 0, _numbered(codes), ", ".join(codes))


def _scores(raw: object, asked: Asked) -> Choice:
    maximum = asked.rule["maximum"]
    return _marks(raw, asked, -1, _up_to(maximum), f"0…{maximum}")


def _points(raw: object, asked: Asked) -> Choice:
    most = asked.rule["points"]
    limit = min(most, asked.rule["maximum"] or most)
    marks = _marks(raw, asked, 0, _up_to(limit), f"0…{limit}")
    if sum(marks) > most:
        raise Unusable("tally-too-many-points", given=sum(marks), most=most)
    return marks if any(marks) else BLANK


def _signs(raw: object, asked: Asked) -> Choice:
    if isinstance(raw, list):
        chosen = _distinct(raw, asked)
        marks = tuple(int(place in chosen) for place in range(len(asked.options) if raw else 0))
    else:
        marks = _marks(raw, asked, 0, _SIGNS, "+, -")
    plus, minus = marks.count(1), marks.count(-1)
    if plus > asked.rule["plus_votes"]:
        raise Unusable("tally-too-many-plus", given=plus, most=asked.rule["plus_votes"])
    if minus > asked.rule["minus_votes"]:
        raise Unusable("tally-too-many-minus", given=minus, most=asked.rule["minus_votes"])
    if minus and plus < 2:
        raise Unusable("tally-minus-needs-plus", given=plus)
    return marks


def _dates(raw: object, asked: Asked) -> Choice:
    return _marks(raw, asked, 0, _DATES, "yes, maybe, no")


def _marks(
    raw: object, asked: Asked, absent: int, known: Mapping[int | str, int], listed: str
) -> tuple[int, ...]:
    """Return one number for each option; one that is not named gets `absent`."""
    if not isinstance(raw, Mapping):
        raise Unusable("tally-not-a-mapping")
    places = asked.options
    found = [absent] * len(places)
    for option, value in raw.items():
        if option not in places:
            raise Unusable("tally-unknown-option", option=shown(option))
        if type(value) not in _PLAIN or value not in known:
            raise Unusable("tally-unknown-mark", str(option), mark=shown(value), known=listed)
        found[places[option]] = known[value]
    return tuple(found) if raw else BLANK


@lru_cache
def _up_to(most: int) -> dict[int | str, int]:
    return {mark: mark for mark in range(most + 1)}


@lru_cache
def _numbered(codes: tuple[str, ...]) -> dict[int | str, int]:
    """Let a grade be written as its code or as its number, 0 being the worst."""
    places = enumerate(codes)
    return {code: place for place, code in places} | {place: place for place in range(len(codes))}


def _listed(raw: object) -> list[Any]:
    if not isinstance(raw, list):
        raise Unusable("tally-not-a-list")
    return raw


def _distinct(listed: list[object], asked: Asked) -> tuple[int, ...]:
    places = asked.options
    found: list[int] = []
    for option in listed:
        place = places.get(option) if isinstance(option, str) else None
        if place is None or place in found:
            raise _not_again(option, place)
        found.append(place)
    return tuple(found)


def _not_again(option: object, place: int | None) -> Unusable:
    code = "tally-unknown-option" if place is None else "tally-option-twice"
    return Unusable(code, option=shown(option))


ONE = Kind(name="one", read=_one)
RANKING = Kind(name="ranking", read=_ranks)
ORDER = Kind(name="order", read=_order)
APPROVALS = Kind(name="approvals", read=_approvals)
GRADES = Kind(name="grades", read=_grades)
SCORES = Kind(name="scores", read=_scores)
POINTS = Kind(name="points", read=_points)
SIGNS = Kind(name="signs", read=_signs)
DATES = Kind(name="dates", read=_dates)
