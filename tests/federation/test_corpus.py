"""What other software writes is understood, or refused with a sentence; nothing breaks."""

import copy
from collections import Counter
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from node.activitypub import document, webfinger
from node.activitypub.addressing import Handle
from node.activitypub.vocabulary import MalformedActivity
from tests.federation import corpus
from tests.fediverse import Document, Fediverse, TestNode
from tests.patience import ends

pytestmark = pytest.mark.parametrize("make_settings", ["sqlite"], indirect=True)

# How many were handled when this was written; fewer mean that something was unlearnt.
UNDERSTOOD: dict[str, int] = {
    "activitypods": 1,
    "bonfire": 40,
    "bonfire-federate": 2,
    "bookwyrm": 3,
    "bovine": 6,
    "discourse": 7,
    "fedify": 4,
    "feps": 25,
    "gotosocial": 10,
    "kmyblue": 2,
    "lemmy": 32,
    "little-boxes": 1,
    "mobilizon": 14,
    "pixelfed": 2,
    "pleroma": 21,
    "semapps": 1,
    "tootik": 15,
}


def check(status: int, state: str, reason: str | None, name: str) -> None:
    """Demand a status and a fate that a server may have, and a sentence for what is refused."""
    assert status in (202, 400, 401, 403), (name, status, reason)
    assert state in corpus.FATES, (name, state, reason)
    assert reason or state == "handled", name
    kind = (reason or "").partition(":")[0]
    assert not kind.endswith(("Error", "Exception")), (name, reason)


def is_discovered(body: bytes) -> bool:
    """Read an answer of WebFinger or NodeInfo; say whether it was one that is understood."""
    found = document.parse(body)
    if "subject" not in found:
        return "software" in found or "links" in found
    try:
        webfinger.parse(found, Handle("x", "x.example"))
    except MalformedActivity:
        return False
    return True


@pytest.mark.parametrize("software", corpus.software())
async def test_the_documents_of_other_software_have_their_fate(
    fediverse: Fediverse, riverside: TestNode, software: str
) -> None:
    post = corpus.Post(riverside, fediverse.stranger(corpus.NOBODY))
    counted: Counter[str] = Counter()
    for name, body in corpus.documents(software):
        with ends():
            found = corpus.decoded(body)
            if isinstance(found, dict) and ("links" in found or "nodeInfo" in found):
                counted["understood" if is_discovered(body) else "refused"] += 1
                continue
            status, state, reason = await post.bring(body)
        check(status, state, reason, name)
        counted["understood" if state == "handled" else state] += 1
    print(
        f"\n{software:24}",
        *(f"{fate} {counted[fate]:3}" for fate in ("understood", *corpus.FATES[1:])),
    )
    assert counted["understood"] >= UNDERSTOOD.get(software, 0)


ODD: list[Any] = [
    None, True, 0, -1, 2**53 - 1, 1.5, "", "x", "#", "https://", "mailto:a@b.example", [], {}, [[]],
    [None], {"id": None}, {"type": []}, "yesterday", "https://riverside.example/p/1", "\u202e",
    "https://riverside.example/g/rive", ["x"] * 200, "x" * 5000, {"id": "https://a.example/1"},
]  # fmt: skip


def places(found: Any, depth: int = 0) -> list[tuple[Any, Any]]:
    """Every place in a document at which something stands."""
    inside: list[tuple[Any, Any]] = []
    pairs = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in list(pairs):
        inside.append((found, key))
        if isinstance(value, dict | list) and depth < 6:
            inside += places(value, depth + 1)
    return inside


def stands(holder: Any, key: Any) -> bool:
    """Say whether this place is still there after what happened before."""
    return key in holder if isinstance(holder, dict) else key < len(holder)


def mutate(found: Document, chance: Random) -> None:
    """Drop, retype, nest or double something, or let something stand where another was."""
    everything = places(found)
    for _ in range(chance.randint(1, 4)):
        (holder, key), (other, place) = chance.choice(everything), chance.choice(everything)
        if not stands(holder, key) or not stands(other, place):
            continue
        here, there = copy.deepcopy(holder[key]), copy.deepcopy(other[place])
        nested = {"type": "Note", "id": "https://a.example/2", "object": here}
        change = chance.choice([chance.choice(ODD), [here, there], nested, there, [here] * 3, None])
        if change is None:
            del holder[key]
        else:
            holder[key] = change


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(chance=st.randoms(use_true_random=False))
async def test_documents_that_were_tampered_with_break_nothing(
    fediverse: Fediverse, riverside: TestNode, chance: Random
) -> None:
    name, body = chance.choice(corpus.documents())
    found = corpus.decoded(body)
    if not isinstance(found, dict) or not found:
        return
    mutate(found, chance)
    post = corpus.Post(riverside, fediverse.stranger(corpus.NOBODY))
    with ends():
        status, state, reason = await post.bring(msgspec.json.encode(found))
    check(status, state, reason, name)
