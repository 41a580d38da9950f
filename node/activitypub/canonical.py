"""One spelling for every document, and its digest (RFC 8785; wire.md, section 4)."""

import hashlib
import unicodedata
from collections.abc import Sequence

from node import digests
from node.activitypub import multibase
from node.activitypub.vocabulary import MalformedActivity

_SHA_256 = b"\x12\x20"


def canonical(value: object) -> bytes:
    """Return the canonical form (JCS); MalformedActivity for what JSON cannot say exactly."""
    try:
        return digests.canonical(value)
    except (ValueError, RecursionError) as error:
        raise MalformedActivity(f"this has no canonical form: {error}"[:200]) from error


def digest(value: object) -> str:
    """Return the multihash SHA-256 of the canonical form, `zQm` and 43 letters."""
    return bytes_digest(canonical(value))


def bytes_digest(data: bytes) -> str:
    """Return the multihash SHA-256 of these very bytes."""
    return multibase.encode(_SHA_256 + hashlib.sha256(data).digest())


def text_digest(
    title: str,
    language: str,
    content: str,
    attachments: Sequence[str] = (),
    media_type: str = "text/markdown",
) -> str:
    """Return the digest of what is voted on: NFC, line ends LF (wire.md, section 4)."""
    return digest(
        {
            "title": _plain(title),
            "language": language,
            "mediaType": media_type,
            "content": _plain(content),
            "attachments": list(attachments),
        }
    )


def _plain(words: str) -> str:
    return unicodedata.normalize("NFC", words.replace("\r\n", "\n").replace("\r", "\n"))
