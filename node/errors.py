"""What can go wrong, named by what to do next: refuse, try later, or fix our bug."""

from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong with one field of a form; `code` names a sentence of the catalogues."""

    field: str
    code: str
    values: dict[str, object]


class Refusal(Exception):
    """They may not. The message is for the log; `code` names the sentence shown to a person."""

    status = 403
    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, **values: object) -> None:
        super().__init__(message)
        self.code = code or type(self).code
        self.values = values


class NotFound(Refusal):
    """There is no such thing here, or the asker may not know that there is."""

    status = 404
    code = "not-found"


class Gone(Refusal):
    """It was here and has been withdrawn for good."""

    status = 410
    code = "gone"


class NotNow(Refusal):
    """The act is possible, but not in the present state of the thing."""

    status = 409
    code = "not-now"


class BadSignature(Refusal):
    """The sender is not proven to be who the request says."""

    status = 401
    code = "bad-signature"


class TooLarge(Refusal):
    """More bytes, items or depth than the door lets through."""

    status = 413
    code = "too-large"


class TooMany(Refusal):
    """Too often; come back later."""

    status = 429
    code = "too-many"


class Invalid(Refusal):
    """A form that cannot be accepted yet, with one problem for each field to correct."""

    status = 422
    code = "invalid"

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{p.field}: {p.code}" for p in problems))
        self.problems = problems


class Unreachable(Exception):
    """Another server did not answer usefully; trying later may help."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class Unusable(Exception):
    """The program cannot begin; `code` names the sentence that says why and what to do."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


class WrongSettings(Unusable):
    """A setting cannot be used; the sentence names it, what was read, and what is expected."""


class DatabaseUnavailable(Unusable):
    """The database cannot be opened."""


class WrongSchema(Unusable):
    """The database cannot be used by this program, which is older or newer."""
