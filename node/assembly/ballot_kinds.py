"""The kinds of ballot: how an answer is written, and what it becomes once it is checked."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from node.assembly.parameters import Unusable, shown
from node.assembly.poll import BLANK, Choice, Figures, Poll, Rule

UNRANKED = 1_000_000
GRADE_CODES = ("reject", "insufficient", "passable", "fairly_good", "good", "very_good", "excellent")
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
    if raw is None:
        return BLANK
    return (_place(raw, asked),)


def _ranks(raw: object, asked: Asked) -> Choice:
    found = [UNRANKED] * len(asked.options)
    for rank, group in enumerate(_listed(raw)):
        tied = group if isinstance(group, list) else [group]
        for option in tied:
            place = _place(option, asked)
            if found[place] != UNRANKED:
                raise Unusable("tally-option-twice", option=option)
            found[place] = rank
    return tuple(found) if raw else BLANK


def _order(raw: object, asked: Asked) -> Choice:
    listed = _listed(raw)
    if any(isinstance(one, list) for one in listed):
        raise Unusable("tally-tied-ranks")
    return _distinct(listed, asked)


def _approvals(raw: object, asked: Asked) -> Choice:
    chosen = _distinct(_listed(raw), asked)
    if not chosen:
        return BLANK
    return tuple(int(place in chosen) for place in range(len(asked.options)))


def _grades(raw: object, asked: Asked) -> Choice:
    codes = grade_codes(asked.rule["grades"])
    return _marks(raw, asked, 0, _numbered(codes).get, ", ".join(codes))


def _scores(raw: object, asked: Asked) -> Choice:
    maximum = asked.rule["maximum"]
    marks = range(maximum + 1)
    return _marks(raw, asked, -1, lambda value: value if value in marks else None, f"0…{maximum}")


def _points(raw: object, asked: Asked) -> Choice:
    most = asked.rule["points"]
    limit = min(most, asked.rule["maximum"] or most)
    allowed = range(limit + 1)
    marks = _marks(raw, asked, 0, lambda value: value if value in allowed else None, f"0…{limit}")
    if sum(marks) > most:
        raise Unusable("tally-too-many-points", given=sum(marks), most=most)
    return marks if any(marks) else BLANK


def _signs(raw: object, asked: Asked) -> Choice:
    if isinstance(raw, list):
        chosen = _distinct(raw, asked)
        marks = tuple(int(place in chosen) for place in range(len(asked.options) if raw else 0))
    else:
        marks = _marks(raw, asked, 0, _SIGNS.get, "+, -")
    plus, minus = marks.count(1), marks.count(-1)
    if plus > asked.rule["plus_votes"]:
        raise Unusable("tally-too-many-plus", given=plus, most=asked.rule["plus_votes"])
    if minus > asked.rule["minus_votes"]:
        raise Unusable("tally-too-many-minus", given=minus, most=asked.rule["minus_votes"])
    if minus and plus < 2:
        raise Unusable("tally-minus-needs-plus", given=plus)
    return marks


def _dates(raw: object, asked: Asked) -> Choice:
    return _marks(raw, asked, 0, _DATES.get, "yes, maybe, no")


def _marks(
    raw: object, asked: Asked, absent: int, read: Callable[[Any], int | None], known: str
) -> tuple[int, ...]:
    """Return one number for each option; one that is not named gets `absent`."""
    if not isinstance(raw, Mapping):
        raise Unusable("tally-not-a-mapping")
    found = [absent] * len(asked.options)
    for option, value in raw.items():
        place = _place(option, asked)
        mark = read(value) if type(value) in (int, str) else None
        if mark is None:
            raise Unusable("tally-unknown-mark", str(option), mark=shown(value), known=known)
        found[place] = mark
    return tuple(found) if raw else BLANK


@lru_cache
def _numbered(codes: tuple[str, ...]) -> dict[int | str, int]:
    """Let a grade be written as its code or as its number, 0 being the worst."""
    places = enumerate(codes)
    return {code: place for place, code in places} | {place: place for place in range(len(codes))}


def _listed(raw: object) -> list[Any]:
    if not isinstance(raw, list):
        raise Unusable("tally-not-a-list")
    return raw


def _distinct(listed: Iterable[object], asked: Asked) -> tuple[int, ...]:
    found: list[int] = []
    for option in listed:
        place = _place(option, asked)
        if place in found:
            raise Unusable("tally-option-twice", option=option)
        found.append(place)
    return tuple(found)


def _place(option: object, asked: Asked) -> int:
    place = asked.options.get(option) if isinstance(option, str) else None
    if place is None:
        raise Unusable("tally-unknown-option", option=shown(option))
    return place


ONE = Kind(name="one", read=_one)
RANKING = Kind(name="ranking", read=_ranks)
ORDER = Kind(name="order", read=_order)
APPROVALS = Kind(name="approvals", read=_approvals)
GRADES = Kind(name="grades", read=_grades)
SCORES = Kind(name="scores", read=_scores)
POINTS = Kind(name="points", read=_points)
SIGNS = Kind(name="signs", read=_signs)
DATES = Kind(name="dates", read=_dates)
