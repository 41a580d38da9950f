"""The spaces that French puts before tall punctuation and inside its quotation marks."""

import re

_NARROW, _FIXED = "\u202f", "\u00a0"
_BEFORE = re.compile(r"(?<!\s)[ \u00a0](?=[;!?»](?:\W|$))")
_COLON = re.compile(r"(?:(?<=\S)|^) (?=:(?:\s|$))")
_AFTER = re.compile(r"(?<=«)[ \u00a0]?(?=\S)")
_CODE_OR_WORDS = re.compile(r"<(?:code|pre)\b.*?</(?:code|pre)>|<[^>]*>|([^<]+)", re.DOTALL)
_NUMBER = re.compile(r"(?<=\d) (?=\d{3}\b|[%€h]\b|[%€])")


def french_page(page: str) -> str:
    """Do it, the spaces alone, in the words of an HTML text, but not in code."""
    return _CODE_OR_WORDS.sub(lambda found: _spaced(found[0]) if found[1] else found[0], page)


def french(text: str) -> str:
    """Replace the spaces of a French plain text by those that no line breaks at."""
    return _spaced(text).replace("'", "’")


def opening(text: str) -> str:
    """Begin with a capital, and leave the rest as it is: English months keep theirs."""
    return text[:1].upper() + text[1:]


def unbroken(text: str) -> str:
    """Let no line begin with a sign, in a text of any language: one of them is French."""
    return _COLON.sub(_FIXED, _BEFORE.sub(_NARROW, text))


def _spaced(text: str) -> str:
    text = _AFTER.sub(_NARROW, unbroken(text))
    return _NUMBER.sub(_NARROW, text)
