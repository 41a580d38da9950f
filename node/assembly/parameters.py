"""What a method lets an assembly choose: each parameter with its default and its limits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from node.errors import Invalid, Problem

DIGITS_MAX = 30


class Unusable(ValueError):
    """A value that cannot be used; `code` names the sentence, `at` what is wrong inside it."""

    def __init__(self, code: str, at: str = "", **values: object) -> None:
        super().__init__(code)
        self.code, self.at, self.values = code, at, values

    def within(self, where: str) -> "Unusable":
        """Return the same seen from outside: `num` in `quorum` is `quorum.num`."""
        joint = "" if not self.at or self.at.startswith("[") else "."
        return Unusable(self.code, f"{where}{joint}{self.at}", **self.values)

    def as_invalid(self) -> Invalid:
        """Return it as the refusal that a page or a command shows."""
        return Invalid(Problem(self.at, self.code, self.values))


@dataclass(frozen=True)
class Parameter:
    """A default, and how a value is read; `read` raises Unusable."""

    default: Any
    read: Callable[[object], Any]


def whole(default: int, at_least: int = 0, at_most: int = 1_000_000_000) -> Parameter:
    """A whole number within limits."""
    return Parameter(default, lambda value: read_whole(value, at_least, at_most))


def maybe(parameter: Parameter) -> Parameter:
    """A parameter that may be absent: null, which is its default."""
    return Parameter(None, lambda value: None if value is None else parameter.read(value))


def flag(default: bool) -> Parameter:
    """Yes or no."""

    def read(value: object) -> bool:
        if not isinstance(value, bool):
            raise Unusable("tally-not-a-flag")
        return value

    return Parameter(default, read)


def one_of(default: str, *others: str) -> Parameter:
    """One code of a few; with no others, the value is fixed and only written down."""
    return Parameter(default, lambda value: read_code(value, (default, *others)))


def fixed(value: object) -> Parameter:
    """A value that the method itself sets, stored with the rule so that it explains itself."""

    def read(given: object) -> object:
        if given != value or type(given) is not type(value):
            raise Unusable("tally-fixed", value=value)
        return value

    return Parameter(value, read)


def share(default: str, at_most: int = 1) -> Parameter:
    """A fraction from 0 to 1, written "1/4"."""
    return Parameter(Fraction(default), lambda value: read_amount(value, 0, at_most))


def amount(default: int | str) -> Parameter:
    """A positive amount, written 12, 12.50, "25/2" or [25, 2]."""

    def read(value: object) -> Fraction:
        if not (found := read_amount(value)):
            raise Unusable("tally-not-positive")
        return found

    return Parameter(Fraction(default), read)


def read_whole(value: object, at_least: int = 0, at_most: int = 1_000_000_000) -> int:
    """Return a whole number within limits. Raise Unusable."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unusable("tally-not-a-number")
    if not at_least <= value <= at_most:
        raise Unusable("tally-out-of-range", least=at_least, most=at_most)
    return value


def read_code(value: object, known: tuple[str, ...]) -> str:
    """Return a code, written with dashes or low lines. Raise Unusable when it is not known."""
    code = value.replace("-", "_") if isinstance(value, str) else value
    if not isinstance(code, str) or code not in known:
        raise Unusable("tally-unknown-value", value=shown(value), known=", ".join(known))
    return code


def read_amount(value: object, at_least: int = 0, at_most: int = 10**15) -> Fraction:
    """Return an exact fraction. Raise Unusable."""
    if isinstance(value, list) and len(value) == 2:
        num, den = read_whole(value[0], 0, 10**15), read_whole(value[1], 1, 10**15)
        value = Fraction(num, den)
    if isinstance(value, str) and len(value) <= DIGITS_MAX and "e" not in value.lower():
        try:
            value = Fraction(value)
        except (ValueError, ZeroDivisionError):
            raise Unusable("tally-not-an-amount") from None
    if isinstance(value, bool) or not isinstance(value, (int, Fraction)):
        raise Unusable("tally-not-an-amount")
    if not at_least <= value <= at_most:
        raise Unusable("tally-out-of-range", least=at_least, most=at_most)
    return Fraction(value)


def read_all(known: Mapping[str, Parameter], given: Mapping[str, object]) -> dict[str, Any]:
    """Return every parameter, defaults where nothing is given. Raise Unusable naming it."""
    for name in given:
        if name not in known:
            raise Unusable("tally-unknown-parameter", name, known=", ".join(known) or "–")
    found = {}
    for name, parameter in known.items():
        try:
            found[name] = parameter.read(given[name]) if name in given else parameter.default
        except Unusable as error:
            raise error.within(name) from None
    return found


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: a fraction as a whole number or as "1/3"."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(one) for one in value]
    return value


def shown(value: object) -> str:
    """Write a wrong value shortly enough for a sentence."""
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
