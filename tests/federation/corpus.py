"""The documents of other software, and the letters in which they arrive here."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from node.activitypub import addressing, keys, uris, values
from node.activitypub.iri import is_web_address
from node.activitypub.kinds import ACTIVITIES, ACTORS, short
from node.assembly import assemblies
from node.federation import actors
from node.models import Actor, ActorKey, Follow, InboxItem
from tests.fediverse import Document, Stranger, TestNode

ROOT = Path(__file__).parents[2]
NOBODY = "https://nobody.example/users/x"
FATES = ("handled", "ignored", "kept", "refused")


def folder() -> Path:
    """Where the corpus is; without it there is nothing to test, and CI must not overlook that."""
    found = Path(os.environ.get("PALABRE_SHARED") or ROOT.parent / "shared") / "corpus"
    if not found.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"there is no corpus at {found}")
        pytest.skip(f"there is no corpus at {found}; PALABRE_SHARED names the folder above it")
    return found


def software() -> list[str]:
    """The names of those whose documents there are, or one that leads to the missing corpus."""
    shared = Path(os.environ.get("PALABRE_SHARED") or ROOT.parent / "shared") / "corpus"
    return sorted(one.name for one in shared.glob("*/")) if shared.is_dir() else ["missing"]


@lru_cache
def documents(of: str | None = None) -> tuple[tuple[str, bytes], ...]:
    """Every document, by the name of its file."""
    pattern = f"{of or '*'}/*"
    found = sorted(path for path in folder().glob(pattern) if path.suffix != ".md")
    read = [(path.name, path.read_bytes()) for path in found]
    # Actors last: once they are read anew, their letters would need their own keys.
    return tuple(sorted(read, key=lambda one: is_actor(decoded(one[1]))))


def decoded(body: bytes) -> Any:
    """Read a document leniently; None if it is no JSON at all."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def types(found: Document) -> set[str]:
    """The types that a document gives itself, as far as they are words."""
    return {short(kind) for kind in values.as_list(found.get("type")) if isinstance(kind, str)}


def is_actor(found: object) -> bool:
    """Say whether a document is about somebody."""
    return isinstance(found, dict) and bool(types(found) & ACTORS)


def wrapped(body: bytes) -> tuple[str, bytes]:
    """Return who sends a document and in what form: an activity as it stands, the rest wrapped."""
    found = decoded(body)
    if not isinstance(found, dict):
        return NOBODY, body
    if is_actor(found):
        who = values.first_id(found.get("id")) or NOBODY
        return who, _activity("Update", who, found)
    if "actor" in found and (types(found) & ACTIVITIES or "object" in found):
        return _first(found["actor"]) or NOBODY, body
    who = _first(found.get("attributedTo")) or _first(found.get("actor")) or NOBODY
    return who, _activity("Create", who, found)


def _first(value: object) -> str | None:
    return next((one for item in values.as_list(value) if (one := values.first_id(item))), None)


def _activity(kind: str, who: str, thing: Document) -> bytes:
    uri = f"{values.first_id(thing.get('id')) or who}#{kind.lower()}"
    if is_web_address(who) and not addressing.same_origin(uri, who):
        uri = f"{who}#{kind.lower()}"
    activity = {"id": uri, "type": kind, "actor": who, "object": thing}
    return msgspec.json.encode({"@context": "https://www.w3.org/ns/activitystreams", **activity})


async def introduce(node: TestNode, stranger: Stranger) -> None:
    """Let the node know somebody and their key, and its assembly follow them."""
    host = addressing.host(stranger.uri)
    async with node.database.transaction() as tx:
        if await actors.known(tx, stranger.uri) is not None:
            return
        actor = Actor(
            uri=stranger.uri, type="Person", handle="x", domain=host, name="x", inbox=stranger.inbox
        )
        ours = (await assemblies.the(tx)).actor
        tx.add(actor)
        await tx.flush()
        pem = keys.public_pem(stranger.key.public_key())
        tx.add(
            ActorKey(uri=stranger.key_id, actor_id=actor.id, algorithm="rsa", public=pem),
            Follow(uri=uris.activity(node.origin, str(actor.id)), follower=ours, followed=actor,
                   state="accepted"),
        )  # fmt: skip


@dataclass
class Post:
    """Carries documents to a node as validly signed requests of their authors."""

    node: TestNode
    stranger: Stranger

    async def bring(self, body: bytes) -> tuple[int, str, str | None]:
        """Send one document; return the status, what became of it, and why."""
        who, letter = wrapped(body)
        sender = Stranger(who, self.stranger.key, self.stranger.seal, self.stranger.fediverse)
        if is_web_address(who) and who.isascii():
            await introduce(self.node, sender)
        if not sender.key_id.isascii() or any(sign in sender.key_id for sign in '"\\\r\n'):
            sender = self.stranger
        self._let_stand(who, body)
        answer = await sender.send(self.node, letter)
        if answer.status_code != 202:
            return answer.status_code, "refused", answer.text
        for _ in range(20):
            if not await self.node.work():
                break
        uri = (decoded(letter) or {}).get("id")
        for item in await self.node.all(InboxItem, InboxItem.uri == uri):
            return 202, item.state, item.reason
        return 202, "ignored", "the farewell of a stranger"

    def _let_stand(self, who: str, body: bytes) -> None:
        """Let an actor stand at its own address, where a node will look."""
        found = decoded(body)
        if is_actor(found):
            self.stranger.fediverse.documents[who] = found
