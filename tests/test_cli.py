"""The command line as an operator meets it: a process, its words, its exit code."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from node import migrations

ROOT = Path(__file__).parents[1]
DONE, REFUSED, WRONG_USE = 0, 1, 2

Palabre = Callable[..., subprocess.CompletedProcess[str]]


def run(*words: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Give a command as an operator would."""
    return subprocess.run(
        [sys.executable, "-m", "node.cli", *words, *(["--data", str(data)] if words else [])],
        cwd=ROOT,
        env={**_quiet(), "LC_ALL": "en_GB.UTF-8", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def palabre(tmp_path: Path) -> Palabre:
    """Give commands about a node in a folder of its own."""

    def give(
        *words: str, data: Path | None = None, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        return run(*words, data=data or tmp_path / "data", **environment)

    return give


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a node that was set up, with two members; copied for each test."""
    folder = tmp_path_factory.mktemp("cli") / "data"
    made = run("init", "--url", "https://rive.example", "--handle", "rive", data=folder)
    assert made.returncode == DONE, made.stderr
    for member in ("Ana Morel", "Ben"):
        added = run("member", "add", member, "--json", data=folder)
        assert added.returncode == DONE, added.stderr
        [row] = json.loads(added.stdout)
        assert row["link"].startswith("https://rive.example/lien/")
    return folder


def _quiet() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PALABRE_")}


@pytest.fixture
def founded(palabre: Palabre, set_up: Path, tmp_path: Path) -> Palabre:
    """Give commands about a node that was set up."""
    shutil.copytree(set_up, tmp_path / "data")
    return palabre


def said(answer: subprocess.CompletedProcess[str]) -> str:
    """What a refused command said: one sentence, no traceback, nothing as if it had worked."""
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    lines = answer.stderr.strip().splitlines()
    assert len(lines) == 1, answer.stderr
    assert lines[0].startswith("palabre: ")
    return lines[0]


def test_without_a_command_the_commands_are_shown(palabre: Palabre) -> None:
    answer = palabre()
    assert answer.returncode == DONE
    for command in ("serve", "init", "member", "proposal", "queue"):
        assert command in answer.stdout


def test_a_node_is_set_up_once_without_a_question(founded: Palabre, tmp_path: Path) -> None:
    settings = (tmp_path / "data" / "palabre.toml").read_text("utf-8")
    assert settings == 'url = "https://rive.example"\n'
    assert (tmp_path / "data" / "palabre.db").stat().st_mode & 0o077 == 0
    again = founded("init", "--url", "https://rive.example")
    assert again.returncode == REFUSED
    assert "already" in said(again)


def test_a_member_is_added_and_gets_a_link(founded: Palabre) -> None:
    listed = json.loads(founded("member", "list", "--json").stdout)
    assert [(one["handle"], one["in_charge"]) for one in listed] == [
        ("ana_morel", True),
        ("ben", False),
    ]
    link = founded("member", "link", "ben").stdout
    assert link.startswith("https://rive.example/lien/")
    taken = founded("member", "add", "Ben", "--handle", "ben")
    assert taken.returncode == REFUSED
    assert "ben" in said(taken)


def test_a_token_is_printed_alone(founded: Palabre) -> None:
    answer = founded("token", "create", "ben", "--scopes", "read write")
    assert answer.returncode == DONE
    [token] = answer.stdout.splitlines()
    assert len(token) >= 43
    assert " " not in token
    wrong = founded("token", "create", "ben", "--scopes", "everything")
    assert wrong.returncode == REFUSED
    assert "everything" in said(wrong)


def test_a_proposal_is_published_from_a_file_with_its_vote(
    founded: Palabre, tmp_path: Path
) -> None:
    text = tmp_path / "text.md"
    text.write_text("Trois bancs, à l'ombre.\n", "utf-8")
    closes = (datetime.now(UTC) + timedelta(days=3)).isoformat(timespec="seconds")
    words = ("proposal", "publish", "--title", "Des bancs", "--file", str(text))
    answer = founded(*words, "--vote-closes", closes, "--json")
    assert answer.returncode == DONE, answer.stderr
    [row] = json.loads(answer.stdout)
    assert (row["title"], row["url"]) == ("Des bancs", "https://rive.example/p/1")
    [listed] = json.loads(founded("proposal", "list", "--json").stdout)
    assert (listed["title"], listed["state"]) == ("Des bancs", "vote")
    many = (*words, "--method", "majority_judgment", "--vote-closes", closes)
    assert founded(*many).returncode == REFUSED, "a choice needs something to choose from"
    answer = founded(*many, "--option", "En bois", "--option", "En pierre")
    assert answer.returncode == DONE, answer.stderr
    shared = (*words, "--method", "equal_shares", "--vote-closes", closes, "--budget", "2000")
    answer = founded(*shared, "--option", "En bois | 1200", "--option", "En pierre | 900")
    assert answer.returncode == DONE, answer.stderr
    assert len(json.loads(founded("proposal", "list", "--json").stdout)) == 3
    for useless in ((*words, "--option", "En bois"), (*words[:-1], str(text), "--budget", "5")):
        answer = founded(*useless)
        assert (answer.returncode, "--vote-closes" in answer.stderr) == (WRONG_USE, True)
    answer = founded(*words, "--vote-closes", closes, "--option", "En bois")
    assert (answer.returncode, "majority" in answer.stderr) == (WRONG_USE, True)
    assert len(json.loads(founded("proposal", "list", "--json").stdout)) == 3


@pytest.mark.parametrize(
    ("words", "code", "names"),
    [
        (("proposal", "publish", "--title", "T", "--file", "nowhere.md"), WRONG_USE, "nowhere.md"),
        (("proposal", "publish", "--title", " ", "--file", "{text}"), REFUSED, "title"),
        (
            ("proposal", "publish", "--title", "T", "--file", "{text}", "--vote-closes", "soon"),
            WRONG_USE,
            "--vote-closes",
        ),
        (
            ("proposal", "publish", "--title", "T", "--file", "{text}", "--vote-closes", "{past}"),
            REFUSED,
            "",
        ),
        (
            ("proposal", "publish", "--title", "T", "--file", "{text}", "--method", "oracle"),
            WRONG_USE,
            "oracle",
        ),
        (("token", "create", "nobody"), REFUSED, "member"),
        (("queue", "drop", "17"), REFUSED, "delivery"),
        (("queue", "retry", "17"), REFUSED, "delivery"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    founded: Palabre, tmp_path: Path, words: tuple[str, ...], code: int, names: str
) -> None:
    text = tmp_path / "text.md"
    text.write_text("Un texte.\n", "utf-8")
    filled = [word.format(text=text, past="2020-01-01T00:00:00Z") for word in words]
    answer = founded(*filled)
    assert answer.returncode == code
    assert names in said(answer)
    with sqlite3.connect(tmp_path / "data" / "palabre.db") as connection:
        assert connection.execute("SELECT count(*) FROM proposal").fetchone() == (0,)
    connection.close()


@pytest.mark.parametrize(
    "words",
    [("serve", "--prot", "8000"), ("serve", "--port", "many"), ("dance",), ("member", "dance")],
)
def test_a_wrong_flag_is_named_with_the_way_to_the_help(
    palabre: Palabre, words: tuple[str, ...]
) -> None:
    answer = palabre(*words)
    assert answer.returncode == WRONG_USE
    sentence = said(answer)
    assert words[-1] in sentence or words[-2] in sentence
    assert "--help" in sentence


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({"PALABRE_URL": "ftp://rive.example"}, "ftp://rive.example"),
        ({"PALABRE_URL": "https://rive.example/here"}, "/here"),
        ({"PALABRE_PORT": "99999"}, "99999"),
        ({"PALABRE_ENGINE": "steam"}, "steam"),
        ({"PALABRE_URL_FILE": "/nowhere/url"}, "/nowhere/url"),
        ({"PALABRE_DATABASE_URL": "mysql://rive"}, "PALABRE_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_named(
    palabre: Palabre, environment: dict[str, str], names: str
) -> None:
    sentences = set()
    for language in ("fr_FR", "en_GB"):
        answer = palabre("serve", LC_ALL=f"{language}.UTF-8", **environment)
        assert answer.returncode == WRONG_USE
        sentences.add(said(answer))
        assert names in said(answer)
    assert len(sentences) == 2, "the sentence is in the language of the terminal"


def test_a_port_in_use_is_said(founded: Palabre) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        answer = founded("serve", "--port", port)
    assert answer.returncode == WRONG_USE
    assert "Traceback" not in answer.stderr
    assert port in answer.stderr.strip().splitlines()[-1]


def test_a_folder_that_cannot_be_written_to_is_said(palabre: Palabre, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for words in (("serve",), ("init", "--url", "https://rive.example")):
        answer = palabre(*words, data=tmp_path / "file" / "data")
        assert answer.returncode == WRONG_USE, words
        assert str(tmp_path / "file") in said(answer)


@pytest.mark.parametrize("command", ["serve", "worker", "init", "member list", "db migrate"])
def test_a_database_that_cannot_be_reached_is_said(palabre: Palabre, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"postgresql://palabre:secret@127.0.0.1:{port}/palabre"
    answer = palabre(*command.split(), PALABRE_DATABASE_URL=url)
    assert answer.returncode == WRONG_USE, answer.stderr
    assert "secret" not in said(answer)


def test_a_database_that_never_answers_is_said_after_a_while(palabre: Palabre) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://palabre@127.0.0.1:{silent.getsockname()[1]}/palabre"
        answer = palabre("db", "migrate", PALABRE_DATABASE_URL=url)
    assert answer.returncode == WRONG_USE
    assert "Timeout" in said(answer)


def test_a_node_that_was_not_set_up_is_said_to_be_none(palabre: Palabre) -> None:
    answer = palabre("member", "list")
    assert answer.returncode == REFUSED
    assert "data" in said(answer)


def test_a_newer_schema_is_left_alone(founded: Palabre, tmp_path: Path) -> None:
    path = tmp_path / "data" / "palabre.db"
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = path.read_bytes()
    for words in (("serve",), ("member", "list"), ("db", "migrate")):
        answer = founded(*words)
        assert answer.returncode == WRONG_USE
        sentence = said(answer)
        assert "9999" in sentence
        assert migrations.HEAD in sentence
    assert path.read_bytes() == before


def test_another_address_than_the_one_for_good_is_refused(founded: Palabre) -> None:
    answer = founded("serve", "--url", "https://colline.example")
    assert answer.returncode == WRONG_USE
    sentence = said(answer)
    assert "rive.example" in sentence
    assert "colline.example" in sentence


def test_the_terminal_is_answered_in_its_language(palabre: Palabre) -> None:
    french = palabre("member", "list", LC_ALL="fr_FR.UTF-8")
    english = palabre("member", "list", LC_ALL="en_GB.UTF-8")
    assert said(french) != said(english)


def test_what_registers_itself_is_shown(palabre: Palabre) -> None:
    shown = palabre("activities").stdout
    assert "Follow *: node.federation.receive.following.admit_follower" in shown
    assert "ProposalPublished: node.federation.publish.proposal.send" in shown
    assert "/p/{number:int}" in palabre("routes").stdout
