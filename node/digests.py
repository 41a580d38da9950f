"""Fingerprints that anyone can recompute: SHA-256 over canonical JSON, as a multihash."""

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Any

import rfc8785

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_SHA_256 = b"\x12\x20"


def base58(data: bytes) -> str:
    """Write bytes in the Bitcoin base-58 alphabet, leading zeros kept as `1`."""
    number = int.from_bytes(data, "big")
    digits = ""
    while number:
        number, rest = divmod(number, 58)
        digits = _ALPHABET[rest] + digits
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + digits


def of_bytes(data: bytes) -> str:
    """Return the multibase base58btc multihash SHA-256 of these bytes: `zQm…`."""
    return "z" + base58(_SHA_256 + hashlib.sha256(data).digest())


def of(value: Any) -> str:
    """Return the digest of the canonical form (RFC 8785) of a JSON value.

    Raise ValueError when the value has no canonical form.
    """
    return of_bytes(rfc8785.dumps(value))


def of_text(title: str, content: str, language: str, *, attachments: Sequence[str] = ()) -> str:
    """Return the fingerprint of a text as it is read: NFC, lines ended by LF."""
    return of(
        {
            "title": _plain(title),
            "language": language,
            "mediaType": "text/markdown",
            "content": _plain(content),
            "attachments": list(attachments),
        }
    )


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
