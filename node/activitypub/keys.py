"""Keys: made, written down, and read again within limits (threats.md, A14)."""

from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    RSAPublicNumbers,
    generate_private_key,
)

from node.activitypub import multibase
from node.errors import BadSignature, Refusal

PublicKey = RSAPublicKey | Ed25519PublicKey
PrivateKey = RSAPrivateKey | Ed25519PrivateKey

LONGEST = 16_384
RSA_BITS = range(2048, 8193)

_RSA_MULTIKEY = b"\x85\x24"
_LARGEST_EXPONENT = 2**32


def generate_rsa() -> RSAPrivateKey:
    """Make a key for HTTP signatures: RSA, 2048 bits."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def generate_ed25519() -> Ed25519PrivateKey:
    """Make a key for proofs."""
    return Ed25519PrivateKey.generate()


def private_pem(key: PrivateKey) -> str:
    """Write a private key of ours as unencrypted PKCS#8."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def public_pem(key: PublicKey) -> str:
    """Write a public key as `publicKeyPem` wants it."""
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def multikey(key: PublicKey) -> str:
    """Write a public key as `publicKeyMultibase` wants it (FEP-521a)."""
    if isinstance(key, Ed25519PublicKey):
        return multibase.encode_ed25519(key.public_bytes_raw())
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
    return multibase.encode(_RSA_MULTIKEY + der)


@lru_cache(maxsize=512)
def load_private(pem: str) -> PrivateKey:
    """Read a key of ours. Never for others' keys: it is not checked, which costs 76 ms."""
    key = serialization.load_pem_private_key(
        pem.encode(), password=None, unsafe_skip_rsa_key_validation=True
    )
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError("the key is neither RSA nor Ed25519")
    return key


@lru_cache(maxsize=4096)
def load_public(text: str) -> PublicKey:
    """Read a public key, PEM or multikey; BadSignature unless Ed25519 or RSA of sane size."""
    if len(text) > LONGEST:
        raise BadSignature("the key is too long")
    try:
        key = _from_multikey(text) if text.startswith("z") else _from_pem(text)
    except (ValueError, UnsupportedAlgorithm, Refusal) as error:
        raise BadSignature("the key cannot be read") from error
    if isinstance(key, Ed25519PublicKey):
        return key
    if not isinstance(key, RSAPublicKey):
        raise BadSignature("the key is neither RSA nor Ed25519")
    return sane_rsa(key)


def sane_rsa(key: RSAPublicKey) -> RSAPublicKey:
    """Return the key; BadSignature unless its size and exponent are what honest keys have."""
    if key.key_size not in RSA_BITS:
        raise BadSignature("the RSA key has less than 2048 or more than 8192 bits")
    _refuse_exponent(key.public_numbers())
    return key


def _refuse_exponent(numbers: RSAPublicNumbers) -> None:
    if not 3 <= numbers.e <= _LARGEST_EXPONENT or numbers.e % 2 == 0:
        raise BadSignature("the RSA key has an exponent that proves nothing")


def _from_pem(text: str) -> object:
    return serialization.load_pem_public_key(text.strip().encode("ascii"))


def _from_multikey(text: str) -> object:
    data = multibase.decode(text)
    if data.startswith(_RSA_MULTIKEY):
        # PKCS#1, which cryptography recognises without being told.
        return serialization.load_der_public_key(data[2:])
    return Ed25519PublicKey.from_public_bytes(multibase.decode_ed25519(text))
