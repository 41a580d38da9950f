"""Anything may stand anywhere: it is understood, or refused with a sentence, and soon."""

from typing import Any

import pytest

from node.models import Actor, Contribution, InboxItem, Publication
from tests.federation.threats.scene import ONE_DATABASE, PUBLIC, Scene, encoded, short
from tests.fediverse import Document, Stranger
from tests.patience import ends

pytestmark = ONE_DATABASE


def nested(depth: int, left: str, right: str) -> bytes:
    inside = left * depth + "1" + right * depth
    return f'{{"id":"https://honest.example/1","type":"Create","object":{inside}}}'.encode()


@pytest.mark.parametrize("depth", [65, 10_000, 100_000])
@pytest.mark.parametrize("brackets", [("[", "]"), ('{"a":', "}"), ("[", ""), ('[{"a":', "")])
async def test_c1_depth_is_bounded(
    scene: Scene, alice: Stranger, depth: int, brackets: tuple[str, str]
) -> None:
    with ends():
        await scene.refused(400, alice, nested(depth, *brackets)[:999_000])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"7",
        b"{}",
        b"{",
        b'{"id":1,}',
        b"\xef\xbb\xbf{}",
        b'{"id":"\xff"}',
        b'{"id":"\\ud800"}',
        b'{"id":"a\\u0000"}',
        b'{"id":"https://honest.example/1","id":"https://honest.example/2"}',
        b'{"actor":"https://honest.example/users/alice","\\u0061ctor":"x"}',
        b'{"n":NaN}',
        b'{"n":1e999}',
        b'{"n":123456789012345678901234567890}',
        b"<html>",
        b"a=b&c=d",
        b"\x1f\x8b\x08\x00",
        b"{" * 900_000,
    ],
    ids=short,
)
async def test_p6_what_is_no_strict_json_is_refused(
    scene: Scene, alice: Stranger, body: bytes
) -> None:
    await scene.refused(400, alice, body)


async def test_p4_a_name_occurs_once_at_any_depth(scene: Scene, alice: Stranger) -> None:
    body = encoded(alice.activity("Create", alice.note(1)))
    twice = body.replace(b'"content"', b'"attributedTo":"https://evil.example/x","content"')
    await scene.refused(400, alice, twice)


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": ""},
        {"id": 7},
        {"id": []},
        {"id": {}},
        {"id": "#x"},
        {"id": "/notes/1"},
        {"id": "mailto:a@honest.example"},
        {"id": "https://honest.example/" + "x" * 3000},
        {"id": "https://honest.example/" + "\u4e00" * 1500},
        {"id": "https://honest.example/\u202e1"},
        {"type": None},
        {"type": 7},
        {"type": []},
        {"type": [7]},
        {"type": {}},
        {"type": "x" * 5000},
        {"type": ["Create", "Delete"]},
        {"type": "Note"},
        {"type": "Person"},
        {"object": None},
        {"object": 7},
        {"object": []},
        {"object": ""},
        {"object": [None]},
        {"object": [[]]},
        {"object": True},
    ],
    ids=short,
)
async def test_c3_an_envelope_of_the_wrong_kind_is_refused_at_the_door(
    scene: Scene, alice: Stranger, change: Document
) -> None:
    activity = {**alice.activity("Create", alice.note(1)), **change}
    await scene.refused(400, alice, activity)


WRONG: list[Any] = [
    None, 7, -1, 1.5, True, "", "x", [], {}, [[]], [{}], [None], {"id": None}, "yesterday",
    "99999-01-01T00:00:00Z", "-0001-01-01T00:00:00Z", "2038-01-19T03:14:08Z", "#", "\u202e\x07",
    {"type": []}, {"@value": "x"}, "https://[", "//evil.example", ["x"] * 2000, "x" * 500_000,
    {"en": 7}, {"": ""}, "2026-12-31T23:59:60Z", "0000-00-00T00:00:00Z",
]  # fmt: skip
FIELDS = [
    "@context", "to", "cc", "tag", "published", "updated", "url", "attributedTo", "content",
    "contentMap", "name", "nameMap", "summary", "inReplyTo", "attachment", "replies", "assembly",
    "proof", "signature", "context", "type", "id", "audience", "oneOf", "anyOf", "endTime",
    "closed", "votersCount", "icon", "source", "sensitive", "mediaType", "location", "startTime",
]  # fmt: skip


@pytest.mark.parametrize("field", FIELDS)
async def test_c3_a_property_of_the_wrong_kind_never_breaks_anything(
    scene: Scene, alice: Stranger, field: str
) -> None:
    """Each kind of wrong value, in the activity and in the thing; every letter has its fate."""
    await scene.follow(alice)
    proposal = await scene.proposal()
    on = f"{scene.node.origin}/p/{proposal.number}"
    for number, value in enumerate(WRONG):
        kind = ("Create", "Update", "Announce")[number % 3]
        note = {**alice.note(number, inReplyTo=on if number % 2 else None), field: value}
        activity = alice.activity(kind, note, number, to=[PUBLIC])
        if number % 4 == 0:
            activity = {**alice.activity(kind, on, number), field: value}
        answer = await alice.send(scene.node, activity)
        assert answer.status_code in (202, 400, 401), (value, answer.text)
    await scene.work()
    for item in await scene.node.all(InboxItem):
        assert item.state in ("handled", "ignored", "kept", "refused"), (item.uri, item.reason)
        assert not (item.reason or "").partition(":")[0].endswith("Error"), item.reason


async def test_c3_a_group_of_letters_survives_one_that_cannot_be_written(
    scene: Scene, alice: Stranger
) -> None:
    long = "https://honest.example/" + "\u4e8c" * 670
    await scene.refused(
        401, alice, {**alice.activity("Follow", scene.node.actor_uri), "actor": long}
    )
    odd = {**alice.activity("Follow", scene.node.actor_uri, 2), "id": long}
    answer = await alice.send(scene.node, odd)
    assert answer.status_code == 202


LENGTHS: list[tuple[Document, bool]] = [
    ({"name": "n" * 900_000}, True),
    ({"content": "<p>" + "c" * 190_000}, True),
    ({"content": "c" * 500_000}, False),
    ({"summary": "s" * 900_000}, True),
    ({"tag": [{"type": "Hashtag", "name": "#x"}] * 5000}, False),
    ({"tag": ["x"] * 50_000}, False),
    ({"attachment": [{"type": "Document"}] * 5000}, False),
    (
        {"type": "Question", "oneOf": [{"type": "Note", "name": f"{n}"} for n in range(5000)]},
        False,
    ),
    ({"type": "Question", "oneOf": [{"type": "Note", "name": "o" * 500_000}]}, True),
    ({"contentMap": {f"x{n}": "y" for n in range(50_000)}}, True),
    ({"assembly": {"kind": "k" * 100_000}}, True),
    ({"published": "2999-01-01T00:00:00Z", "updated": "2999-01-01T00:00:00Z"}, True),
]


@pytest.mark.parametrize(("change", "is_kept"), LENGTHS, ids=short)
async def test_c4_length_is_bounded(
    scene: Scene, alice: Stranger, change: Document, is_kept: bool
) -> None:
    await scene.follow(alice)
    with ends():
        answer = await alice.send(scene.node, alice.activity("Create", {**alice.note(1), **change}))
        assert answer.status_code == 202
        await scene.work()
    kept = await scene.node.all(Publication)
    assert len(kept) == is_kept
    for one in kept:
        assert len(one.name or "") <= 500
        assert len(one.content) <= 200_000
        assert len(one.kind or "") < 50


async def test_c4_an_actor_is_no_longer_than_it_should_be(scene: Scene, alice: Stranger) -> None:
    fields = [{"type": "PropertyValue", "name": "n" * 1000, "value": "v" * 1000}] * 300
    alice.more.update(name="n" * 100_000, summary="s" * 100_000, attachment=fields)
    scene.world.documents[alice.uri] = alice.document()
    await scene.accepted(alice, alice.activity("Follow", scene.node.actor_uri))
    [actor] = await scene.node.all(Actor, Actor.uri == alice.uri)
    assert len(actor.name) <= 500
    assert len(actor.summary) <= 20_000


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "handler": '<p onclick="alert(1)" onmouseover=alert(1)>x</p>',
    "svg": "<svg onload=alert(1)><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></table></math>",
    "mutation": "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>x</noscript>",
    "style": "<style>*{display:none}</style><p style='position:fixed'>x</p>",
    "frame": "<iframe src='https://evil.example'></iframe><object data=x></object><embed src=x>",
    "form": "<form action='https://evil.example'><input name=x><button>x</button></form>",
    "base": "<base href='https://evil.example/'><meta http-equiv=refresh content='0;url=x'>",
    "comment": "<!--[if IE]><script>alert(1)</script><![endif]--><![CDATA[<script>]]>",
    "link": "<a href='javascript:alert(1)'>x</a><a href=' JaVa\tScript:alert(1)'>y</a>",
    "data": "<a href='data:text/html,<script>alert(1)</script>'>x</a><img src=x onerror=alert(1)>",
    "unclosed": "<p><a href='x' onclick='alert(1)'<b><img src='x' onerror='alert(1)'",
    "entities": "&lt;script&gt;alert(1)&lt;/script&gt;<p>&#x202e;x</p>",
}


@pytest.mark.parametrize("kind", list(HOSTILE))
async def test_d1_of_foreign_html_only_the_harmless_is_kept(
    scene: Scene, alice: Stranger, kind: str
) -> None:
    await scene.follow(alice)
    proposal = await scene.proposal()
    on = f"{scene.node.origin}/p/{proposal.number}"
    news = alice.note(1, content=HOSTILE[kind], summary=HOSTILE[kind], name=HOSTILE[kind])
    await alice.send(scene.node, alice.activity("Create", {**news, "type": "Article"}))
    remark = alice.note(2, content=HOSTILE[kind], inReplyTo=on)
    await alice.send(scene.node, alice.activity("Create", remark, 2))
    await scene.work()
    [kept] = await scene.node.all(Publication)
    [heard] = await scene.node.all(Contribution)
    for page in (kept.content, kept.summary or "", heard.content):
        for sign in ("<script", "onclick", "onerror", "onload", "<svg", "<style", "style=", "<form",
                     "<iframe", "<base", "<meta", "<!--", "<img", "<input", "data:"):  # fmt: skip
            assert sign not in page.lower()
        assert "javascript:" not in page.lower().replace("\t", "")
    answer = await scene.node.get(f"/p/{proposal.number}", accept="text/html")
    assert "alert(1)</script>" not in answer.text


@pytest.mark.parametrize(
    "page",
    [
        "<ul><li>" * 25_000,
        "<blockquote>" * 16_000,
        "<b>" * 60_000,
        "<a href=x>" * 19_000,
        "<table><tr><td>" * 13_000,
        "<ul><li><table><tr><td></ul></li></td></tr></table>" * 3900,
        "<" * 200_000,
        "&" * 200_000,
        "<p>" * 60_000,
        "<!--" * 50_000,
        "<svg>" * 40_000,
        "\u202e" * 200_000,
        "<p>" + "<br>" * 40_000,
    ],
    ids=short,
)
@pytest.mark.parametrize("field", ["content", "summary"])
async def test_d1_depth_of_html_costs_nothing(
    scene: Scene, alice: Stranger, field: str, page: str
) -> None:
    await scene.follow(alice)
    note = {**alice.note(1), field: page[:200_000]}
    with ends():
        await alice.send(scene.node, alice.activity("Create", note))
        await scene.work()
        alice.more["summary"] = page
        scene.world.documents[alice.uri] = alice.document()
        await scene.meet(alice)


async def test_d1_an_html_list_without_ends_is_still_read(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    page = "<ul>" + "<li>point" * 500 + "</ul>" + "<p>line" * 500
    await scene.accepted(alice, alice.activity("Create", alice.note(1, content=page)))


async def test_d4_nobody_dresses_up(scene: Scene, alice: Stranger) -> None:
    await scene.follow(alice)
    page = (
        '<p class="verified badge-official" id="decision" rel="me">x</p>'
        '<span class="invisible">https://</span><span class="h-card verified">y</span>'
        '<a class="mention decision" rel="me opener" target="_top" href="https://a.example">z</a>'
    )
    forged = {"v": 1, "kind": "decision", "outcome": "adopted", "textDigest": "zQm"}
    note = alice.note(1, content=page, assembly=forged)
    note["proof"] = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022"}
    await scene.accepted(alice, alice.activity("Create", note))
    [kept] = await scene.node.all(Publication)
    for sign in ("verified", "invisible", "badge", "id=", 'rel="me', "opener ", "target"):
        assert sign not in kept.content.replace("noopener", "").replace("h-card", "")
    assert not kept.is_proven


MEGABYTE = 900_000


@pytest.mark.parametrize(
    "text",
    ["@" * MEGABYTE, "#" * MEGABYTE, "a@b" * 300_000, "https://" * 110_000, "a." * 450_000,
     "<a " * 300_000, " " * MEGABYTE, "\n" * MEGABYTE, "&#" * 450_000, "\u0301" * 300_000],
    ids=short,
)  # fmt: skip
async def test_f7_no_text_takes_long_to_read(scene: Scene, alice: Stranger, text: str) -> None:
    await scene.follow(alice)
    tags = [{"type": "Mention", "href": text, "name": text[:1000]}]
    with ends():
        changes: list[Document] = [
            {"name": text},
            {"summary": text},
            {"content": text[:190_000]},
            {"url": text},
            {"tag": tags},
            {"published": text},
            {"contentMap": {"en": text[:190_000]}},
        ]
        for number, change in enumerate(changes):
            note = {**alice.note(number), **change}
            answer = await alice.send(scene.node, alice.activity("Create", note, number))
            assert answer.status_code in (202, 413)
        await scene.work()


@pytest.mark.parametrize("header", ["signature", "signature-input", "digest", "accept", "date"])
@pytest.mark.parametrize("value", ['a="', "=,", '";', "a/b;c=", "(", ":", "sig1=(", "\t ", "a "])
async def test_f7_no_header_takes_long_to_read(
    scene: Scene, alice: Stranger, header: str, value: str
) -> None:
    await scene.meet(alice)
    body = encoded(alice.activity("Follow", scene.node.actor_uri))
    headers = alice.signed("https://riverside.example/inbox", body)
    headers[header] = value * 50_000
    with ends():
        answer = await scene.node.post("/inbox", body, headers)
        assert answer.status_code in (202, 401)
        await scene.node.get("/g/rive", accept=value * 50_000)
