"""What an objection says, checked before it is raised."""

from typing import NamedTuple

from sqlalchemy import select

from node.assembly import paragraphs
from node.assembly.voting.sheets import Sheet
from node.database import Transaction
from node.errors import Invalid, Problem
from node.models import Version
from node.texts import readable

WORDS_MAX = 2000


class Words(NamedTuple):
    """What an objection says besides its text: the paragraph, the risk, what would be better."""

    paragraph: int | None = None
    risk: str = ""
    improvement: str = ""


def checked(text: str, words: Words, paragraphs_count: int) -> Words:
    """Return the words of an objection as they are kept. Raise Invalid with one problem a field."""
    problems = []
    # One sentence at least (deciding.md, section 5): a single word is none.
    if len(text.split()) < 2:
        problems.append(Problem("reason", "objection-needs-a-sentence", {}))
    if words.paragraph is not None and not 1 <= words.paragraph <= paragraphs_count:
        problems.append(Problem("paragraph", "paragraph-unknown", {"most": paragraphs_count}))
    kept = words._replace(
        risk=readable(words.risk).strip(), improvement=readable(words.improvement).strip()
    )
    for name, said in (("risk", kept.risk), ("improvement", kept.improvement)):
        if len(said) > WORDS_MAX:
            problems.append(Problem(name, "reason-too-long", {"max": WORDS_MAX}))
    if problems:
        raise Invalid(*problems)
    return kept


async def checked_for(tx: Transaction, sheet: Sheet, text: str, words: Words) -> Words:
    """Return the words of an objection to the text of a vote, checked."""
    source = await tx.scalar(select(Version.source).where(Version.id == sheet.version_id))
    return checked(text, words, len(paragraphs.split(str(source))))
