"""What we send keeps the rules of wire.md, section 1, and falls into none of its traps."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from node.activitypub import contexts
from node.activitypub.addressing import PUBLIC
from node.activitypub.vocabulary import parse, parse_actor, parse_object
from tests.fediverse import Document

OURS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "ours").glob("*.json"))
}
ORIGIN = "https://n.example/"
GROUP = "https://n.example/g/town"
ACTIVITIES = {"Create", "Update", "Delete", "Follow", "Accept", "Reject", "Undo", "Announce"}
ACTORS = {"Group", "Person", "Application"}
SHOWN = {"Note", "Article", "Question", "Event"}
MOMENTS = {
    "published", "updated", "startTime", "endTime", "closed", "deleted", "created", "at", "opens",
    "closes", "opened", "start", "end", "notBefore", "notAfter",
}  # fmt: skip
TAGS = {
    "p", "br", "a", "span", "strong", "em", "b", "i", "u", "s", "del", "code", "pre",
    "blockquote", "ul", "ol", "li",
}  # fmt: skip
KNOWN = {
    "@context", "id", "type", "actor", "object", "to", "cc", "published", "updated", "proof",
    "attributedTo", "audience", "name", "summary", "content", "contentMap", "source", "preview",
    "url", "context", "replies", "inReplyTo", "interactionPolicy", "tag", "oneOf", "endTime",
    "closed", "votersCount", "startTime", "timezone", "displayEndTime", "location", "organizers",
    "attendees", "eventStatus", "status", "joinMode", "externalParticipationUrl", "inLanguage",
    "participantCount", "category", "isOnline", "anonymousParticipationEnabled", "formerType",
    "deleted", "assembly",
}  # fmt: skip


def parts(value: Any, key: str = "") -> Iterator[tuple[str, Document]]:
    """Every object in a document with the property it stands in, itself first."""
    if isinstance(value, list):
        for one in value:
            yield from parts(one, key)
    elif isinstance(value, dict):
        yield key, value
        for name, one in value.items():
            if name != "@context":
                yield from parts(one, name)


# Said to one account alone: it has no page, and is about no proposal.
MESSAGES = ("create-link-message",)


def every(*types: str) -> list[Any]:
    """Every document that has a thing of these types at its top or as its object."""
    return [
        pytest.param(one, id=name)
        for name, document in OURS.items()
        for one in (document, document.get("object"))
        if isinstance(one, dict) and one.get("type") in types and name not in MESSAGES
    ]


documents = pytest.mark.parametrize("document", [pytest.param(d, id=n) for n, d in OURS.items()])
activities = pytest.mark.parametrize(
    "activity", [pytest.param(d, id=n) for n, d in OURS.items() if d["type"] in ACTIVITIES]
)


def test_there_is_a_golden_document_for_everything_we_say() -> None:
    said = {
        (d["type"], d["object"]["type"] if isinstance(d["object"], dict) else None)
        for d in OURS.values()
        if "object" in d
    }
    assert said >= {
        *((kind, thing) for kind in ("Create", "Update") for thing in SHOWN - {"Note"}),
        ("Create", "Note"),
        ("Update", "Note"),
        ("Delete", "Tombstone"),
        ("Follow", None),
        ("Accept", "Follow"),
        ("Reject", "Follow"),
        ("Undo", "Follow"),
        ("Undo", "Announce"),
        ("Announce", None),
        ("Accept", None),
        ("Reject", None),
        ("Update", "Group"),
        ("Delete", None),
    }
    assert {d["type"] for d in OURS.values()} >= ACTORS


@documents
def test_the_context_is_an_array_that_contains_activitystreams(document: Document) -> None:
    assert isinstance(document["@context"], list)
    assert document["@context"][0] == contexts.AS


@documents
def test_ids_are_https_addresses_of_our_own(document: Document) -> None:
    assert document["id"].startswith(ORIGIN)
    thing = document.get("object")
    if isinstance(thing, dict) and document["type"] in ("Create", "Update", "Delete"):
        assert thing["id"].startswith(ORIGIN)


@documents
def test_every_type_is_one_word_of_the_vocabulary(document: Document) -> None:
    for key, part in parts(document):
        if key != "rule" and "type" in part:
            assert isinstance(part["type"], str), part
            assert "palabre" not in part["type"].lower()


@documents
def test_moments_are_utc_seconds_and_no_change_is_before_the_beginning(document: Document) -> None:
    for _, part in parts(document):
        for name in MOMENTS & set(part):
            if part[name] is not None:
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", part[name]), (name, part)
        if "updated" in part:
            assert part["updated"] >= part["published"]


@pytest.mark.parametrize("thing", every("Note", "Question"))
def test_a_note_or_question_has_no_name_and_no_summary(thing: Document) -> None:
    assert not {"name", "summary"} & set(thing)
    assert "sensitive" not in thing


@pytest.mark.parametrize("thing", every("Article", "Event"))
def test_an_article_or_event_has_a_title_and_a_summary(thing: Document) -> None:
    assert thing["name"]
    assert thing["summary"].startswith("<p>")


@pytest.mark.parametrize("thing", every(*SHOWN))
def test_content_stands_there_twice_and_what_people_read_is_complete(thing: Document) -> None:
    assert thing["content"] == next(iter(thing["contentMap"].values()))
    assert set(re.findall(r"</?([a-z0-9]+)", thing["content"] + thing.get("summary", ""))) <= TAGS
    assert isinstance(thing["attributedTo"], str)
    assert thing["attributedTo"].startswith(ORIGIN)
    assert thing["url"].startswith(ORIGIN)
    assert isinstance(thing["to"], list)
    assert isinstance(thing["cc"], list)
    assert thing["@context"][0] == contexts.AS
    assert thing["assembly"]["v"] == 1


@pytest.mark.parametrize("thing", every(*SHOWN, "Tombstone"))
def test_assembly_is_the_only_property_of_our_own(thing: Document) -> None:
    assert set(thing) <= KNOWN


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_for_one_account_alone(name: str) -> None:
    said = OURS[name]
    thing = said["object"]
    [reader] = thing["to"]
    assert (said["to"], said["cc"], thing["cc"]) == ([reader], [], [])
    assert [(one["type"], one["href"]) for one in thing["tag"]] == [("Mention", reader)]
    assert "url" not in thing


@pytest.mark.parametrize("event", every("Event"))
def test_an_event_is_a_call_or_a_meeting(event: Document) -> None:
    kind = event["assembly"]["kind"]
    assert event["category"] == {"meeting": "MEETING", "call": "MOVEMENTS_POLITICS"}[kind]
    if kind == "meeting":
        assert event["assembly"].keys() == {
            "v", "kind", "agenda", "remoteVoting", "quorumRequired"
        }  # fmt: skip
        assert all(one.startswith(f"{ORIGIN}p/") for one in event["assembly"]["agenda"])
    for place in event["location"]:
        assert all(place.get("address", {"one": "part"}).values())
        assert "addressCountry" not in place.get("address", {})


@activities
def test_an_activity_has_the_audience_of_its_object_and_a_proof(activity: Document) -> None:
    assert activity["actor"].startswith(ORIGIN)
    thing = activity["object"]
    if isinstance(thing, dict) and thing["type"] in SHOWN:
        assert (activity["to"], activity["cc"]) == (thing["to"], thing["cc"])
        assert activity["actor"] == thing["attributedTo"]
    assert activity["proof"]["cryptosuite"] == "eddsa-jcs-2022"
    assert activity["proof"]["@context"] == activity["@context"]
    key = "#seal" if activity["actor"] == GROUP else "#ed25519"
    assert activity["proof"]["verificationMethod"] == activity["actor"] + key
    assert "signature" not in activity


@pytest.mark.parametrize("document", [*every("Question", "Article", "Event")])
def test_the_assembly_speaks_not_its_members(document: Document) -> None:
    assert document["attributedTo"] == GROUP
    written = json.dumps({**document, "assembly": None})
    assert "/u/" not in written
    assert document["to"] == [PUBLIC]
    assert document["cc"] == [f"{GROUP}/followers"]


@pytest.mark.parametrize("note", every("Note"))
def test_every_note_says_what_it_is_and_what_it_answers(note: Document) -> None:
    kind = note["assembly"]["kind"]
    assert kind in ("phase", "decision", "comment")
    assert note["inReplyTo"].startswith(f"{ORIGIN}p/")
    assert note["context"] == f"{note['inReplyTo']}/context"
    if kind == "phase":
        assert note["cc"] == []
    if kind == "decision":
        assert note["proof"]["verificationMethod"] == f"{GROUP}#seal"
        assert note["proof"]["@context"] == note["@context"]
        assert note["assembly"]["register"]["seq"] > 0
    if kind != "comment":
        assert "/u/" not in json.dumps(note)


@pytest.mark.parametrize("question", every("Question"))
def test_a_question_is_one_that_others_can_answer(question: Document) -> None:
    names = [option["name"] for option in question["oneOf"]]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(option["type"] == "Note" for option in question["oneOf"])
    assert question["endTime"]
    assert question["votersCount"] == sum(o["replies"]["totalItems"] for o in question["oneOf"])
    assert "updated" not in question
    assert len(question["assembly"]["optionCodes"]) == len(names)


def test_a_question_is_closed_only_once_it_is() -> None:
    assert "closed" not in OURS["create-question"]["object"]
    assert "closed" not in OURS["update-question"]["object"]
    assert OURS["update-question-closed"]["object"]["closed"]


@documents
def test_codes_on_the_wire_are_joined_with_dashes(document: Document) -> None:
    for key, part in parts(document):
        if key == "assembly":
            for name in ("kind", "state", "outcome", "method", "from"):
                assert "_" not in str(part.get(name, ""))
            assert all(re.fullmatch("[a-z][A-Za-z]*", name) for name in part)


@pytest.mark.parametrize("article", every("Article"))
def test_a_proposal_names_its_exact_text(article: Document) -> None:
    about = article["assembly"]
    assert re.fullmatch(f"{ORIGIN}p/[0-9]+/r/[0-9]+", about["revision"])
    assert re.fullmatch("zQm[1-9A-HJ-NP-Za-km-z]{44}", about["textDigest"])
    assert article["source"]["mediaType"] == "text/markdown"


@pytest.mark.parametrize("event", every("Event"))
def test_a_call_is_understood_by_calendars_of_others(event: Document) -> None:
    assert event["actor"] == event["attributedTo"] == GROUP
    assert event["@context"] == contexts.EVENT_CONTEXT
    cancelled = event["eventStatus"] == "EventCancelled"
    assert event["status"] == ("CANCELLED" if cancelled else "CONFIRMED")
    assert event["joinMode"] == ("none" if cancelled else "free")
    assert event["location"][0]["type"] in ("Place", "VirtualLocation")
    assert event["displayEndTime"] == ("endTime" in event)


@pytest.mark.parametrize("actor", every(*ACTORS))
def test_an_actor_has_everything_that_others_ask_for(actor: Document) -> None:
    assert actor["publicKey"]["id"] == f"{actor['id']}#main-key"
    assert actor["publicKey"]["owner"] == actor["id"]
    [seal] = actor["assertionMethod"]
    assert seal["id"] == actor["id"] + ("#seal" if actor["type"] == "Group" else "#ed25519")
    assert seal["publicKeyMultibase"].startswith("z6Mk")
    assert actor["webfinger"] == f"{actor['preferredUsername']}@n.example"
    assert actor["endpoints"] == {"sharedInbox": f"{ORIGIN}inbox"}
    assert ("assembly" in actor) == (actor["type"] == "Group")
    assert actor["discoverable"] is actor["indexable"] is (actor["type"] == "Group")
    assert {"href": contexts.PROTOCOL} in actor["generator"]["implements"]
    if actor["type"] == "Application":
        assert actor["inbox"] == f"{ORIGIN}inbox"
        assert "followers" not in actor


@documents
def test_we_understand_ourselves(document: Document) -> None:
    if document["type"] in ACTIVITIES:
        assert parse(document).type == document["type"]
    elif document["type"] in SHOWN:
        assert parse_object(document).id == document["id"]
    elif document["type"] in ACTORS:
        pem = OURS["actor-group"]["publicKey"]["publicKeyPem"]
        assert pem.startswith("-----BEGIN PUBLIC KEY-----")
        assert parse_actor({**document, "publicKey": None}).id == document["id"]


def test_everything_we_say_is_in_the_federation_document() -> None:
    text = (Path(__file__).parents[2] / "FEDERATION.md").read_text("utf-8")
    sent = text.partition("## What we send")[2].partition("## What we receive")[0]
    table = "\n".join(line for line in sent.splitlines() if line.startswith("| "))
    for name, document in OURS.items():
        if document["type"] in ACTIVITIES:
            thing = document["object"]
            kind = thing["type"] if isinstance(thing, dict) else None
            assert f"`{document['type']}`" in table, name
            assert kind is None or kind in ACTORS or f"`{kind}`" in table, name
