"""Keys, a moment, a signed request, and the folder of published vectors."""

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from node.activitypub import document, keys, signatures
from node.activitypub.request import Dialect, Request

AT = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)
KEY_ID = "https://m.example/users/ana#main-key"
INBOX = "https://n.example/inbox?from=ana"

Sign = Callable[..., Request]


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with vectors and corpus, which is no part of the repository."""
    beside = Path(__file__).parents[3] / "shared"
    folder = Path(os.environ.get("PALABRE_SHARED", beside))
    if not (folder / "vectors").is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the shared vectors are not at {folder}")
        pytest.skip(f"the shared vectors are not at {folder}; set PALABRE_SHARED")
    return folder


@pytest.fixture(scope="session")
def corpus(shared: Path) -> list[tuple[str, bytes]]:
    """Every document of the corpus, as bytes."""
    return [(str(path), path.read_bytes()) for path in sorted(shared.glob("corpus/**/*.json"))]


@pytest.fixture(scope="session")
def rsa() -> RSAPrivateKey:
    return keys.generate_rsa()


@pytest.fixture(scope="session")
def ed25519() -> Ed25519PrivateKey:
    return keys.generate_ed25519()


@pytest.fixture
def at() -> datetime:
    return AT


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make any attempt at the network an error."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def signed(rsa: RSAPrivateKey) -> Sign:
    """Make a signed request, in either dialect."""

    def sign(
        dialect: Dialect = "cavage",
        *,
        method: str = "POST",
        url: str = INBOX,
        body: bytes = b'{"type":"Like"}',
        at: datetime = AT,
        key: RSAPrivateKey = rsa,
    ) -> Request:
        headers = {"content-type": "application/activity+json"} if method == "POST" else {}
        request = Request(method, url, headers, body if method == "POST" else b"")
        added = signatures.sign(request, key, KEY_ID, at=at, dialect=dialect)
        return Request(method, url, {**headers, **added}, request.body)

    return sign


@pytest.fixture
def create() -> dict[str, Any]:
    """A Create as Mastodon sends it."""
    public = "https://www.w3.org/ns/activitystreams#Public"
    found = document.parse(
        document.encode(
            {
                "@context": [
                    "https://www.w3.org/ns/activitystreams",
                    {"sensitive": "as:sensitive"},
                ],
                "id": "https://m.example/users/ana/statuses/1/activity",
                "type": "Create",
                "actor": "https://m.example/users/ana",
                "published": "2026-11-24T12:00:00Z",
                "to": [public],
                "cc": ["https://m.example/users/ana/followers"],
                "object": {
                    "id": "https://m.example/users/ana/statuses/1",
                    "type": "Note",
                    "attributedTo": "https://m.example/users/ana",
                    "inReplyTo": "https://n.example/p/12",
                    "content": "<p>bonjour</p>",
                    "contentMap": {"fr": "<p>bonjour</p>"},
                    "to": [public],
                },
            }
        )
    )
    return found


@pytest.fixture
def actor(rsa: RSAPrivateKey, ed25519: Ed25519PrivateKey) -> dict[str, Any]:
    """An assembly's actor document (wire.md 5.1)."""
    uri = "https://n.example/g/town"
    return {
        "@context": ["https://www.w3.org/ns/activitystreams"],
        "id": uri,
        "type": "Group",
        "preferredUsername": "town",
        "webfinger": "town@n.example",
        "name": "Assemblée de la ville",
        "summary": "<p>What we post here.</p>",
        "url": uri,
        "inbox": f"{uri}/inbox",
        "outbox": f"{uri}/outbox",
        "followers": f"{uri}/followers",
        "following": f"{uri}/following",
        "featured": f"{uri}/featured",
        "endpoints": {"sharedInbox": "https://n.example/inbox"},
        "manuallyApprovesFollowers": False,
        "discoverable": True,
        "alsoKnownAs": [],
        "icon": {"type": "Image", "mediaType": "image/png", "url": "https://n.example/m/t.png"},
        "publicKey": {
            "id": f"{uri}#main-key",
            "owner": uri,
            "publicKeyPem": keys.public_pem(rsa.public_key()),
        },
        "assertionMethod": [
            {
                "id": f"{uri}#seal",
                "type": "Multikey",
                "controller": uri,
                "publicKeyMultibase": keys.multikey(ed25519.public_key()),
            }
        ],
        "generator": {
            "type": "Application",
            "id": "https://n.example/actor",
            "implements": [{"href": "https://w3id.org/palabre/v1"}, "https://x.example/y", 7],
        },
        "assembly": {"v": 1, "kind": "assembly"},
    }
