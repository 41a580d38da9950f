"""Bytes as letters: base58btc with its `z`, and public keys written that way (Multikey)."""

from node.activitypub.vocabulary import MalformedActivity

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_LONGEST = 2048
_ED25519 = b"\xed\x01"


def encode(data: bytes) -> str:
    """Write bytes in base58btc, with the `z` of multibase before them."""
    number, letters = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        letters = _ALPHABET[rest] + letters
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + letters


def decode(written: str) -> bytes:
    """Read base58btc with its `z`; MalformedActivity if it is anything else, or very long."""
    if not written.startswith("z") or len(written) > _LONGEST:
        raise MalformedActivity("this is not base58btc")
    letters, number = written[1:], 0
    try:
        for letter in letters:
            number = number * 58 + _VALUES[letter]
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
