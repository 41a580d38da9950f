"""Whatever arrives is understood or refused, within a second (C3; threats.md, use in tests)."""

import copy
import json
import random
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub import addressing, canonical, document, proofs, vocabulary
from node.activitypub.vocabulary import ActorDocument, MalformedActivity, Thing
from tests.patience import ends

ODD: list[Any] = [
    None, True, 0, -1, 2**53, 1.5, float("nan"), "", "x", "\ud800", "\0", "#", "mailto:a@b.example",
    "https://", "https://victim@evil.example/", "yesterday", "99999-01-01T00:00:00Z", [], {}, [[]],
    [None], [{}], {"id": None}, {"id": {}}, {"type": []}, {"type": "Note", "id": "https://a.example/"},
    "x" * 100_000, ["https://a.example/"] * 2000,
]  # fmt: skip
READERS: tuple[Callable[[dict[str, Any]], object], ...] = (
    vocabulary.parse,
    vocabulary.parse_embedded,
    vocabulary.parse_object,
    vocabulary.parse_actor,
    lambda found: vocabulary.parse_key(found, "https://a.example/#main-key"),
    addressing.audience,
    proofs.proof_of,
    canonical.hash_of,
)


def is_understood(read: Callable[[Any], object], value: Any) -> bool:
    """Try one reader, which may refuse with a sentence and within a second, but nothing else."""
    sentence = "understood"
    with ends():
        try:
            touch(read(value))
        except MalformedActivity as error:
            sentence = str(error)
    assert sentence
    return sentence == "understood"


def understood_or_refused(value: dict[str, Any]) -> int:
    """Give a document to every reader; count those who understood it."""
    return sum([is_understood(read, value) for read in READERS])


def read_all(body: bytes) -> int:
    """Read a body and give the document to every reader."""
    return understood_or_refused(document.parse(body))


def touch(found: object) -> None:
    """Read every property, or a laziness could hide an exception."""
    if isinstance(found, Thing | vocabulary.Activity | ActorDocument):
        for name in dir(type(found)):
            if not name.startswith("_"):
                getattr(found, name)
    if isinstance(found, vocabulary.Activity):
        found.embedded()
        for inner in found.objects:
            if isinstance(inner, dict):
                vocabulary.parse_object(inner)


def test_every_document_of_the_corpus_is_understood_or_refused(
    corpus: list[tuple[str, bytes]], no_socket: None
) -> None:
    assert len(corpus) > 600
    understood = 0
    for _, body in corpus:
        value = document.parse(body)
        before = copy.deepcopy(value)
        understood += understood_or_refused(value) > 0
        assert value == before
    assert understood > 600


def places(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document where something can be changed."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        at = waiting.pop()
        for key in list(at) if isinstance(at, dict) else range(len(at)):
            found.append((at, key))
            if isinstance(at[key], dict | list):
                waiting.append(at[key])
    return found


def mutate(value: dict[str, Any], chance: random.Random) -> None:
    """Drop, duplicate, retype, nest or misspell something."""
    for _ in range(chance.randint(1, 3)):
        candidates = places(value)
        if not candidates:
            return
        at, key = chance.choice(candidates)
        act = chance.randrange(5)
        if act == 0:
            del at[key]
        elif act == 1:
            at[key] = [at[key], at[key]]
        elif act == 2:
            at[key] = copy.deepcopy(chance.choice(ODD))
        elif act == 3:
            at[key] = {"id": at[key], "type": at[key], "@id": at[key]}
        elif isinstance(at, dict):
            at[f"as:{key}"] = at[key]


def test_no_document_of_the_corpus_harms_when_twisted(
    corpus: list[tuple[str, bytes]], no_socket: None
) -> None:
    chance = random.Random(20261124)
    for _, body in corpus:
        for _ in range(6):
            value = json.loads(body)
            if isinstance(value, dict):
                mutate(value, chance)
                understood_or_refused(value)


def test_no_document_of_the_corpus_harms_with_bytes_changed(
    corpus: list[tuple[str, bytes]],
) -> None:
    chance = random.Random(20261125)
    for _, body in corpus:
        twisted = bytearray(body)
        for _ in range(3):
            if twisted:
                twisted[chance.randrange(len(twisted))] = chance.randrange(256)
        is_understood(read_all, bytes(twisted))


VALUES = st.recursive(
    st.sampled_from(ODD[:20])
    | st.text(max_size=10)
    | st.sampled_from(["Note", "Like", "Group", "https://a.example/", "https://a.example/1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "name", "href", "object"]), inner)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["id", "type", "actor", "object", "to", "cc", "attributedTo", "inReplyTo", "content", "name",
     "contentMap", "url", "tag", "oneOf", "publicKey", "assertionMethod", "endpoints", "inbox",
     "preferredUsername", "proof", "@context", "published", "icon", "self", "generator"]
)  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=10))
def test_any_document_is_understood_or_refused(value: dict[str, Any]) -> None:
    understood_or_refused(value)


BASE = {
    "id": "https://a.example/1",
    "type": "Create",
    "actor": "https://a.example/",
    "inbox": "https://a.example/inbox",
    "object": {"type": "Note", "id": "https://a.example/2"},
}


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=3), st.sampled_from(["Create", "Note", "Group"]))
def test_a_good_document_with_something_odd_is_understood_or_refused(
    value: dict[str, Any], kind: str
) -> None:
    understood_or_refused({**BASE, "type": kind, **value})


def test_c1_a_deep_document_that_bypassed_the_door_is_refused() -> None:
    deep: Any = {}
    for _ in range(50_000):
        deep = {"object": deep, "type": "Note"}
    for read in READERS:
        is_understood(read, {**BASE, "object": deep})
    while deep:
        deep = deep["object"]
