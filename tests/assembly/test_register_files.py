"""A file of ours is checked where it lies, any other strictly: the report never tells which."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from node import digests
from node.activitypub import keys, proofs
from node.assembly import verifying
from node.assembly.chain import Break
from node.assembly.register_file import read_as_we_write
from node.assembly.verifying import Report, Unreadable
from node.cli.spreading import spread
from node.federation.register_proofs import proof_check
from tests.assembly.registers_helper import ASSEMBLY, Export, an_export, headed, summed

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
METHOD = f"{ASSEMBLY}#seal"


def sealed(document: Export) -> Export:
    """The document with a proof of the assembly."""
    created = datetime(2026, 12, 10, 20, 5, tzinfo=UTC)
    return proofs.seal(document, KEY, METHOD, created=created)


def a_sealed_export(count: int = 3) -> Export:
    """A register of some decisions with their proofs."""
    export = an_export(count, sealed)
    export["keys"] = [
        {
            "id": METHOD,
            "publicKeyMultibase": keys.multikey(KEY.public_key()),
            "notBefore": "2026-12-01T00:00:00Z",
            "notAfter": None,
        }
    ]
    return summed(export)


EXPORT = a_sealed_export()
WRITTEN = digests.canonical(EXPORT)


def told(check: Callable[[], Report]) -> object:
    """What the check said, or why the file cannot be read."""
    try:
        return check()
    except Unreadable as error:
        return error.code, error.values


def strictly(content: bytes) -> object:
    """What a check says that reads the whole file before it believes anything."""

    def check() -> Report:
        export = verifying.read(content)
        return verifying.verify(export, check_proof=proof_check(export))

    return told(check)


def the_same(content: bytes) -> object:
    """What is said of a file, however it is checked."""
    expected = strictly(content)
    for stretch in (1, 2, 500):
        assert told(lambda: verifying.examine(content, proof_check, stretch=stretch)) == expected  # noqa: B023
    return expected


def quickly(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Report:
    """What is said of a file that the strict reader must not be needed for."""

    def never(_content: bytes) -> Export:
        raise AssertionError("this was read strictly")

    with monkeypatch.context() as without:
        without.setattr(verifying, "read", never)
        return verifying.examine(content, proof_check, stretch=2)


def written_anew(export: Export) -> bytes:
    """The file as we would write it, also where it holds what has no canonical form."""
    return json.dumps(export, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(
        errors="surrogatepass"
    )


def test_a_file_of_ours_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for content in (WRITTEN, WRITTEN + b"\n"):
        report = quickly(content, monkeypatch)
        assert report == the_same(content)
        assert (report.holds, report.entries, report.proven) == (True, 3, 3)


def test_what_was_altered_is_found_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    for old, new, code in (
        (b"On plante", b"On arrach\xc3\xa9", "text"),
        (b"raison 3", b"raison 4", "reasons"),
        (b'"attributedTo":"https://n', b'"attributedTo":"https://m', "document"),
        (b'20:05:00Z","cryptosuite', b'20:05:01Z","cryptosuite', "proof"),
        (b"La ville", b"Ma ville", "sum"),
    ):
        content = WRITTEN.replace(old, new, 1)
        report = quickly(content, monkeypatch)
        assert report == the_same(content)
        assert report.first_break
        assert report.first_break.code == code


def test_a_text_may_hold_any_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    export = an_export(2)
    [_, item] = export["entries"]
    item["text"] = digests.as_text("Été 🌻", 'On "plante" \\ 🌳\u2028\x7f\x01\ue000.\n', "fr")
    item["document"]["assembly"]["textDigest"] = digests.of(item["text"])
    item["entry"]["record"]["digest"] = digests.of(item["document"])
    export["head"] = headed(export["entries"])
    assert quickly(digests.canonical(summed(export)), monkeypatch).holds


def test_what_another_hand_wrote_is_checked_as_well() -> None:
    for content in (
        json.dumps(EXPORT, indent=1).encode(),
        json.dumps(EXPORT, ensure_ascii=False).encode("utf-8-sig"),
        b" " + WRITTEN,
        WRITTEN + b"\n\n",
        json.dumps(dict(reversed(EXPORT.items())), separators=(",", ":")).encode(),
        WRITTEN.replace(b"La ville", b"La vill\\u0065"),
    ):
        report = the_same(content)
        assert isinstance(report, Report)
        assert (report.holds, report.proven) == (True, 3)


@pytest.mark.parametrize("more", [{}, {"more": 1}, {"zebra": 1}])
@pytest.mark.parametrize("place", range(6))
def test_a_file_in_another_order_or_with_other_names_holds(place: int, more: Export) -> None:
    export = summed({**EXPORT, **more})
    names = sorted(export)
    names.insert(place + 1, names.pop(place))
    parts = [digests.canonical({name: export[name]})[1:-1] for name in names]
    report = the_same(b"{" + b",".join(parts) + b"}")
    assert isinstance(report, Report)
    assert report.holds


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"entries":', b'"entries":[],"entries":'),
        (b'"name":', b'"name":"Le village","name":'),
        (b'"entry":', b'"entry":{},"entry":'),
        (b'"proof":', b'"proof":{},"proof":'),
        (b'"content":', b'"content":"On abat.","content":'),
        (b'"content":', b'"content":01,"x":'),
        (b'"text":', b'"text":' + b"[" * 100_000 + b'],"text":'),
        (b'"content":"', b'"content":"\xff'),
        (b'"content":"', b'"content":"\t'),
        (b'"content":"', b'"content":"\\x'),
    ],
)
@pytest.mark.parametrize("place", [1, -1])
def test_what_cannot_be_read_is_refused_before_any_link_is_believed(
    old: bytes, new: bytes, place: int
) -> None:
    """Also where an entry before it is broken, and another process looks at each."""
    content = WRITTEN.replace(b"raison 1", b"raison 0")
    before, between, after = content.partition(old) if place == 1 else content.rpartition(old)
    content = before + new + after if between else b""
    found = the_same(content)
    assert isinstance(found, tuple), found
    assert found == told(lambda: verifying.examine(content, proof_check, spread=spread, stretch=1))


@pytest.mark.parametrize(
    "value",
    [
        *(1.5, 1e30, 10**20, 2**53, -(2**53), 2**64, 2**70, -0.0, float("nan"), "\ud800", 0, True),
        *({"é": 1, "e": 2}, {"\U0001f33b": 1, "\ue000": 2}, [[[]]], {}),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("part", ["entry", "document", "text", "reasons", None])
def test_no_value_is_judged_otherwise(value: object, part: str | None) -> None:
    for at in (0, -1):
        export = json.loads(WRITTEN)
        (export["entries"][at][part] if part else export)["more"] = value
        the_same(written_anew(export))
        if part:
            export["entries"][at][part] = value
            the_same(written_anew(export))


@given(st.integers(0, len(WRITTEN) - 1), st.binary(min_size=0, max_size=2))
def test_no_damage_to_a_byte_is_judged_otherwise(place: int, instead: bytes) -> None:
    damaged = WRITTEN[:place] + instead + WRITTEN[place + 1 :]
    found = the_same(damaged)
    if damaged.rstrip() != WRITTEN and isinstance(found, Report):
        assert not found.holds or verifying.read(damaged) == EXPORT


_ITEMS = st.integers(0, 2)
_PARTS = st.sampled_from(["entry", "document", "text", "reasons"])
_MOVES: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.tuples(st.just("swap"), _ITEMS, _ITEMS),
    st.tuples(st.just("twice"), _ITEMS),
    st.tuples(st.just("drop"), _ITEMS),
    st.tuples(st.just("copy"), _PARTS, _ITEMS, _ITEMS),
    st.tuples(st.just("mix"), _PARTS, _PARTS, _ITEMS, _ITEMS),
    st.tuples(st.just("lose"), _PARTS, _ITEMS),
    st.tuples(st.just("unproven"), _ITEMS, _ITEMS),
)


def moved(export: Export, how: str, *where: Any) -> None:
    """Let parts of a register change places."""
    items = export["entries"]
    match how, where:
        case "swap", (one, other):
            items[one], items[other] = items[other], items[one]
        case "twice", (one,):
            items.insert(one, items[one])
        case "drop", (one,):
            del items[one]
        case "copy", (part, one, other):
            items[one][part] = items[other][part]
        case "mix", (part, another, one, other):
            items[one][part] = items[other][another]
        case "lose", (part, one):
            del items[one][part]
        case "unproven", (one, other):
            items[one]["document"]["proof"] = items[other]["document"]["proof"]


@given(_MOVES, st.booleans())
def test_no_part_in_another_place_is_judged_otherwise(
    move: tuple[Any, ...], summed_up: bool
) -> None:
    export = json.loads(WRITTEN)
    moved(export, *move)
    found = the_same(written_anew(summed(export) if summed_up else export))
    assert isinstance(found, Report)
    assert found.holds == (json.loads(WRITTEN) == export)


_NAMES = [match.start() for match in re.finditer(rb'"[A-Za-z@]+":', WRITTEN)]


@given(st.sampled_from(_NAMES), st.sampled_from([b"null", b"{}", b'"x"', b"0"]))
def test_a_name_that_stands_twice_is_refused_wherever_it_is(place: int, value: bytes) -> None:
    name = WRITTEN[place : WRITTEN.index(b":", place) + 1]
    found = the_same(WRITTEN[:place] + name + value + b"," + WRITTEN[place:])
    assert isinstance(found, tuple)
    assert found[0] == "not-json"


def test_a_long_register_is_checked_in_several_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    export = an_export(1200)

    def without(_export: Mapping[str, Any]) -> None:
        return None

    def checked() -> Report:
        return verifying.examine(digests.canonical(export), without, spread=spread)

    report = checked()
    assert (report.holds, report.entries) == (True, 1200)
    export["entries"][1100]["text"]["content"] = "On abat.\n"
    found = checked().first_break
    assert found
    assert (found.code, found.seq) == ("text", 1101)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**70) | st.text() | st.floats(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(_VALUES, st.booleans(), st.booleans())
def test_what_is_read_as_canonical_is_canonical(value: Any, in_order: bool, escaped: bool) -> None:
    written = json.dumps(
        value, ensure_ascii=escaped, sort_keys=in_order, separators=(",", ":")
    ).encode()
    try:
        found = digests.read_canonical(written)
    except ValueError:
        return
    assert rfc8785.dumps(found) == written
    assert found == json.loads(written)


@given(_VALUES)
def test_what_is_plain_is_read_as_it_was_written(value: Any) -> None:
    try:
        written = rfc8785.dumps(value)
    except ValueError:
        return
    if digests._is_plain(value):
        assert digests.read_canonical(written) == value


def test_a_head_that_is_known_is_compared_as_well() -> None:
    known = verifying.head("2:" + "zQm" + "a" * 44)
    found = verifying.examine(WRITTEN, proof_check, known=known).first_break
    there = digests.of(EXPORT["entries"][1]["entry"])
    assert found == Break("fork", 2, known.digest, there)


def test_a_sum_that_does_not_stand_last_is_reckoned_anew() -> None:
    content = digests.canonical(summed({**EXPORT, "version": 2}))
    assert read_as_we_write(content) is None
    report = the_same(content)
    assert isinstance(report, Report)
    assert report.holds
