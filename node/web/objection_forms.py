"""What an objection says besides its reason, as fields of the ballot."""

from node.assembly.voting.objection_words import Words
from node.models import Objection
from node.web.forms import Form

NAMES = Words._fields


def read(form: Form) -> Words:
    """Return what a form says of an objection; a number that cannot be read is a problem of it."""
    return Words(form.number("paragraph"), form.text("risk"), form.text("improvement"))


def fields(objection: Objection) -> dict[str, str]:
    """Return the fields of a form that shows an objection raised before."""
    return {name: str(getattr(objection, name) or "") for name in NAMES}


def of(objection: Objection) -> Words:
    """Return what an objection says besides its reason."""
    return Words(objection.paragraph, objection.risk, objection.improvement)


def lines(words: Words) -> list[tuple[str, str]]:
    """Return what was said, by the name of its field."""
    return [(name, str(said)) for name, said in zip(NAMES, words, strict=True) if said]
