"""A handle is what its server says, in one spelling, and leads to who answers to it."""

import httpx
import pytest

from node.errors import Refusal
from node.federation import actors, remote
from node.models import Actor
from tests.federation.threats.scene import ONE_DATABASE, Scene, short
from tests.fediverse import Stranger


async def nobody(scene: Scene, written: str, *, asks: set[str]) -> str:
    """Demand that nobody is found under what somebody wrote; return the reason."""
    async with scene.unchanged(asks=asks):
        with pytest.raises(Refusal) as refusal:
            await actors.look_up(scene.node.node, written)
    assert refusal.value.code in ("no-such-actor", "refused", "not-readable", "forbidden-address")
    return str(refusal.value)


async def test_a30_a_handle_leads_to_who_answers_to_it(scene: Scene, alice: Stranger) -> None:
    scene.world.knows("alice@honest.example", alice.uri)
    found = await actors.look_up(scene.node.node, "@alice@honest.example")
    assert (found.uri, found.address) == (alice.uri, "alice@honest.example")


async def test_a30_a_handle_may_stand_at_another_domain(scene: Scene, alice: Stranger) -> None:
    scene.world.knows("alice@village.example", alice.uri)
    scene.world.knows("alice@honest.example", alice.uri, subject="alice@village.example")
    found = await actors.look_up(scene.node.node, "alice@village.example")
    assert found.uri == alice.uri


@pytest.mark.parametrize("is_known", [False, True])
async def test_a30_nobody_takes_another_into_their_own_domain(
    scene: Scene, alice: Stranger, is_known: bool
) -> None:
    if is_known:
        await scene.meet(alice)
    scene.world.knows("alice@evil.example", alice.uri)
    scene.world.knows("alice@honest.example", alice.uri)
    with pytest.raises(Refusal, match="does not call itself"):
        await actors.look_up(scene.node.node, "alice@evil.example")


async def test_a30_a_subject_is_asked_in_turn(
    scene: Scene, alice: Stranger, mallory: Stranger
) -> None:
    scene.world.knows("x@evil.example", mallory.uri, subject="alice@honest.example")
    scene.world.knows("alice@honest.example", alice.uri)
    await nobody(scene, "x@evil.example", asks={"evil.example", "honest.example"})
    scene.world.knows("y@evil.example", alice.uri, subject="alice@honest.example")
    assert (await actors.look_up(scene.node.node, "y@evil.example")).address == (
        "alice@honest.example"
    )


async def test_a30_subjects_are_not_passed_on_for_ever(scene: Scene, mallory: Stranger) -> None:
    for number in range(9):
        subject = f"x{number + 1}@evil.example"
        scene.world.knows(f"x{number}@evil.example", mallory.uri, subject=subject)
    await nobody(scene, "x0@evil.example", asks={"evil.example"})
    assert len(scene.world.requests) < 8
    scene.world.knows("a@evil.example", mallory.uri, subject="b@evil.example")
    scene.world.knows("b@evil.example", mallory.uri, subject="a@evil.example")
    await nobody(scene, "a@evil.example", asks={"evil.example"})


async def test_a30_what_an_actor_says_of_its_handle_is_asked(
    scene: Scene, mallory: Stranger
) -> None:
    mallory.more["webfinger"] = "alice@honest.example"
    scene.world.documents[mallory.uri] = mallory.document()
    scene.world.knows("alice@honest.example", "https://honest.example/users/alice")
    assert (await actors.discover(scene.node.node, mallory.uri)).address == "mallory@evil.example"


@pytest.mark.usefixtures("still")
async def test_a30_nobody_lets_us_ask_a_third_server_without_end(scene: Scene) -> None:
    for number in range(300):
        uri = f"https://u{number}.evil.example/users/x"
        stranger = Stranger(uri, scene.world._rsa(), scene.world._ed25519(), scene.world)
        stranger.more["webfinger"] = f"x{number}@victim.example"
        scene.world.documents[uri] = stranger.document()
        if number % 3 == 0:
            await actors.discover(scene.node.node, uri)
    asked = [url for _, url in scene.world.requests if "victim.example" in url]
    assert len(asked) <= 220


HOST_META = "https://honest.example/.well-known/host-meta"


def xrd(inside: str, before: str = "") -> str:
    return f'<?xml version="1.0"?>{before}<XRD>{inside}</XRD>'


EVIL = '<Link rel="lrdd" template="{}"/>'


@ONE_DATABASE
@pytest.mark.parametrize(
    "body",
    [
        xrd(EVIL.format("https://evil.example/wf?resource={uri}")),
        xrd(EVIL.format("https://honest.example.evil.example/{uri}")),
        xrd(EVIL.format("https://honest.example@evil.example/{uri}")),
        xrd(EVIL.format("https://honest.example{uri}")),
        xrd(EVIL.format("https://127.0.0.1/{uri}")),
        xrd(EVIL.format("file:///etc/passwd{uri}")),
        xrd("&x;", '<!DOCTYPE x [<!ENTITY x SYSTEM "https://evil.example/x">]>'),
        xrd("&b;", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>'),
        xrd(
            EVIL.format("https://honest.example/wf{uri}"),
            '<!DOCTYPE x SYSTEM "https://evil.example">',
        ),
        "<XRD>" * 5000,
        "no XML at all",
        "\0" * 100,
        "A" * 2_000_000,
    ],
    ids=short,
)
async def test_a30_host_meta_leads_nowhere_else(scene: Scene, body: str) -> None:
    scene.world.answers[HOST_META] = lambda _: httpx.Response(200, content=body)
    await nobody(scene, "alice@honest.example", asks={"honest.example"})


async def test_a30_webfinger_is_not_redirected_to_the_blocked_or_to_us(scene: Scene) -> None:
    url = "https://honest.example/.well-known/webfinger?resource=acct%3Aalice%40honest.example"
    for target in ("https://riverside.example/", "https://127.0.0.1/", "http://honest.example/"):
        scene.world.leads(url, target)
        await nobody(scene, "alice@honest.example", asks={"honest.example"})


@ONE_DATABASE
@pytest.mark.parametrize(
    "links",
    [
        [],
        [{"rel": "self", "type": "text/html", "href": "https://honest.example/users/alice"}],
        [{"rel": "self", "type": "application/activity+json", "href": "http://honest.example/a"}],
        [{"rel": "self", "type": "application/activity+json", "href": "javascript:alert(1)"}],
        [{"rel": "self", "type": "application/activity+json", "href": ["https://x.example/"]}],
        [
            {
                "rel": "self",
                "type": "application/activity+json",
                "href": "https://honest.example/a",
            },
            {
                "rel": "self",
                "type": "application/activity+json",
                "href": "https://honest.example/b",
            },
        ],
        "https://honest.example/users/alice",
        [{"rel": "self"}] * 5000,
    ],
    ids=short,
)
async def test_a30_an_answer_names_one_actor(scene: Scene, links: object) -> None:
    scene.world.knows("alice@honest.example", "https://honest.example/users/alice")
    [url] = [url for url in scene.world.documents if "webfinger" in url]
    scene.world.documents[url]["links"] = links
    await nobody(scene, "alice@honest.example", asks={"honest.example"})


@ONE_DATABASE
@pytest.mark.parametrize(
    "written",
    [
        "",
        "@",
        "alice",
        "alice@",
        "@honest.example",
        "al ice@honest.example",
        "alice@honest.example/path",
        "alice@honest.example?x",
        "alice@honest.example#x",
        "alice@victim.example@honest.example",
        "alice:password@honest.example@evil.example",
        "аlice@honest.example",  # Cyrillic а
        "alice\u202e@honest.example",
        "ali\u200bce@honest.example",
        "alice@honest\u200b.example",
        "alice@honest.example\u202e",
        "alice@honest.example:99999",
        "alice@honest..example",
        "../alice@honest.example",
        "alice%40evil.example@honest.example\r\nX: y",
        "https://victim.example@evil.example/users/x",
        "https://evil.example\\@honest.example/",
        "https://honest.example:0/",
        "http://[::1",
        "javascript:alert(1)",
        "acct:",
        "x" * 1_000_000,
        "@" * 100_000,
    ],
    ids=short,
)
async def test_a31_what_is_no_handle_is_asked_nowhere(scene: Scene, written: str) -> None:
    await nobody(scene, written, asks=set())


@ONE_DATABASE
@pytest.mark.parametrize(
    "written",
    [
        "alice@honest.example",
        "@alice@HONEST.example",
        "acct:alice@honest.example.",
        "alice@honest.example:443",
        "  @alice@honest.example  ",
    ],
    ids=short,
)
async def test_a31_one_domain_has_one_spelling(scene: Scene, alice: Stranger, written: str) -> None:
    scene.world.knows("alice@honest.example", alice.uri)
    assert (await actors.look_up(scene.node.node, written)).address == "alice@honest.example"


@ONE_DATABASE
@pytest.mark.parametrize(
    "change",
    [
        {"preferredUsername": "alice@honest.example"},
        {"preferredUsername": "a/b"},
        {"preferredUsername": "alice\u202e"},
        {"preferredUsername": "ali\u200bce"},
        {"preferredUsername": "аlice"},  # Cyrillic а
        {"preferredUsername": ""},
        {"preferredUsername": "x" * 200},
        {"preferredUsername": ["alice"]},
        {"preferredUsername": "a\nb"},
    ],
    ids=short,
)
async def test_a31_a_name_that_deceives_is_refused(
    scene: Scene, mallory: Stranger, change: dict[str, object]
) -> None:
    scene.world.documents[mallory.uri] = {**mallory.document(), **change}
    follow = mallory.activity("Follow", scene.node.actor_uri)
    await scene.refused(401, mallory, follow, asks={"evil.example"})


@pytest.mark.parametrize(
    "path", ["@alice", "@a@b", "x?author=1", "%2f", "%D0%B0lice", "", "a" * 500], ids=short
)
async def test_a31_an_actor_without_a_name_gets_one_that_cannot_deceive(
    scene: Scene, path: str
) -> None:
    stranger = scene.world.stranger(f"https://evil.example/{path}")
    document = stranger.document()
    del document["preferredUsername"]
    scene.world.documents[stranger.uri] = document
    actor = await actors.discover(scene.node.node, stranger.uri)
    assert actor.handle in ("alice", "evil.example")
    assert actor.address.count("@") == 1


async def test_a31_names_show_no_hidden_signs(scene: Scene, mallory: Stranger) -> None:
    mallory.more["name"] = "\u202eecila\u200b <b>✔</b>\r\n\x07"
    mallory.more["summary"] = "<p class='verified' onclick=x>\u202eBonjour<script>x</script></p>"
    scene.world.documents[mallory.uri] = mallory.document()
    await scene.accepted(mallory, mallory.activity("Follow", scene.node.actor_uri))
    [actor] = await scene.node.all(Actor, Actor.uri == mallory.uri)
    assert actor.name == "ecila <b>✔</b>"
    assert actor.summary == "<p>Bonjour</p>"


@ONE_DATABASE
@pytest.mark.parametrize(
    "asked",
    [
        "javascript:alert({uri})",
        "data:text/html,{uri}",
        "https://{uri}",
        "https://evil.example@{uri}",
        "//evil.example/{uri}",
        "https://honest.example/{uri}{other}",
        "https://honest.example/",
        7,
    ],
    ids=short,
)
async def test_p11_a_template_leads_to_a_web_page_or_nowhere(
    scene: Scene, alice: Stranger, asked: object
) -> None:
    scene.world.knows("alice@honest.example", alice.uri)
    [url] = [url for url in scene.world.documents if "webfinger" in url]
    link = {"rel": "http://ostatus.org/schema/1.0/subscribe", "template": asked}
    scene.world.documents[url]["links"].append(link)
    ours = scene.node.actor_uri
    assert await remote.intent(scene.node.node, "alice@honest.example", ours) is None
