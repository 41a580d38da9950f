"""Which addresses this node may talk to, judged by where the packets would go."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple

import httpx
import idna

from node.errors import Refusal, Unreachable

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]


class Target(NamedTuple):
    """Where a URL leads: the host in lower case, in punycode, without a trailing dot."""

    scheme: str
    host: str
    port: int


class ForbiddenAddress(Refusal):
    """The address is not on the open Internet, or not written in the one plain way."""

    status = 422
    code = "forbidden-address"


# https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sibling. Never
# is_private or is_global: their answers differ between versions of Python.
_FORBIDDEN_V4 = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # "this" network; Linux connects it to itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT; overlay networks and metadata services live here
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT relays
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
]
# Unicast is 2000::/3 alone (RFC 4291). Translations that carry an IPv4 address are forbidden
# whole, public ones too: where they end is the translator's choice, not ours.
_FORBIDDEN_V6 = [
    ip_network(network)
    for network in (
        "::/3",  # ::, ::1, v4-mapped and v4-compatible, NAT64 (64:ff9b::, 64:ff9b:1::), 100::/64
        "4000::/2",  # unassigned; 5f00::/16 is segment routing
        "8000::/1",  # fc00::/7, fe80::/10, fec0::/10, ff00::/8, and unassigned
        "2001::/23",  # Teredo, ORCHID, benchmarks, AMT
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation
    )
]
_ISATAP = 0x5EFE  # with the "universal" bit 0x02000000 set or not (RFC 5214)
_LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1/128")]

# Below 1024 only the two ports of the web; above, what browsers refuse
# (https://fetch.spec.whatwg.org/#port-blocking) and databases, desktops and daemons.
_WEB_PORTS = {80, 443}
_FORBIDDEN_PORTS = {
    *(1433, 1521, 1719, 1720, 1723, 2049, 2375, 2376, 2379, 3306, 3389, 3659, 4045, 4190, 5060),
    *(5061, 5432, 5672, 5900, 6000, 6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697),
    *(9200, 10080, 10250, 11211, 27017),
}
_MOST_CHARACTERS = 2048
_URL = re.compile(r"(https?)://([^/?#]+)(?:[/?#].*)?", re.IGNORECASE)
_AUTHORITY = re.compile(
    r"(\[[0-9a-f.]*:[0-9a-f:.]*\]|[^:\[\]@%]+)(?::([1-9][0-9]{0,4}))?", re.IGNORECASE
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def check_address(address: str | Address, *, allow_loopback: bool = False) -> None:
    """Raise ForbiddenAddress unless packets to this address leave for the open Internet."""
    if not _is_allowed(str(address), allow_loopback):
        raise ForbiddenAddress(f"{address} is not an address of the open Internet")


def check_url(url: str, allow_loopback: bool = False) -> Target:
    """Return where a URL leads, or raise ForbiddenAddress if it may not be followed.

    Numbers are judged here; names only once they are resolved, by `resolve`.
    """
    if len(url) > _MOST_CHARACTERS or not url.isprintable() or " " in url or "\\" in url:
        raise ForbiddenAddress("the address is too long or holds characters no URL may hold")
    parts = _URL.fullmatch(url)
    authority = _AUTHORITY.fullmatch(parts[2]) if parts else None
    if parts is None or authority is None:
        raise ForbiddenAddress(f"{url!r} is not a plain web address")
    scheme = parts[1].lower()
    host = _plain_host(authority[1], allow_loopback)
    if scheme == "http" and not (allow_loopback and _is_local(host)):
        raise ForbiddenAddress(f"{url!r} is not https")
    port = int(authority[2]) if authority[2] else {"https": 443, "http": 80}[scheme]
    if port > 65535 or port in _FORBIDDEN_PORTS or (port < 1024 and port not in _WEB_PORTS):
        raise ForbiddenAddress(f"port {port} is not one of the web")
    return Target(scheme, host, port)


def target_of(url: httpx.URL) -> Target:
    """Return where a URL leads that `check_url` has let pass."""
    port = url.port or {"https": 443, "http": 80}[url.scheme]
    return Target(url.scheme, url.raw_host.decode("ascii"), port)


async def resolve(
    host: str,
    port: int,
    resolver: Resolver,
    *,
    allow_loopback: bool = False,
    seconds: float = 5,
) -> list[Address]:
    """Look a checked host up once and return its addresses; one bad answer refuses them all."""
    if (literal := _literal(host)) is not None:
        answers: Sequence[str] = [str(literal)]
    else:
        answers = await _ask(host, port, resolver, seconds)
    addresses = []
    for answer in answers:
        check_address(answer, allow_loopback=allow_loopback)
        addresses.append(ip_address(answer))
    if _is_local(host) and not all(_within(address, _LOOPBACK) for address in addresses):
        raise ForbiddenAddress(f"{host} does not lead to this machine")
    return addresses


async def _ask(host: str, port: int, resolver: Resolver, seconds: float) -> Sequence[str]:
    try:
        async with asyncio.timeout(seconds):
            answers = await resolver(host, port)
    except TimeoutError:
        raise Unreachable(f"DNS: the name {host} was not resolved in time") from None
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"DNS: the name {host} does not resolve ({error})") from None
    if not answers:
        raise Unreachable(f"DNS: the name {host} has no address")
    return answers


@lru_cache(maxsize=4096)
def _is_allowed(written: str, allow_loopback: bool) -> bool:
    try:
        address = ip_address(written)
    except ValueError:
        return False
    if allow_loopback and _within(address, _LOOPBACK):
        return True
    if isinstance(address, IPv4Address):
        return not _within(address, _FORBIDDEN_V4)
    is_isatap = (int(address) >> 32) & 0xFDFFFFFF == _ISATAP
    return not (is_isatap or address.scope_id or _within(address, _FORBIDDEN_V6))


def _within(address: Address, networks: Sequence[object]) -> bool:
    return any(address in network for network in networks)  # type: ignore[operator]


def _plain_host(written: str, allow_loopback: bool) -> str:
    host = written.lower().removesuffix(".")
    if host.startswith("["):
        host = host[1:-1]
    elif not host.isascii() or "xn--" in host:
        host = _punycode(host)
    labels = host.split(".")
    if ":" in host or _NUMBER.fullmatch(labels[-1]):
        if _literal(host) is None:
            raise ForbiddenAddress(f"{written!r} is an odd spelling of a number")
        check_address(host, allow_loopback=allow_loopback)
        return str(ip_address(host))
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ForbiddenAddress(f"{written!r} is not the name of a host")
    if (len(labels) == 1 or _is_local(host)) and not (allow_loopback and _is_local(host)):
        raise ForbiddenAddress(f"{written!r} is a name of this machine or of its neighbours")
    return host


def _punycode(host: str) -> str:
    # Other full stops (U+3002 and its like) would be read as dots: a second spelling.
    if any(stop in host for stop in "\u3002\uff0e\uff61"):
        raise ForbiddenAddress(f"{host!r} holds a full stop that is not a dot")
    try:
        return idna.encode(host, strict=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise ForbiddenAddress(f"{host!r} is not the name of a host: {error}") from None


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_local(host: str) -> bool:
    if (literal := _literal(host)) is not None:
        return _within(literal, _LOOPBACK)
    return host == "localhost" or host.endswith(".localhost")
