"""The spaces that French puts before tall punctuation and inside its quotation marks."""

import re

_NARROW, _FIXED = "\u202f", "\u00a0"
_BEFORE = re.compile(r"(?<=\S)[ \u00a0](?=[;!?»](?:\W|$))")
_COLON = re.compile(r"(?<=\S) (?=:(?:\s|$))")
_AFTER = re.compile(r"(?<=«)[ \u00a0]?(?=\S)")
_NUMBER = re.compile(r"(?<=\d) (?=\d{3}\b|[%€h]\b|[%€])")


def french(text: str) -> str:
    """Replace the spaces of a French plain text by those that no line breaks at."""
    text = _BEFORE.sub(_NARROW, text)
    text = _COLON.sub(_FIXED, text)
    text = _AFTER.sub(_NARROW, text)
    return _NUMBER.sub(_NARROW, text).replace("'", "’")
