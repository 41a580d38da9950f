"""Every sentence stands in both catalogues, and none uses a word that people should not meet."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from node import words

NODE = Path(words.__file__).parent
FRENCH, ENGLISH = words.catalogue("fr"), words.catalogue("en")
FORBIDDEN = re.compile(
    r"\b(instances?|inbox|outbox|toots?|actors?|federat\w*|fédér\w*|hash\w*|activity|activities"
    r"|tokens?|payloads?|webfinger)\b",
    re.IGNORECASE,
)


def _templates() -> Iterator[str]:
    for path in sorted((NODE / "web" / "templates").glob("**/*.html")):
        yield path.read_text("utf-8")


def _modules() -> Iterator[ast.AST]:
    for path in sorted(NODE.rglob("*.py")):
        yield ast.parse(path.read_text("utf-8"))


def _keys_of_templates() -> set[str]:
    return {
        key
        for text in _templates()
        for key in re.findall(r'\bt(?:\.plural)?\(\s*"([a-z0-9.-]+)"\s*[,)]', text)
    }


def _prefixes_of_templates() -> set[str]:
    return {
        key
        for text in _templates()
        for key in re.findall(r'\bt(?:\.plural)?\(\s*"([a-z0-9.-]+)"\s*~', text)
    }


def _codes() -> set[str]:
    found = set()
    for tree in _modules():
        for one in ast.walk(tree):
            if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "Problem":
                found |= _constants(one.args[1:2])
            if isinstance(one, ast.keyword) and one.arg == "code":
                found |= _constants([one.value])
            if isinstance(one, ast.ClassDef):
                for line in one.body:
                    if (
                        isinstance(line, ast.Assign)
                        and getattr(line.targets[0], "id", "") == "code"
                    ):
                        found |= _constants([line.value])
    return {code for code in found if not code.isdigit()}


def _constants(nodes: list[ast.expr]) -> set[str]:
    return {
        one.value
        for node in nodes
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


def test_both_languages_have_the_same_sentences() -> None:
    assert FRENCH.keys() == ENGLISH.keys()


def test_both_languages_fill_in_the_same_values() -> None:
    for key, french in FRENCH.items():
        assert isinstance(french, str) == isinstance(ENGLISH[key], str), key
        assert _values(french) == _values(ENGLISH[key]), key


def test_no_sentence_is_empty_or_stands_twice() -> None:
    for language in words.LANGUAGES:
        for path in sorted((NODE / "locale" / language).glob("*.po")):
            with path.open("rb") as file:
                for message in read_po(file, locale=language):
                    assert not message.fuzzy or not message.id, message.id
                    texts = (
                        [message.string]
                        if isinstance(message.string, str)
                        else message.string or []
                    )
                    assert all(texts) or not message.id, message.id


def test_every_sentence_of_the_templates_exists() -> None:
    assert sorted(_keys_of_templates() - FRENCH.keys()) == []


def test_every_family_of_sentences_of_the_templates_exists() -> None:
    for prefix in _prefixes_of_templates():
        assert any(key.startswith(prefix) for key in FRENCH), prefix


def test_every_refusal_and_every_problem_has_its_sentence() -> None:
    codes = _codes()
    assert "password-too-short" in codes
    assert sorted(code for code in codes if f"error.{code}" not in FRENCH) == []


def test_every_notice_has_its_sentence() -> None:
    named = {
        key
        for path in (NODE / "web").glob("*.py")
        for key in re.findall(r'"(notice\.[a-z-]+)"', path.read_text("utf-8"))
    }
    assert sorted(named - FRENCH.keys()) == []


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_page_uses_the_words_of_the_machine(language: str) -> None:
    for name in ("shell", "errors", "pages", "admin"):
        path = NODE / "locale" / language / f"{name}.po"
        for line in path.read_text("utf-8").splitlines():
            if line.startswith(("msgstr", '"')) and "Content-Type" not in line:
                assert not FORBIDDEN.search(line.partition('"')[2]), (name, line)


def _values(message: words.Message) -> set[str]:
    texts = [message] if isinstance(message, str) else list(message)
    return {value for text in texts for value in re.findall(r"\{(\w+)\}", text)}


def test_the_first_day_of_a_month_is_said_as_people_say_it() -> None:
    first, second = datetime(2026, 12, 1, 12, tzinfo=UTC), datetime(2026, 12, 2, 12, tzinfo=UTC)
    french, english, zone = words.of("fr"), words.of("en"), ZoneInfo("Europe/Paris")
    assert french.day(first, zone) == "mardi 1er décembre 2026"
    assert french.short_day(first, zone) == "1er déc. 2026"
    assert french.day(second, zone) == "mercredi 2 décembre 2026"
    assert english.day(first, zone) == "Tuesday 1 December 2026"


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1.4, "1 heure"), (30, "1 jour"), (47, "2 jours"), (11 * 24, "11 jours"), (70 * 24, "2 mois")],
)
def test_how_long_there_is_to_something_is_said_in_days_up_to_a_month(
    hours: float, said: str
) -> None:
    assert words.of("fr").duration(timedelta(hours=hours)).replace("\xa0", " ") == said
