"""Every sentence that a count can say is in both catalogues; pictures say what tables say."""

import re
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from node import words
from node.assembly import method
from node.assembly.phrases import Phrase, Table, write
from node.web import pictures
from tests.assembly.methods.counting import motion, tally

FRENCH, ENGLISH = words.of("fr"), words.of("en")
HERE = Path(method.__file__).parent


def _sources() -> str:
    named = ("ballot_kinds", "budgets", "elections", "eliminations", "method", "motions",
             "pairwise", "parameters", "phrases", "quorums", "summaries", "tallying",
             "tally_facts")  # fmt: skip
    files = [HERE / f"{name}.py" for name in named] + sorted((HERE / "methods").glob("*.py"))
    return "\n".join(path.read_text("utf-8") for path in files)


def test_every_sentence_exists() -> None:
    keys = set(re.findall(r'"(tally\.[a-z0-9.-]+[a-z0-9])"', _sources()))
    codes = set(re.findall(r'Unusable\(\s*"([a-z0-9-]+)"', _sources()))
    codes |= set(re.findall(r'"(tally-[a-z0-9-]+)"', _sources()))
    assert len(keys) > 50
    assert len(codes) > 25
    assert sorted(key for key in keys if not FRENCH.has(key)) == []
    assert sorted(code for code in codes if not FRENCH.has(f"error.{code}")) == []


@pytest.mark.parametrize("said", [FRENCH, ENGLISH], ids=words.LANGUAGES)
def test_every_method_choice_and_outcome_has_its_words(said: words.Words) -> None:
    for name in method.every():
        assert said(f"method.{name}")
        assert said(f"method-rule.{name}")
        for code in method.find(name).ballot.known:
            assert said(f"choice.{code}")
    for code in ("tie", "no_support", "too_many_stand_asides", "insufficient_support", "blocked"):
        assert said(f"outcome.{code}")
        assert said(f"wire.decision.{code}", label="2026-07")


def test_the_sentence_of_the_brief() -> None:
    found = motion("qualified_majority", {"for": 7, "against": 3})
    assert found.explanation.said(FRENCH) == "7 pour ≥ 2/3 des 10 exprimés\u00a0: adoptée."
    assert found.explanation.said(ENGLISH) == "7 for ≥ 2/3 of the 10 votes cast: adopted."
    alone = motion("qualified_majority", {"for": 1})
    assert alone.explanation.said(FRENCH) == "1 pour ≥ 2/3 de 1 exprimé\u00a0: adoptée."


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1234, "1\u202f234"),
        (Fraction(6), "6"),
        (Fraction(2, 3), "2/3"),
        (Fraction(15, 2), "7,5"),
        (Fraction(1000, 3), "≈ 333,33"),
        ((), "–"),
        (("a",), "Arbre"),
        (("a", "b", "c"), "Arbre, b et c"),
        (Phrase("choice.for"), "Pour"),
    ],
)
def test_figures_are_written_as_people_write_them(value: Any, shown: str) -> None:
    assert write(FRENCH, value, {"a": "Arbre"}) == shown


RANKINGS = [(42, list("MNCK")), (26, list("NCKM")), (15, list("CKNM")), (17, list("KCNM"))]
GRADED = [(2, {"M": "good", "N": "reject"}), (1, {"M": "insufficient", "K": "excellent"})]
NAMES = {"M": "Memphis & <Co>", "N": "Nashville, which has a very long name indeed"}
COUNTED = [
    ("schulze", RANKINGS, ["matrix", "bars"]),
    ("instant_runoff", RANKINGS, ["rounds"]),
    ("borda", RANKINGS, ["bars", "matrix"]),
    ("majority_judgment", GRADED, ["profile"]),
    ("score", [(1, {"M": 3})], ["bars"]),
    ("dates", [(1, {"M": "yes"})], ["profile"]),
]


@pytest.mark.parametrize("said", [FRENCH, ENGLISH], ids=words.LANGUAGES)
@pytest.mark.parametrize(("name", "ballots", "kinds"), COUNTED)
def test_a_picture_is_whole_and_speaks(
    name: str, ballots: Any, kinds: list[str], said: words.Words
) -> None:
    found = tally(name, ballots, options=["M", "N", "C", "K"])
    drawn = pictures.all_of(found.tables, said, NAMES)
    assert [ElementTree.fromstring(one).attrib["data-kind"] for one in drawn] == kinds
    for one in drawn:
        svg = ElementTree.fromstring(one)
        assert "Memphis & <Co>" in svg.attrib["aria-label"]
        assert "style=" not in one
        _width, height = map(int, svg.attrib["viewBox"].split()[2:])
        assert all(int(shape.attrib["y"]) <= height for shape in svg.iter() if "y" in shape.attrib)


def test_a_plain_table_has_no_picture_but_words() -> None:
    found = tally("majority_judgment", GRADED, options=["M", "N", "K"])
    assert pictures.draw(found.tables[1], FRENCH) == ""
    assert "M\u00a0: Meilleures 0, Mention majoritaire Bien\u00a0-" in pictures.text(
        found.tables[1], FRENCH
    )


def test_a_picture_of_a_motion_names_its_answers() -> None:
    found = motion("majority", {"for": 3, "against": 1})
    (drawn,) = pictures.all_of(found.tables, ENGLISH)
    assert 'data-choice="for"' in drawn
    assert "For: Votes 3." in pictures.text(found.tables[0], ENGLISH)
    empty = Table(kind="bars", caption=Phrase("tally.result"), columns=(), rows=())
    assert pictures.draw(empty, ENGLISH) == ""
