"""Origins, audiences and handles (P8, A31, B8)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub import addressing, iri
from node.activitypub.addressing import PUBLIC, Audience, Handle
from node.activitypub.vocabulary import MalformedActivity
from tests.patience import ends


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://n.example/a", "https://n.example"),
        ("HTTPS://N.Example/A", "https://n.example"),
        ("https://n.example:443/", "https://n.example"),
        ("http://n.example:80", "http://n.example"),
        ("http://n.example:443", "http://n.example:443"),
        ("https://n.example.:8443?x", "https://n.example:8443"),
        ("https://exämple.org#x", "https://xn--exmple-cua.org"),
        ("https://XN--EXMPLE-CUA.org", "https://xn--exmple-cua.org"),
        ("https://ＥＸ.example", "https://ex.example"),
        ("https://[2001:DB8::0:1]:8443/", "https://[2001:db8::1]:8443"),
        ("https://192.0.2.7/", "https://192.0.2.7"),
        ("http://localhost:8000/x", "http://localhost:8000"),
        ("https://a_b.example/", "https://a_b.example"),
    ],
)
def test_a31_an_origin_has_one_spelling(uri: str, expected: str) -> None:
    assert addressing.origin(uri) == expected
    assert addressing.is_web_address(uri)


NO_ADDRESS = [
    "",
    "n.example/a",
    "/a",
    "#main-key",
    "//n.example/a",
    "ftp://n.example/",
    "mailto:a@n.example",
    "javascript://n.example/%0aalert(1)",
    "https:n.example",
    "https:/n.example",
    "https://",
    "https:///a",
    "https://victim@evil.example/",
    "https://victim:pw@evil.example/",
    "https://n.example\\@evil.example/",
    "https://n.example/a b",
    " https://n.example/",
    "https://n.example/\n",
    "https://n.example/\x00",
    "https://n.example/\x85",
    "https://n.exam\u200bple/",
    "https://n.example/\u202egnp.exe",
    "https://n.exam\xadple/",
    "https://n.example:0/",
    "https://n.example:65536/",
    "https://n.example:/",
    "https://n.example:8a/",
    "https://n..example/",
    "https://-n.example/",
    "https://n%2eexample/",
    "https://n.example%00.evil.example/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://127.1/",
    "https://256.0.0.1/",
    "https://[::1/",
    "https://[:::1]/",
    "https://[::1%25eth0]/",
    "https://xn--a.example/",
    "https://xn--.example/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a." * 130 + "example/",
    "https://n.example/" + "a" * 2048,
    "https://①.\u2f80.example/\ud800",
]


@pytest.mark.parametrize("uri", NO_ADDRESS)
def test_a31_a_doubtful_address_has_no_origin(uri: str) -> None:
    with pytest.raises(MalformedActivity):
        addressing.origin(uri)
    assert not addressing.is_web_address(uri)


@pytest.mark.parametrize("value", [None, 7, [], {}, ["https://n.example/"], b"https://n.example/"])
def test_what_is_no_string_is_no_address(value: Any) -> None:
    assert not addressing.is_web_address(value)
    assert not iri.is_identity(value)
    with pytest.raises(MalformedActivity):
        addressing.origin(value)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://n.example/u/a", True),
        ("http://n.example/u/a", False),
        ("http://localhost:8000/u/a", True),
        ("http://riverside.localhost/u/a", True),
        ("http://127.0.0.1:8000/u/a", True),
        ("mailto:a@n.example", False),
        ("HTTPS://n.example/u/a", False),
        ("https://N.example/u/a", False),
        ("https://n.example./u/a", False),
        ("https://n.example:443/u/a", False),
        ("https://exämple.org/u/a", False),
        ("https://n.example:8443/u/a#me", True),
        ("https://n.example", True),
    ],
)
def test_p1_somebody_has_an_https_id(uri: str, expected: bool) -> None:
    assert iri.is_identity(uri) is expected


def test_hosts_and_origins_are_compared_in_one_spelling() -> None:
    assert addressing.host("https://N.example.:8443/a") == "n.example:8443"
    assert addressing.same_origin("https://n.example/a", "https://N.EXAMPLE:443/b")
    assert not addressing.same_origin("https://n.example/a", "http://n.example/a")
    assert not addressing.same_origin("https://n.example/a", "https://n.example:8443/a")
    assert not addressing.same_origin("https://n.example/a", "n.example")
    assert not addressing.same_origin("", "")


@settings(deadline=None)
@given(st.text(max_size=80).map(lambda rest: f"https://{rest}"))
def test_any_address_has_an_origin_that_is_its_own_or_is_refused(uri: str) -> None:
    try:
        origin = addressing.origin(uri)
    except MalformedActivity:
        return
    assert addressing.origin(origin) == origin
    assert origin.isascii()
    assert "@" not in origin


@pytest.mark.parametrize("public", [PUBLIC, "as:Public", "Public"])
@pytest.mark.parametrize("place", ["to", "cc"])
def test_public_is_understood_in_three_spellings(public: str, place: str) -> None:
    found = addressing.audience({place: [public, "https://n.example/u/a"]})
    assert found.is_public
    assert found.is_listed is (place == "to")
    assert PUBLIC in getattr(found, place)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, Audience((), ())),
        ({"to": "https://a.example/"}, Audience(("https://a.example/",), ())),
        ({"to": {}, "cc": 7}, Audience((), ())),
        (
            {"cc": [{"id": "https://a.example/"}, None, ["x"]]},
            Audience((), ("https://a.example/",)),
        ),
        ({"to": ["a", "a", "b"]}, Audience(("a", "b"), ())),
    ],
)
def test_c3_an_audience_of_any_type_is_read(document: dict[str, Any], expected: Audience) -> None:
    assert addressing.audience(document) == expected
    assert not expected.is_public


def test_b8_an_audience_has_at_most_a_hundred_members_and_a_thousand_are_too_many() -> None:
    many = [f"https://a.example/{n}" for n in range(1001)]
    assert len(addressing.audience({"to": many[:1000]}).to) == 100
    with pytest.raises(MalformedActivity, match="1000"):
        addressing.audience({"cc": many})


@pytest.mark.parametrize("written", ["@ana@n.example", "ana@n.example", "acct:ana@N.example."])
def test_a_handle_is_read_in_three_forms(written: str) -> None:
    handle = addressing.parse_handle(written)
    assert handle == Handle("ana", "n.example")
    assert (str(handle), handle.acct) == ("ana@n.example", "acct:ana@n.example")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ana",
        "@ana",
        "ana@",
        "@@n.example",
        "acct:@ana@n.example",
        "acct:acct:ana@n.example",
        "a@b@n.example",
        "ana@n.example/x",
        "ana@n.example?x",
        "ana@n.example#x",
        "ana@user:pw@n.example",
        "ana @n.example",
        "ana\n@n.example",
        "ana@n.example\n",
        "аna@n.example",
        "an\u200ba@n.example",
        "ana\u202e@n.example",
        "-ana@n.example",
        "ana.@n.example",
        "a/b@n.example",
        "ſana@n.example",
        "a" * 129 + "@n.example",
        "ana@n.exam\u200bple",
        "https://n.example/@ana",
    ],
)
def test_a31_anything_else_is_no_handle(written: str) -> None:
    with pytest.raises(MalformedActivity):
        addressing.parse_handle(written)


@pytest.mark.parametrize("name", ["a", "_a", "Ana_1", "a.b-c", "n.example", "0"])
def test_a_name_of_mastodons_kind_is_accepted(name: str) -> None:
    assert addressing.parse_handle(f"{name}@n.example").name == name


def test_f7_a_long_handle_is_refused_at_once() -> None:
    with ends(), pytest.raises(MalformedActivity):
        addressing.parse_handle("a" * 1_000_000 + "-@n.example")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("n.example:8443", "n.example:8443"),
        ("xn--exmple-cua.org", "exämple.org"),
        ("xn--exmple-cua.org:8443", "exämple.org:8443"),
        ("xn--80ak6aa92e.com", "xn--80ak6aa92e.com"),  # apple, all in Cyrillic
        ("xn--pple-43d.com", "xn--pple-43d.com"),  # apple, the first letter in Cyrillic
        ("xn--e1afmkfd.example", "пример.example"),
        ("xn--n3h.example", "xn--n3h.example"),
        ("xn--wgv71a119e.jp", "日本語.jp"),
        ("xn--.example", "xn--.example"),
    ],
)
def test_a31_a_host_that_could_deceive_is_shown_in_punycode(host: str, shown: str) -> None:
    assert addressing.shown_host(host) == shown


def test_a31_letters_beyond_the_usual_latin_are_shown_in_punycode() -> None:
    for letters in ("gıthub", "ɡithub"):
        host = iri.host(f"{letters}.example")
        assert addressing.shown_host(host) == host
    for letters in ("bücher-1", "日本語ひらカタ", "한국", "ひらカ"):
        host = iri.host(f"{letters}.example")
        assert addressing.shown_host(host) == f"{letters}.example"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("https://n.example/a", "n.example"),
        ("https://a.b.n.example:8443/", "n.example"),
        ("https://N.Example./", "n.example"),
        # Under a country, a short label is one that everybody shares.
        ("https://town.co.uk/", "town.co.uk"),
        ("https://a.town.co.uk/", "town.co.uk"),
        ("https://co.uk/", "co.uk"),
        ("https://a.mairie.fr/", "mairie.fr"),
        ("http://localhost:8000/", "localhost"),
        ("https://192.0.2.7/", "192.0.2.7"),
        ("https://[2001:db8::1]:8443/", "[2001:db8::1]"),
    ],
)
def test_p10_names_below_a_registered_one_are_of_one_operator(uri: str, expected: str) -> None:
    assert addressing.operator(uri) == expected


def test_p10_what_has_no_host_has_no_operator() -> None:
    with pytest.raises(MalformedActivity):
        addressing.operator("mailto:a@n.example")
