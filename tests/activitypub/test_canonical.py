"""Canonical JSON and digests against the published vectors (RFC 8785; wire.md, section 4)."""

import json
from pathlib import Path
from typing import Any

import pytest

from node import digests
from node.activitypub import canonical
from node.activitypub.vocabulary import MalformedActivity


@pytest.mark.parametrize("folder", ["vectors/jcs", "vectors/more/jcs"])
def test_every_vector_of_rfc_8785_comes_out_the_same(shared: Path, folder: str) -> None:
    inputs = sorted((shared / folder / "input").glob("*.json"))
    assert len(inputs) == 3
    for path in inputs:
        found = canonical.canonical(json.loads(path.read_bytes()))
        assert found == (shared / folder / "output" / path.name).read_bytes().rstrip(b"\n")
        outhex = (shared / folder / "outhex" / f"{path.stem}.txt").read_text()
        assert found == bytes.fromhex(outhex)


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, {"a": "\ud800"}, {"\ud800": 1}, {1: 2}, {"a": b""}]
)
def test_what_json_cannot_say_exactly_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(MalformedActivity):
        canonical.canonical(value)


def test_c1_a_value_too_deep_has_no_canonical_form() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(MalformedActivity):
        canonical.canonical(value)
    while value:
        value = value.pop()


def test_the_text_digest_is_that_of_the_example() -> None:
    expected = "zQmVCAqmwhffAbkWmExfrL1vDVF4MDWjvSRQt4zYCUorEKG"
    title, content = "Bus de nuit, ligne 4", "La ligne 4 circule jusqu'à 1 h.\n"
    assert digests.of_text(title, content, "fr") == expected
    assert digests.of_text(title, content.replace("à", "a\u0300"), "fr") == expected
    assert digests.of_text(title, content.replace("\n", "\r\n"), "fr") == expected
    assert digests.of_text(title, content.replace("\n", "\r"), "fr") == expected


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Bus de nuit, ligne 5"},
        {"language": "en"},
        {"content": "La ligne 4 circule.\n"},
        {"attachments": ["zQm"]},
    ],
)
def test_v8_any_other_text_has_another_digest(other: dict[str, Any]) -> None:
    text: dict[str, Any] = {"title": "Bus", "language": "fr", "content": "La ligne 4.\n"}
    assert digests.of_text(**text) != digests.of_text(**{**text, **other})


def test_a_digest_has_forty_six_characters_after_the_z() -> None:
    digest = digests.of({"a": 1})
    assert digest.startswith("zQm")
    assert len(digest) == 47
    assert digest == digests.of_bytes(b'{"a":1}')
