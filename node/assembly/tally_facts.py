"""The facts of a tally file that stand beside its ballots: who was there, objections, a draw."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from node.assembly import objections
from node.assembly.objections import Objection
from node.assembly.parameters import Unusable, read_code, read_whole, shown
from node.assembly.poll import Facts

T = TypeVar("T")
NUMBERS = (
    "present", "represented", "supporters", "answers", "invited", "round",
    "hours_open", "notified_days",
)  # fmt: skip
_OBJECTION = ("text", "state", "votes_for", "votes_against", "facilitators", "appealed", "weight")
_COUNTED = ("votes_for", "votes_against", "facilitators")


def at(where: str, read: Callable[..., T], *values: Any) -> T:
    """Read a value, naming the field if it is unusable."""
    try:
        return read(*values)
    except Unusable as error:
        raise error.within(where) from None


def draw(given: object, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a draw said, best first: options, or for a tied motion its verdict."""
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Unusable("tally-not-a-list", "draw")
    for place, one in enumerate(given):
        if names and one not in names:
            raise Unusable("tally-unknown-option", f"draw[{place}]", option=shown(one))
        if one in given[:place]:
            raise Unusable("tally-option-twice", f"draw[{place}]", option=one)
    return tuple(given)


def read(given: Mapping[str, Any]) -> Facts:
    """Return the facts of a file. Raise Unusable naming the field."""
    numbers = {
        name: at(name, read_whole, given[name]) for name in NUMBERS if given.get(name) is not None
    }
    changed = given.get("text_changed", False)
    if not isinstance(changed, bool):
        raise Unusable("tally-not-a-flag", "text_changed")
    listed = given.get("objections")
    if listed is not None and not isinstance(listed, list):
        raise Unusable("tally-not-a-list", "objections")
    raised = [at(f"objections[{place}]", _objection, one) for place, one in enumerate(listed or [])]
    return Facts(
        **numbers, is_changed=changed, objections=None if listed is None else tuple(raised)
    )


def written(facts: Facts) -> dict[str, Any]:
    """Return facts as a file holds them, so that `read` gives them back."""
    numbers = {name: getattr(facts, name) for name in NUMBERS}
    found: dict[str, Any] = {name: one for name, one in numbers.items() if one is not None}
    if facts.is_changed:
        found["text_changed"] = True
    if facts.objections is not None:
        found["objections"] = [_plain(one) for one in facts.objections]
    return found


def _plain(one: Objection) -> dict[str, Any]:
    found: dict[str, Any] = {"text": one.text, "state": one.state}
    found |= {name: getattr(one, name) for name in _COUNTED if getattr(one, name)}
    if one.is_appealed:
        found["appealed"] = True
    return found if one.weight == 1 else {**found, "weight": one.weight}


def _objection(given: object) -> Objection:
    if not isinstance(given, dict):
        raise Unusable("tally-not-a-mapping")
    for name in given:
        if name not in _OBJECTION:
            raise Unusable("tally-unknown-parameter", name, known=", ".join(_OBJECTION))
    text, appealed = given.get("text"), given.get("appealed", False)
    if not isinstance(text, str) or not text.strip():
        raise Unusable("tally-objection-empty", "text")
    if not isinstance(appealed, bool):
        raise Unusable("tally-not-a-flag", "appealed")
    numbers = {name: at(name, read_whole, given.get(name, 0)) for name in _COUNTED}
    weight = at("weight", read_whole, given.get("weight", 1))
    state = at("state", read_code, given.get("state", "raised"), objections.STATES)
    return Objection(text, state, **numbers, is_appealed=appealed, weight=weight)
