"""Drawing lots again from a file (docs/draw.md): what it says, checked, and what comes of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.assembly import sortition, tallying
from node.assembly.parameters import Unusable, read_whole, shown
from node.assembly.tally_facts import at

NAMES_MAX = 65_535
_KEYS = ("about", "mode", "names", "digest", "randomness", "sources", "pool", "pick")


@dataclass(frozen=True)
class Lots:
    """A draw as a file describes it: the list, the public randomness, how many are drawn."""

    mode: str
    names: tuple[str, ...]
    randomness: str
    pick: int

    def report(self) -> dict[str, Any]:
        """Return who is drawn and in which order the others follow, as JSON holds it."""
        found = sortition.order(self.mode, self.names, self.randomness)
        ranks = {}
        if self.mode == "tirage-v1":
            drawn = sortition.ranked(self.names, self.randomness)
            ranks = {"ranks": {one.name: one.rank for one in drawn}}
        return {
            "mode": self.mode,
            "digest": sortition.list_digest(self.names),
            "randomness": self.randomness,
            "drawn": found[: self.pick],
            "substitutes": found[self.pick :],
            **ranks,
        }


def read(source: bytes | str) -> Lots:
    """Read a file. Raise Invalid with what is wrong, and where."""
    try:
        return _read(tallying.parse(source))
    except Unusable as error:
        raise error.as_invalid() from None


def _read(given: Mapping[str, Any]) -> Lots:
    for name in given:
        if name not in _KEYS:
            raise Unusable("tally-unknown-field", name, known=", ".join(_KEYS))
    mode = given.get("mode", sortition.MODES[0])
    if mode not in sortition.MODES:
        known = ", ".join(sortition.MODES)
        raise Unusable("tally-unknown-value", "mode", value=shown(mode), known=known)
    names = _names(given, mode)
    digest = given.get("digest")
    if digest is not None and digest != sortition.list_digest(names):
        raise Unusable("draw-other-list", "digest", found=sortition.list_digest(names))
    pick = at("pick", read_whole, given.get("pick", len(names)), 0, len(names))
    return Lots(mode, names, _randomness(given, mode), pick)


def _names(given: Mapping[str, Any], mode: str) -> tuple[str, ...]:
    """Return the list; RFC 3797 only needs to know how long it is."""
    if mode == "rfc3797" and "names" not in given:
        size = at("pool", read_whole, given.get("pool"), 1, NAMES_MAX)
        width = len(str(size))
        return tuple(f"{number:0{width}}" for number in range(1, size + 1))
    names = given.get("names")
    if not isinstance(names, list) or not 0 < len(names) <= NAMES_MAX:
        raise Unusable("draw-no-names", "names", most=NAMES_MAX)
    seen: set[str] = set()
    for place, name in enumerate(names):
        if not isinstance(name, str) or not name.strip() or "\n" in name:
            raise Unusable("draw-not-a-name", f"names[{place}]")
        if name in seen:
            raise Unusable("draw-name-twice", f"names[{place}]", name=shown(name))
        seen.add(name)
    return tuple(names)


def _randomness(given: Mapping[str, Any], mode: str) -> str:
    sources = given.get("sources")
    if mode == "rfc3797" and sources is not None:
        if not isinstance(sources, list) or not all(isinstance(one, list) for one in sources):
            raise Unusable("tally-not-a-list", "sources")
        return sortition.key(
            [
                [at(f"sources[{place}]", read_whole, number, 0, 10**30) for number in one]
                for place, one in enumerate(sources)
            ]
        )
    randomness = given.get("randomness")
    if not isinstance(randomness, str) or not randomness.strip():
        raise Unusable("draw-no-randomness", "randomness")
    return randomness
