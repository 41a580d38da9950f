"""The rules of the assembly: what holds unless chosen otherwise, and how a rule is changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import select

from node import clock
from node.assembly import assemblies, journal, method, objections, sortition
from node.database import Transaction
from node.errors import Invalid, NotFound, Problem, Refusal
from node.models import Member, RuleSetting

SECOND_QUORUMS = ("same", "halved", "dropped", "none")
QUORUMS = ("participation", "approval", "cast", "presence")
POLL_BALLOTS = ("never", "may", "usual")
# A tie stands, or a draw ends it: from the drand beacon, or from the Loto of a Saturday.
TIES = ("stand", "drand", "loto")
PROXIES_MOST = 10


@dataclass(frozen=True, kw_only=True)
class Rules:
    """Every rule as it holds now; a node begins with these.

    `methods` empty means that any method may be chosen. `second_quorum` says what becomes of the
    quorum at a second convocation; with `none` there is no second convocation. `poll_when` says
    whether answers of linked accounts may be ballots: never, where a vote says so, usually.
    """

    methods: tuple[str, ...] = ()
    method: str = "majority"
    quorum: tuple[Mapping[str, Any], ...] = ()
    second_quorum: str = "dropped"
    days: int = 7
    roll_after_days: int = 0
    term_months: int = 12
    is_secret: bool = False
    hides_results: bool = True
    poll_when: str = "may"
    proxies_most: int = PROXIES_MOST
    endorsements: int = 0
    # Whether a draw ends a tie, from which public randomness, and how it ranks.
    ties: str = "stand"
    draw_mode: str = "tirage-v1"
    # Who may declare an objection unreasonable, and what comes after the objections of a round.
    objections_judge: str = "by_size"
    consent_rounds: int = 2
    consent_fallback: str = "rejected"
    # What a vote has unless whoever opens it chooses otherwise.
    proxies_max: int = 0

    @property
    def poll_ballots(self) -> bool:
        """Whether the answers of linked accounts usually are ballots."""
        return self.poll_when == "usual"

    @property
    def consent(self) -> dict[str, Any]:
        """The parameters of a vote by consent, unless whoever opens it chooses otherwise."""
        return {
            "judged_by": self.objections_judge,
            "further_rounds": self.consent_rounds,
            "fallback": self.consent_fallback,
        }

    @property
    def allowed_methods(self) -> tuple[str, ...]:
        """The methods from which whoever opens a vote may choose."""
        return self.methods or tuple(method.every())

    def problems(self, *, method: str, poll_ballots: bool, proxies_max: int) -> list[Problem]:
        """Return what the rules forbid about a vote that is to be opened."""
        found = []
        if method not in self.allowed_methods:
            found.append(Problem("method", "method-not-in-the-rules", {}))
        if poll_ballots and self.poll_when == "never":
            found.append(Problem("poll_ballots", "poll-ballots-not-allowed", {}))
        if proxies_max > self.proxies_most:
            found.append(Problem("proxies", "proxies-over-the-rule", {"most": self.proxies_most}))
        return found


Defaults = Rules


def _whole(least: int, most: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Invalid(Problem("value", "rule-number", {"least": least, "most": most}))
        return value

    return read


def _one_of(*known: str) -> Callable[[object], str]:
    def read(value: object) -> str:
        if value not in known:
            raise Invalid(Problem("value", "rule-choice", {}))
        return str(value)

    return read


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise Invalid(Problem("value", "rule-choice", {}))
    return value


def _method(value: object) -> str:
    return _one_of(*method.every())(value)


def _methods(value: object) -> tuple[str, ...]:
    """Keep the order of the house; every method is the same as none named."""
    known = method.every()
    if not isinstance(value, list | tuple) or not value or not set(value) <= set(known):
        raise Invalid(Problem("value", "rule-choice", {}))
    kept = tuple(name for name in known if name in value)
    return () if len(kept) == len(known) else kept


def _quorum(value: object) -> tuple[Mapping[str, Any], ...]:
    if not isinstance(value, list | tuple) or len(value) > 1:
        raise Invalid(Problem("value", "rule-choice", {}))
    return tuple(_one_quorum(one) for one in value)


def _one_quorum(one: object) -> Mapping[str, Any]:
    if not isinstance(one, Mapping) or one.get("kind") not in QUORUMS:
        raise Invalid(Problem("value", "rule-choice", {}))
    num, den = one.get("num"), one.get("den")
    if not isinstance(num, int) or not isinstance(den, int) or not 0 < num <= den < 10**6:
        raise Invalid(Problem("share", "share-malformed", {}))
    return {"kind": one["kind"], "num": num, "den": den}


READERS: Mapping[str, Callable[[object], Any]] = {
    "methods": _methods,
    "method": _method,
    "quorum": _quorum,
    "second_quorum": _one_of(*SECOND_QUORUMS),
    "days": _whole(1, 365),
    "roll_after_days": _whole(0, 365),
    "term_months": _whole(0, 60),
    "is_secret": _flag,
    "hides_results": _flag,
    "poll_when": _one_of(*POLL_BALLOTS),
    "proxies_most": _whole(0, PROXIES_MOST),
    "endorsements": _whole(0, 10_000),
    "ties": _one_of(*TIES),
    "draw_mode": _one_of(*sortition.MODES),
    "objections_judge": _one_of("by_size", *objections.JUDGES),
    "consent_rounds": _whole(0, 20),
    "consent_fallback": _one_of(*objections.FALLBACKS),
}


async def current(tx: Transaction) -> Rules:
    """Return the rules as they hold now."""
    settings = await tx.all(select(RuleSetting))
    kept: dict[str, Any] = {}
    for setting in settings:
        if setting.name in READERS:
            kept[setting.name] = READERS[setting.name](setting.kept.get("value"))
    return Rules(**kept)


async def defaults(tx: Transaction) -> Rules:
    """Return the usual terms of a vote in this assembly."""
    return await current(tx)


async def change(
    tx: Transaction,
    name: str,
    value: object,
    *,
    by: Member | None,
    decision: str = "",
    why: str = "",
) -> bool:
    """Change one rule; say whether it is another now. Votes that are open keep their terms.

    Only those in charge can, by themselves or for a decision of the assembly, and the log says
    which. Raise Refusal or Invalid.
    """
    if by is not None and not by.is_in_charge:
        raise Refusal("only those in charge change a rule", code="not-in-charge")
    if name not in READERS:
        raise NotFound(f"there is no rule {name}")
    await assemblies.locked(tx)
    before = await current(tx)
    after = replace(before, **{name: READERS[name](value)})
    _must_agree(after)
    label = await journal.decision_label(tx, decision)
    if getattr(after, name) == getattr(before, name):
        return False
    await _keep(tx, name, plain(after)[name])
    await journal.note(
        tx,
        "rule-changed",
        by=by,
        subject=name,
        before={"value": plain(before)[name]},
        after={"value": plain(after)[name]},
        reason=why,
        decision=label,
    )
    return True


def plain(rules: Rules) -> dict[str, Any]:
    """Return the rules as they are kept, in lists and numbers."""
    found = {one.name: getattr(rules, one.name) for one in fields(rules)}
    found["methods"] = list(rules.methods)
    found["quorum"] = [dict(one) for one in rules.quorum]
    return found


def _must_agree(rules: Rules) -> None:
    """The usual method is one of those allowed."""
    if rules.method not in rules.allowed_methods:
        raise Invalid(Problem("value", "rule-method-not-among", {}))


async def _keep(tx: Transaction, name: str, value: object) -> None:
    setting = await tx.get(RuleSetting, name)
    if setting is None:
        tx.add(RuleSetting(name=name, kept={"value": value}))
    else:
        setting.kept, setting.changed_at = {"value": value}, clock.now()
    await tx.flush()
