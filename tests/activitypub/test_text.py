"""Text from elsewhere: what the eye cannot see goes, what a parser cannot bear is noticed."""

import pytest

from node.activitypub import text
from tests.patience import ends


@pytest.mark.parametrize(
    ("written", "is_sane"),
    [
        ("", True),
        ("Bonjour, 3 < 4.", True),
        ("<p>Un <b>banc</b></p>", True),
        ("<div>" * text.DEEPEST_HTML, True),
        ("<div>" * (text.DEEPEST_HTML + 1), False),
        # Closed again they are beside one another, whatever the letters and the attributes.
        ('<div class="a">x</DIV>' * 1000, True),
        ("<b>" * 150 + "</b>" * 150 + "<i>" * 150, True),
        # What ends nothing that was opened makes nothing shallower.
        ("</div></div><div>" * (text.DEEPEST_HTML + 1), True),
        ("</i>" * 500 + "<div>" * (text.DEEPEST_HTML + 1), False),
        ("<div></i>" * (text.DEEPEST_HTML + 1), False),
        # A paragraph ends where the next one begins, and a line break holds nothing.
        ("<p>a<br>" * 1000, True),
        ("<i></i>" * (text.MOST_TAGS // 2), True),
        ("<i></i>" * (text.MOST_TAGS // 2 + 1), False),
    ],
)
def test_d1_html_is_neither_too_deep_nor_of_too_many_tags(written: str, is_sane: bool) -> None:
    assert text.is_sane_html(written) is is_sane


def test_d1_a_hostile_text_is_judged_at_once() -> None:
    with ends():
        assert not text.is_sane_html("<div>" * 200_000)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("a\u202eb\u200bc\ufeff", "abc"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("a\x00\x1bb\tc", "ab\tc"),
        # Joiners belong to the words of some languages, and to families of emoji.
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🌾", "👩\u200d🌾"),
    ],
)
def test_p12_what_cannot_be_seen_goes(written: str, seen: str) -> None:
    assert text.seen(written) == seen


def test_a_name_is_one_line_of_some_length() -> None:
    assert text.line("  Ana \n\t Morel\u202e ", 80) == "Ana Morel"
    assert text.line("x" * 100, 5) == "xxxxx"
