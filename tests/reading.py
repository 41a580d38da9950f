"""How tests read what a page says."""

import re


def has_word(text: str, word: str) -> bool:
    """Tell whether a word stands in a text by itself.

    Digests and tokens are drawn anew by each run, and sooner or later one holds any three letters.
    """
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
