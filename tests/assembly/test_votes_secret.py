"""The secret ballot leaves nothing behind that joins or orders: the bytes of the disk are read."""

import json
import logging
import random
import shutil
import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from node import digests
from node.app import create_node
from node.assembly import assemblies, members, proposals, votes
from node.assembly.tallying import read as read_file
from node.assembly.voting import secret, sheets
from node.database import Database
from node.errors import Invalid, NotNow
from node.federation.node import Node
from node.models import Ballot, Member, Participation, SecretBallot, Vote
from node.settings import Settings
from tests.assembly.conftest import later

PEOPLE = 24


async def opened(database: Database, people: int = PEOPLE, **more: object) -> int:
    """Open a secret vote; return its row number."""
    async with database.transaction() as tx:
        ana = await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        for number in range(people - 1):
            await members.admit(tx, name=f"Membre {number:02d}", handle=f"m{number:02d}")
        text_ = await proposals.publish(tx, carrier=None, title="Des bancs", text="À l'ombre.")
        on = votes.Terms(method="majority", is_secret=True, **more)  # type: ignore[arg-type]
        vote = await votes.open_vote(tx, text_, by=ana, closes_at=later(hours=30), on=on)
    return vote.id


async def cast(database: Database, vote_id: int, handle: str, choice: str) -> None:
    """Cast a secret ballot, in a transaction of its own as people do."""
    async with database.transaction() as tx:
        vote = await tx.get(Vote, vote_id)
        assert vote is not None
        voter = await members.by_handle(tx, handle)
        await votes.cast_ballot(tx, vote, voter, choice, version_digest=vote.version.digest)


def handles(people: int = PEOPLE) -> list[str]:
    """Everybody's handle."""
    return ["ana", *(f"m{number:02d}" for number in range(people - 1))]


@pytest.fixture
async def folder(tmp_path: Path, template: Path) -> Path:
    """A data folder with a secret vote of 24 people, on a SQLite file that nobody has open."""
    shutil.copy(template, tmp_path / "palabre.db")
    node = create_node(Settings(url="https://rive.example", data=str(tmp_path)))
    async with node.database.transaction() as tx:
        origin = "https://rive.example"
        await assemblies.found(tx, origin=origin, name="Rive", handle="rive", language="fr")
    await opened(node.database)
    await node.client.close()
    await node.database.close()
    return tmp_path


def _copied(folder: Path, name: str) -> Path:
    target = folder / name
    target.mkdir()
    shutil.copy(folder / "palabre.db", target / "palabre.db")
    return target


async def _vote_in(
    folder: Path, ballots: Sequence[tuple[str, str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> list[tuple[bytes, bytes]]:
    """Let people vote one after the other, each into a given slot.

    Return the file and its log as they are on the disk after each ballot.
    """
    node = create_node(Settings(url="https://rive.example", data=str(folder)))
    seen = []
    async with node.database.read() as tx:
        vote_id = int(await tx.scalar(select(Vote.id)))
    for handle, choice, slot in ballots:

        def drawn(_free: int, slot: bytes = slot) -> int:
            with sqlite3.connect(folder / "palabre.db") as file:
                rows = file.execute("SELECT key FROM secret_ballot WHERE choice LIKE ' %'")
                place = sorted(row[0] for row in rows).index(slot)
            file.close()
            return place

        monkeypatch.setattr("secrets.randbelow", drawn)
        await cast(node.database, vote_id, handle, choice)
        files = (folder / "palabre.db", folder / "palabre.db-wal")
        seen.append((files[0].read_bytes(), files[1].read_bytes()))
    await node.client.close()
    await node.database.close()
    return seen


def _plan(folder: Path) -> list[tuple[str, str, bytes]]:
    with sqlite3.connect(folder / "palabre.db") as file:
        slots = [row[0] for row in file.execute("SELECT key FROM secret_ballot")]
    file.close()
    dice = random.Random(11)
    dice.shuffle(slots)
    choices = ["for", "against", "abstain"]
    everybody = handles()
    return [(one, choices[n % 3], slots[n]) for n, one in enumerate(everybody[:20])]


async def test_the_file_is_the_same_whoever_came_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is checked, on the raw bytes of the database file and of its `-wal` file.

    Twenty people vote, first in one order, then on a copy of the same file in another one, with
    the same slots for the same ballots. Both files end up equal to the last byte: so neither the
    place of a row in a page, nor the order of pages, nor free space, nor a counter, nor a time
    can tell who came before whom, or which ballot came with whom. The log is empty after each
    ballot. That the slot says nothing about the voter is the next test.
    """
    plan = _plan(folder)
    other = list(plan)
    random.Random(5).shuffle(other)
    one, two = _copied(folder, "one"), _copied(folder, "two")
    seen_one = await _vote_in(one, plan, monkeypatch)
    seen_two = await _vote_in(two, other, monkeypatch)
    assert all(log == b"" for _file, log in (*seen_one, *seen_two))
    last, same = seen_one[-1][0], seen_two[-1][0]
    assert len(last) == len(same)
    different = [at for at in range(len(last)) if last[at] != same[at]]
    assert different == []


async def test_a_ballot_changes_a_flag_and_a_slot_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each ballot turns one byte of the roll of participations and fills one slot, in place.

    No row is written anew, none moves, the file does not grow, and nothing dated is kept: the
    only bytes that differ are these and SQLite's counter of changes in the first page.
    """
    seen = await _vote_in(_copied(folder, "one"), _plan(folder), monkeypatch)
    for (before, _), (after, _) in pairwise(seen):
        assert len(before) == len(after)
        changed = [at for at in range(len(before)) if before[at] != after[at] and at >= 100]
        pages = {at // 4096 for at in changed}
        assert len(pages) <= 2
        written = bytes(after[at] for at in changed)
        flag = [at for at in changed if (before[at], after[at]) == (8, 9)]
        assert len(flag) == 1
        assert bytes(b for at, b in zip(changed, written, strict=True) if at not in flag) in (
            b"for",
            b"against",
            b"abstain",
        )


async def test_no_slot_belongs_to_a_voter(folder: Path) -> None:
    """The slots are keyed at random and drawn at random; no name is near a choice in the file."""
    node = create_node(Settings(url="https://rive.example", data=str(folder)))
    async with node.database.read() as tx:
        vote_id = int(await tx.scalar(select(Vote.id)))
        numbers = {row[0] for row in (await tx.execute(select(Member.id))).all()}
    landed = []
    for handle in handles()[:12]:
        before = _slots(folder)
        await cast(node.database, vote_id, handle, "against")
        landed.append((before ^ _slots(folder)).pop())
    await node.client.close()
    await node.database.close()
    assert landed != sorted(landed)
    raw = (folder / "palabre.db").read_bytes()
    spots = [raw.index(key) for key in landed]
    for at in spots:
        near = raw[max(0, at - 64) : at + 64]
        assert not any(number.to_bytes(8, "big") in near for number in numbers)


def _slots(folder: Path) -> set[bytes]:
    with sqlite3.connect(folder / "palabre.db") as file:
        rows = file.execute("SELECT key FROM secret_ballot WHERE choice NOT LIKE ' %'").fetchall()
    file.close()
    return {row[0] for row in rows}


async def test_the_log_of_the_application_names_neither(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Every logger at its most talkative writes no choice, and no key of the urn."""
    vote_id = await opened(database, 5)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        for handle in handles(5):
            await cast(database, vote_id, handle, "abstain")
        with pytest.raises(NotNow):
            await cast(database, vote_id, "ana", "for")
    said = "\n".join(record.getMessage() for record in caplog.records)
    assert "abstain" not in said
    async with database.read() as tx:
        keys = [row[0] for row in (await tx.execute(select(SecretBallot.key))).all()]
    assert not any(key.hex() in said for key in keys)


async def test_no_column_of_the_database_itself_joins_them(database: Database) -> None:
    """PostgreSQL: a row knows the transaction that wrote it last, one for the whole vote.

    SQLite numbers rows unless a table is told not to: these two have no such number.
    """
    vote_id = await opened(database, 6)
    for number, handle in enumerate(handles(6)[:5]):
        await cast(database, vote_id, handle, "for" if number % 2 else "against")
    async with database.read() as tx:
        for table in ("participation", "secret_ballot"):
            if tx.dialect == "postgresql":
                rows = await tx.execute(text(f"SELECT DISTINCT xmin::text FROM {table}"))
                assert len(rows.all()) == 1
            else:
                with pytest.raises(OperationalError, match="rowid"):
                    await tx.execute(text(f"SELECT rowid FROM {table}"))
    await database.forget()
    async with database.read() as tx:
        assert len((await tx.execute(select(SecretBallot.key))).all()) == 6


async def test_one_takes_part_once_and_changes_nothing(database: Database) -> None:
    vote_id = await opened(database, 5)
    await cast(database, vote_id, "ana", "for")
    with pytest.raises(NotNow) as refused:
        await cast(database, vote_id, "ana", "against")
    assert refused.value.code == "voted-already"
    with pytest.raises(Invalid):
        await cast(database, vote_id, "m00", "perhaps")
    for handle, choice in (("m00", "for"), ("m01", "against")):
        await cast(database, vote_id, handle, choice)
    async with database.transaction() as tx:
        vote = await tx.get(Vote, vote_id)
        assert vote is not None
        assert await votes.turnout(tx, vote) == 3
        decision = await votes.close(tx, vote)
        assert decision is not None
        assert (decision.outcome, decision.turnout) == ("adopted", 3)
        assert decision.tally == {"for": 2, "against": 1, "abstain": 0}
        exported = await votes.export(tx, vote)
        assert await tx.all(select(Ballot)) == []
    listed = [(one["choice"], one["weight"]) for one in exported["ballots"]]
    assert listed == [("against", 1), ("for", 2)]
    task = read_file(json.dumps(exported))
    assert task.tally().verdict == "adopted"
    spread = sorted(choice for choice, weight in listed for _ in range(weight))
    assert decision.ballots_digest == digests.of(spread)


async def test_below_three_voters_nothing_is_published(database: Database) -> None:
    vote_id = await opened(database, 5)
    await cast(database, vote_id, "ana", "for")
    await cast(database, vote_id, "m00", "for")
    async with database.transaction() as tx:
        vote = await tx.get(Vote, vote_id)
        assert vote is not None
        decision = await votes.close(tx, vote)
    assert decision is not None
    assert (decision.outcome, decision.explanation) == ("quorum_not_met", "2 < 3")
    assert (decision.tally, decision.ballots_digest, decision.turnout) == ({}, None, 2)
    assert json.loads(decision.document or "{}")["assembly"]["tally"] == []


async def test_the_flags_and_the_slots_are_there_from_the_start(node: Node) -> None:
    vote_id = await opened(node.database, 7)
    async with node.database.read() as tx:
        flags = await tx.all(select(Participation).where(Participation.vote_id == vote_id))
        slots = await tx.all(select(SecretBallot).where(SecretBallot.vote_id == vote_id))
    assert len(flags) == len(slots) == 7
    assert not any(one.has_voted for one in flags)
    assert len({len(one.choice) for one in slots}) == 1


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"method": "consent"}, "secret-needs-no-reasons"),
        ({"method": "majority", "poll_ballots": True}, "secret-forbids-poll-ballots"),
        ({"method": "majority", "proxies_max": 2}, "secret-forbids-proxies"),
    ],
)
async def test_some_terms_do_not_go_with_secrecy(
    database: Database, more: dict[str, object], code: str
) -> None:
    async with database.transaction() as tx:
        ana = await members.admit(tx, name="Ana", handle="ana", is_in_charge=True)
        found = await proposals.publish(tx, carrier=None, title="Des bancs", text="À l'ombre.")
        on = votes.Terms(is_secret=True, **more)  # type: ignore[arg-type]
        with pytest.raises(Invalid) as refused:
            await votes.open_vote(tx, found, by=ana, closes_at=later(days=1), on=on)
    assert [one.code for one in refused.value.problems] == [code]


async def test_the_urn_itself_takes_one_ballot_of_each(database: Database) -> None:
    vote_id = await opened(database, 3)
    async with database.transaction() as tx:
        vote = await tx.get(Vote, vote_id)
        assert vote is not None
        sheet = await sheets.of(tx, vote)
        ana = await members.by_handle(tx, "ana")
        await secret.cast(tx, sheet, ana.id, "for")
        with pytest.raises(NotNow) as refused:
            await secret.cast(tx, sheet, ana.id, "against")
        assert refused.value.code == "voted-already"
        assert await secret.ballots(tx, vote_id) == ["for"]
        assert await secret.voters(tx, vote_id) == 1
