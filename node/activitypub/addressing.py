"""Who is spoken to, under which origin, by which handle."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import idna

from node.activitypub import iri, text, values
from node.activitypub.iri import is_web_address as is_web_address
from node.activitypub.vocabulary import PUBLIC as PUBLIC
from node.activitypub.vocabulary import MalformedActivity

MOST_ADDRESSEES = 100
REFUSED_ADDRESSEES = 1000

_SPELLINGS_OF_PUBLIC = frozenset({PUBLIC, "as:Public", "Public"})
# Scripts that a reader takes for one another's letters are shown only on their own.
_TOGETHER = ({"HAN", "HIRAGANA", "KATAKANA"}, {"HAN", "HANGUL"}, {"HAN", "BOPOMOFO"})
_LOOKALIKES = frozenset(
    "аеорсухѕіјԁһԛԝӏъьмтнквгпзэүҷ"  # Cyrillic
    "ονακτιυρχωγηε"  # Greek
    "օսոհցզքյ"  # Armenian
    "0123456789-"
)


class Handle(NamedTuple):
    """A name at a domain, the domain in its one spelling."""

    name: str
    domain: str

    def __str__(self) -> str:
        return f"{self.name}@{self.domain}"

    @property
    def acct(self) -> str:
        """The handle as WebFinger asks for it (RFC 7565)."""
        return f"acct:{self}"


@dataclass(frozen=True, slots=True)
class Audience:
    """Those addressed, Public always in its full spelling."""

    to: tuple[str, ...]
    cc: tuple[str, ...]

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return PUBLIC in self.to or PUBLIC in self.cc

    @property
    def is_listed(self) -> bool:
        """Whether it is said to everybody in the first place, not merely visible to them."""
        return PUBLIC in self.to


def origin(uri: str) -> str:
    """Return scheme, host and port in one spelling; MalformedActivity if there are none (A31)."""
    return _place(uri).origin


def host(uri: str) -> str:
    """Return the host, with the port if it is not the usual one; MalformedActivity if none."""
    return _place(uri).netloc


def bare_host(written: str, scheme: str = "https") -> str:
    """Return the one spelling of a host that stands alone; MalformedActivity if it does not."""
    if any(sign in written for sign in "/?#"):
        raise MalformedActivity("this is not a host")
    return host(f"{scheme}://{written}")


def operator(uri: str) -> str:
    """Return the domain that somebody had to register: names below it, and ports, are free (P10).

    Told without a list of suffixes: `co.uk` and its like are a short label before a country.
    """
    name = _place(uri).host
    labels = name.split(".")
    if name.startswith("[") or labels[-1].isdigit():
        return name
    is_shared = len(labels[-1]) == 2 and len(labels) > 2 and len(labels[-2]) <= 3
    return ".".join(labels[-3 if is_shared else -2 :])


def same_origin(a: str, b: str) -> bool:
    """Tell whether both are web addresses of one origin (FEP-fe34)."""
    return is_web_address(a) and is_web_address(b) and origin(a) == origin(b)


def audience(document: dict[str, Any]) -> Audience:
    """Read who is addressed, at most a hundred each; MalformedActivity beyond a thousand (B8)."""
    return Audience(_addressees(document.get("to")), _addressees(document.get("cc")))


def parse_handle(written: str) -> Handle:
    """Read `@a@b`, `a@b` or `acct:a@b`; MalformedActivity for anything else (A31)."""
    bare = written[5:] if written.startswith("acct:") else written.removeprefix("@")
    name, at, domain = bare.partition("@")
    if not at or not text.is_name(name):
        raise MalformedActivity("this is not a handle")
    return Handle(name, bare_host(domain))


@lru_cache(maxsize=1024)
def shown_host(name: str) -> str:
    """Return a host as people may see it: in its own letters unless those could deceive."""
    if "xn--" not in name:
        return name
    bare, colon, port = name.partition(":")
    return ".".join(_shown_label(label) for label in bare.split(".")) + colon + port


def _place(uri: str) -> iri.Place:
    try:
        return iri.place(uri)
    except (ValueError, TypeError, AttributeError) as error:
        raise MalformedActivity(f"not a web address: {error}") from error


def _addressees(value: object) -> tuple[str, ...]:
    try:
        found = values.ids(value, REFUSED_ADDRESSEES)
    except ValueError as error:
        raise MalformedActivity(str(error)) from error
    plain = (PUBLIC if address in _SPELLINGS_OF_PUBLIC else address for address in found)
    return tuple(dict.fromkeys(plain))[:MOST_ADDRESSEES]


def _shown_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        letters = idna.decode(label)
    except idna.IDNAError:
        return label
    return label if _may_deceive(letters) else letters


def _may_deceive(letters: str) -> bool:
    scripts = {_script(letter) for letter in letters} - {""}
    if scripts == {"LATIN"}:
        return any(letter > "\u017f" or letter == "\u0131" for letter in letters)
    if len(scripts) > 1:
        return not any(scripts <= together for together in _TOGETHER)
    return _LOOKALIKES.issuperset(letters)


def _script(letter: str) -> str:
    if letter.isascii() and not letter.isalpha():
        return ""
    word = unicodedata.name(letter, "?").partition(" ")[0].partition("-")[0]
    return "HAN" if word == "CJK" else word
