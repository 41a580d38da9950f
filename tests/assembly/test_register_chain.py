"""An exported register is followed link by link, and the first that does not hold is named."""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from node import digests
from node.assembly import verifying
from node.assembly.chain import Break, Head
from node.assembly.verifying import Report, Unreadable
from node.cli.spreading import spread
from tests.assembly.registers_helper import ASSEMBLY, Export, an_export, headed, summed


def placed(export: Export, **place: object) -> None:
    """Let the third decision say another place of itself, with the digest that belongs to it."""
    document = export["entries"][2]["document"]
    document["assembly"]["register"].update(place)
    export["entries"][2]["entry"]["record"]["digest"] = digests.of(document)


def broken(export: Export, known: Head | None = None) -> Break:
    """The first broken link."""
    found = verifying.verify(export, known=known).first_break
    assert found is not None
    return found


def test_a_register_that_nobody_touched_holds() -> None:
    report: Report = verifying.verify(an_export())
    assert report.holds
    assert (report.entries, report.decisions, report.name) == (4, 4, "La ville")
    assert report.head == Head(digests.of(an_export()["entries"][-1]["entry"]), 4)


def test_an_empty_register_holds() -> None:
    assert verifying.verify(an_export(0)).holds


@pytest.mark.parametrize(
    ("damage", "code", "seq"),
    [
        (lambda e: e["entries"][1]["entry"].update(at="2026-12-11T20:05:00Z"), "prev", 3),
        (lambda e: e["entries"][1]["entry"].update(prev="zQm"), "prev", 2),
        (lambda e: e["entries"][1]["entry"].update(seq=True), "seq", 2),
        (lambda e: e["entries"][2]["entry"].update(register="https://x.example"), "register", 3),
        (lambda e: e["entries"][2]["document"].update(content="autre"), "document", 3),
        (lambda e: e["entries"][2].pop("document"), "missing", 3),
        (lambda e: e["entries"][2].update(document=e["entries"][1]["document"]), "other", 3),
        (lambda e: e["entries"][2]["text"].update(content="On abat.\n"), "text", 3),
        (lambda e: e["entries"][2].pop("text"), "text", 3),
        (lambda e: e["entries"][3]["reasons"].update(against=["non"]), "reasons", 4),
        (lambda e: e["entries"][3].pop("reasons"), "reasons", 4),
        (lambda e: e["entries"].__delitem__(1), "seq", 2),
        (lambda e: e["entries"].insert(1, e["entries"][2]), "seq", 2),
        (lambda e: e["entries"].__setitem__(1, "entrée"), "shape", 2),
        (lambda e: e["entries"][1].update(document="La ville décide."), "shape", 2),
        # No number of JSON is as long as that: what holds it has no digest at all.
        (lambda e: e["entries"][1]["entry"].update(at=2**70), "entry", 2),
        (lambda e: e["entries"][2]["document"].update(at=2**70), "document", 3),
        (lambda e: e["entries"][2]["text"].update(at=2**70), "text", 3),
        (lambda e: placed(e, seq=2), "place", 3),
        (lambda e: placed(e, prev="zQm"), "place", 3),
        (lambda e: e["entries"].pop(), "head", None),
        (lambda e: e.update(head=None), "head", None),
        (lambda e: e["assembly"].update(name="Le village"), "sum", None),
        (lambda e: e.pop("sum"), "sum", None),
        (lambda e: (e.pop("sum"), e.update(more=2**70)), "sum", None),
    ],
)
def test_the_first_link_that_does_not_hold_is_named(
    damage: Callable[[Export], object], code: str, seq: int | None
) -> None:
    export = an_export()
    damage(export)
    found = broken(export)
    assert (found.code, found.seq) == (code, seq)
    for stretch in (1, 2, 3):
        for way in (spread, map):
            report = verifying.verify(export, spread=way, stretch=stretch)
            assert report == verifying.verify(export)


def test_two_entries_that_changed_places_are_found() -> None:
    export = an_export()
    items = export["entries"]
    items[1], items[2] = items[2], items[1]
    assert broken(summed(export)) == Break("seq", 2, "2", "3")


def test_two_entries_that_changed_places_and_numbers_are_found() -> None:
    export = an_export()
    items = export["entries"]
    items[1], items[2] = items[2], items[1]
    items[1]["entry"]["seq"], items[2]["entry"]["seq"] = 2, 3
    found = broken(summed(export))
    assert (found.code, found.seq) == ("prev", 2)


def test_a_dropped_last_entry_is_found_by_whoever_knew_the_head() -> None:
    export = an_export()
    last = Head(digests.of(export["entries"][-1]["entry"]), 4)
    shorter = copy.deepcopy(export)
    shorter["entries"].pop()
    shorter["head"] = headed(shorter["entries"])
    assert verifying.verify(summed(shorter)).holds
    assert broken(shorter, last).code == "shorter"
    assert broken(shorter, Head(last.digest)).code == "unknown-head"


def test_a_head_known_earlier_is_continued_or_is_the_same() -> None:
    export = an_export()
    older, last = (Head(digests.of(export["entries"][at]["entry"])) for at in (1, 3))
    assert verifying.verify(export, known=older).known == "extends"
    assert verifying.verify(export, known=last).known == "same"
    assert verifying.verify(export, known=Head(older.digest, 2)).holds
    found = broken(export, Head(last.digest, 2))
    assert (found.code, found.seq) == ("fork", 2)


def test_a_register_written_anew_is_found_by_whoever_knew_the_head() -> None:
    known = Head(digests.of(an_export(5)["entries"][-1]["entry"]), 5)
    other = an_export(5)
    other["entries"][0]["entry"]["at"] = "2027-01-01T00:00:00Z"
    last = None
    for item in other["entries"]:
        item["entry"]["prev"] = item["document"]["assembly"]["register"]["prev"] = last
        item["entry"]["record"]["digest"] = digests.of(item["document"])
        last = digests.of(item["entry"])
    other["head"] = headed(other["entries"])
    assert verifying.verify(summed(other)).holds
    assert broken(other, known).code == "fork"


def test_a_proof_that_does_not_fit_is_a_broken_link() -> None:
    def bad(document: Mapping[str, Any], _hashed: bytes | None) -> str | None:
        return "bad" if document.get("id") else None

    report = verifying.verify(an_export(), check_proof=bad)
    assert report.first_break == Break("proof", 1, ASSEMBLY, "bad")
    assert verifying.verify(an_export(), check_proof=lambda _one, _hash: None).proven == 4


def test_a_proof_of_the_head_that_does_not_fit_belongs_to_no_entry() -> None:
    def bad(document: Mapping[str, Any], _hashed: bytes | None) -> str | None:
        return None if document.get("id") else "bad"

    report = verifying.verify(an_export(), check_proof=bad)
    assert report.first_break == Break("proof", None, ASSEMBLY, "bad")
    assert report.proven == 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xfe", "not-text"),
        (b"", "not-json"),
        (b'{"a": 1', "not-json"),
        (b"[]", "not-a-register"),
        (b'{"format": "palabre-register/1"}', "not-a-register"),
        (b'{"format": "palabre-register/9"}', "other-format"),
        (b'{"a": 1, "a": 2}', "not-json"),
        (b"[" * 100_000, "not-json"),
        (b"1" * 10_000, "not-json"),
    ],
)
def test_what_is_no_register_is_refused_with_a_reason(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        verifying.read(content)
    assert refused.value.code == code


@pytest.mark.parametrize("written", ["", "abc", "zQmabc", "x:zQm" + "a" * 44, ":zQm" + "a" * 44])
def test_what_is_no_head_is_refused(written: str) -> None:
    with pytest.raises(Unreadable):
        verifying.head(written)


def test_a_head_is_read_with_or_without_its_number() -> None:
    digest = digests.of_bytes(b"x")
    assert verifying.head(f" {digest}\n") == Head(digest)
    assert verifying.head(f"12:{digest}") == Head(digest, 12)


def test_one_byte_changed_anywhere_is_noticed() -> None:
    """Every byte in turn: either the file cannot be read, or the link is named."""
    export = an_export(2)
    content = rfc8785.dumps(export)
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        try:
            found = verifying.read(bytes(changed))
        except Unreadable:
            continue
        assert not verifying.verify(found).holds, (place, bytes(changed[place - 20 : place + 20]))


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.floats(-9, 9),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(_VALUES)
def test_the_fast_hand_writes_what_the_careful_one_writes(value: Any) -> None:
    try:
        careful = rfc8785.dumps(value)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - of any kind
            digests.canonical(value)
        return
    assert digests.canonical(value) == careful
    assert json.loads(careful) == value


@given(st.binary(min_size=34, max_size=34))
def test_base58_is_what_it_was(data: bytes) -> None:
    number, digits = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        digits = digests.ALPHABET[rest] + digits
    zeros = len(data) - len(data.lstrip(b"\0"))
    assert digests.base58(data) == "1" * zeros + digits


def test_a_decision_without_a_text_has_none_in_the_file_either() -> None:
    export = an_export(1)
    [item] = export["entries"]
    for part, digest in (("text", "textDigest"), ("reasons", "reasonsDigest")):
        del item[part], item["document"]["assembly"][digest]
    item["entry"]["record"]["digest"] = digests.of(item["document"])
    export["head"] = headed(export["entries"])
    assert verifying.verify(summed(export)).holds
    item["text"] = {"content": "On abat."}
    assert broken(summed(export)).code == "text"
