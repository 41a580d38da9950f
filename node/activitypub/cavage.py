"""Signatures as most servers write them: draft-cavage-http-signatures-12 (wire.md, section 2)."""

import re
from base64 import b64encode
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from node.activitypub import addressing, bodies, freshness, keys
from node.activitypub.contexts import MEDIA_TYPE
from node.activitypub.request import Request, Signature
from node.errors import BadSignature, Refusal

LONGEST = 8192
MOST_COVERED = 50

_PADDING = PKCS1v15()
_SHA_256 = SHA256()
_PARAMETER = re.compile(
    r'[ \t]*([A-Za-z]{1,40})[ \t]*=[ \t]*(?:"([^"\\]*+)"|([0-9]{1,12}))[ \t]*+(?:,|$)'
)
_NUMBER = re.compile(r"[0-9]{1,12}")


def sign(request: Request, key: RSAPrivateKey, key_id: str, *, at: datetime) -> dict[str, str]:
    """Return every header to send beside those of the request, the signature among them."""
    added = {"host": addressing.host(request.url), "date": freshness.http_date(at)}
    covered = ["(request-target)", "host", "date"]
    if request.method == "POST":
        added["digest"] = bodies.digest(request.body)
        if "content-type" not in request.headers:
            added["content-type"] = MEDIA_TYPE
        covered += ["digest", "content-type"]
    signed = Request(request.method, request.url, {**request.headers, **added}, request.body)
    text = signing_string(signed, tuple(covered))
    value = b64encode(key.sign(text, _PADDING, _SHA_256)).decode()
    added["signature"] = (
        f'keyId="{key_id}",algorithm="rsa-sha256",headers="{" ".join(covered)}",signature="{value}"'
    )
    return added


def parse(request: Request) -> Signature:
    """Read the `Signature` header; BadSignature unless it can be read in one way only (P4)."""
    found = _parameters(request.headers.get("signature", ""))
    if missing := {"keyid", "headers", "signature"} - found.keys():
        raise BadSignature(f"the signature has no {', '.join(sorted(missing))}")
    covered = tuple(found["headers"].lower().split(" "))
    if len(covered) > MOST_COVERED or len(set(covered)) != len(covered):
        raise BadSignature("the signature covers a header twice, or too many")
    try:
        value = bodies.unbase64(found["signature"])
    except ValueError as error:
        raise BadSignature("the signature is not base64") from error
    return Signature(
        key_id=found["keyid"],
        covered=covered,
        value=value,
        algorithm=found.get("algorithm"),
        created=_seconds(found.get("created")),
        expires=_seconds(found.get("expires")),
        dialect="cavage",
    )


def verify(request: Request, signature: Signature, key: keys.PublicKey, *, at: datetime) -> None:
    """Raise BadSignature unless this very request was signed, lately, by the key's owner."""
    _check_coverage(request, signature)
    _check_algorithm(signature, key)
    _check_time(request, signature, at)
    _check_host(request)
    bodies.check(request, "digest" if "digest" in signature.covered else None)
    # GoToSocial signs the target without its query.
    for with_query in (True, False):
        if is_signed(
            key,
            signature.value,
            signing_string(request, signature.covered, signature, with_query=with_query),
        ):
            return
        if "?" not in request.url:
            break
    raise BadSignature("the signature is not by this key over this request")


def signing_string(
    request: Request,
    covered: tuple[str, ...],
    signature: Signature | None = None,
    *,
    with_query: bool = True,
) -> bytes:
    """Return the bytes that are signed (section 2.3); BadSignature if a header is absent."""
    lines = []
    for name in covered:
        if name == "(request-target)":
            value = f"{request.method.lower()} {target(request.url, with_query=with_query)}"
        elif name == "(created)" and signature and signature.created is not None:
            value = str(signature.created)
        elif name == "(expires)" and signature and signature.expires is not None:
            value = str(signature.expires)
        elif name in request.headers:
            value = request.headers[name]
        else:
            raise BadSignature(f"the signature covers {name[:60]}, which is not there")
        lines.append(f"{name}: {value}")
    try:
        return "\n".join(lines).encode("ascii")
    except UnicodeEncodeError as error:
        raise BadSignature("a header that is signed is not ASCII") from error


def target(url: str, *, with_query: bool = True) -> str:
    """Return path and query of an absolute address, as they stand in the request line."""
    rest = url.partition("#")[0].partition("://")[2]
    path, mark, query = rest.partition("?")
    path = "/" + path.partition("/")[2]
    return f"{path}{mark}{query}" if with_query else path


def is_signed(key: keys.PublicKey, value: bytes, text: bytes) -> bool:
    """Tell whether the key made this signature: RSA PKCS#1 v1.5 with SHA-256, or Ed25519."""
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(value, text)
        else:
            key.verify(value, text, _PADDING, _SHA_256)
    except InvalidSignature:
        return False
    return True


def has_body(request: Request) -> bool:
    """Tell whether a signature must cover the body: any method but GET and HEAD, or any body."""
    return request.method not in ("GET", "HEAD") or bool(request.body)


def _check_coverage(request: Request, signature: Signature) -> None:
    needed = {"(request-target)", "host"}
    if has_body(request):
        needed.add("digest")
    if missing := needed - set(signature.covered):
        raise BadSignature(f"the signature does not cover {', '.join(sorted(missing))}")
    if not {"date", "(created)"} & set(signature.covered):
        raise BadSignature("the signature covers neither date nor (created)")


def _check_algorithm(signature: Signature, key: keys.PublicKey) -> None:
    # What is left unsaid is hs2019: whatever the key is made for (section 2.1.3).
    algorithm = "hs2019" if signature.algorithm is None else signature.algorithm
    if algorithm not in ("rsa-sha256", "hs2019"):
        raise BadSignature(f"the algorithm {algorithm[:40]} is not accepted")
    if algorithm == "rsa-sha256":
        if isinstance(key, Ed25519PublicKey):
            raise BadSignature("the algorithm is not that of the key")
        if {"(created)", "(expires)"} & set(signature.covered):
            raise BadSignature("rsa-sha256 cannot cover (created) or (expires)")
    if not isinstance(key, Ed25519PublicKey):
        keys.sane_rsa(key)


def _check_time(request: Request, signature: Signature, at: datetime) -> None:
    if signature.created is not None:
        freshness.check_seconds(signature.created, at)
    if "date" in signature.covered:
        freshness.check_date(request.headers.get("date", ""), at)
    if signature.expires is not None:
        freshness.check_expires(signature.expires, at)


def _check_host(request: Request) -> None:
    try:
        scheme = request.url.partition(":")[0]
        said = addressing.bare_host(request.headers.get("host", ""), scheme)
        meant = addressing.host(request.url)
    except Refusal as error:
        raise BadSignature("the host of the request cannot be read") from error
    if said != meant:
        raise BadSignature("the request was made for another host")


def _parameters(header: str) -> dict[str, str]:
    if not header:
        raise BadSignature("the request is not signed")
    if len(header) > LONGEST:
        raise BadSignature("the signature is too long")
    found: dict[str, str] = {}
    position = 0
    while position < len(header):
        part = _PARAMETER.match(header, position)
        if part is None:
            raise BadSignature("the signature cannot be read")
        name = part[1].lower()
        if name in found:
            raise BadSignature(f"the signature says {name} twice")
        found[name] = part[2] if part[3] is None else part[3]
        position = part.end()
    return found


def _seconds(value: str | None) -> int | None:
    if value is None:
        return None
    if not _NUMBER.fullmatch(value):
        raise BadSignature("a moment of the signature is not a number")
    return int(value)
