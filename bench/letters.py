"""Notes as Mastodon sends them, signed beforehand by their authors on a server of the bench."""

from datetime import timedelta
from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from bench.world import World
from node import clock
from node.activitypub import contexts, document, keys, signatures
from node.activitypub.document import Document
from node.activitypub.request import Request

HOST = "social.bench.example"
AUTHORS = 20
_WORDS = (
    "Le conseil de quartier propose de garder le bus de nuit jusqu'à une heure, avec un arrêt "
    "de plus devant la gare. La ligne coûte moins qu'on ne le dit, et beaucoup en dépendent pour "
    "rentrer du travail. "
)
_CONTEXT = [
    "https://www.w3.org/ns/activitystreams",
    {
        "ostatus": "http://ostatus.org#",
        "atomUri": "ostatus:atomUri",
        "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
        "conversation": "ostatus:conversation",
        "sensitive": "as:sensitive",
        "toot": "http://joinmastodon.org/ns#",
        "votersCount": "toot:votersCount",
    },
]


def author(number: int) -> str:
    """Return the address of an author."""
    return f"https://{HOST}/users/voisin{number}"


@cache
def key(number: int) -> RSAPrivateKey:
    """Return the key of an author, made once for each run."""
    return keys.generate_rsa()


def create(number: int, tag: str = "") -> Document:
    """Write the activity with this number, about two kilobytes of it."""
    who = author(number % AUTHORS)
    uri = f"{who}/statuses/{tag}{113_000_000_000_000_000 + number}"
    moment = clock.wire(clock.now() - timedelta(seconds=5))
    said = f'<p>{number} {_WORDS * 2}<a href="https://{HOST}/tags/bus">#bus</a></p>'
    note = {
        "id": uri,
        "type": "Note",
        "summary": None,
        "inReplyTo": None,
        "published": moment,
        "url": f"https://{HOST}/@voisin{number % AUTHORS}/{number}",
        "attributedTo": who,
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "cc": [f"{who}/followers"],
        "sensitive": False,
        "atomUri": uri,
        "inReplyToAtomUri": None,
        "conversation": f"tag:{HOST},2026-11-24:objectId={number}:objectType=Conversation",
        "content": said,
        "contentMap": {"fr": said},
        "attachment": [],
        "tag": [{"type": "Hashtag", "href": f"https://{HOST}/tags/bus", "name": "#bus"}],
        "replies": {
            "id": f"{uri}/replies",
            "type": "Collection",
            "first": {
                "type": "CollectionPage",
                "next": f"{uri}/replies?only_other_accounts=true&page=true",
                "partOf": f"{uri}/replies",
                "items": [],
            },
        },
    }
    return {
        "@context": _CONTEXT,
        "id": f"{uri}/activity",
        "type": "Create",
        "actor": who,
        "published": moment,
        "to": note["to"],
        "cc": note["cc"],
        "object": note,
    }


def signed(world: World, activity: Document, number: int) -> bytes:
    """Write the whole request that delivers an activity to the shared inbox."""
    body = document.encode(activity)
    headers = {"content-type": contexts.MEDIA_TYPE}
    request = Request("POST", f"{world.origin}/inbox", headers, body)
    key_id = f"{activity['actor']}#main-key"
    made = signatures.sign(request, key(number % AUTHORS), key_id, at=clock.now())
    lines = ["POST /inbox HTTP/1.1", "User-Agent: Mastodon/4.5.0", "Accept-Encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in {**headers, **made}.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def written(world: World, count: int, tag: str = "") -> tuple[list[bytes], list[str]]:
    """Return so many signed requests, and the addresses of their activities."""
    activities = [create(number, tag) for number in range(count)]
    requests = [signed(world, activity, number) for number, activity in enumerate(activities)]
    return requests, [str(activity["id"]) for activity in activities]


def headers(letter: bytes) -> dict[str, str]:
    """Return the headers of a request that was written."""
    head = letter.partition(b"\r\n\r\n")[0].decode()
    return dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
