"""The paragraphs of a text: counted from one, found again, replaced."""

import re

from node import digests

_GAP = re.compile(r"(\n[ \t]*\n\s*)")


def split(text: str) -> list[str]:
    """Return the paragraphs of a text: what stands between its empty lines."""
    return _GAP.split(text.strip())[::2]


def digest(paragraph: str) -> str:
    """Return the fingerprint of one paragraph."""
    return digests.of_bytes(paragraph.strip().encode())


def find(text: str, wanted: str, near: int) -> int | None:
    """Return where the paragraph with this fingerprint stands now, the nearest to where it was."""
    found = [k for k, one in enumerate(split(text), 1) if digest(one) == wanted]
    return min(found, key=lambda k: abs(k - near), default=None)


def replaced(text: str, number: int, replacement: str) -> str:
    """Return the text with other words for one paragraph; without words it goes."""
    pieces = _GAP.split(text.strip())
    place = 2 * (number - 1)
    if replacement.strip():
        pieces[place] = replacement.strip()
    else:
        # The gap goes with it, the one after or, at the end, the one before.
        start = place if place + 1 < len(pieces) else max(place - 1, 0)
        del pieces[start : start + 2]
    return "".join(pieces)
