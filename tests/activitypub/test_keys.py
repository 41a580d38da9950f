"""Keys and the letters they are written in (FEP-521a, A14)."""

import re
from base64 import encodebytes
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub import keys, multibase
from node.activitypub.vocabulary import MalformedActivity
from node.errors import BadSignature


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_bytes_written_are_read_again(data: bytes) -> None:
    assert multibase.decode(multibase.encode(data)) == data


@pytest.mark.parametrize(
    ("data", "written"),
    [
        (b"", "z"),
        (b"\0\0\x28\x7f\xb4\xcd", "z11233QC4"),
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
    ],
)
def test_base58_is_that_of_the_draft(data: bytes, written: str) -> None:
    assert multibase.encode(data) == written
    assert multibase.decode(written) == data


@pytest.mark.parametrize(
    "written", ["", "Q", "uSGVsbG8", "z0", "zO", "zI", "zl", "z é", "z" * 2049]
)
def test_a16_what_is_not_base58_is_refused(written: str) -> None:
    with pytest.raises(MalformedActivity):
        multibase.decode(written)


def test_the_keys_of_fep_521a_are_written_as_published(shared: Path) -> None:
    feature = (shared / "vectors/more/fep/fep-521a.feature").read_text()
    ed, rsa_der = (
        bytes.fromhex(found) for found in re.findall(r'hex string "([0-9a-f]+)"', feature)
    )
    written_ed, written_rsa = re.findall(r'"publicKeyMultibase": "(\w+)"', feature)
    public = Ed25519PublicKey.from_public_bytes(ed)
    assert keys.multikey(public) == written_ed
    assert keys.load_public(written_ed) == public
    rsa_public = serialization.load_der_public_key(rsa_der)
    assert isinstance(rsa_public, RSAPublicKey)
    assert keys.multikey(rsa_public) == written_rsa
    assert keys.load_public(written_rsa) == rsa_public


def test_our_keys_are_read_as_they_were_written(
    rsa: RSAPrivateKey, ed25519: Ed25519PrivateKey
) -> None:
    for key in (rsa, ed25519):
        again = keys.load_private(keys.private_pem(key))
        assert keys.private_pem(again) == keys.private_pem(key)
        public = key.public_key()
        assert keys.load_public(keys.public_pem(public)) == public
        assert keys.load_public(keys.multikey(public)) == public
    assert rsa.key_size == 2048


def test_a_private_key_of_another_kind_is_not_ours() -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with pytest.raises(ValueError, match="neither"):
        keys.load_private(pem.decode())


def test_a_key_in_pkcs1_is_read(rsa: RSAPrivateKey) -> None:
    pem = rsa.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.PKCS1
    )
    assert keys.load_public(pem.decode()) == rsa.public_key()


def _pem(n: int, e: int) -> str:
    return keys.public_pem(rsa_numbers(n, e))


def rsa_numbers(n: int, e: int) -> RSAPublicKey:
    return rsa.RSAPublicNumbers(e, n).public_key()


@pytest.mark.parametrize("bits", [1024, 2040, 8200])
def test_a14_an_rsa_key_of_another_size_is_refused(bits: int) -> None:
    with pytest.raises(BadSignature, match=r"bits|read"):
        keys.load_public(_pem((1 << bits) - 1, 65537))


@pytest.mark.parametrize("bits", [2048, 8192])
def test_a14_an_rsa_key_at_the_limits_is_read(bits: int) -> None:
    assert isinstance(keys.load_public(_pem((1 << bits) - 1, 65537)), RSAPublicKey)


def _der_pem(n: int, e: int) -> str:
    """Write a key that no library would make."""

    def integer(value: int) -> bytes:
        data = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return b"\x02" + _length(data) + data

    inner = integer(n) + integer(e)
    der = b"\x30" + _length(inner) + inner
    return (
        f"-----BEGIN RSA PUBLIC KEY-----\n{encodebytes(der).decode()}-----END RSA PUBLIC KEY-----\n"
    )


def _length(data: bytes) -> bytes:
    size = len(data)
    if size < 128:
        return bytes([size])
    raw = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(raw)]) + raw


@pytest.mark.parametrize("exponent", [1, 2, 4, 2**32 + 1, 2**2000 + 1])
def test_a14_an_exponent_that_proves_nothing_is_refused(exponent: int) -> None:
    with pytest.raises(BadSignature):
        keys.load_public(_der_pem((1 << 2048) - 1, exponent))
    assert keys.load_public(_der_pem((1 << 2048) - 1, 3))


def test_a14_no_other_text_is_a_key() -> None:
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    p256 = curve.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
    private = keys.private_pem(keys.generate_ed25519())
    for text in (
        "",
        "x",
        "é",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        p256,
        private,
        "z",
        "z6Mk",
        "zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169",
        multibase.encode(b"\x85\x24" + b"garbage"),
        "-----BEGIN PUBLIC KEY-----\n" + "A" * 1_000_000,
    ):
        with pytest.raises(BadSignature):
            keys.load_public(text)


def test_keys_read_are_remembered_within_bounds() -> None:
    assert keys.load_public.cache_info().maxsize == 4096
    assert keys.load_private.cache_info().maxsize == 512
