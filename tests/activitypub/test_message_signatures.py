"""Signatures of RFC 9421: its own examples, and what we demand beyond it (A10, A14, A15)."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from node.activitypub import bodies, keys, message_signatures
from node.activitypub.message_signatures import signature_base
from node.activitypub.request import Request, Signature
from node.errors import BadSignature
from tests.patience import ends

KEY_ID = "https://m.example/users/ana#main-key"
ALL = '"@method" "@target-uri" "content-digest"'
Sign = Callable[..., Request]


def check(request: Request, key: keys.PublicKey, at: datetime) -> None:
    message_signatures.verify(request, message_signatures.parse(request), key, at=at)


def forge(
    key: RSAPrivateKey | Ed25519PrivateKey,
    at: datetime,
    *,
    covered: str = ALL,
    alg: str | None = None,
    created: object = None,
    more: str = "",
    method: str = "POST",
    url: str = "https://n.example/inbox?a=b%20c&d",
    signed_url: str | None = None,
    body: bytes = b"{}",
    label: str = "sig1",
    headers: dict[str, str] | None = None,
) -> Request:
    """Sign anything, as a hostile or merely different server might."""
    given = {"host": "n.example", "content-digest": bodies.content_digest(body)}
    given.update(headers or {})
    params = f"({covered})"
    moment = int(at.timestamp()) if created is None else created
    params += f";created={moment}" if moment else ""
    params += f';keyid="{KEY_ID}"'
    params += f';alg="{alg}"' if alg is not None else ""
    params += more
    given["signature-input"] = f"{label}={params}"
    request = Request(method, url, {**given, "signature": f"{label}=:AAAA:"}, body)
    draft = message_signatures.parse(request)
    base = signature_base(replace(request, url=signed_url or url), draft.components, draft.params)
    value = (
        key.sign(base, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(key, RSAPrivateKey)
        else key.sign(base)
    )
    given["signature"] = f"{label}=:{base64.b64encode(value).decode()}:"
    return replace(request, headers=given)


def vectors(shared: Path, name: str) -> list[tuple[dict[str, Any], Request, int | None, Any]]:
    found = json.loads((shared / "vectors" / name).read_bytes())
    cases = []
    for case in found["cases"]:
        message = found["messages"][case["message"]]
        headers = {
            key.lower(): value for key, value in [*message["headers"], *case["headers"].items()]
        }
        request = Request(
            message.get("method", "GET"),
            "https://example.com" + message.get("target", "/"),
            headers,
            message["body"].encode(),
        )
        pem = found["keys"].get(case["keyid"])
        key = serialization.load_pem_public_key(pem.encode()) if pem else None
        cases.append((case, request, message.get("status"), key))
    return cases


@pytest.mark.parametrize("name", ["rfc9421-b2-1-to-4.json", "more/rfc9421-b2-5-to-6.json"])
def test_the_bases_of_rfc_9421_b2_are_equal_byte_for_byte(shared: Path, name: str) -> None:
    cases = vectors(shared, name)
    assert cases
    for case, request, status, key in cases:
        found = message_signatures.parse(request)
        base = signature_base(request, found.components, found.params, status=status)
        assert base == case["signature_base"].encode(), case["id"]
        assert found.key_id == case["keyid"]
        if isinstance(key, rsa.RSAPublicKey):
            pss = padding.PSS(padding.MGF1(hashes.SHA512()), 64)
            key.verify(found.value, base, pss, hashes.SHA512())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            half = len(found.value) // 2
            r, s = (
                int.from_bytes(part, "big") for part in (found.value[:half], found.value[half:])
            )
            signature = utils.encode_dss_signature(r, s)
            key.verify(signature, base, ec.ECDSA(hashes.SHA256()))
        elif isinstance(key, Ed25519PublicKey):
            key.verify(found.value, base)


@pytest.mark.parametrize("name", ["rfc9421-b2-1-to-4.json", "more/rfc9421-b2-5-to-6.json"])
def test_a14_none_of_them_is_accepted_in_the_inbox(shared: Path, name: str) -> None:
    lately = datetime.fromisoformat("2021-04-20T02:07:55Z")
    other = keys.generate_ed25519().public_key()
    for _, request, _, key in vectors(shared, name):
        usable = key if isinstance(key, rsa.RSAPublicKey | Ed25519PublicKey) else other
        with pytest.raises(BadSignature, match="does not cover"):
            check(request, usable, lately)


def test_what_we_sign_we_verify(signed: Sign, rsa: RSAPrivateKey, at: datetime) -> None:
    for method in ("POST", "GET"):
        check(signed("rfc9421", method=method), rsa.public_key(), at)


def test_a_post_without_content_type_gets_ours(rsa: RSAPrivateKey, at: datetime) -> None:
    request = Request("POST", "https://n.example/inbox", {}, b"{}")
    added = message_signatures.sign(request, rsa, KEY_ID, at=at)
    assert added["content-type"] == "application/activity+json"
    check(replace(request, headers=added), rsa.public_key(), at)


def test_what_we_sign_an_independent_library_verifies(
    signed: Sign, rsa: RSAPrivateKey, monkeypatch: pytest.MonkeyPatch, at: datetime
) -> None:
    class Resolver(HTTPSignatureKeyResolver):
        def resolve_public_key(self, key_id: str) -> object:
            assert key_id == KEY_ID
            return rsa.public_key()

    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.RSA_V1_5_SHA256, key_resolver=Resolver()
    )
    monkeypatch.setattr(verifier, "validate_created_and_expires", lambda *_, **__: None)
    found = verifier.verify(_Message(signed("rfc9421")), max_age=None, body=b'{"type":"Like"}')
    assert len(found) == 1


def test_what_an_independent_library_signs_we_verify(rsa: RSAPrivateKey, at: datetime) -> None:
    class Resolver(HTTPSignatureKeyResolver):
        def resolve_private_key(self, key_id: str) -> object:
            return rsa

    request = Request("POST", "https://n.example/inbox?a=b", {"host": "n.example"}, b"{}")
    message = _Message(request)
    HTTPMessageSigner(signature_algorithm=algorithms.RSA_V1_5_SHA256, key_resolver=Resolver()).sign(
        message,
        key_id=KEY_ID,
        created=at,
        covered_component_ids=("@method", "@target-uri"),
        body=b"{}",
    )
    headers = {str(name).lower(): str(value) for name, value in message.headers.items()}
    check(replace(request, headers=headers), rsa.public_key(), at)


class _Message:
    """A request in the form of the library."""

    def __init__(self, request: Request) -> None:
        self.method, self.url, self.body = request.method, request.url, request.body
        self.headers = dict(request.headers)


def test_ed25519_is_accepted(ed25519: Ed25519PrivateKey, at: datetime) -> None:
    for alg in (None, "ed25519"):
        check(forge(ed25519, at, alg=alg), ed25519.public_key(), at)


ALTERED: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("method", {"method": "PUT"}, {}),
    ("scheme", {"url": "http://n.example/inbox?from=ana"}, {}),
    ("host", {"url": "https://other.example/inbox?from=ana"}, {}),
    ("port", {"url": "https://n.example:8443/inbox?from=ana"}, {}),
    ("path", {"url": "https://n.example/other?from=ana"}, {}),
    ("query", {"url": "https://n.example/inbox?from=bob"}, {}),
    ("no query", {"url": "https://n.example/inbox"}, {}),
    ("body", {"body": b"other"}, {}),
    ("digest", {}, {"content-digest": bodies.content_digest(b"other")}),
    ("old digest", {}, {"digest": bodies.digest(b"other")}),
]


@pytest.mark.parametrize(("what", "changes", "headers"), ALTERED, ids=[a[0] for a in ALTERED])
def test_a15_whatever_is_altered_is_refused(
    signed: Sign,
    rsa: RSAPrivateKey,
    at: datetime,
    what: str,
    changes: dict[str, Any],
    headers: dict[str, str],
) -> None:
    request = signed("rfc9421")
    altered = replace(request, **changes, headers={**request.headers, **headers})
    with pytest.raises(BadSignature):
        check(altered, rsa.public_key(), at)


def test_a8_a_body_with_its_digest_altered_too_is_refused(
    signed: Sign, rsa: RSAPrivateKey, at: datetime
) -> None:
    request = signed("rfc9421")
    headers = {**request.headers, "content-digest": bodies.content_digest(b"other")}
    with pytest.raises(BadSignature, match="not by this key"):
        check(replace(request, body=b"other", headers=headers), rsa.public_key(), at)


@pytest.mark.parametrize("parameter", ["created", "keyid", "alg"])
def test_an_altered_parameter_is_refused(
    signed: Sign, rsa: RSAPrivateKey, at: datetime, parameter: str
) -> None:
    request = signed("rfc9421")
    given = request.headers["signature-input"]
    altered = {
        "created": given.replace(
            f"created={int(at.timestamp())}", f"created={int(at.timestamp()) + 1}"
        ),
        "keyid": given.replace("ana", "bob"),
        "alg": given.replace(';alg="rsa-v1_5-sha256"', ""),
    }[parameter]
    assert altered != given
    headers = {**request.headers, "signature-input": altered}
    with pytest.raises(BadSignature, match="not by this key"):
        check(replace(request, headers=headers), rsa.public_key(), at)


@pytest.mark.parametrize(
    ("covered", "missing"),
    [
        ('"@method" "@target-uri"', "content-digest"),
        ('"@method" "content-digest"', "@target-uri"),
        ('"@target-uri" "content-digest"', "@method"),
        ('"@method" "@path" "@authority" "content-digest"', "@target-uri"),
        ("", "@method"),
    ],
)
def test_a8_a_post_covers_method_target_and_body(
    rsa: RSAPrivateKey, at: datetime, covered: str, missing: str
) -> None:
    with pytest.raises(BadSignature, match=missing):
        check(forge(rsa, at, covered=covered), rsa.public_key(), at)


def test_a_get_covers_method_and_target(rsa: RSAPrivateKey, at: datetime) -> None:
    request = forge(rsa, at, covered='"@method" "@target-uri"', method="GET", body=b"")
    check(request, rsa.public_key(), at)


def test_more_may_be_covered(rsa: RSAPrivateKey, at: datetime) -> None:
    covered = (
        f'{ALL} "host" "@scheme" "@authority" "@path" "@query" "@request-target"'
        ' "@query-param";name="a" "@query-param";name="d"'
    )
    check(forge(rsa, at, covered=covered), rsa.public_key(), at)


@pytest.mark.parametrize(
    "component",
    [
        '"@status"',
        '"@secret"',
        '"@method";req',
        '"host";sf',
        '"x-absent"',
        '"@query-param"',
        '"@query-param";name=7',
        '"@query-param";name="a";req',
        '"@query-param";name="absent"',
    ],
)
def test_a15_an_unknown_component_is_refused(
    rsa: RSAPrivateKey, at: datetime, component: str
) -> None:
    request = forge(rsa, at)
    headers = dict(request.headers)
    headers["signature-input"] = headers["signature-input"].replace(ALL, f"{ALL} {component}")
    with pytest.raises(BadSignature):
        check(replace(request, headers=headers), rsa.public_key(), at)


def test_p4_a_query_parameter_that_stands_there_twice_is_refused(
    rsa: RSAPrivateKey, at: datetime
) -> None:
    with pytest.raises(BadSignature, match="once"):
        forge(rsa, at, covered=f'{ALL} "@query-param";name="a"', url="https://n.example/?a=1&a=2")


def test_a_component_in_parameters_is_refused_even_when_it_could_be_built(
    rsa: RSAPrivateKey, at: datetime
) -> None:
    request = forge(rsa, at)
    found = message_signatures.parse(request)
    strange = replace(found, components=(*found.components, ("host", (("sf", True),))))
    with pytest.raises(BadSignature, match="in a form"):
        message_signatures.verify(request, strange, rsa.public_key(), at=at)
    with pytest.raises(BadSignature, match="in a form"):
        signature_base(request, [("@method", (("req", True),))], "()")
    with pytest.raises(BadSignature, match="unknown here"):
        signature_base(request, [("@method", ())], "()", status=200)


def test_the_base_of_an_answer_names_its_status(rsa: RSAPrivateKey, at: datetime) -> None:
    base = signature_base(forge(rsa, at), [("@status", ())], '("@status")', status=200)
    assert base == b'"@status": 200\n"@signature-params": ("@status")'


def test_a15_the_digest_is_sha_256(rsa: RSAPrivateKey, at: datetime) -> None:
    good = bodies.content_digest(b"{}")
    sha512 = "sha-512=:J8dGcK23hhNX2yQZdgoZ8wKm+kXKRBpZgxP/h5NfDwCb9DSx:"
    for digest in (good, f"{good}, unixsum=:AAAA:"):
        check(forge(rsa, at, headers={"content-digest": digest}), rsa.public_key(), at)
    for digest in (sha512, f"{good}, {sha512}", good.replace(":", ""), f"{good},{good}", "", "x"):
        with pytest.raises(BadSignature):
            check(forge(rsa, at, headers={"content-digest": digest}), rsa.public_key(), at)


@pytest.mark.parametrize(
    ("shift", "is_fresh"),
    [
        (timedelta(hours=-11), True),
        (timedelta(minutes=59), True),
        (timedelta(hours=-13), False),
        (timedelta(hours=2), False),
    ],
)
def test_a10_a_request_is_twelve_hours_old_at_most_and_one_ahead(
    rsa: RSAPrivateKey, at: datetime, shift: timedelta, is_fresh: bool
) -> None:
    request = forge(rsa, at + shift)
    if is_fresh:
        check(request, rsa.public_key(), at)
    else:
        with pytest.raises(BadSignature, match=r"old|future"):
            check(request, rsa.public_key(), at)


def test_a10_a_signature_says_when_it_was_made_and_expires_soon(
    rsa: RSAPrivateKey, at: datetime
) -> None:
    now = int(at.timestamp())
    check(forge(rsa, at, more=f";expires={now + 300}"), rsa.public_key(), at)
    for expires in (now - 60, now + 50_000, 253_402_300_799):
        with pytest.raises(BadSignature, match="expire"):
            check(forge(rsa, at, more=f";expires={expires}"), rsa.public_key(), at)
    with pytest.raises(BadSignature, match="when it was made"):
        check(forge(rsa, at, created=0), rsa.public_key(), at)


@pytest.mark.parametrize(
    "alg", ["hmac-sha256", "rsa-pss-sha512", "ecdsa-p256-sha256", "rsa-sha256", "none", ""]
)
def test_a14_no_other_algorithm_is_accepted(rsa: RSAPrivateKey, at: datetime, alg: str) -> None:
    with pytest.raises(BadSignature, match="not accepted"):
        check(forge(rsa, at, alg=alg), rsa.public_key(), at)


def test_a14_the_algorithm_is_that_of_the_key(
    rsa: RSAPrivateKey, ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    with pytest.raises(BadSignature, match="not that of the key"):
        check(forge(rsa, at, alg="ed25519"), rsa.public_key(), at)
    with pytest.raises(BadSignature, match="not that of the key"):
        check(forge(ed25519, at, alg="rsa-v1_5-sha256"), ed25519.public_key(), at)


def test_parameters_we_do_not_know_are_covered_with_the_rest(
    rsa: RSAPrivateKey, at: datetime
) -> None:
    for more in (';nonce="a\\"b"', ';tag="x"', ";x", ";x=?0", ";x=1.5", ";x=:AAAA:", ";x=token"):
        check(forge(rsa, at, more=more), rsa.public_key(), at)


def with_second(request: Request, more_input: str, label: str = "sig2") -> Request:
    headers = dict(request.headers)
    headers["signature-input"] += f", {label}={more_input}"
    headers["signature"] += f", {label}=:AAAA:"
    return replace(request, headers=headers)


def test_p4_of_several_signatures_the_one_that_covers_enough_is_taken(
    rsa: RSAPrivateKey, at: datetime
) -> None:
    request = forge(rsa, at)
    proxy = with_second(request, '("host");created=1;keyid="proxy"')
    check(proxy, rsa.public_key(), at)
    other = with_second(request, f'({ALL});created=1;keyid="proxy";alg="hmac-sha256"')
    check(other, rsa.public_key(), at)
    with pytest.raises(BadSignature, match="no one signature"):
        message_signatures.parse(with_second(request, f'({ALL});created=1;keyid="x"'))
    with pytest.raises(BadSignature, match="no one signature"):
        message_signatures.parse(
            with_second(forge(rsa, at, covered='"host"'), '("host");keyid="x"')
        )


GOOD = f'sig1=({ALL});created=1;keyid="k"'


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("", "sig1=:AAAA:"),
        (GOOD, ""),
        (GOOD, "sig2=:AAAA:"),
        (GOOD, "sig1=:AAAA:, sig2=:AAAA:"),
        (GOOD, 'sig1="AAAA"'),
        (GOOD, "sig1=(1 2)"),
        (GOOD, "sig1=:A!:"),
        (GOOD, 'keyId="k",headers="date",signature="AAAA"'),
        (f"{GOOD}, {GOOD}", "sig1=:AAAA:"),
        (GOOD, "sig1=:AAAA:, sig1=:BBBB:"),
        ("sig1=1", "sig1=:AAAA:"),
        ('sig1="x";keyid="k"', "sig1=:AAAA:"),
        (f"sig1=({ALL});created=1", "sig1=:AAAA:"),
        (f'sig1=({ALL});created="1";keyid="k"', "sig1=:AAAA:"),
        (f'sig1=({ALL});created=?1;keyid="k"', "sig1=:AAAA:"),
        (f'sig1=({ALL});created=1.5;keyid="k"', "sig1=:AAAA:"),
        (f'sig1=({ALL});expires=x;keyid="k"', "sig1=:AAAA:"),
        (f"sig1=({ALL});keyid=7", "sig1=:AAAA:"),
        (f"sig1=({ALL});keyid=token", "sig1=:AAAA:"),
        (f'sig1=({ALL});keyid="k";alg=rsa', "sig1=:AAAA:"),
        (f'sig1=({ALL} "@method");keyid="k"', "sig1=:AAAA:"),
        (f'sig1=({ALL} "Host");keyid="k"', "sig1=:AAAA:"),
        (f'sig1=({ALL} host);keyid="k"', "sig1=:AAAA:"),
        (f'sig1=({ALL} 7);keyid="k"', "sig1=:AAAA:"),
        ("sig1=(" + " ".join(f'"h{n}"' for n in range(51)) + ');keyid="k"', "sig1=:AAAA:"),
        (f'{GOOD};nonce="é"', "sig1=:AAAA:"),
        (GOOD + ";x" * 5000, "sig1=:AAAA:"),
        ("(" * 5000, "sig1=:AAAA:"),
    ],
)
def test_p4_a_signature_that_can_be_read_in_two_ways_or_none_is_refused(
    given: str, value: str
) -> None:
    headers = {"signature-input": given, "signature": value, "content-digest": "x"}
    with pytest.raises(BadSignature):
        message_signatures.parse(Request("POST", "https://n.example/", headers, b""))


def test_a_request_without_one_of_the_headers_is_not_signed() -> None:
    for headers in ({}, {"signature-input": GOOD}, {"signature": "sig1=:AAAA:"}):
        with pytest.raises(BadSignature, match="not signed"):
            message_signatures.parse(Request("POST", "https://n.example/", headers, b""))


@pytest.mark.parametrize("filler", [" ", '"', "(", ";", ";a", "a=(", ",", "\\", ":"])
def test_f7_a_hostile_signature_takes_no_time(filler: str) -> None:
    for limit in (8192, 1_000_000):
        given = ("sig1=(" + filler * limit)[:limit]
        with ends(), pytest.raises(BadSignature):
            message_signatures.parse(
                Request(
                    "POST",
                    "https://n.example/",
                    {"signature-input": given, "signature": given},
                    b"",
                )
            )


def test_a_component_that_is_not_ascii_is_refused(rsa: RSAPrivateKey, at: datetime) -> None:
    request = forge(rsa, at, covered=f'{ALL} "user-agent"', headers={"user-agent": "x"})
    with pytest.raises(BadSignature, match="ASCII"):
        check(
            replace(request, headers={**request.headers, "user-agent": "é"}), rsa.public_key(), at
        )


def test_what_is_read_is_what_was_written(rsa: RSAPrivateKey, at: datetime) -> None:
    found = message_signatures.parse(forge(rsa, at, alg="rsa-v1_5-sha256", label="mine"))
    assert isinstance(found, Signature)
    assert (found.key_id, found.label, found.dialect) == (KEY_ID, "mine", "rfc9421")
    assert found.covered == ("@method", "@target-uri", "content-digest")
