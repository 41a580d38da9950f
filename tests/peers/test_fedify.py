"""A server of another make follows an assembly of ours, reads it, answers it, is answered."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.peers.fedify import FedifyPeer
from tests.peers.palabre import PalabreNode, eventually

pytestmark = pytest.mark.peer

ANSWER = "Et les conducteurs ?"
SPECIFICATIONS = ["draft-cavage-http-signatures-12", "rfc9421"]

Document = dict[str, Any]


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


async def test_both_follow_each_other(fedify: FedifyPeer, ours: PalabreNode) -> None:
    await follow(fedify, ours)
    assert (await ours.document(f"{ours.group}/followers"))["totalItems"] == 1

    await ours.run("follow", f"ana@127.0.0.1:{fedify.origin.rsplit(':')[-1]}")
    await fedify.received("Follow")
    assert await fedify.control("GET", "/followers") == [ours.group]

    async def accepted() -> bool:
        return bool((await ours.document(f"{ours.group}/following"))["totalItems"])

    await eventually(accepted)
    await everything_is_verified(fedify)

    await fedify.control("POST", "/unfollow", actor=ours.group)

    async def gone() -> bool:
        return not (await ours.document(f"{ours.group}/followers"))["totalItems"]

    await eventually(gone)


async def test_a_follower_receives_a_proposal_its_vote_and_its_decision(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    await follow(fedify, ours)
    proposal = await ours.publish(closes_in=6)
    [article] = await fedify.received("Create", object_type="Article")
    assert article["document"]["object"]["id"] == proposal

    [opening] = await fedify.received("Create", object_type="Question")
    question = opening["document"]["object"]
    name = question["oneOf"][0]["name"]
    await fedify.control("POST", "/vote", question=question["id"], author=ours.group, name=name)

    async def counted() -> bool:
        return bool((await ours.document(question["id"]))["votersCount"])

    await eventually(counted, seconds=4)

    [closing] = await fedify.received("Create", object_type="Note", seconds=45)
    decision = closing["document"]["object"]
    assert closing["objectProof"] == "verified"
    assert decision["assembly"]["kind"] == "decision"
    assert decision["assembly"]["turnout"] == 0, "an answer from elsewhere is not a ballot"
    assert decision["assembly"]["outside"] == {question["assembly"]["optionCodes"][0]: 1}
    served = await ours.document(decision["id"])
    verified = await fedify.control("POST", "/verify", document=served)
    assert verified["key"] == f"{ours.group}#seal"
    await everything_is_verified(fedify)


async def test_a_follower_receives_a_call(fedify: FedifyPeer, ours: PalabreNode) -> None:
    await follow(fedify, ours)
    event = await ours.call()
    [create] = await fedify.received("Create", object_type="Event")
    assert create["document"]["object"]["id"] == event
    assert (await fedify.control("GET", "/lookup", uri=event))["class"] == "Event"
    await everything_is_verified(fedify)


async def test_a_reply_from_there_stands_with_the_proposal_here(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    proposal = await ours.publish()
    reply = {"object": proposal, "to": ours.group, "content": ANSWER}
    note = (await fedify.control("POST", "/reply", **reply))["object"]

    async def shown() -> bool:
        return ANSWER in await ours.page(proposal)

    await eventually(shown)
    assert note in await fedify.control("GET", "/collection", uri=f"{proposal}/replies")


async def test_both_kinds_of_signature_are_taken_and_cover_the_body(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    proposal = await ours.publish()
    reply = {"object": proposal, "to": ours.group, "content": ANSWER}
    assert (await fedify.control("POST", "/send-rfc9421", **reply))["status"] == 202

    async def shown() -> bool:
        return ANSWER in await ours.page(proposal)

    await eventually(shown)
    for specification in SPECIFICATIONS:
        sent = await fedify.control("POST", "/send-altered", to=ours.group, spec=specification)
        assert sent["status"] == 401


async def test_what_a_followed_account_publishes_is_news_here(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    await ours.run("follow", fedify.actor())
    await fedify.received("Follow")

    async def accepted() -> bool:
        return bool((await ours.document(f"{ours.group}/following"))["totalItems"])

    await eventually(accepted)
    await fedify.control("POST", "/note", content=ANSWER)
    ending = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    poll = {"content": "Quel horaire ?", "options": ["Avant minuit", "Après"], "endTime": ending}
    await fedify.control("POST", "/question", **poll)

    async def shown() -> bool:
        news = await ours.page(f"{ours.origin}/reseau")
        return ANSWER in news and "Quel horaire ?" in news

    await eventually(shown)


async def test_a_reply_brought_by_somebody_else_is_believed_for_its_proof_alone(
    fedify: FedifyPeer, ours: PalabreNode
) -> None:
    proposal = await ours.publish()
    reply = {"object": proposal, "to": ours.group}
    await fedify.control("POST", "/forward", **reply, content="Dit ainsi", change="Dit autrement")
    await fedify.control("POST", "/forward", **reply, content=ANSWER)

    async def shown() -> bool:
        return ANSWER in await ours.page(proposal)

    await eventually(shown)
    await asyncio.sleep(1)
    assert "Dit autrement" not in await ours.page(proposal)


async def test_fedify_understands_what_it_reads(fedify: FedifyPeer, ours: PalabreNode) -> None:
    proposal = await ours.publish(closes_in=600)
    await ours.call()
    classes = {
        ours.group: "Group",
        f"{ours.origin}/actor": "Application",
        proposal: "Article",
        f"{proposal}/vote": "Question",
        f"{proposal}/replies": "OrderedCollection",
        f"{proposal}/context": "OrderedCollection",
        f"{ours.origin}/e/1": "Event",
        f"{ours.group}/outbox": "OrderedCollection",
        f"{ours.group}/followers": "OrderedCollection",
    }
    seen = {uri: (await fedify.control("GET", "/lookup", uri=uri))["class"] for uri in classes}
    assert seen == classes
    address = f"acct:{ours.handle}@127.0.0.1:{ours.port}"
    found = await fedify.control("GET", "/webfinger", resource=address)
    assert found["subject"] == address
    assert ours.group in [link.get("href") for link in found["links"]]
