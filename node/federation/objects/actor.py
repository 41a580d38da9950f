"""The documents of our actors (wire.md, 5.1)."""

from collections.abc import Sequence

from node import clock
from node.activitypub import contexts, uris
from node.activitypub.document import Document
from node.models import Actor, ActorKey, Assembly

IMPLEMENTS = (contexts.PROTOCOL, "https://datatracker.ietf.org/doc/html/rfc9421")


def document(actor: Actor, keys: Sequence[ActorKey], assembly: Assembly) -> Document:
    """Write an actor of ours with its public keys."""
    rsa = next(key for key in keys if key.algorithm == "rsa")
    written: Document = {
        "@context": contexts.ACTOR_CONTEXT,
        "id": actor.uri,
        "type": actor.type,
        "preferredUsername": actor.handle,
        "webfinger": actor.address,
        "name": actor.name,
        "url": actor.url or actor.uri,
        "inbox": actor.inbox,
        "outbox": actor.outbox,
        "endpoints": {"sharedInbox": actor.shared_inbox},
        "manuallyApprovesFollowers": actor.is_locked,
        "discoverable": actor.is_discoverable,
        "indexable": actor.is_discoverable,
        "alsoKnownAs": actor.also_known_as,
        "published": clock.wire(actor.created_at),
        "publicKey": {"id": rsa.uri, "owner": actor.uri, "publicKeyPem": rsa.public},
        "assertionMethod": [
            {
                "id": key.uri,
                "type": "Multikey",
                "controller": actor.uri,
                "publicKeyMultibase": key.public,
            }
            for key in keys
            if key.algorithm == "ed25519"
        ],
        "generator": {
            "type": "Application",
            "id": uris.instance(assembly.origin),
            "implements": [{"href": address} for address in IMPLEMENTS],
        },
    }
    if actor.summary:
        written["summary"] = actor.summary
    if actor.type != "Application":
        written |= {
            "followers": actor.followers,
            "following": actor.following,
            "featured": actor.featured,
        }
    if actor.type == "Group":
        written["assembly"] = _assembly(actor)
    if actor.moved_to:
        written["movedTo"] = actor.moved_to
    return written


def _assembly(actor: Actor) -> Document:
    return {
        "v": 1,
        "kind": "assembly",
        "register": uris.register(actor.uri),
        "keys": uris.keys(actor.uri),
        "proposals": f"{actor.uri}/proposals",
        "decisions": f"{actor.uri}/decisions",
        "openTo": [],
    }
