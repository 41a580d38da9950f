"""Who signed a request, in whichever of the two dialects it speaks."""

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from node.activitypub import cavage, keys, message_signatures
from node.activitypub.request import Dialect, Request, Signature
from node.errors import BadSignature


def read(request: Request) -> Signature:
    """Read the one signature of a request; BadSignature if there is none, or no one reading.

    `Signature-Input` makes it RFC 9421, and then `Signature` must match it: the header cannot
    hold both dialects, so nothing is ever picked silently (P4).
    """
    if request.headers.get("authorization", "").lower().startswith("signature"):
        raise BadSignature("the signature stands in the wrong header")
    if "signature-input" in request.headers:
        return message_signatures.parse(request)
    return cavage.parse(request)


def verify(request: Request, signature: Signature, key: keys.PublicKey, *, at: datetime) -> None:
    """Raise BadSignature unless this very request was signed, lately, by the key's owner."""
    if signature.dialect == "rfc9421":
        message_signatures.verify(request, signature, key, at=at)
    else:
        cavage.verify(request, signature, key, at=at)


def sign(
    request: Request,
    key: RSAPrivateKey,
    key_id: str,
    *,
    at: datetime,
    dialect: Dialect = "cavage",
) -> dict[str, str]:
    """Return every header to send beside those of the request, the signature among them."""
    if dialect == "rfc9421":
        return message_signatures.sign(request, key, key_id, at=at)
    return cavage.sign(request, key, key_id, at=at)
