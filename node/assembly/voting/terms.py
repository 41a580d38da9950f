"""On what terms the assembly is asked: the method, its rule, the options, secrecy, proxies."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from node.assembly import method, parameters, rules
from node.assembly.method import DecisionMethod
from node.assembly.parameters import Unusable
from node.assembly.poll import Choice, Facts, Poll
from node.assembly.rules import Rules
from node.database import Transaction
from node.errors import Invalid, Problem
from node.models import Vote
from node.texts import line

OPTIONS_MAX = 40
OPTION_LENGTH_MAX = 200
PROXIES_MOST = 10
QUORUMS = ("participation", "approval", "cast", "presence", "support")
# A reason belongs to these positions, and words are no secret.
WITH_REASONS = ("consent", "consensus")


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What is chosen when a vote opens and cannot be changed afterwards."""

    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    options: Sequence[Mapping[str, Any]] = ()
    budget: str | None = None
    is_secret: bool = False
    hides_results: bool = True
    poll_ballots: bool = False
    proxies_max: int = 0
    convocation: int = 1
    ties: str = "stand"
    meeting_id: int | None = None


async def usual(tx: Transaction, method_name: str | None = None) -> Terms:
    """Return the terms that the rules of the assembly give to a vote by this method."""
    found = await rules.defaults(tx)
    name = method_name or found.method
    has_verdict = name in method.every() and method.find(name).has_verdict
    is_secret = found.is_secret and name not in WITH_REASONS
    quorum = {"quorum": list(found.quorum)} if found.quorum and has_verdict else {}
    return Terms(
        method=name,
        parameters={**quorum, **_by_the_rules(name, found)},
        is_secret=is_secret,
        hides_results=found.hides_results,
        poll_ballots=found.poll_ballots and not is_secret,
        proxies_max=0 if is_secret else found.proxies_max,
    )


def _by_the_rules(name: str, found: Rules) -> dict[str, Any]:
    """Return the parameters of a method for which the assembly has rules."""
    if name == "consent":
        return found.consent
    knows_ties = name in method.every() and "tie" in method.find(name).parameters
    return {"tie": "draw"} if knows_ties and found.ties != "stand" else {}


def bound(given: Terms, found: Rules) -> Terms:
    """Return the terms with what is not for the opener to choose.

    That is who judges an objection, and the randomness of a draw that ends a tie.
    """
    given = replace(given, ties=found.ties)
    if given.method != "consent":
        return given
    return replace(given, parameters={**given.parameters, "judged_by": found.objections_judge})


def of(vote: Vote) -> Terms:
    """Return the terms on which a vote was opened, to ask once more."""
    return Terms(
        method=vote.method,
        parameters=vote.rule,
        options=[{k: v for k, v in one.items() if k != "code"} for one in vote.options],
        budget=vote.budget,
        is_secret=vote.is_secret,
        hides_results=vote.hides_results,
        poll_ballots=vote.poll_ballots,
        proxies_max=vote.proxies_max,
        convocation=vote.convocation,
    )


def read_options(method_name: str, lines: Iterable[str]) -> list[dict[str, str]]:
    """Read one option a line; where options cost something, what follows an upright bar is that."""
    written = [one.strip() for one in lines if one.strip()]
    if not method.find(method_name).has_costs:
        return [{"text": one} for one in written]
    parts = (one.partition("|") for one in written)
    return [{"text": text.strip(), "cost": cost.strip()} for text, _bar, cost in parts]


def checked(given: Terms) -> Terms:
    """Return the terms as they are kept, every parameter written out. Raise Invalid."""
    if given.method not in method.every():
        raise Invalid(Problem("method", "method-unknown", {"method": given.method}))
    found = method.find(given.method)
    problems = [*_about_secrecy(given), *_about_quorums(given)]
    if not 0 <= given.proxies_max <= PROXIES_MOST:
        problems.append(Problem("proxies", "proxies-out-of-range", {"most": PROXIES_MOST}))
    options, budget, wrong = _options(given, found)
    if problems or wrong:
        raise Invalid(*problems, *wrong)
    rule = found.written(found.check(given.parameters))
    if "quorum" not in rule and "quorum" in found.parameters:
        # Said even when there is none: a method may have one of its own where nothing is said.
        rule["quorum"] = []
    _rehearse(found, rule, [one["code"] for one in options], budget)
    return replace(given, parameters=rule, options=options, budget=budget)


def _rehearse(
    found: DecisionMethod, rule: Mapping[str, Any], codes: Sequence[str], budget: str | None
) -> None:
    """Count one ballot, so that a rule that contradicts itself is refused now and not at the close.

    Raise Invalid.
    """
    first = (1,) + (0,) * (len(codes) - 1)
    marks: dict[str, Choice] = {
        "position": (found.choices or ("",))[0],
        "one": (0,),
        "order": tuple(range(len(codes))),
        "ranking": tuple(range(len(codes))),
    }
    poll = Poll(
        electorate=1,
        ballots={marks.get(found.ballot.name, first): 1},
        options=tuple(codes),
        costs=dict.fromkeys(codes, Fraction(1)),
        budget=parameters.read_amount(budget or "1"),
        facts=Facts(present=1, supporters=1, hours_open=0, notified_days=0),
    )
    found.tally(poll, rule)


def _about_secrecy(given: Terms) -> list[Problem]:
    if not given.is_secret:
        return []
    problems = []
    if given.method in WITH_REASONS:
        problems.append(Problem("secret", "secret-needs-no-reasons", {}))
    if given.poll_ballots:
        problems.append(Problem("poll_ballots", "secret-forbids-poll-ballots", {}))
    if given.proxies_max:
        problems.append(Problem("proxies", "secret-forbids-proxies", {}))
    return problems


def _about_quorums(given: Terms) -> list[Problem]:
    """Refuse the quorums whose facts a vote cannot know when it closes."""
    quorum = given.parameters.get("quorum") or ()
    listed = [quorum] if isinstance(quorum, Mapping) else quorum
    kinds = [one.get("kind") for one in listed if isinstance(one, Mapping)]
    if "assemblies" in kinds:
        return [Problem("quorum", "quorum-not-for-votes", {})]
    return []


def _options(
    given: Terms, found: DecisionMethod
) -> tuple[list[dict[str, Any]], str | None, list[Problem]]:
    if found.choices:
        return [], None, []
    texts = [line(str(one.get("text", ""))) for one in given.options]
    listed: list[dict[str, Any]] = [
        {"code": f"o{number}", "text": text} for number, text in enumerate(texts, 1)
    ]
    problems = _about_texts(texts)
    if not found.has_costs:
        return listed, None, problems
    for kept, one in zip(listed, given.options, strict=True):
        cost = _amount(one.get("cost"))
        if cost is None:
            problems.append(Problem("options", "cost-missing", {"option": kept["text"]}))
        kept["cost"] = cost
    budget = _amount(given.budget)
    if budget is None:
        problems.append(Problem("budget", "budget-missing", {}))
    return listed, budget, problems


def _about_texts(texts: Sequence[str]) -> list[Problem]:
    if not 2 <= len(texts) <= OPTIONS_MAX:
        return [Problem("options", "options-too-few-or-many", {"most": OPTIONS_MAX})]
    if any(not text or len(text) > OPTION_LENGTH_MAX for text in texts):
        return [Problem("options", "option-too-long", {"max": OPTION_LENGTH_MAX})]
    # Mastodon and its kin tell options apart by name alone (wire.md, section 7).
    alike = [unicodedata.normalize("NFKC", text).casefold() for text in texts]
    if len(set(alike)) < len(alike):
        twice = next(text for text, key in zip(texts, alike, strict=True) if alike.count(key) > 1)
        return [Problem("options", "option-twice", {"option": twice})]
    return []


def _amount(value: object) -> str | None:
    """Return a positive amount of money as it is kept, or None."""
    text = "".join(str(value or "").replace(",", ".").split()).removesuffix("€")
    try:
        found: Fraction = parameters.read_amount(text)
    except Unusable:
        return None
    return str(parameters.plain(found)) if found else None
