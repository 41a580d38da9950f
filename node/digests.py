"""Fingerprints that anyone can recompute: SHA-256 over canonical JSON, as a multihash."""

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Any

import msgspec
import rfc8785

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [one + two for one in ALPHABET for two in ALPHABET]
_FOUR_DIGITS = 58**4
_EIGHT_DIGITS = 58**8
_SHA_256 = b"\x12\x20"
_SAFE = 2**53 - 1
_sorted = msgspec.json.Encoder(order="sorted")


def base58(data: bytes) -> str:
    """Write bytes in the Bitcoin base-58 alphabet, leading zeros kept as `1`."""
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, eight = divmod(number, _EIGHT_DIGITS)
        four, last = divmod(eight, _FOUR_DIGITS)
        digits = (
            f"{_PAIRS[four // 3364]}{_PAIRS[four % 3364]}"
            f"{_PAIRS[last // 3364]}{_PAIRS[last % 3364]}{digits}"
        )
    digits = digits.lstrip("1")
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def canonical(value: Any) -> bytes:
    """Return the canonical form (RFC 8785) of a JSON value.

    Raise ValueError when the value has none. What holds only text, whole numbers and plain names
    is written by a faster hand: both agree there, as the tests show.
    """
    return _sorted.encode(value) if _is_plain(value) else rfc8785.dumps(value)


def read_canonical(written: bytes) -> Any:
    """Read what `canonical` wrote by its faster hand. Raise ValueError for anything else.

    What comes out byte for byte as it went in holds no name twice: the fast reader, which would
    not notice, cannot have dropped anything.
    """
    try:
        value = msgspec.json.decode(written)
        if _is_plain(value) and _sorted.encode(value) == written:
            return value
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("this cannot be read") from error
    raise ValueError("this is not in canonical form, or holds more than plain values")


def sorted_json(value: Any) -> bytes:
    """Write a value with its names in order, by the hand that `canonical` has for plain ones."""
    return _sorted.encode(value)


def of_bytes(data: bytes) -> str:
    """Return the multibase base58btc multihash SHA-256 of these bytes: `zQm…`."""
    return of_hash(hashlib.sha256(data).digest())


def of_hash(hashed: bytes) -> str:
    """Return the multibase multihash of what SHA-256 has already gone over."""
    return "z" + base58(_SHA_256 + hashed)


def of(value: Any) -> str:
    """Return the digest of the canonical form (RFC 8785) of a JSON value.

    Raise ValueError when the value has no canonical form.
    """
    return of_hash(hash_of(value))


def hash_of(value: Any) -> bytes:
    """Return the 32 bytes of SHA-256 over the canonical form. Raise ValueError without one."""
    return hashlib.sha256(canonical(value)).digest()


def of_text(title: str, content: str, language: str, *, attachments: Sequence[str] = ()) -> str:
    """Return the fingerprint of a text as it is read: NFC, lines ended by LF."""
    return of(as_text(title, content, language, attachments=attachments))


def as_text(
    title: str, content: str, language: str, *, attachments: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a text as the JSON value whose digest is its fingerprint (wire.md, section 4)."""
    return {
        "title": _plain(title),
        "language": language,
        "mediaType": "text/markdown",
        "content": _plain(content),
        "attachments": list(attachments),
    }


def _is_plain(value: Any) -> bool:
    """Say whether both hands write this alike; a loop, since every digest begins with it."""
    waiting, names = [value], []
    for one in waiting:
        kind = type(one)
        if kind is str:
            continue
        if kind is dict:
            names += one
            waiting += one.values()
        elif kind is list:
            waiting += one
        elif kind is int:
            if not -_SAFE <= one <= _SAFE:
                return False
        elif kind is not bool and one is not None:
            return False
    try:
        return "".join(names).isascii()
    except TypeError:
        return False


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
