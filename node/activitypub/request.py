"""A request as it was signed: four fields, and the signature found on it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from node.errors import BadSignature

Dialect = Literal["cavage", "rfc9421"]

MOST_HEADERS = 200

# A second one of these would give the request a second meaning (P4).
ONLY_ONCE = frozenset(
    {
        "authorization",
        "content-digest",
        "content-type",
        "date",
        "digest",
        "host",
        "signature",
        "signature-input",
    }
)


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `url` is absolute, the names of headers are lower-case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request says of its signature, before anything of it is believed."""

    key_id: str
    covered: tuple[str, ...]
    value: bytes
    algorithm: str | None
    created: int | None
    expires: int | None
    dialect: Dialect
    label: str = ""
    components: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = field(default=(), repr=False)
    params: str = field(default="", repr=False)


def from_asgi(
    method: str, url: str, raw_headers: Iterable[tuple[bytes, bytes]], body: bytes
) -> Request:
    """Build a request from ASGI; BadSignature if a header that counts is double or not ASCII."""
    headers: dict[str, str] = {}
    for count, (raw_name, raw_value) in enumerate(raw_headers):
        if count >= MOST_HEADERS:
            raise BadSignature("the request has too many headers")
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip(" \t")
        if name in ONLY_ONCE and (name in headers or not value.isascii()):
            raise BadSignature(f"the header {name} stands there twice, or not in ASCII")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return Request(method, url, headers, body)
