"""The parameters of a method as fields of a form, whatever the method: choices, flags, numbers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from node.assembly import method
from node.assembly.parameters import Parameter, Unusable, plain
from node.assembly.voting import terms
from node.errors import Problem
from node.web import reading
from node.web.forms import Form

_NOBODY_MEANS_THIS = "?"
FLAGS = ("yes", "no")
# A rule of the assembly, and not for whoever opens a vote to choose.
OF_THE_ASSEMBLY = ("judged_by",)


# Each with the share that it asks for.
QUORUM_FIELDS = tuple((name, f"{name}_share") for name in ("quorum", "quorum_2", "quorum_3"))


@dataclass(frozen=True)
class Field:
    """One parameter to be chosen: with `choices` from a list, else written."""

    name: str
    value: str
    choices: tuple[str, ...]


def fields(method_name: str, form: Form) -> list[Field]:
    """Return the parameters of a method that can be chosen, as they stand in a form."""
    found = []
    for name, parameter in method.find(method_name).parameters.items():
        if name in ("quorum", *OF_THE_ASSEMBLY) or (choices := _choices(parameter)) is None:
            continue
        typed = form[_field(name)] if _field(name) in form else _written(parameter.default)
        found.append(Field(name, typed, choices))
    return found


def read(method_name: str, form: Form) -> dict[str, Any]:
    """Return the parameters that a form gives; what is left empty is the method's own."""
    found: dict[str, Any] = {}
    for name, parameter in method.find(method_name).parameters.items():
        typed = form.text(_field(name))
        if not typed or name in ("quorum", *OF_THE_ASSEMBLY):
            continue
        if isinstance(parameter.default, bool):
            found[name] = typed == FLAGS[0]
        else:
            number = reading.whole(typed)
            found[name] = typed if number is None else number
    return found


def quorums(form: Form) -> list[dict[str, Any]]:
    """Return the quorums that a form asks for, all to be met; note what is wrong with them."""
    found: list[dict[str, Any]] = []
    for field, share_field in QUORUM_FIELDS:
        kind, typed = form.text(field), form.text(share_field).replace(" ", "")
        if not kind:
            continue
        share = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", typed)
        num, den = (int(share[1]), int(share[2])) if share else (0, 0)
        if kind not in terms.QUORUMS:
            form.problems.append(Problem(field, "quorum-not-for-votes", {}))
        elif kind in [one["kind"] for one in found]:
            form.problems.append(Problem(field, "quorum-twice", {}))
        elif not 0 < num <= den:
            form.problems.append(Problem(share_field, "share-malformed", {}))
        else:
            found.append({"kind": kind, "num": num, "den": den})
    return found


def quorum_fields(asked: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return these quorums as the fields of a form; half of the members where none is asked."""
    found = {}
    for (field, share_field), one in zip_longest(QUORUM_FIELDS, asked[: len(QUORUM_FIELDS)]):
        found[field] = one["kind"] if one else ""
        found[share_field] = f"{one['num']}/{one['den']}" if one else "1/2"
    return found


def as_typed(problems: tuple[Problem, ...]) -> list[Problem]:
    """Return the problems of a rule beside the fields they were typed in."""
    return [Problem(_where(one.field), one.code, one.values) for one in problems]


def described(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Return chosen parameters as the fields of a form."""
    return {_field(name): _written(value) for name, value in parameters.items() if name != "quorum"}


def _where(field: str) -> str:
    name = field.removeprefix("parameters.")
    if name.startswith("quorum"):
        return "quorum_share"
    return _field(name.partition(".")[0]) if field.startswith("parameters.") else field


def _choices(parameter: Parameter) -> tuple[str, ...] | None:
    """Return what can be chosen from, nothing for a value to write, None for a fixed one."""
    try:
        parameter.read(_NOBODY_MEANS_THIS)
    except Unusable as error:
        if error.code == "tally-fixed":
            return None
        if isinstance(parameter.default, bool):
            return FLAGS
        known = str(error.values.get("known", ""))
        return tuple(known.split(", ")) if known else ()
    return ()


def _field(name: str) -> str:
    return f"rule-{name}"


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return FLAGS[0] if value else FLAGS[1]
    return str(plain(value))
