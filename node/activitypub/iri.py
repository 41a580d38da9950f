"""Web addresses taken apart: what host, in one spelling only."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple

import idna

LONGEST = 2048
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSEEN = re.compile(
    r"[\x00-\x20\x7f-\xa0\xad\\\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f"
    r"\u205f-\u206f\u3000\ud800-\udfff\ufeff\ufff9-\uffff\U000e0000-\U000e0fff]"
)
_PARTS = re.compile(r"(https?)://([^/?#]+)", re.IGNORECASE | re.ASCII)
_AUTHORITY = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^\[\]:@%]+)(?::([0-9]{1,5}))?", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_AFTER_HOST = ("", "/", "?", "#")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


class Place(NamedTuple):
    """Where a web address leads: scheme, host in its one spelling, port if not the usual one."""

    scheme: str
    host: str
    port: int | None

    @property
    def netloc(self) -> str:
        """The host, with its port where that is not the usual one."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what FEP-fe34 compares."""
        return f"{self.scheme}://{self.netloc}"


@lru_cache(maxsize=8192)
def place(uri: str) -> Place:
    """Say where `uri` leads; ValueError unless it is http(s), absolute and unambiguous."""
    # In bytes, since it is a key of the database.
    if len(uri) > LONGEST or (not uri.isascii() and len(uri.encode("utf-8", "replace")) > LONGEST):
        raise ValueError("the address is too long")
    if _UNSEEN.search(uri):
        raise ValueError("the address holds characters that cannot be seen, or a backslash")
    parts = _PARTS.match(uri)
    if parts is None:
        raise ValueError("the address is not a web address")
    authority = _AUTHORITY.fullmatch(parts[2])
    if authority is None:
        raise ValueError("the address names no plain host")
    scheme = parts[1].lower()
    port = int(authority[2]) if authority[2] else None
    if port is not None and not 0 < port < 65536:
        raise ValueError("the address has an impossible port")
    return Place(scheme, host(authority[1]), None if port == _DEFAULT_PORTS[scheme] else port)


def host(name: str) -> str:
    """Give a host its one spelling (IDNA 2008, lower case, no last dot); ValueError if none."""
    if name.startswith("["):
        return f"[{IPv6Address(name[1:-1]).compressed}]"
    if not name.isascii():
        name = idna.encode(name, uts46=True).decode("ascii")
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("the host is not a host name")
    if _NUMBER.fullmatch(labels[-1]):
        return str(IPv4Address(name))
    for label in labels:
        if label.startswith("xn--"):
            idna.decode(label)
    return name


def is_web_address(value: object) -> bool:
    """Tell whether this is an absolute http(s) address without anything doubtful in it."""
    if not isinstance(value, str):
        return False
    try:
        place(value)
    except ValueError:
        return False
    return True


def is_identity(value: object) -> bool:
    """Tell whether this may be somebody's id (P1).

    It is https, or plain http on the machine itself, and its host is in its one spelling, so
    that no two ids of one actor look different (P4).
    """
    if not isinstance(value, str):
        return False
    try:
        where = place(value)
    except ValueError:
        return False
    if not value.startswith(where.origin) or value[len(where.origin) :][:1] not in _AFTER_HOST:
        return False
    return where.scheme == "https" or where.host in LOOPBACK or where.host.endswith(".localhost")
