"""Bytes as letters: base58btc with its `z`, and public keys written that way (Multikey)."""

from node import digests
from node.activitypub.vocabulary import MalformedActivity

_VALUES = {letter: value for value, letter in enumerate(digests.ALPHABET)}
_LONGEST = 2048
_ED25519 = b"\xed\x01"


def encode(data: bytes) -> str:
    """Write bytes in base58btc, with the `z` of multibase before them."""
    return "z" + digests.base58(data)


def decode(written: str) -> bytes:
    """Read base58btc with its `z`; MalformedActivity if it is anything else, or very long."""
    if not written.startswith("z") or len(written) > _LONGEST:
        raise MalformedActivity("this is not base58btc")
    letters, number = written[1:], 0
    try:
        # Ten letters at a time stay small numbers, which are quick to reckon with.
        for start in range(0, len(letters), 10):
            ten, some = letters[start : start + 10], 0
            for letter in ten:
                some = some * 58 + _VALUES[letter]
            number = number * 58 ** len(ten) + some
    except KeyError as error:
        raise MalformedActivity("this is not base58btc") from error
    zeros = len(letters) - len(letters.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_ed25519(raw: bytes) -> str:
    """Write the 32 bytes of an Ed25519 public key as a Multikey (FEP-521a)."""
    return encode(_ED25519 + raw)


def decode_ed25519(written: str) -> bytes:
    """Read the 32 bytes of an Ed25519 public key; MalformedActivity if it is not one."""
    data = decode(written)
    if not data.startswith(_ED25519) or len(data) != 34:
        raise MalformedActivity("this is not an Ed25519 key")
    return data[2:]
