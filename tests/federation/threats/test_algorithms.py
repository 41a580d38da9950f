"""The algorithm is that of the key, and the newer signatures cover as much as the older."""

import hashlib
import hmac
from base64 import b64encode
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from node.activitypub import keys, message_signatures
from node.activitypub.request import Request
from node.clock import now
from tests.federation.threats.scene import ONE_DATABASE, Scene, encoded
from tests.fediverse import Document, Stranger

INBOX = "https://riverside.example/inbox"


def follow(scene: Scene, who: Stranger, number: int = 1, **more: Any) -> Document:
    return who.activity("Follow", scene.node.actor_uri, number, **more)


async def post(
    scene: Scene, headers: dict[str, str], body: bytes, path: str = "/inbox"
) -> httpx.Response:
    return await scene.node.post(path, body, headers)


def altered(headers: dict[str, str], **changes: str | None) -> dict[str, str]:
    merged = {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return {name: value for name, value in merged.items() if value is not None}


@ONE_DATABASE
@pytest.mark.parametrize("algorithm", ["hmac-sha256", "rsa-sha512", "ecdsa-sha256", "none", ""])
async def test_a14_the_algorithm_is_that_of_the_key(
    scene: Scene, alice: Stranger, algorithm: str
) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    headers = alice.signed(INBOX, body)
    text = "\n".join(
        f"{name}: {value}"
        for name, value in {"(request-target)": "post /inbox", **headers}.items()
        if name in ("(request-target)", "host", "date", "digest", "content-type")
    )
    secret = keys.public_pem(alice.key.public_key()).encode()
    forged = b64encode(hmac.new(secret, text.encode(), hashlib.sha256).digest()).decode()
    claimed = headers["signature"].replace("rsa-sha256", algorithm)
    start = claimed.partition("signature=")[0]
    async with scene.unchanged():
        for signature in (claimed, f'{start}signature="{forged}"'):
            answer = await post(scene, altered(headers, signature=signature), body)
            assert answer.status_code == 401


def weak_keys() -> dict[str, str]:
    small = rsa.generate_private_key(65537, 1024).public_key()
    curve = ec.generate_private_key(ec.SECP256R1()).public_key()
    good = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
    return {
        "1024 bits": keys.public_pem(small),
        "an elliptic curve": keys.public_pem(curve),  # type: ignore[arg-type]
        "no key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
        "a private key": keys.private_pem(rsa.generate_private_key(65537, 2048)),
        "a megabyte": "-----BEGIN PUBLIC KEY-----\n" + "A" * 900_000,
        "exponent three and even": keys.public_pem(
            rsa.RSAPublicNumbers(65539, good.n).public_key()
        ),
    }


@ONE_DATABASE
@pytest.mark.parametrize("kind", list(weak_keys()))
async def test_a14_weak_and_broken_keys_prove_nothing(
    scene: Scene, mallory: Stranger, kind: str
) -> None:
    document = mallory.document()
    document["publicKey"]["publicKeyPem"] = weak_keys()[kind]
    scene.world.documents[mallory.uri] = document
    await scene.refused(401, mallory, follow(scene, mallory), asks={"evil.example"})


async def test_a15_rfc_9421_is_understood(scene: Scene, alice: Stranger) -> None:
    await scene.accepted(alice, follow(scene, alice), dialect="rfc9421")


@ONE_DATABASE
@pytest.mark.parametrize(
    "url",
    [
        "http://riverside.example/inbox",
        "https://riverside.example:8443/inbox",
        "https://riverside.example/inbox?a=1",
        "https://riverside.example/g/rive/inbox",
        "https://hilltop.example/inbox",
    ],
)
async def test_a15_the_target_is_the_whole_address(scene: Scene, alice: Stranger, url: str) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    async with scene.unchanged():
        answer = await post(scene, alice.signed(url, body, dialect="rfc9421"), body)
    assert answer.status_code == 401


COVERED = '("@method" "@target-uri" "content-digest")'


@ONE_DATABASE
@pytest.mark.parametrize(
    "covered",
    [
        '("@method" "@target-uri")',
        '("@method" "content-digest")',
        '("@method" "@path" "content-digest")',
        '("@method" "@target-uri" "content-digest" "@nonsense")',
        '("@method" "@target-uri" "content-digest";req)',
        '("@method" "@target-uri" "content-digest" "@status")',
        '("@method" "@target-uri" "content-digest" "@method")',
        "",
    ],
)
async def test_a15_what_is_covered_must_be_enough_and_known(
    scene: Scene, alice: Stranger, covered: str
) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    headers = alice.signed(INBOX, body, dialect="rfc9421")
    changed = headers["signature-input"].replace(COVERED, covered)
    async with scene.unchanged():
        answer = await post(scene, altered(headers, signature_input=changed), body)
    assert answer.status_code in (400, 401)


async def test_a15_sha_512_alone_is_not_enough(scene: Scene, alice: Stranger) -> None:
    await scene.meet(alice)
    body = encoded(follow(scene, alice))
    value = f"sha-512=:{b64encode(hashlib.sha512(body).digest()).decode()}:"
    request = Request("POST", INBOX, {"content-digest": value}, body)
    components: list[message_signatures.Component] = [
        ("@method", ()),
        ("@target-uri", ()),
        ("content-digest", ()),
    ]
    moment = int(now().timestamp())
    params = message_signatures._params(components, (("created", moment), ("keyid", alice.key_id)))
    base = message_signatures.signature_base(request, components, params)
    signed = alice.key.sign(base, message_signatures._PADDING, message_signatures._SHA_256)
    headers = {
        "content-digest": value,
        "signature-input": f"sig1={params}",
        "signature": f"sig1=:{b64encode(signed).decode()}:",
    }
    async with scene.unchanged():
        assert (await post(scene, headers, body)).status_code == 401
