"""Signatures of draft-cavage-12: what they must cover, how old they may be (A8, A10, A14)."""

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from node.activitypub import bodies, cavage, freshness, keys
from node.activitypub.request import Request
from node.errors import BadSignature
from tests.patience import ends

KEY_ID = "https://m.example/users/ana#main-key"
Sign = Callable[..., Request]
ALL = "(request-target) host date digest content-type"


def forge(
    key: RSAPrivateKey | Ed25519PrivateKey,
    at: datetime,
    *,
    covered: str = ALL,
    algorithm: str | None = "rsa-sha256",
    parameters: str = "",
    method: str = "POST",
    url: str = "https://n.example/inbox",
    signed_url: str | None = None,
    body: bytes = b"{}",
    more: dict[str, str] | None = None,
    **headers: str,
) -> Request:
    """Sign anything, as a hostile or merely different server might."""
    given = {
        "host": "n.example",
        "date": freshness.http_date(at),
        "content-type": "application/activity+json",
        "digest": bodies.digest(body),
        **headers,
        **(more or {}),
    }
    request = Request(method, url, given, body)
    header = f'keyId="{KEY_ID}",headers="{covered}",signature="AAAA"{parameters}'
    if algorithm is not None:
        header += f',algorithm="{algorithm}"'
    draft = cavage.parse(replace(request, headers={**given, "signature": header}))
    text = cavage.signing_string(replace(request, url=signed_url or url), draft.covered, draft)
    value = (
        key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(key, RSAPrivateKey)
        else key.sign(text)
    )
    header = header.replace('"AAAA"', f'"{base64.b64encode(value).decode()}"')
    return replace(request, headers={**given, "signature": header})


def check(request: Request, key: keys.PublicKey, at: datetime) -> None:
    cavage.verify(request, cavage.parse(request), key, at=at)


def test_what_we_sign_we_verify(signed: Sign, rsa: RSAPrivateKey, at: datetime) -> None:
    for method in ("POST", "GET"):
        check(signed(method=method), rsa.public_key(), at)


def test_we_sign_as_the_wire_says(signed: Sign, at: datetime) -> None:
    post, get = signed(), signed(method="GET")
    assert post.headers["signature"].startswith(
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",'
        'headers="(request-target) host date digest content-type",signature="'
    )
    assert 'headers="(request-target) host date",' in get.headers["signature"]
    assert post.headers["host"] == "n.example"
    assert post.headers["date"] == "Tue, 24 Nov 2026 12:00:00 GMT"
    assert "digest" not in get.headers


def test_a_post_without_content_type_gets_ours(rsa: RSAPrivateKey, at: datetime) -> None:
    request = Request("POST", "https://n.example/inbox", {}, b"{}")
    added = cavage.sign(request, rsa, KEY_ID, at=at)
    assert added["content-type"] == "application/activity+json"
    check(replace(request, headers=added), rsa.public_key(), at)


def test_the_vectors_of_the_draft_verify_at_the_primitive(shared: Path) -> None:
    vectors = json.loads((shared / "vectors/cavage12-c1-c2.json").read_bytes())
    key = serialization.load_pem_public_key(vectors["public_key_pem"].encode())
    assert isinstance(key, RSAPublicKey)
    given = vectors["request"]
    request = Request(
        given["method"],
        "https://example.com" + given["target"],
        given["headers"],
        given["body"].encode(),
    )
    for case in vectors["cases"]:
        text = cavage.signing_string(request, tuple(case["headers"].split()))
        assert cavage.is_signed(key, base64.b64decode(case["signature"]), text)
    with pytest.raises(BadSignature, match="bits"):
        keys.load_public(vectors["public_key_pem"])


def test_a14_a_key_of_1024_bits_proves_nothing_even_when_handed_over(
    shared: Path, signed: Sign, at: datetime
) -> None:
    vectors = json.loads((shared / "vectors/cavage12-c1-c2.json").read_bytes())
    key = serialization.load_pem_public_key(vectors["public_key_pem"].encode())
    assert isinstance(key, RSAPublicKey)
    with pytest.raises(BadSignature, match="bits"):
        check(signed(), key, at)


ALTERED: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("method", {"method": "PUT"}, {}),
    ("path", {"url": "https://n.example/other?from=ana"}, {}),
    ("query", {"url": "https://n.example/inbox?from=bob"}, {}),
    ("no query", {"url": "https://n.example/inbox"}, {}),
    ("host", {"url": "https://other.example/inbox?from=ana"}, {}),
    ("port", {"url": "https://n.example:8443/inbox?from=ana"}, {}),
    ("body", {"body": b'{"type":"Announce"}'}, {}),
    ("host header", {}, {"host": "other.example"}),
    ("date", {}, {"date": "Tue, 24 Nov 2026 12:00:01 GMT"}),
    ("digest", {}, {"digest": bodies.digest(b"other")}),
    ("content type", {}, {"content-type": "text/html"}),
]


@pytest.mark.parametrize(("what", "changes", "headers"), ALTERED, ids=[a[0] for a in ALTERED])
def test_p3_whatever_is_altered_is_refused(
    signed: Sign,
    rsa: RSAPrivateKey,
    at: datetime,
    what: str,
    changes: dict[str, Any],
    headers: dict[str, str],
) -> None:
    request = signed()
    altered = replace(request, **changes, headers={**request.headers, **headers})
    with pytest.raises(BadSignature):
        check(altered, rsa.public_key(), at)


def test_a8_a_body_with_its_digest_altered_too_is_refused(
    signed: Sign, rsa: RSAPrivateKey, at: datetime
) -> None:
    request = signed()
    body = b"other"
    altered = replace(
        request, body=body, headers={**request.headers, "digest": bodies.digest(body)}
    )
    with pytest.raises(BadSignature, match="not by this key"):
        check(altered, rsa.public_key(), at)


def test_another_key_proves_nothing(signed: Sign, at: datetime) -> None:
    with pytest.raises(BadSignature, match="not by this key"):
        check(signed(), keys.generate_rsa().public_key(), at)


@pytest.mark.parametrize(
    ("covered", "missing"),
    [
        ("(request-target) host date", "digest"),
        ("(request-target) host digest", "neither date"),
        ("(request-target) date digest", "host"),
        ("host date digest", r"\(request-target\)"),
        ("date", "digest, host"),
    ],
)
def test_a8_a_post_covers_target_host_time_and_body(
    rsa: RSAPrivateKey, at: datetime, covered: str, missing: str
) -> None:
    with pytest.raises(BadSignature, match=missing):
        check(forge(rsa, at, covered=covered), rsa.public_key(), at)


def test_a8_a_get_covers_target_host_and_time(rsa: RSAPrivateKey, at: datetime) -> None:
    public = rsa.public_key()
    check(forge(rsa, at, method="GET", body=b"", covered="(request-target) host date"), public, at)
    with pytest.raises(BadSignature, match="host"):
        check(forge(rsa, at, method="GET", body=b"", covered="(request-target) date"), public, at)
    with pytest.raises(BadSignature, match="digest"):
        check(forge(rsa, at, method="GET", covered="(request-target) host date"), public, at)


def test_a8_the_digest_is_sha_256_once(rsa: RSAPrivateKey, at: datetime) -> None:
    good = bodies.digest(b"{}")
    sha512 = f"SHA-512={base64.b64encode(hashlib.sha512(b'{}').digest()).decode()}"
    public = rsa.public_key()
    for digest in (good, good.replace("SHA", "sha"), f"{sha512}, {good}", f"{good},foo=bar"):
        check(forge(rsa, at, digest=digest), public, at)
    for digest in (
        sha512,
        "",
        "SHA-256",
        f"{good},{good}",
        f"{good},sha-256=AAAA",
        f"{good};x",
        f"{good} x",
        "SHA-256=AAAA",
        "SHA-256=====",
        f"{good},SHA-512=AAAA",
        "MD5=mZFLkyvTelC5g8XnyQrpOw==",
    ):
        with pytest.raises(BadSignature):
            check(forge(rsa, at, digest=digest), public, at)


def test_a8_a_digest_that_is_covered_but_absent_is_refused(
    signed: Sign, rsa: RSAPrivateKey, at: datetime
) -> None:
    request = signed()
    headers = {name: value for name, value in request.headers.items() if name != "digest"}
    with pytest.raises(BadSignature, match="no digest"):
        check(replace(request, headers=headers), rsa.public_key(), at)
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    with pytest.raises(BadSignature, match="content-type, which is not there"):
        check(replace(request, headers=headers), rsa.public_key(), at)


def test_p4_a_second_digest_that_disagrees_is_refused(
    signed: Sign, rsa: RSAPrivateKey, at: datetime
) -> None:
    request = signed()
    agreeing = {**request.headers, "content-digest": bodies.content_digest(request.body)}
    check(replace(request, headers=agreeing), rsa.public_key(), at)
    other = {**request.headers, "content-digest": bodies.content_digest(b"other")}
    with pytest.raises(BadSignature, match="body"):
        check(replace(request, headers=other), rsa.public_key(), at)


@pytest.mark.parametrize(
    ("shift", "is_fresh"),
    [
        (timedelta(0), True),
        (timedelta(hours=-11, minutes=-59), True),
        (timedelta(minutes=59), True),
        (timedelta(hours=-13), False),
        (timedelta(hours=2), False),
        (timedelta(days=-3650), False),
    ],
)
def test_a10_a_request_is_twelve_hours_old_at_most_and_one_ahead(
    rsa: RSAPrivateKey, at: datetime, shift: timedelta, is_fresh: bool
) -> None:
    dated = forge(rsa, at + shift)
    seconds = int((at + shift).timestamp())
    created = forge(
        rsa,
        at,
        algorithm="hs2019",
        covered="(request-target) (created) host digest",
        parameters=f",created={seconds}",
    )
    for request in (dated, created):
        if is_fresh:
            check(request, rsa.public_key(), at)
        else:
            with pytest.raises(BadSignature, match=r"old|future"):
                check(request, rsa.public_key(), at)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "yesterday",
        "Tue, 24 Nov 2026 12:00:00 +0000",
        "Tue, 24 Foo 2026 12:00:00 GMT",
        "Tue, 31 Nov 2026 12:00:00 GMT",
        "Tue, 24 Nov 2026 25:00:00 GMT",
        "Tue, 24 Nov 0000 12:00:00 GMT",
        "Tuesday, 24-Nov-26 12:00:00 GMT",
        "Tue, 24 Nov 2026 12:00:00 GMT, Tue, 24 Nov 2026 12:00:00 GMT",
        "Tue, ２４ Nov 2026 12:00:00 GMT",
    ],
)
def test_a10_a_date_that_cannot_be_read_is_refused(
    rsa: RSAPrivateKey, at: datetime, date: str
) -> None:
    with pytest.raises(BadSignature):
        check(forge(rsa, at, date=date), rsa.public_key(), at)


@pytest.mark.parametrize(
    ("expires", "is_accepted"),
    [
        (timedelta(minutes=5), True),
        (timedelta(hours=12), True),
        (timedelta(minutes=-1), False),
        (timedelta(hours=14), False),
        (timedelta(days=365 * 7000), False),
    ],
)
def test_a10_a_signature_expires_within_twelve_hours(
    rsa: RSAPrivateKey, at: datetime, expires: timedelta, is_accepted: bool
) -> None:
    request = forge(
        rsa,
        at,
        algorithm="hs2019",
        covered="(request-target) (created) (expires) host digest",
        parameters=f",created={int(at.timestamp())},"
        f"expires={int(at.timestamp() + expires.total_seconds())}",
    )
    if is_accepted:
        check(request, rsa.public_key(), at)
    else:
        with pytest.raises(BadSignature, match="expire"):
            check(request, rsa.public_key(), at)


@pytest.mark.parametrize(
    "algorithm",
    ["hmac-sha256", "ecdsa-sha256", "rsa-sha1", "rsa-sha512", "none", "RSA-SHA256", "", "ed25519"],
)
def test_a14_no_other_algorithm_is_accepted(
    rsa: RSAPrivateKey, at: datetime, algorithm: str
) -> None:
    request = forge(rsa, at, algorithm=algorithm)
    with pytest.raises(BadSignature, match="algorithm"):
        check(request, rsa.public_key(), at)


def test_a14_the_algorithm_is_that_of_the_key(
    rsa: RSAPrivateKey, ed25519: Ed25519PrivateKey, at: datetime
) -> None:
    for algorithm in ("hs2019", None):
        check(forge(rsa, at, algorithm=algorithm), rsa.public_key(), at)
        check(forge(ed25519, at, algorithm=algorithm), ed25519.public_key(), at)
    with pytest.raises(BadSignature, match="not that of the key"):
        check(forge(ed25519, at), ed25519.public_key(), at)
    with pytest.raises(BadSignature, match="not by this key"):
        check(forge(rsa, at, algorithm="hs2019"), ed25519.public_key(), at)


def test_created_and_expires_are_no_part_of_rsa_sha256(rsa: RSAPrivateKey, at: datetime) -> None:
    request = forge(
        rsa,
        at,
        covered="(request-target) (created) host digest",
        parameters=f",created={int(at.timestamp())}",
    )
    with pytest.raises(BadSignature, match="cannot cover"):
        check(request, rsa.public_key(), at)


@pytest.mark.parametrize("name", ["(created)", "(expires)", "(secret)", "x-absent"])
def test_what_is_not_there_cannot_be_covered(
    signed: Sign, rsa: RSAPrivateKey, at: datetime, name: str
) -> None:
    request = signed()
    header = request.headers["signature"].replace("host date", f"host date {name}")
    header = header.replace("rsa-sha256", "hs2019")
    with pytest.raises(BadSignature, match="which is not there"):
        check(
            replace(request, headers={**request.headers, "signature": header}), rsa.public_key(), at
        )


def test_gotosocial_may_sign_the_target_without_its_query(rsa: RSAPrivateKey, at: datetime) -> None:
    request = forge(
        rsa,
        at,
        algorithm="hs2019",
        url="https://n.example/inbox?page=1",
        signed_url="https://n.example/inbox",
    )
    check(request, rsa.public_key(), at)


def test_a_header_that_is_covered_is_ascii(rsa: RSAPrivateKey, at: datetime) -> None:
    request = forge(rsa, at, covered=ALL + " user-agent", more={"user-agent": "x"})
    check(request, rsa.public_key(), at)
    headers = {**request.headers, "user-agent": "é"}
    with pytest.raises(BadSignature, match="ASCII"):
        check(replace(request, headers=headers), rsa.public_key(), at)


def test_a31_the_host_is_compared_in_one_spelling(rsa: RSAPrivateKey, at: datetime) -> None:
    for host in ("N.Example", "n.example.", "n.example:443"):
        check(forge(rsa, at, host=host), rsa.public_key(), at)
    for host in ("", "n.example:8443", "x@n.example", "n.example/", "other.example"):
        with pytest.raises(BadSignature):
            check(forge(rsa, at, host=host), rsa.public_key(), at)


GOOD = f'keyId="{KEY_ID}",headers="{ALL}",signature="AAAA"'


@pytest.mark.parametrize(
    "header",
    [
        "",
        "x",
        "Signature " + GOOD,
        GOOD.replace(",", ";"),
        GOOD + ",,",
        GOOD + ' keyId="x"',
        GOOD + ',keyId="https://evil.example/"',
        GOOD + f',keyid="{KEY_ID}"',
        GOOD + ',headers="date"',
        GOOD + ',signature="AAAA"',
        GOOD + ',algorithm="hs2019",Algorithm="rsa-sha256"',
        GOOD.replace('signature="AAAA"', ""),
        GOOD.replace(f'keyId="{KEY_ID}",', ""),
        GOOD.replace(f'headers="{ALL}",', ""),
        GOOD.replace("AAAA", "AAA"),
        GOOD.replace("AAAA", "A A="),
        GOOD.replace("AAAA", "é"),
        GOOD.replace(KEY_ID, 'a\\"b'),
        GOOD.replace("host", "date"),
        GOOD.replace(ALL, " ".join(f"h{n}" for n in range(51))),
        GOOD + ",created=yesterday",
        GOOD + ',created="1.5"',
        GOOD + ",created=-1",
        GOOD + ",created=" + "9" * 13,
        GOOD + ',expires=""',
        GOOD + "," + "x" * 8192,
    ],
)
def test_p4_a_signature_that_can_be_read_in_two_ways_or_none_is_refused(header: str) -> None:
    with pytest.raises(BadSignature):
        cavage.parse(Request("POST", "https://n.example/", {"signature": header}, b""))


def test_a_signature_is_read(at: datetime) -> None:
    header = GOOD.replace(",", " , ") + ',created=1,expires="2",other="x"'
    found = cavage.parse(Request("POST", "https://n.example/", {"signature": header}, b""))
    assert (found.key_id, found.covered) == (KEY_ID, tuple(ALL.split()))
    assert (found.created, found.expires, found.algorithm) == (1, 2, None)
    assert (found.value, found.dialect) == (b"\0\0\0", "cavage")


@pytest.mark.parametrize("filler", [" ", "\t", '"', "a", "=", ",", 'a="', 'a=" ', "a=1,"])
def test_f7_a_hostile_signature_takes_no_time(filler: str) -> None:
    for limit in (8192, 1_000_000):
        header = (filler * limit)[:limit]
        with ends(), pytest.raises(BadSignature):
            cavage.parse(Request("POST", "https://n.example/", {"signature": header}, b""))


@pytest.mark.parametrize(
    ("url", "with_query", "without"),
    [
        ("https://n.example", "/", "/"),
        ("https://n.example?a=b", "/?a=b", "/"),
        ("https://n.example/a/b?c=/d?e#f", "/a/b?c=/d?e", "/a/b"),
        ("https://n.example/a?", "/a?", "/a"),
    ],
)
def test_the_target_is_path_and_query(url: str, with_query: str, without: str) -> None:
    assert cavage.target(url) == with_query
    assert cavage.target(url, with_query=False) == without
