"""Activities: one id, one plain actor, a sane object; everything else is refused (P1, P4, C3)."""

import copy
from typing import Any

import pytest

from node.activitypub import kinds, vocabulary
from node.activitypub.vocabulary import MalformedActivity, NodeBackend, parse, parse_embedded

ANA = "https://m.example/users/ana"
NOTE = "https://m.example/users/ana/statuses/1"
LIKE = {"id": "https://m.example/likes/1", "type": "Like", "actor": ANA, "object": NOTE}


def test_a_create_is_understood(create: dict[str, Any]) -> None:
    found = parse(create)
    assert (found.id, found.type, found.types) == (create["id"], "Create", ("Create",))
    assert (found.actor_id, found.object_id, found.object_type) == (ANA, NOTE, "Note")
    assert found.object == create["object"]
    assert found.objects == (create["object"],)
    assert found.to == ("https://www.w3.org/ns/activitystreams#Public",)
    assert found.cc == (f"{ANA}/followers",)
    assert found.published is not None
    assert found.published.isoformat() == "2026-11-24T12:00:00+00:00"
    assert found.document is create
    assert found.is_known
    assert (found.target_id, found.result_id, found.assembly) == (None, None, {})


def test_a_like_names_its_object() -> None:
    found = parse({**LIKE, "target": {"id": "x"}, "result": "y", "assembly": {"v": 1}})
    assert (found.object_id, found.object, found.object_type) == (NOTE, None, None)
    assert (found.target_id, found.result_id, found.assembly) == ("x", "y", {"v": 1})


def test_several_objects_have_no_one_id() -> None:
    found = parse({**LIKE, "type": "Flag", "object": [ANA, {"id": NOTE, "type": "Note"}]})
    assert (found.object_id, found.object, found.object_type) == (None, None, None)
    assert found.objects == (ANA, {"id": NOTE, "type": "Note"})


def test_an_object_without_one_type_has_none() -> None:
    assert parse({**LIKE, "object": {"id": NOTE}}).object_type is None
    assert parse({**LIKE, "object": [{"type": "Note"}]}).object_type == "Note"


@pytest.mark.parametrize("name", sorted(kinds.ACTIVITIES))
def test_every_activity_of_the_vocabulary_is_known(name: str) -> None:
    found = parse({**LIKE, "type": name})
    assert found.is_known
    assert found.type == name


def test_an_unknown_activity_is_kept() -> None:
    found = parse({**LIKE, "type": "Dance"})
    assert (found.type, found.is_known, found.object_id) == ("Dance", False, NOTE)
    assert not parse({k: v for k, v in {**LIKE, "type": "Dance"}.items() if k != "object"}).objects


@pytest.mark.parametrize("name", sorted(kinds.WITHOUT_OBJECT))
def test_some_activities_need_no_object(name: str) -> None:
    assert parse({"id": "https://m.example/1", "type": name, "actor": ANA}).object_id is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("as:Like", "Like"),
        ("https://www.w3.org/ns/activitystreams#Like", "Like"),
        (["Like"], "Like"),
        (["Like", "Like"], "Like"),
        (["Activity", "Like"], "Like"),
        (["https://x.example/Vote", "Like"], "Like"),
        (["Activity", "Vote"], "Activity"),
        (["Vote", "Dance"], "Vote"),
    ],
)
def test_a_type_may_be_a_list(given: Any, expected: str) -> None:
    assert parse({**LIKE, "type": given}).type == expected


@pytest.mark.parametrize(
    "given",
    [
        None,
        7,
        "",
        [],
        {},
        [7],
        [None],
        ["Like", ""],
        ["Like", "Delete"],
        ["Vote"] * 21,
        "x" * 201,
        "Note",
        "Person",
        "Question",
        "Collection",
        ["Like", "Note"],
    ],
)
def test_c3_no_other_type_is_an_activity(given: Any) -> None:
    with pytest.raises(MalformedActivity):
        parse({**LIKE, "type": given})


@pytest.mark.parametrize(
    "actor",
    [
        None,
        "",
        7,
        True,
        [],
        {},
        {"id": ANA},
        {"id": ANA, "type": "Person"},
        [ANA, "https://evil.example/u/e"],
        [ANA, ANA],
        [[ANA]],
        [{"id": ANA}],
        [None],
        "ana",
        "@ana@m.example",
        "/users/ana",
        "#ana",
        "acct:ana@m.example",
        "mailto:ana@m.example",
        "http://m.example/users/ana",
        "did:key:z6Mk",
        "https://victim@evil.example/",
        "https://m.example/users/ana ",
        "https://m.example/users/\u202eana",
        "https:///users/ana",
    ],
)
def test_p1_an_actor_is_one_plain_https_id(actor: Any) -> None:
    with pytest.raises(MalformedActivity):
        parse({**LIKE, "actor": actor})


def test_a_list_of_one_actor_is_one_actor() -> None:
    assert parse({**LIKE, "actor": [ANA]}).actor_id == ANA


@pytest.mark.parametrize(
    "uri",
    [None, "", 7, [], {}, ["https://m.example/1"], "#x", "mailto:a@m.example", "urn:x:y", "x"],
)
def test_c3_an_activity_has_a_web_address_for_an_id(uri: Any) -> None:
    with pytest.raises(MalformedActivity, match="id"):
        parse({**LIKE, "id": uri})


def test_an_embedded_activity_may_lack_its_id() -> None:
    inner = {key: value for key, value in LIKE.items() if key != "id"}
    assert parse_embedded(inner).id == ""
    assert parse_embedded(LIKE).id == LIKE["id"]
    with pytest.raises(MalformedActivity):
        parse_embedded({**LIKE, "id": "x"})


@pytest.mark.parametrize("value", [None, "", 7, True, [], {}, [7], [None], [NOTE, ""], [[NOTE]]])
def test_c3_an_object_is_an_address_or_an_object(value: Any) -> None:
    with pytest.raises(MalformedActivity):
        parse({**LIKE, "object": value})


def test_c4_a_thousand_objects_and_addressees_are_the_limit() -> None:
    assert len(parse({**LIKE, "object": [NOTE] * 1000}).objects) == 1000
    with pytest.raises(MalformedActivity, match="1000"):
        parse({**LIKE, "object": [NOTE] * 1001})
    with pytest.raises(MalformedActivity, match="1000"):
        parse({**LIKE, "cc": [NOTE] * 1001})


@pytest.mark.parametrize(
    "second",
    [
        {"@id": "https://m.example/2"},
        {"@type": "Delete"},
        {"as:actor": "https://evil.example/u/e"},
        {"https://www.w3.org/ns/activitystreams#actor": "https://evil.example/u/e"},
        {"Actor": "https://evil.example/u/e"},
        {"OBJECT": "https://evil.example/u/e"},
        {"as:Object": "https://evil.example/u/e"},
    ],
)
def test_p4_a_property_in_two_spellings_is_refused(second: dict[str, Any]) -> None:
    with pytest.raises(MalformedActivity, match="two ways"):
        parse({**LIKE, **second})


@pytest.mark.parametrize("key", ["@graph", "@included", "@reverse", "signature", "proof"])
def test_a17_json_ld_and_old_signatures_give_no_second_reading(key: str) -> None:
    hostile = {"type": "Delete", "actor": "https://evil.example/u/e", "id": "x"}
    found = parse({**LIKE, key: hostile})
    assert (found.type, found.actor_id, found.object_id) == ("Like", ANA, NOTE)


@pytest.mark.parametrize(
    "context",
    [None, 1, "x", {}, [], [{"actor": "as:object"}], "https://evil.example/context", [["x"]]],
)
def test_b12_no_context_changes_the_meaning_or_is_fetched(context: Any, no_socket: None) -> None:
    payload = {**LIKE, "@context": context}
    before = copy.deepcopy(payload)
    assert parse(payload).actor_id == ANA
    assert payload == before


def test_nothing_is_fetched_and_nothing_changed(
    create: dict[str, Any], actor: dict[str, Any], no_socket: None
) -> None:
    for read, document in (
        (parse, create),
        (vocabulary.parse_object, create["object"]),
        (vocabulary.parse_actor, actor),
    ):
        before = copy.deepcopy(document)
        read(document)
        assert document == before


@pytest.mark.parametrize(
    "value",
    [
        "yesterday",
        -1,
        "99999-01-01T00:00:00Z",
        {},
        [],
        None,
        True,
        "2026-11-24T12:00:00",
        "2026-13-24T12:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "2026-11-24",
    ],
)
def test_c3_a_moment_of_the_wrong_kind_is_none(value: Any) -> None:
    assert parse({**LIKE, "published": value}).published is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-11-24T12:00:00Z", "2026-11-24T12:00:00+00:00"),
        ("2026-11-24t14:00:00.123456789+02:00", "2026-11-24T12:00:00.123456+00:00"),
        ("2026-11-24T12:00:00.5z", "2026-11-24T12:00:00.500000+00:00"),
    ],
)
def test_a_moment_is_read_in_utc(value: str, expected: str) -> None:
    found = parse({**LIKE, "published": value}).published
    assert found is not None
    assert found.isoformat() == expected


def test_a_key_named_like_a_word_of_python_does_no_harm() -> None:
    found = parse({**LIKE, "self": 1, "_data": {}, "__class__": "x", "ACTIVITY_TYPE": "x"})
    assert found.actor_id == ANA


def test_an_activity_can_be_put_into_another(create: dict[str, Any]) -> None:
    inner = parse({**create, "signature": {"x": 1}}).embedded()
    assert "@context" not in inner
    assert "signature" not in inner
    assert inner["object"] == create["object"]
    assert parse(create).embedded(object_id_only=True)["object"] == NOTE
    assert "@context" in create


def test_a_named_object_is_put_in_from_what_was_preloaded(create: dict[str, Any]) -> None:
    undo = parse({**LIKE, "type": "Undo", "object": create["id"]})
    found = undo.resolved(NodeBackend({create["id"]: create}))
    assert found.object == create
    assert found.object_type == "Create"
    assert found.resolved(NodeBackend({})) is found
    assert parse({**LIKE, "object": [NOTE, ANA]}).resolved(NodeBackend({})).object is None


def test_p2_an_object_that_calls_itself_otherwise_is_refused(create: dict[str, Any]) -> None:
    undo = parse({**LIKE, "type": "Undo", "object": NOTE})
    with pytest.raises(MalformedActivity, match="not the one"):
        undo.resolved(NodeBackend({NOTE: create}))
    with pytest.raises(MalformedActivity, match="nothing was read"):
        undo.resolved(NodeBackend({}))


def test_two_readings_of_one_activity_are_equal(create: dict[str, Any]) -> None:
    assert parse(create) == parse(copy.deepcopy(create))
