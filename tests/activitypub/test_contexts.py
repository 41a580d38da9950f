"""Contexts as wire.md writes them, and media types by grammar (P8, A3)."""

import pytest

from node.activitypub import contexts
from node.activitypub.contexts import is_activity_media_type, wants_activity
from tests.patience import ends

AS = "https://www.w3.org/ns/activitystreams"


def test_every_context_is_a_list_that_begins_with_activitystreams() -> None:
    for context in (contexts.CONTEXT, contexts.ACTOR_CONTEXT, contexts.EVENT_CONTEXT):
        assert context[0] == AS
    assert contexts.EVENT_CONTEXT[:-1] == contexts.CONTEXT[:-1]
    assert contexts.CONTEXT[-1].items() <= contexts.EVENT_CONTEXT[-1].items()


def test_small_vocabularies_stand_inline_so_that_nobody_must_fetch_them() -> None:
    named = [*contexts.CONTEXT, *contexts.ACTOR_CONTEXT, *contexts.EVENT_CONTEXT]
    assert not [one for one in named if isinstance(one, str) and "/fep/" in one]
    assert contexts.ACTOR_CONTEXT[-1]["assertionMethod"]["@id"].endswith("#assertionMethod")


def test_our_context_defines_one_property_as_literal_json() -> None:
    terms = contexts.PALABRE_CONTEXT["@context"]
    assert terms["assembly"] == {"@id": "asm:assembly", "@type": "@json"}
    assert terms["asm"] == "https://w3id.org/palabre/v1#"
    for context in (contexts.CONTEXT[2], contexts.ACTOR_CONTEXT[-1]):
        assert context["assembly"] == terms["assembly"]


@pytest.mark.parametrize(
    "content_type",
    [
        contexts.MEDIA_TYPE,
        contexts.LD_MEDIA_TYPE,
        "application/activity+json; charset=utf-8",
        "Application/Activity+JSON",
        'application/ld+json;profile="https://www.w3.org/ns/activitystreams"',
        f'application/ld+json; profile="https://x.example/a {AS}"; charset=UTF-8',
        f'application/ld+json; PROFILE="{AS}"',
        'application/ld+json; profile="https://www.w3.org/ns/activity\\streams"',
        "application/activity+json;",
    ],
)
def test_an_activity_is_served_under_two_types(content_type: str) -> None:
    assert is_activity_media_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/html",
        "text/plain",
        "application/json",
        "application/ld+json",
        "application/activity+jsonx",
        "xapplication/activity+json",
        "text/html; x=application/activity+json",
        "text/html, application/activity+json",
        "application/activity+json, text/html",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreamsx"',
        f'application/ld+json; profile="https://evil.example/?{AS}"',
        f'application/ld+json; profile="x"; profile="{AS}"',
        f'application/ld+json; profiles="{AS}"',
        f"application/ld+json; profile={AS}",
        f'application/ld+json; profile="{AS}',
        "application/activity+json garbage",
        "application / activity+json",
        "application/activity+json" + ";" * 5000,
    ],
)
def test_a3_nothing_else_is_an_activity(content_type: str) -> None:
    assert not is_activity_media_type(content_type)


@pytest.mark.parametrize(
    "accept",
    [
        contexts.ACCEPT,
        contexts.MEDIA_TYPE,
        contexts.LD_MEDIA_TYPE,
        "application/ld+json",
        "application/activity+json, */*;q=0.1",
        "application/activity+json, text/html;q=0.9",
        "text/html;q=0.5, application/activity+json;q=0.6",
        "application/activity+json,text/html",
        "text/html;q=0, application/activity+json;q=0.1",
        "text/html;q=x, application/activity+json;q=0.001",
    ],
)
def test_a_server_asks_for_the_activity(accept: str) -> None:
    assert wants_activity(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/*",
        "application/json",
        "text/html",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html, application/activity+json",
        "text/html, application/activity+json;q=0.9",
        "application/xhtml+xml, application/activity+json;q=0.9",
        "application/activity+json;q=0",
        "application/activity+json;q=2",
        "application/activity+json;q=0.5;q=1",
        "application/activity+json, <",
        "," * 5000,
    ],
)
def test_a_browser_asks_for_the_page(accept: str) -> None:
    assert not wants_activity(accept)


@pytest.mark.parametrize("filler", [" ", ",", ";", "a", '"', "\\", ";a=", ';a="', "a/b;", "a/b,"])
def test_f7_a_hostile_header_takes_no_time(filler: str) -> None:
    for size in (4096, 1_000_000):
        header = ("text/html;a=" + filler * size)[:size]
        with ends():
            wants_activity(header)
            is_activity_media_type(header)
