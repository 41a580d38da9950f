"""What we rely on in little-boxes 0.1.0, so that another release is noticed."""

import logging
from importlib.metadata import version
from typing import Any

import pytest
from little_boxes import activitypub, errors

from node.activitypub import kinds, vocabulary
from node.activitypub.vocabulary import BOXES, MalformedActivity, NodeBackend, Vocabulary

LIKE = {
    "id": "https://m.example/1",
    "type": "Like",
    "actor": "https://m.example/u/a",
    "object": "https://m.example/2",
}


def test_it_is_the_only_release_there_is() -> None:
    assert version("little-boxes") == "0.1.0"


def test_its_constants_are_those_of_the_specifications() -> None:
    assert vocabulary.PUBLIC == "https://www.w3.org/ns/activitystreams#Public"
    assert vocabulary.AS_CONTEXT == "https://www.w3.org/ns/activitystreams"
    assert vocabulary.SECURITY_CONTEXT == "https://w3id.org/security/v1"


def test_every_type_has_a_box_of_its_own() -> None:
    assert set(BOXES) == kinds.KNOWN == {member.value for member in Vocabulary}
    for name, box in BOXES.items():
        assert issubclass(box, activitypub.BaseActivity)
        assert name == box.ACTIVITY_TYPE
        assert box.OBJECT_REQUIRED is False


def test_the_families_do_not_overlap() -> None:
    families = (kinds.GENERIC, kinds.ACTIVITIES, kinds.ACTORS, kinds.OBJECTS)
    assert sum(map(len, families)) == len(kinds.KNOWN)
    assert {"Application", "Group", "Organization", "Person", "Service"} == kinds.ACTORS
    assert {"Accept", "Update", "EmojiReact", "QuoteRequest", "Answer"} <= kinds.ACTIVITIES
    assert {"Article", "Note", "Question", "Hashtag", "Video"} <= kinds.OBJECTS
    assert {"Object", "Activity"} <= kinds.GENERIC


def test_its_own_classes_and_backend_are_left_alone() -> None:
    for kind in activitypub.ActivityType:
        own = activitypub._ACTIVITY_CLS.get(kind)
        assert own is None or own.__module__ == "little_boxes.activitypub"
    assert activitypub.BACKEND is None


def test_a_box_gives_fields_as_attributes_and_none_for_the_others() -> None:
    box = BOXES["Like"](**{key: value for key, value in LIKE.items() if key != "type"})
    assert (box.id, box.actor, box.object) == (LIKE["id"], LIKE["actor"], LIKE["object"])
    assert box.summary is None
    assert str(box) == LIKE["id"]
    assert repr(box) == "Like('https://m.example/1')"
    with pytest.raises(AttributeError):
        box._private  # noqa: B018
    assert box.to_dict()["@context"][0] == vocabulary.AS_CONTEXT
    assert "@context" not in box.to_dict(embed=True)


def test_a_box_opens_the_embedded_object_and_no_other(no_socket: None) -> None:
    fields = {key: value for key, value in LIKE.items() if key != "type"}
    inner = {"id": "https://m.example/2", "type": "Note", "content": "x"}
    assert BOXES["Like"](**{**fields, "object": inner}).get_object().content == "x"
    with pytest.raises(errors.ActivityNotFoundError):
        BOXES["Like"](**fields).get_object()


def test_its_errors_carry_a_status_and_a_message() -> None:
    error = MalformedActivity("the id is not a web address")
    assert isinstance(error, errors.BadActivityError)
    assert error.status_code == 400
    assert error.to_dict() == {"message": "the id is not a web address"}
    assert "the id is not" in repr(error)


def test_a_missing_actor_is_its_error_and_becomes_ours() -> None:
    with pytest.raises(MalformedActivity, match="missing actor"):
        vocabulary.parse({key: value for key, value in LIKE.items() if key != "actor"})


def test_nobody_is_never_taken_for_somebody() -> None:
    fields = {key: value for key, value in LIKE.items() if key != "type"}
    absent: list[Any] = [None, []]
    for nobody in absent:
        with pytest.raises(ValueError, match="no actor"):
            BOXES["Like"](**fields)._validate_person(nobody)


def test_the_backend_knows_only_what_was_preloaded(no_socket: None) -> None:
    backend = NodeBackend({"https://m.example/1": LIKE})
    assert isinstance(backend, activitypub.BaseBackend)
    assert backend.fetch_iri("https://m.example/1") is LIKE
    with pytest.raises(errors.ActivityNotFoundError):
        backend.fetch_iri("https://m.example/2")
    for store in ("DB", "USERS", "FETCH_MOCK", "INBOX_IDX", "OUTBOX_IDX", "FOLLOWERS", "FOLLOWING"):
        assert getattr(backend, store) is None


def test_private_posts_do_not_reach_the_log(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str], create: dict[str, Any]
) -> None:
    with caplog.at_level(logging.DEBUG):
        vocabulary.parse(create)
        vocabulary.parse_object(create["object"])
    assert "bonjour" not in caplog.text
    assert capsys.readouterr() == ("", "")
