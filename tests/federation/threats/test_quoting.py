"""Others quote what the assembly says to everybody: they ask, and readers can check (FEP-044f)."""

from typing import Any

import pytest

from node.models import Quote
from tests.federation.threats.scene import Scene
from tests.fediverse import Document, Stranger

ORIGIN = "https://riverside.example"


def request(scene: Scene, alice: Stranger, quoted: str, **more: Any) -> Document:
    return alice.activity("QuoteRequest", quoted, instrument=alice.note(1), **more)


async def test_a_proposal_may_be_quoted_and_the_word_for_it_can_be_read(
    scene: Scene, alice: Stranger
) -> None:
    quoted = f"{ORIGIN}/p/{(await scene.proposal()).number}"
    await scene.meet(alice)
    asked = request(scene, alice, quoted)
    await scene.accepted(alice, asked)
    [answer] = alice.received("Accept")
    assert answer["object"]["id"] == asked["id"]
    assert answer["object"]["type"] == "QuoteRequest"
    stamp = (await scene.node.get(answer["result"].removeprefix(ORIGIN))).json()
    assert stamp["type"] == "QuoteAuthorization"
    assert stamp["attributedTo"] == scene.node.actor_uri
    assert stamp["interactingObject"] == alice.note(1)["id"]
    assert stamp["interactionTarget"] == quoted
    again = request(scene, alice, quoted) | {"id": f"{asked['id']}/again"}
    again["instrument"] = alice.note(1)["id"]
    await scene.accepted(alice, again)
    assert [one["result"] for one in alice.received("Accept")] == [answer["result"]] * 2
    assert await scene.node.count(Quote) == 1


async def test_what_is_nothing_to_quote_is_refused(scene: Scene, alice: Stranger) -> None:
    await scene.meet(alice)
    for number, quoted in enumerate((f"{ORIGIN}/p/99", scene.node.actor_uri, f"{ORIGIN}/d/7")):
        asked = request(scene, alice, quoted)
        await scene.accepted(alice, asked | {"id": f"{asked['id']}/{number}"})
        assert len(alice.received("Reject")) == number + 1
    assert await scene.node.count(Quote) == 0
    assert (await scene.node.get("/q/1")).status_code == 404


@pytest.mark.parametrize(
    "instrument",
    [
        None,
        7,
        [],
        {},
        "nowhere",
        "https://elsewhere.example/notes/1",
        {"id": "https://honest.example/notes/1", "attributedTo": "https://honest.example/users/b"},
        {"id": "https://honest.example/notes/1"},
    ],
)
async def test_a19_nobody_asks_for_the_post_of_another(
    scene: Scene, alice: Stranger, instrument: Any
) -> None:
    quoted = f"{ORIGIN}/p/{(await scene.proposal()).number}"
    await scene.meet(alice)
    asked = request(scene, alice, quoted) | {"instrument": instrument}
    answer = await alice.send(scene.node, asked)
    await scene.work()
    assert answer.status_code in (202, 400)
    assert await scene.node.count(Quote) == 0
    assert alice.received("Accept") == []
