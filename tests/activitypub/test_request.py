"""Requests taken from ASGI: nothing that counts may stand there twice (P4)."""

import pytest

from node.activitypub import request
from node.errors import BadSignature

URL = "https://n.example/inbox"


def test_headers_are_lower_case_and_without_blanks_around() -> None:
    found = request.from_asgi("POST", URL, [(b"Host", b" n.example "), (b"X-A", b"1")], b"x")
    assert found == request.Request("POST", URL, {"host": "n.example", "x-a": "1"}, b"x")


def test_other_headers_may_stand_there_twice_and_in_any_letters() -> None:
    raw = [(b"x-a", b"1"), (b"x-a", b"2"), (b"user-agent", "é".encode())]
    assert request.from_asgi("GET", URL, raw, b"").headers["x-a"] == "1, 2"


@pytest.mark.parametrize("name", sorted(request.ONLY_ONCE))
def test_a_header_that_counts_stands_there_once_and_in_ascii(name: str) -> None:
    with pytest.raises(BadSignature, match=name):
        request.from_asgi("POST", URL, [(name.encode(), b"1"), (name.upper().encode(), b"1")], b"")
    with pytest.raises(BadSignature, match=name):
        request.from_asgi("POST", URL, [(name.encode(), b"\xe9")], b"")


def test_too_many_headers_are_refused() -> None:
    with pytest.raises(BadSignature, match="too many"):
        request.from_asgi("POST", URL, [(b"x", b"1")] * 201, b"")
