"""Which dialect a request speaks, and that one is never taken for the other (P4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from node.activitypub import signatures
from node.activitypub.request import Dialect, Request
from node.errors import BadSignature

Sign = Callable[..., Request]


@pytest.mark.parametrize("dialect", ["cavage", "rfc9421"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_signed_in_either_dialect_is_read_and_verified(
    signed: Sign, rsa: RSAPrivateKey, at: datetime, dialect: Dialect, method: str
) -> None:
    request = signed(dialect, method=method)
    found = signatures.read(request)
    assert found.dialect == dialect
    assert found.key_id == "https://m.example/users/ana#main-key"
    signatures.verify(request, found, rsa.public_key(), at=at)


@pytest.mark.parametrize("dialect", ["cavage", "rfc9421"])
def test_p3_a_valid_request_for_one_place_is_worth_nothing_in_another(
    signed: Sign, rsa: RSAPrivateKey, at: datetime, dialect: Dialect
) -> None:
    request = replace(signed(dialect), url="https://other.example/inbox?from=ana")
    with pytest.raises(BadSignature):
        signatures.verify(request, signatures.read(request), rsa.public_key(), at=at)


def test_a_request_without_signature_is_not_signed() -> None:
    with pytest.raises(BadSignature, match="the request is not signed"):
        signatures.read(Request("POST", "https://n.example/inbox", {}, b"{}"))


def test_p4_a_signature_in_another_header_is_refused(signed: Sign) -> None:
    request = signed()
    headers = {**request.headers, "authorization": "Signature " + request.headers["signature"]}
    with pytest.raises(BadSignature, match="wrong header"):
        signatures.read(replace(request, headers=headers))
    other = {**request.headers, "authorization": "Bearer x"}
    assert signatures.read(replace(request, headers=other))


def test_p4_both_dialects_at_once_are_refused(signed: Sign) -> None:
    old, new = signed("cavage"), signed("rfc9421")
    for value in (
        old.headers["signature"],
        f"{new.headers['signature']}, {old.headers['signature']}",
        f"{old.headers['signature']},{new.headers['signature']}",
    ):
        headers = {**old.headers, **new.headers, "signature": value}
        with pytest.raises(BadSignature):
            signatures.read(replace(new, headers=headers))
