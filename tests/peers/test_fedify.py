"""A server of another make follows an assembly of ours, reads it, answers it, is answered."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.peers.fedify import FedifyPeer
from tests.peers.palabre import PalabreNode, eventually

pytestmark = pytest.mark.peer

ANSWER = "Et les conducteurs ?"
SPECIFICATIONS = ["draft-cavage-http-signatures-12", "rfc9421"]


async def follow(fedify: FedifyPeer, ours: PalabreNode) -> None:
    await fedify.control("POST", "/follow", actor=ours.group)
    await fedify.received("Accept")


async def everything_is_verified(fedify: FedifyPeer) -> None:
    """Fedify itself checks the signature of each request and the proof of each activity."""
    assert await fedify.control("GET", "/refused") == []
    for received in await fedify.received():
        assert received["httpSignature"], received["document"]
        assert received["proof"] == "verified", received["document"]
        assert received["objectProof"] in ("absent", "verified"), received["document"]


async def counts(ours: PalabreNode, uri: str, number: int, *, of: str = "totalItems") -> None:
    """Wait until a server that reads this address is told this number."""

    async def look() -> bool:
        return bool((await ours.document(uri))[of] == number)

    await eventually(look)


async def is_followed_by(fedify: FedifyPeer, actors: list[str]) -> None:
    """Wait until Fedify, which first reads who follows it, counts these among its followers."""

    async def look() -> bool:
        return bool(await fedify.control("GET", "/followers") == actors)

    await eventually(look)


async def shows(ours: PalabreNode, uri: str, *words: str) -> None:
    """Wait until a person who looks at this page reads these words."""

    async def look() -> bool:
        page = await ours.page(uri)
        return all(word in page for word in words)

    await eventually(look)


async def test_both_follow_each_other(fedify: FedifyPeer, ours: PalabreNode) -> None:
    await follow(fedify, ours)
    await counts(ours, f"{ours.group}/followers", 1)

    await ours.run("follow", f"ana@127.0.0.1:{fedify.port}")
    await is_followed_by(fedify, [ours.group])
    await counts(ours, f"{ours.group}/following", 1)
    await everything_is_verified(fedify)

    await fedify.control("POST", "/unfollow", actor=ours.group)
    await counts(ours, f"{ours.group}/followers", 0)


async def test_a_follower_receives_a_proposal_its_vote_and_its_decision(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    await follow(fedify, ours)
    proposal = await ours.publish(closes_in=30)
    [article] = await fedify.received("Create", object_type="Article")
    assert article["document"]["object"]["id"] == proposal

    [opening] = await fedify.received("Create", object_type="Question")
    question = opening["document"]["object"]
    first = question["oneOf"][0]["name"]
    await fedify.control("POST", "/vote", question=question["id"], author=ours.group, name=first)
    await counts(ours, question["id"], 1, of="votersCount")

    [closing] = await fedify.received("Create", object_type="Note")
    decision = closing["document"]["object"]
    assert closing["objectProof"] == "verified"
    assert decision["assembly"]["kind"] == "decision"
    assert decision["assembly"]["turnout"] == 0, "an answer from elsewhere is not a ballot"
    assert decision["assembly"]["outside"][question["assembly"]["optionCodes"][0]] == 1
    served = await ours.document(decision["id"])
    verified = await fedify.control("POST", "/verify", document=served)
    assert verified["key"] == f"{ours.group}#seal"
    await everything_is_verified(fedify)


async def test_a_follower_receives_a_call(fedify: FedifyPeer, ours: PalabreNode) -> None:
    await follow(fedify, ours)
    event = await ours.call()
    [create] = await fedify.received("Create", object_type="Event")
    assert create["document"]["object"]["id"] == event
    await everything_is_verified(fedify)


async def test_a_reply_from_there_stands_with_the_proposal_here(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    proposal = await ours.publish()
    reply = {"object": proposal, "to": ours.group, "content": ANSWER}
    note = await fedify.control("POST", "/reply", **reply)
    await shows(ours, proposal, ANSWER)
    replies = await fedify.control("GET", "/collection", uri=f"{proposal}/replies")
    assert replies == [note["object"]]


async def test_a_reply_brought_by_somebody_else_is_believed_for_its_proof_alone(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    proposal = await ours.publish()
    reply = {"object": proposal, "to": ours.group}
    await fedify.control("POST", "/forward", **reply, content="Dit ainsi", change="Dit autrement")
    await fedify.control("POST", "/forward", **reply, content=ANSWER)
    await shows(ours, proposal, ANSWER)
    await asyncio.sleep(1)
    assert "Dit autrement" not in await ours.page(proposal)


async def test_both_kinds_of_signature_are_taken_and_cover_the_body(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    proposal = await ours.publish()
    reply = {"object": proposal, "to": ours.group, "content": ANSWER}
    assert (await fedify.control("POST", "/send-rfc9421", **reply))["status"] == 202
    await shows(ours, proposal, ANSWER)
    for specification in SPECIFICATIONS:
        sent = await fedify.control("POST", "/send-altered", to=ours.group, spec=specification)
        assert sent["status"] == 401


async def test_what_a_followed_account_publishes_is_news_here(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    await ours.run("follow", fedify.actor())
    await counts(ours, f"{ours.group}/following", 1)
    await fedify.control("POST", "/note", content=ANSWER)
    ending = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    poll = {"content": "Quel horaire ?", "options": ["Avant minuit", "Après"], "endTime": ending}
    await fedify.control("POST", "/question", **poll)
    await shows(ours, f"{ours.origin}/reseau", ANSWER, "Quel horaire ?")


async def test_fedify_understands_what_it_reads(fedify: FedifyPeer, ours: PalabreNode) -> None:
    proposal = await ours.publish(closes_in=600)
    event = await ours.call()
    classes = {
        ours.group: "Group",
        f"{ours.origin}/actor": "Application",
        proposal: "Article",
        f"{proposal}/vote": "Question",
        f"{proposal}/replies": "OrderedCollection",
        f"{proposal}/context": "OrderedCollection",
        event: "Event",
        f"{ours.group}/outbox": "OrderedCollection",
        f"{ours.group}/followers": "OrderedCollection",
    }
    for uri, kind in classes.items():
        assert (await fedify.control("GET", "/lookup", uri=uri))["class"] == kind, uri
    outbox = await fedify.control("GET", "/collection", uri=f"{ours.group}/outbox")
    assert len(outbox) == len(set(outbox)) > 0
    address = f"acct:{ours.handle}@127.0.0.1:{ours.port}"
    found = await fedify.control("GET", "/webfinger", resource=address)
    assert found["subject"] == address
    assert ours.group in [link.get("href") for link in found["links"]]
