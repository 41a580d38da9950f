"""What is written on a ballot: checked against the vote, kept in one spelling, read back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from node.assembly import method
from node.assembly.ballot_kinds import Asked
from node.assembly.method import DecisionMethod
from node.assembly.parameters import Unusable
from node.assembly.poll import Choice
from node.errors import Invalid, Problem

REASON_MAX = 2000
# An objection is a text, and a block has a reason (deciding.md, section 5).
NEED_A_REASON = {"objection": "reason-needed-objection", "block": "reason-needed-block"}


class Asking:
    """One vote's method, rule and options, as they stand between a reader and a ballot."""

    def __init__(
        self, method_name: str, rule: Mapping[str, Any], options: Sequence[Mapping[str, Any]]
    ) -> None:
        self.method: DecisionMethod = method.find(method_name)
        self.options = tuple(options)
        self.codes = self.method.choices or tuple(one["code"] for one in options)
        places = {one["code"]: place for place, one in enumerate(options)}
        self.rule = self.method.check(rule)
        self._asked = Asked(places, self.rule)

    @property
    def has_options(self) -> bool:
        """Say whether people answer about options, and not with one position."""
        return self.method.ballot.has_options

    def written(self, raw: object) -> str:
        """Return an answer as it is kept. Raise Invalid when the vote has no such answer."""
        if not self.has_options:
            if raw not in self.codes:
                raise Invalid(Problem("choice", "choice-missing", {}))
            return str(raw)
        try:
            self.method.ballot.read(raw, self._asked)
        except Unusable as error:
            raise Invalid(Problem("choice", error.code, error.values)) from None
        return json.dumps(raw, sort_keys=True, separators=(",", ":"))

    def plain(self, kept: str) -> Any:
        """Return a kept answer as it was given: a code, or the JSON of a file of ballots."""
        return msgspec.json.decode(kept) if self.has_options else kept

    def read(self, kept: str) -> Choice:
        """Return a kept answer as the method counts it."""
        return self.method.ballot.read(self.plain(kept), self._asked)

    @property
    def width(self) -> int:
        """How many letters the longest answer has: all slots of an urn are as wide."""
        if not self.has_options:
            return max(map(len, self.method.ballot.known))
        return 16 + sum(len(code) + 24 for code in self.codes)


def checked_reason(choice: str, reason: str) -> str:
    """Return a reason as it is kept. Raise Invalid where the position needs one."""
    reason = reason.strip()
    if choice in NEED_A_REASON and not reason:
        raise Invalid(Problem("reason", NEED_A_REASON[choice], {}))
    if len(reason) > REASON_MAX:
        raise Invalid(Problem("reason", "reason-too-long", {"max": REASON_MAX}))
    return reason
