"""Text from elsewhere without what the eye cannot see (threats.md, P12)."""

import re
from collections import Counter

DEEPEST_HTML = 200
MOST_TAGS = 20_000

# Joiners (200C, 200D) stay: Persian, Indic scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]{0,30})")
# What holds nothing, and what ends where the next of its kind begins.
_FLAT = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr",
                   "dd", "dt", "li", "option", "p", "td", "th", "tr"})  # fmt: skip
_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")


def seen(value: str) -> str:
    """Return the text without controls, direction marks and invisible characters."""
    return _UNSEEN.sub("", _LINE_ENDS.sub("\n", value))


def line(value: str, limit: int) -> str:
    """Return the text on one line, of at most `limit` characters."""
    return " ".join(seen(value[: 4 * limit]).split())[:limit]


def is_sane_html(value: str) -> bool:
    """Tell whether a parser of HTML reads this in reasonable time (D1).

    Those that follow the standard take time that grows with the square of the depth.
    """
    opened: Counter[str] = Counter()
    depth = 0
    for count, tag in enumerate(_TAG.finditer(value)):
        name = tag[2].lower()
        if name in _FLAT:
            continue
        if not tag[1]:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > DEEPEST_HTML or count > MOST_TAGS:
            return False
    return True


def is_name(value: str) -> bool:
    """Tell whether this can stand before the @ of a handle (Mastodon's rule; A31)."""
    return len(value) <= 128 and _NAME.fullmatch(value) is not None
