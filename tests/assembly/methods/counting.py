"""Short ways to count a vote in a test."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

import node.assembly.methods
from node.assembly import tallying
from node.assembly.poll import Tally
from node.autoload import autoload
from node.errors import Invalid

autoload(node.assembly.methods)
Ballots = Iterable[tuple[int, Any]]


def document(name: str, ballots: Ballots, **more: Any) -> dict[str, Any]:
    """A tally file: the ballots as (how many, choice), and whatever else it says."""
    listed = [{"choice": choice, "weight": weight} for weight, choice in ballots]
    total = sum(weight for weight, _choice in ballots)
    return {"method": name, "electorate": max(1, total), "ballots": listed, **more}


def tally(name: str, ballots: Ballots, **more: Any) -> Tally:
    """Count a vote."""
    return tallying.read(json.dumps(document(name, list(ballots), **more))).tally()


def motion(name: str, counts: Mapping[str, int], **more: Any) -> Tally:
    """Count a vote by positions."""
    return tally(name, [(n, code) for code, n in counts.items() if n], **more)


def refused(source: Any) -> tuple[str, str]:
    """Read and count a wrong file; return where it is wrong, and the code of the sentence."""
    written = source if isinstance(source, (str, bytes)) else json.dumps(source)
    with pytest.raises(Invalid) as caught:
        tallying.read(written).tally()
    (problem,) = caught.value.problems
    return problem.field, problem.code
