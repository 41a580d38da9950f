"""Signatures as the standard has them: RFC 9421, with the coverage we demand (wire.md, 2)."""

import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote

import http_sf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from node.activitypub import addressing, bodies, cavage, freshness, keys
from node.activitypub.contexts import MEDIA_TYPE
from node.activitypub.request import Request, Signature
from node.errors import BadSignature

LABEL = "sig1"
LONGEST = 8192
MOST_COVERED = 50
RSA = "rsa-v1_5-sha256"
ED25519 = "ed25519"

Parameters = tuple[tuple[str, Any], ...]
Component = tuple[str, Parameters]

_PADDING = PKCS1v15()
_SHA_256 = SHA256()
_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_MOMENTS = ("created", "expires")
_WORDS = ("keyid", "alg", "nonce", "tag")


def sign(request: Request, key: RSAPrivateKey, key_id: str, *, at: datetime) -> dict[str, str]:
    """Return every header to send beside those of the request, the signature among them."""
    added = {"host": addressing.host(request.url), "date": freshness.http_date(at)}
    covered: list[Component] = [("@method", ()), ("@target-uri", ())]
    if request.method == "POST":
        added["content-digest"] = bodies.content_digest(request.body)
        if "content-type" not in request.headers:
            added["content-type"] = MEDIA_TYPE
        covered.append(("content-digest", ()))
    signed = Request(request.method, request.url, {**request.headers, **added}, request.body)
    params = _params(covered, (("created", int(at.timestamp())), ("keyid", key_id), ("alg", RSA)))
    value = key.sign(signature_base(signed, covered, params), _PADDING, _SHA_256)
    added["signature-input"] = f"{LABEL}={params}"
    added["signature"] = f"{LABEL}=:{b64encode(value).decode()}:"
    return added


def parse(request: Request) -> Signature:
    """Read `Signature-Input` and `Signature`; BadSignature unless one signature stands out.

    Among several, the one that covers what we demand is taken; if two do, none is (P4).
    """
    inputs, values = _dictionary(request, "signature-input"), _dictionary(request, "signature")
    if inputs.keys() != values.keys():
        raise BadSignature("the signatures and what they cover do not match")
    found = [_signature(label, inputs[label], values[label]) for label in inputs]
    if len(found) > 1:
        found = [one for one in found if not _missing(request, one) and one.algorithm in _ACCEPTED]
    if len(found) != 1:
        raise BadSignature("there is no one signature that counts")
    return found[0]


def verify(request: Request, signature: Signature, key: keys.PublicKey, *, at: datetime) -> None:
    """Raise BadSignature unless this very request was signed, lately, by the key's owner."""
    if missing := _missing(request, signature):
        raise BadSignature(f"the signature does not cover {', '.join(sorted(missing))}")
    if any(parameters and name != "@query-param" for name, parameters in signature.components):
        raise BadSignature("the signature covers a component in a form that is not accepted")
    _check_algorithm(signature, key)
    if signature.created is None:
        raise BadSignature("the signature does not say when it was made")
    freshness.check_seconds(signature.created, at)
    if signature.expires is not None:
        freshness.check_expires(signature.expires, at)
    bodies.check(request, "content-digest" if "content-digest" in signature.covered else None)
    base = signature_base(request, signature.components, signature.params)
    if not cavage.is_signed(key, signature.value, base):
        raise BadSignature("the signature is not by this key over this request")


def signature_base(
    request: Request,
    components: Sequence[Component],
    params: str,
    *,
    status: int | None = None,
) -> bytes:
    """Return the bytes that are signed (section 2.5); BadSignature if a component is absent.

    A response has a `status`, whose headers and body stand in `request`.
    """
    lines = [
        f"{_item(name, parameters)}: {_value(request, name, parameters, status)}"
        for name, parameters in components
    ]
    lines.append(f'"@signature-params": {params}')
    try:
        return "\n".join(lines).encode("ascii")
    except UnicodeEncodeError as error:
        raise BadSignature("a component that is signed is not ASCII") from error


_ACCEPTED = (None, RSA, ED25519)


def _missing(request: Request, signature: Signature) -> set[str]:
    needed = {"@method", "@target-uri"}
    if cavage.has_body(request):
        needed.add("content-digest")
    return needed - {name for name, parameters in signature.components if not parameters}


def _check_algorithm(signature: Signature, key: keys.PublicKey) -> None:
    if signature.algorithm not in _ACCEPTED:
        raise BadSignature(f"the algorithm {signature.algorithm[:40]} is not accepted")
    made_for = ED25519 if isinstance(key, Ed25519PublicKey) else RSA
    if signature.algorithm not in (None, made_for):
        raise BadSignature("the algorithm is not that of the key")
    if not isinstance(key, Ed25519PublicKey):
        keys.sane_rsa(key)


def _value(request: Request, name: str, parameters: Parameters, status: int | None) -> str:
    if not name.startswith("@"):
        if parameters or name not in request.headers:
            raise BadSignature(f"the signature covers {name[:60]}, which is not there")
        return request.headers[name].strip(" \t")
    if name == "@query-param" and status is None:
        return _query_param(request.url, parameters)
    if parameters:
        raise BadSignature("the signature covers a component in a form that is not accepted")
    if name == "@status" and status is not None:
        return str(status)
    derive = None if status is not None else _DERIVED.get(name)
    if derive is None:
        raise BadSignature(f"the signature covers {name[:60]}, which is unknown here")
    return str(derive(request))


def _query_param(url: str, parameters: Parameters) -> str:
    names = dict(parameters)
    if len(names) != 1 or not isinstance(names.get("name"), str):
        raise BadSignature("the signature covers a query parameter without its name")
    query = url.partition("#")[0].partition("?")[2]
    found = [
        value
        for name, value in parse_qsl(query, keep_blank_values=True, max_num_fields=1000)
        if quote(name, safe="") == names["name"]
    ]
    if len(found) != 1:
        raise BadSignature("the signature covers a query parameter that is not there once")
    return quote(found[0], safe="")


def _query(request: Request) -> str:
    return "?" + request.url.partition("#")[0].partition("?")[2]


_DERIVED = {
    "@method": lambda request: request.method,
    "@target-uri": lambda request: request.url.partition("#")[0],
    "@authority": lambda request: addressing.host(request.url),
    "@scheme": lambda request: request.url.partition(":")[0].lower(),
    "@request-target": lambda request: cavage.target(request.url),
    "@path": lambda request: cavage.target(request.url, with_query=False),
    "@query": _query,
}


def _item(name: str, parameters: Parameters) -> str:
    return str(http_sf.ser((name, dict(parameters)))) if parameters else f'"{name}"'


def _params(components: Sequence[Component], parameters: Parameters) -> str:
    inner = " ".join(_item(name, own) for name, own in components)
    return f"({inner})" + "".join(f";{key}{_bare(value)}" for key, value in parameters)


def _bare(value: Any) -> str:
    if value is True:
        return ""
    if type(value) is int:
        return f"={value}"
    if type(value) is str and _PLAIN.fullmatch(value):
        return f'="{value}"'
    return f"={http_sf.ser(value)}"


def _dictionary(request: Request, header: str) -> dict[str, tuple[Any, dict[str, Any]]]:
    value = request.headers.get(header)
    if value is None:
        raise BadSignature("the request is not signed")
    if len(value) > LONGEST:
        raise BadSignature("the signature is too long")
    try:
        found: Any = http_sf.parse(
            value.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse_duplicate
        )
    except (ValueError, RecursionError) as error:
        raise BadSignature("the signature cannot be read") from error
    members: dict[str, tuple[Any, dict[str, Any]]] = found
    return members


def _refuse_duplicate(key: str, context: str) -> None:
    raise BadSignature(f"the signature says {key[:40]} twice")


def _signature(
    label: str, given: tuple[Any, dict[str, Any]], member: tuple[Any, dict[str, Any]]
) -> Signature:
    items, parameters = given
    if not isinstance(items, list) or len(items) > MOST_COVERED or not isinstance(member[0], bytes):
        raise BadSignature("the signature cannot be read")
    components = tuple((name, tuple(own.items())) for name, own in items)
    _check_shape(components, parameters)
    return Signature(
        key_id=parameters["keyid"],
        covered=tuple(name for name, _ in components),
        value=member[0],
        algorithm=parameters.get("alg"),
        created=parameters.get("created"),
        expires=parameters.get("expires"),
        dialect="rfc9421",
        label=label,
        components=components,
        params=_params(components, tuple(parameters.items())),
    )


def _check_shape(components: tuple[Component, ...], parameters: dict[str, Any]) -> None:
    if not all(type(name) is str and name == name.lower() for name, _ in components):
        raise BadSignature("a component is not a word in lower case")
    if len({(name, frozenset(own)) for name, own in components}) != len(components):
        raise BadSignature("the signature covers a component twice")
    if any(type(parameters.get(key, 0)) is not int for key in _MOMENTS):
        raise BadSignature("a moment of the signature is not a number")
    if any(type(parameters.get(key, "")) is not str for key in _WORDS) or "keyid" not in parameters:
        raise BadSignature("the signature does not name its key")
