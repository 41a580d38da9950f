"""Actors: id, inbox and keys on one origin, each naming the others (FEP-fe34, A5, A7, A31)."""

import copy
from typing import Any

import pytest

from node.activitypub import keys, vocabulary
from node.activitypub.vocabulary import MalformedActivity, parse_actor, parse_key

TOWN = "https://n.example/g/town"


def test_an_assembly_is_understood(actor: dict[str, Any]) -> None:
    found = parse_actor(actor)
    assert (found.id, found.type, found.handle) == (TOWN, "Group", "town")
    assert (found.name, found.summary) == ("Assemblée de la ville", "<p>What we post here.</p>")
    assert (found.inbox, found.shared_inbox) == (f"{TOWN}/inbox", "https://n.example/inbox")
    assert (found.outbox, found.followers) == (f"{TOWN}/outbox", f"{TOWN}/followers")
    assert (found.following, found.featured) == (f"{TOWN}/following", f"{TOWN}/featured")
    assert (found.url, found.icon_url) == (TOWN, "https://n.example/m/t.png")
    assert (found.also_known_as, found.moved_to, found.is_locked) == ((), None, False)
    assert found.is_discoverable
    assert found.webfinger == "town@n.example"
    assert found.generator_implements == ("https://w3id.org/palabre/v1", "https://x.example/y")
    assert found.assembly == {"v": 1, "kind": "assembly"}
    assert [key.algorithm for key in found.public_keys] == ["rsa", "ed25519"]
    for key in found.public_keys:
        assert key.owner == TOWN
        assert keys.load_public(key.text)


def test_an_actor_needs_little(actor: dict[str, Any]) -> None:
    found = parse_actor({"id": TOWN, "type": "Service", "inbox": f"{TOWN}/inbox"})
    assert (found.handle, found.name, found.summary, found.public_keys) == (None, "", "", ())
    assert (found.shared_inbox, found.webfinger, found.icon_url) == (None, None, None)
    assert (found.generator_implements, found.assembly) == ((), {})


def test_the_featured_collection_may_be_embedded(actor: dict[str, Any]) -> None:
    assert parse_actor({**actor, "featured": {"id": f"{TOWN}/f"}}).featured == f"{TOWN}/f"


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": ""},
        {"id": 7},
        {"id": "#main-key"},
        {"id": "mailto:a@n.example"},
        {"id": "http://n.example/g/town"},
        {"id": "https://victim@evil.example/"},
        {"type": "Note"},
        {"type": "Dance"},
        {"type": None},
        {"type": ["Person", "Group"]},
        {"@id": TOWN},
        {"inbox": None},
        {"inbox": 7},
        {"inbox": "https://evil.example/inbox"},
        {"inbox": "http://n.example/g/town/inbox"},
        {"inbox": "https://n.example:8443/inbox"},
        {"inbox": "inbox"},
        {"preferredUsername": "tоwn"},
        {"preferredUsername": "to\u200bwn"},
        {"preferredUsername": "town\u202e"},
        {"preferredUsername": "town@evil.example"},
        {"preferredUsername": "to/wn"},
        {"preferredUsername": "town\n"},
        {"preferredUsername": ""},
        {"preferredUsername": 7},
        {"alsoKnownAs": ["https://n.example/x"] * 101},
        {"movedTo": ["https://n.example/1", "https://n.example/2"]},
    ],
)
def test_an_actor_that_claims_what_is_not_its_own_is_refused(
    actor: dict[str, Any], change: dict[str, Any]
) -> None:
    with pytest.raises(MalformedActivity):
        parse_actor({**actor, **change})


@pytest.mark.parametrize("key", ["outbox", "followers", "following", "featured"])
def test_p2_a_collection_elsewhere_is_left_out(actor: dict[str, Any], key: str) -> None:
    others: list[Any] = ["https://evil.example/x", 7, [], "x"]
    for value in others:
        assert getattr(parse_actor({**actor, key: value}), key) is None


def test_p2_a_shared_inbox_elsewhere_is_left_out(actor: dict[str, Any]) -> None:
    others: list[Any] = [{"sharedInbox": "https://evil.example/"}, {"sharedInbox": 7}, {}, [], "x"]
    for endpoints in others:
        assert parse_actor({**actor, "endpoints": endpoints}).shared_inbox is None
    hostile = {"id": "https://evil.example/", "sharedInbox": "https://evil.example/"}
    assert parse_actor({**actor, "endpoints": hostile}).shared_inbox is None


@pytest.mark.parametrize(
    "claim",
    [
        {"owner": "https://n.example/g/other"},
        {"owner": None},
        {"owner": {"id": "https://evil.example/"}},
        {"controller": "https://n.example/g/other"},
        {"id": "https://evil.example/g/town#main-key"},
        {"id": "#main-key"},
        {"id": "https://n.example:8443/g/town#main-key"},
        {"publicKeyMultibase": "z6Mk"},
        {"publicKeyPem": "x" * 1_000_000},
    ],
)
def test_a5_a_key_of_somebody_else_is_refused(actor: dict[str, Any], claim: dict[str, Any]) -> None:
    with pytest.raises(MalformedActivity):
        parse_actor({**actor, "publicKey": {**actor["publicKey"], **claim}})


def test_a5_a_multikey_of_somebody_else_is_refused(actor: dict[str, Any]) -> None:
    multikey = {**actor["assertionMethod"][0], "controller": "https://n.example/g/other"}
    with pytest.raises(MalformedActivity, match="somebody else"):
        parse_actor({**actor, "assertionMethod": [multikey]})


@pytest.mark.parametrize(
    "claims",
    [
        None,
        7,
        "https://n.example/g/town#main-key",
        {},
        [],
        [7],
        {"id": 7, "publicKeyPem": "x"},
        {"id": f"{TOWN}#k", "publicKeyPem": 7},
        {"id": f"{TOWN}#k"},
        {"id": f"{TOWN}#k", "publicKeyMultibase": "zDnaer"},
    ],
)
def test_c3_what_is_no_key_is_left_out(actor: dict[str, Any], claims: Any) -> None:
    found = parse_actor({**actor, "publicKey": claims, "assertionMethod": claims})
    assert found.public_keys == ()


def test_a7_two_keys_of_one_id_are_refused(actor: dict[str, Any]) -> None:
    key = actor["publicKey"]
    assert len(parse_actor({**actor, "publicKey": [key, key]}).public_keys) == 2
    other = {**key, "publicKeyPem": keys.public_pem(keys.generate_ed25519().public_key())}
    with pytest.raises(MalformedActivity, match="same id"):
        parse_actor({**actor, "publicKey": [key, other]})


def test_an_actor_has_ten_keys_at_most(actor: dict[str, Any]) -> None:
    key = actor["publicKey"]
    many = [{**key, "id": f"{TOWN}#key-{n}"} for n in range(10)]
    assert len(parse_actor({**actor, "publicKey": many, "assertionMethod": []}).public_keys) == 10
    with pytest.raises(MalformedActivity, match="10 keys"):
        parse_actor({**actor, "publicKey": many})


def test_p12_names_are_cleaned_and_cut(actor: dict[str, Any]) -> None:
    found = parse_actor(
        {**actor, "name": "\u202eTo\x00wn \n x" + "y" * 9999, "summary": "z" * 99999}
    )
    assert found.name.startswith("Town xy")
    assert len(found.name) == 500
    assert len(found.summary) == 20_000
    assert parse_actor({**actor, "name": 7, "summary": {}}).name == ""


def test_p11_links_are_web_links(actor: dict[str, Any]) -> None:
    found = parse_actor(
        {
            **actor,
            "url": "javascript:alert(1)",
            "icon": [{"mediaType": "text/html", "url": "https://n.example/x"}, {"url": "data:x"}],
            "alsoKnownAs": ["https://m.example/a", "javascript:x", 7],
            "movedTo": "javascript:x",
            "generator": {"implements": 7},
        }
    )
    assert (found.url, found.icon_url, found.moved_to) == (None, None, None)
    assert found.also_known_as == ("https://m.example/a",)
    assert found.generator_implements == ()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("town@N.example.", "town@n.example"),
        ("town", None),
        ("town@", None),
        ("to wn@n.example", None),
        ("town@n.exa mple", None),
        (7, None),
    ],
)
def test_the_handle_an_actor_names_is_read(
    actor: dict[str, Any], given: Any, expected: str | None
) -> None:
    assert parse_actor({**actor, "webfinger": given}).webfinger == expected


def test_a_key_is_found_in_an_actor(actor: dict[str, Any]) -> None:
    before = copy.deepcopy(actor)
    assert parse_key(actor, f"{TOWN}#main-key").algorithm == "rsa"
    assert parse_key(actor, f"{TOWN}#seal").algorithm == "ed25519"
    assert actor == before


def test_a_key_is_found_in_the_stub_of_gotosocial(actor: dict[str, Any]) -> None:
    uri = f"{TOWN}/main-key"
    key = {**actor["publicKey"], "id": uri}
    stub = {"id": TOWN, "type": "Person", "preferredUsername": "town", "publicKey": key}
    assert parse_key(stub, uri).owner == TOWN
    with pytest.raises(MalformedActivity):
        parse_actor(stub)


def test_a_key_named_like_its_actor_is_found(actor: dict[str, Any]) -> None:
    alone = {**actor, "assertionMethod": []}
    assert parse_key(alone, TOWN).id == f"{TOWN}#main-key"
    with pytest.raises(MalformedActivity, match="does not hold"):
        parse_key(actor, TOWN)


def test_a_key_that_stands_alone_is_found(actor: dict[str, Any]) -> None:
    key = {"type": "CryptographicKey", **actor["publicKey"]}
    assert parse_key(key, key["id"]).owner == TOWN
    multikey = actor["assertionMethod"][0]
    assert parse_key(multikey, multikey["id"]).algorithm == "ed25519"


def test_a5_a_key_that_is_not_the_one_asked_for_is_refused(actor: dict[str, Any]) -> None:
    key = actor["publicKey"]
    for document, asked in (
        (actor, f"{TOWN}#other"),
        (actor, "mailto:x"),
        (key, f"{TOWN}#other"),
        ({**key, "owner": None}, key["id"]),
        ({**key, "owner": "https://evil.example/u"}, key["id"]),
        ({**key, "controller": "https://evil.example/u"}, key["id"]),
        ({**key, "publicKeyPem": 7}, key["id"]),
        ({**key, "id": 7}, key["id"]),
        ({}, key["id"]),
        ({"id": "https://evil.example/", "publicKey": key}, key["id"]),
    ):
        with pytest.raises(MalformedActivity):
            vocabulary.parse_key(document, asked)


@pytest.mark.parametrize(
    ("name", "is_ours"),
    [
        (f"{TOWN}#main-key", True),
        (f"{TOWN}/main-key", True),
        (f"{TOWN}/#main-key", True),
        ("https://n.example/keys/7", True),
        ("https://n.example/g/other#main-key", False),
        ("https://n.example/g/other/main-key", False),
        ("https://n.example/#main-key", False),
    ],
)
def test_a7_a_key_that_is_named_after_another_actor_is_left_out(
    actor: dict[str, Any], name: str, is_ours: bool
) -> None:
    key = {**actor["publicKey"], "id": name}
    found = parse_actor({**actor, "publicKey": key, "assertionMethod": []})
    assert [one.id for one in found.public_keys] == [name] * is_ours
