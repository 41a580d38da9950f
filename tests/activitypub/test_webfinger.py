"""From a handle to an actor, and nothing between them that could lead elsewhere (A30)."""

import contextlib
import json
from typing import Any

import pytest

from node.activitypub import webfinger
from node.activitypub.addressing import Handle
from node.activitypub.vocabulary import MalformedActivity
from tests.patience import ends

TOWN = "https://n.example/g/town"
ASKED = Handle("town", "n.example")
SELF = {"rel": "self", "type": "application/activity+json", "href": TOWN}


def test_our_answer_has_the_exact_self_link_and_the_ways_to_follow() -> None:
    intents = {name: f"https://n.example/{name}?o={{object}}" for name in webfinger.INTENTS}
    found = webfinger.document(
        "town",
        "n.example",
        TOWN,
        "https://n.example/town",
        aliases=[TOWN],
        subscribe_template="https://n.example/authorize?uri={uri}",
        intents=intents,
    )
    assert found["subject"] == "acct:town@n.example"
    assert found["aliases"] == [TOWN, "https://n.example/town"]
    links = {link["rel"]: link for link in found["links"]}
    assert links["self"] == SELF
    assert links["http://webfinger.net/rel/profile-page"]["href"] == "https://n.example/town"
    for name, template in intents.items():
        assert links[f"https://w3id.org/fep/3b86/{name}"]["template"] == template
    read = webfinger.parse(found, ASKED)
    assert read == webfinger.Found(ASKED, TOWN, "https://n.example/authorize?uri={uri}", intents)


def test_an_answer_without_ways_to_follow_is_written_and_read() -> None:
    found = webfinger.document("town", "n.example", TOWN, TOWN)
    assert len(found["links"]) == 2
    assert webfinger.parse(found, ASKED) == webfinger.Found(ASKED, TOWN, None, {})


def test_whoever_asks_for_the_server_is_told_its_own_actor() -> None:
    found = webfinger.document("town", "n.example", TOWN, TOWN, service="https://n.example/actor")
    service = {"type": "application/activity+json", "href": "https://n.example/actor"}
    assert {"rel": webfinger.SERVICE, **service} in found["links"]
    assert webfinger.parse(found, ASKED).actor_uri == TOWN


def test_the_subject_may_be_another_handle_or_an_address() -> None:
    other = webfinger.parse({"subject": "acct:t@Other.example", "links": [SELF]}, ASKED)
    assert other.subject == Handle("t", "other.example")
    for subject in (TOWN, None):
        assert webfinger.parse({"subject": subject, "links": [SELF]}, ASKED).subject == ASKED


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"subject": "acct:town@n.example"},
        {"subject": 7, "links": [SELF]},
        {"subject": "acct:town", "links": [SELF]},
        {"subject": "acct:town@user@evil.example", "links": [SELF]},
        {"subject": "mailto:town@n.example", "links": [SELF]},
        {"subject": "acct:town@n.example", "links": "x"},
        {"subject": "acct:town@n.example", "links": [None, 7, {}, {"rel": 7}]},
        {"links": [{**SELF, "type": "text/html"}]},
        {"links": [{**SELF, "type": "application/ld+json"}]},
        {"links": [{**SELF, "type": None}]},
        {"links": [{**SELF, "href": "http://n.example/g/town"}]},
        {"links": [{**SELF, "href": "https://victim@evil.example/"}]},
        {"links": [{**SELF, "href": 7}]},
        {"links": [SELF, {**SELF, "href": "https://evil.example/"}]},
        {"links": [SELF] * 201},
    ],
)
def test_a30_an_answer_that_names_no_one_actor_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(MalformedActivity):
        webfinger.parse(document, ASKED)


def test_the_same_actor_twice_is_one_actor() -> None:
    ld = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
    found = webfinger.parse({"links": [SELF, {**SELF, "type": ld}]}, ASKED)
    assert found.actor_uri == TOWN


@pytest.mark.parametrize(
    "template",
    [
        None,
        7,
        "https://n.example/authorize",
        "javascript:alert('{uri}')",
        "https://{uri}/",
        "https://n.example{uri}",
        "//n.example/?u={uri}",
        "https://victim@evil.example/?u={uri}",
        "https://n.example\\{uri}",
    ],
)
def test_p11_a_template_that_could_lead_elsewhere_is_left_out(template: Any) -> None:
    links = [
        SELF,
        {"rel": webfinger.SUBSCRIBE, "template": template},
        {"rel": webfinger.INTENT + "Follow", "template": template},
    ]
    assert webfinger.templates({"links": links}) == (None, {})


def test_intents_are_found_in_either_spelling() -> None:
    links = [
        {"rel": webfinger.INTENT + "follow", "href": "https://n.example/f?o={object}"},
        {"rel": webfinger.INTENT + "Follow", "template": "https://n.example/second?o={object}"},
        {"rel": webfinger.INTENT + "Dance", "template": "https://n.example/d?o={object}"},
        {"rel": webfinger.SUBSCRIBE, "template": "https://n.example/?uri={uri}"},
    ]
    assert webfinger.templates({"links": links}) == (
        "https://n.example/?uri={uri}",
        {"Follow": "https://n.example/f?o={object}"},
    )


def test_our_host_meta_is_read_by_ourselves() -> None:
    found = webfinger.parse_host_meta(webfinger.host_meta("https://n.example"))
    assert found == "https://n.example/.well-known/webfinger?resource={uri}"


XRD = '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">{}</XRD>'


@pytest.mark.parametrize(
    "link",
    [
        "",
        '<Link rel="other" template="https://n.example/?r={uri}"/>',
        '<Link rel="lrdd"/>',
        '<Link rel="lrdd" template="https://n.example/"/>',
        '<Link rel="lrdd" template="file:///etc/passwd?{uri}"/>',
        '<Other rel="lrdd" template="https://n.example/?r={uri}"/>',
    ],
)
def test_a_host_meta_without_template_has_none(link: str) -> None:
    assert webfinger.parse_host_meta(XRD.replace("{}", link)) is None


def test_a_host_meta_with_a_prefix_is_read() -> None:
    text = '<x:XRD xmlns:x="u"><x:Link rel="lrdd" template="https://n.example/?r={uri}"/></x:XRD>'
    assert webfinger.parse_host_meta(text) == "https://n.example/?r={uri}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "<XRD>",
        "<XRD>&xxe;</XRD>",
        "<XRD>\ud800</XRD>",
        "<!DOCTYPE XRD><XRD/>",
        '<!DOCTYPE XRD [<!ENTITY x SYSTEM "file:///etc/passwd">]><XRD>&x;</XRD>',
        '<!DOCTYPE XRD SYSTEM "https://evil.example/x.dtd"><XRD/>',
        "<XRD>" + " " * 65_536 + "</XRD>",
    ],
)
def test_a30_a_host_meta_with_a_dtd_or_without_xml_is_refused(text: str, no_socket: None) -> None:
    with pytest.raises(MalformedActivity):
        webfinger.parse_host_meta(text)


def test_a30_deep_xml_takes_no_time() -> None:
    with ends(), pytest.raises(MalformedActivity):
        webfinger.parse_host_meta("<a>" * 20_000)


def test_the_answers_of_the_corpus_are_read_or_refused(corpus: list[tuple[str, bytes]]) -> None:
    read = 0
    for _, body in corpus:
        document = json.loads(body)
        if isinstance(document, dict) and isinstance(document.get("links"), list):
            with contextlib.suppress(MalformedActivity):
                read += bool(webfinger.parse(document, ASKED).actor_uri)
    assert read > 5
