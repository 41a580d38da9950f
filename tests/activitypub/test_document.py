"""Strict JSON in, compact JSON out (P6, C1)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub import document
from node.activitypub.document import MalformedActivity, as_list, first_id
from node.errors import Refusal
from tests.patience import ends

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"a"',
        b"{",
        b'{"a":1}x',
        b"{'a':1}",
        b'{"a":1,"a":1}',
        b'{"a":{"b":1,"b":2}}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\ud800"}',
        b'{"\\udc00":1}',
        b'{"a":["\\ud800x"]}',
        b'{"a":"\\u0000"}',
        b'{"a":"\x00"}',
        b'{"a":"\x01"}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":1}'.encode("utf-16"),
        b'{"a":01}',
        b'{"a":1,}',
    ],
)
def test_what_is_not_strict_json_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedActivity) as refused:
        document.parse(body)
    assert str(refused.value)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":9007199254740991}', {"a": 2**53 - 1}),
        (b'{"a":-9007199254740991}', {"a": 1 - 2**53}),
        (b'{"a":"\\ud83d\\ude00"}', {"a": "😀"}),
        (b'{"a":"\\\\u0000"}', {"a": "\\u0000"}),
        (b' {"a" : [1.5, true, null]} ', {"a": [1.5, True, None]}),
        ('{"é":"à"}'.encode(), {"é": "à"}),
    ],
)
def test_strict_json_is_read(body: bytes, expected: object) -> None:
    assert document.parse(body) == expected


@pytest.mark.parametrize("opening", [b'{"a":', b"[", b'{"a":[', b'[{"a":'])
def test_c1_a_hundred_thousand_levels_are_refused_at_once(opening: bytes) -> None:
    with ends(), pytest.raises(MalformedActivity, match=r"deep|strict"):
        document.parse(b'{"x":' + opening * 100_000)


def test_c1_sixty_four_levels_are_the_limit() -> None:
    assert document.parse(b'{"a":' + b"[" * 63 + b"]" * 63 + b"}")
    with pytest.raises(MalformedActivity, match="64 levels"):
        document.parse(b'{"a":' + b"[" * 64 + b"]" * 64 + b"}")


def test_brackets_within_strings_are_no_depth() -> None:
    words = "[{" * 500 + '\\"['
    assert document.parse(document.encode({"a": words, "b": [words] * 100}))["a"] == words


@pytest.mark.parametrize("filler", [b'"', b'\\"', b"\\", b'[\\"', b'"[', b'{"'])
def test_f7_hostile_strings_take_linear_time(filler: bytes) -> None:
    body = b'{"a":"' + b"[" * 100 + filler * (1_000_000 // len(filler))
    with ends(), pytest.raises(MalformedActivity):
        document.parse(body)


@settings(deadline=None)
@given(st.dictionaries(st.text("abc"), JSON))
def test_what_we_write_we_read_again(value: dict[str, object]) -> None:
    assert document.parse(document.encode(value)) == value


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(MalformedActivity):
        assert isinstance(document.parse(body), dict)


def test_a_document_is_written_compactly() -> None:
    assert document.encode({"a": [1, "é"]}) == '{"a":[1,"é"]}'.encode()


def test_a_malformed_activity_is_a_refusal_with_its_sentence() -> None:
    error = MalformedActivity("the id is not a web address")
    assert isinstance(error, Refusal)
    assert (str(error), error.status, error.code) == (
        "the id is not a web address",
        400,
        "malformed",
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"),
        ({"id": "a"}, "a"),
        ("", None),
        ({"id": 7}, None),
        ({}, None),
        (["a"], None),
        (7, None),
        (None, None),
    ],
)
def test_the_id_of_a_string_or_an_object(value: object, expected: str | None) -> None:
    assert first_id(value) == expected


def test_one_is_a_list_of_one_and_nothing_an_empty_list() -> None:
    assert (as_list("a"), as_list(["a"]), as_list(None)) == (["a"], ["a"], [])
