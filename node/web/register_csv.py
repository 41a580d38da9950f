"""The register as a table for a spreadsheet, in which no cell can become a formula."""

import csv
import io
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from node.web.register_leaves import Leaf
from node.web.register_words import choice, explanation, quorum
from node.words import Words

_COLUMNS = (
    "number", "date", "title", "outcome", "explanation", "figures", "turnout", "electorate",
    "quorum", "statement", "minority", "tolerated", "corrects", "corrected-by", "reason",
    "review", "address", "text", "entry", "digest",
)  # fmt: skip
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")


def header(words: Words) -> str:
    """Return the first line, with the mark by which spreadsheets know UTF-8."""
    return "\ufeff" + _line([words(f"register.column.{name}") for name in _COLUMNS])


def lines(leaves: Iterable[Leaf], words: Words, zone: ZoneInfo) -> str:
    """Return one line for each decision."""
    return "".join(_line(_cells(leaf, words, zone)) for leaf in leaves)


def safe(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip(" \u00a0\u202f").startswith(_FORMULAS) else cell


def _cells(leaf: Leaf, words: Words, zone: ZoneInfo) -> list[str]:
    return [
        leaf.label,
        f"{leaf.decided_at.astimezone(zone):%Y-%m-%d}",
        leaf.title,
        words(f"outcome.{leaf.outcome}"),
        explanation(leaf.explanation, words),
        ", ".join(
            [f"{choice(code, words, leaf.names)} {count}" for code, count in leaf.tally.items()]
            or leaf.chosen
        ),
        str(leaf.turnout) if leaf.electorate is not None else "",
        str(leaf.electorate) if leaf.electorate is not None else "",
        "; ".join(quorum(one, words) for one in leaf.quorums),
        leaf.statement,
        leaf.minority,
        "\n".join(leaf.tolerated),
        leaf.corrects.label if leaf.corrects else "",
        leaf.corrected_by.label if leaf.corrected_by else "",
        leaf.corrected_because,
        leaf.review_on.isoformat() if leaf.review_on else "",
        leaf.uri,
        leaf.text_digest,
        str(leaf.seq),
        leaf.digest,
    ]


def _line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) for cell in cells])
    return out.getvalue()
