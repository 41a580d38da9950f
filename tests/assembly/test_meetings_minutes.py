"""Minutes are drafted, proposed, approved at a later meeting, and corrected in the open."""

from collections.abc import AsyncIterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from node import clock, digests
from node.assembly import agendas, calls, meetings, minutes, proposals, votes
from node.assembly.events import MinutesApproved, MinutesProposed
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Minutes
from tests.assembly.meetings_helper import HOST, Room, a_room
from tests.conftest import MakeSettings, Travel


@pytest.fixture
async def room(make_settings: MakeSettings) -> AsyncIterator[Room]:
    async with a_room(make_settings(HOST)) as room:
        yield room


async def _write(room: Room, number: int, *, by: str = "ana", closing: str = "Fin.") -> None:
    async with room.database.transaction() as tx:
        meeting, writer = await meetings.by_number(tx, number), await room.get(tx, by)
        await minutes.begin(tx, meeting, by=writer)
        notes = {item.id: f"On parle de **{item.title}**." for item in meeting.items}
        await minutes.write(
            tx, meeting, by=writer, opening="On commence.", closing=closing, notes=notes
        )


async def _propose(room: Room, number: int) -> Minutes:
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        proposed = await minutes.propose(tx, meeting, by=ana)
        assert [type(event) for event in tx.events] == [MinutesProposed]
    return proposed


async def _approve(room: Room, number: int, *, at: int) -> Minutes:
    async with room.database.transaction() as tx:
        meeting, later = await meetings.by_number(tx, number), await meetings.by_number(tx, at)
        found = await minutes.approve(tx, meeting, at=later, by=await room.get(tx, "ana"))
        assert [type(event) for event in tx.events] == [MinutesApproved]
    return found


async def test_minutes_record_who_came_what_was_said_and_decided(
    room: Room, travel: Travel
) -> None:
    async with room.database.transaction() as tx:
        ana = await room.get(tx, "ana")
        garden = await proposals.publish(tx, carrier=ana, title="Jardin", text="On plante.")
        await votes.open_vote(tx, garden, by=ana, closes_at=clock.now() + timedelta(days=3))
    number = await room.call(days=1, quorum_num=1, quorum_den=2, proxies_max=1)
    following = await room.call(days=30, title="Assemblée de janvier")
    async with room.database.transaction() as tx:
        meeting = await meetings.by_number(tx, number)
        await agendas.build(tx, meeting, by=await room.get(tx, "ana"))
    travel(days=1, hours=1)
    await room.there(number, "ana", "ben", "chloe")
    await room.there(number, "dina", presence="excused")
    async with room.database.transaction() as tx:
        vote = await votes.on(tx, await proposals.by_number(tx, 1))
        await votes.close_vote(tx, vote, by=await room.get(tx, "ana"))
    await _write(room, number)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await minutes.write(
            tx, meeting, by=ana, opening="On commence.", closing="Fin.", notes={},
            next_number=following,
        )  # fmt: skip
    proposed = await _propose(room, number)
    record = proposed.record
    assert record["present"] == ["Ana", "Ben", "Chloe"]
    assert record["excused"] == ["Dina"]
    assert record["quorum"] == {
        "kind": "presence", "num": 1, "den": 2, "represented": False,
        "have": 3, "of": 5, "needed": 3, "met": True,
    }  # fmt: skip
    [item] = record["items"]
    assert (item["title"], item["proposal"]) == ("Jardin", 1)
    assert item["notes"] == "On parle de **Jardin**."
    assert item["decision"]["number"] == 1
    assert record["next"]["title"] == "Assemblée de janvier"
    assert proposed.digest == digests.of(record)
    assert (await room.found(number)).minutes_at is not None


async def test_a_draft_is_nobody_elses_to_read(room: Room) -> None:
    number = await room.call()
    await _write(room, number)
    async with room.database.read() as tx:
        meeting = await meetings.by_number(tx, number)
        assert await minutes.shown(tx, meeting) is None
        with pytest.raises(NotFound):
            await minutes.shown(tx, meeting, 1)


async def test_minutes_are_proposed_after_the_beginning_only(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        with pytest.raises(NotNow):
            await minutes.propose(tx, meeting, by=ana)
        await minutes.begin(tx, meeting, by=ana)
        with pytest.raises(NotNow):
            await minutes.propose(tx, meeting, by=ana)


async def test_begun_minutes_stay_as_they_are(room: Room) -> None:
    number = await room.call()
    await _write(room, number)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        again = await minutes.begin(tx, meeting, by=ana)
    assert (again.number, again.opening) == (1, "On commence.")


async def test_a_secretary_writes_without_being_in_charge(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await minutes.begin(tx, meeting, by=ana, secretary=await room.get(tx, "ben"))
    await _write(room, number, by="ben")
    with pytest.raises(Refusal):
        await _write(room, number, by="chloe")


async def test_proposed_minutes_fix_the_sheet_and_the_order_of_the_day(
    room: Room, travel: Travel
) -> None:
    number = await room.call(days=1)
    travel(days=2)
    await _write(room, number)
    await _propose(room, number)
    with pytest.raises(NotNow):
        await room.there(number, "ben")
    with pytest.raises(NotNow):
        await _write(room, number)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        with pytest.raises(NotNow):
            await agendas.add(tx, meeting, by=ana, title="Un")


async def test_minutes_are_approved_at_a_later_meeting_that_has_begun(
    room: Room, travel: Travel
) -> None:
    number, later, earlier = await room.call(days=2), await room.call(days=5), await room.call()
    first = await room.call(days=1)
    travel(days=3)
    await _write(room, number)
    await _propose(room, number)
    for at, error in ((first, Invalid), (number, Invalid), (later, NotNow), (earlier, NotNow)):
        with pytest.raises(error):
            await _approve(room, number, at=at)
    travel(days=3)
    found = await _approve(room, number, at=later)
    assert found.state == "approved"
    assert found.approved_in_id == (await room.found(later)).id
    with pytest.raises(NotNow):
        await _approve(room, number, at=later)


async def test_the_next_order_of_the_day_asks_for_the_approval(room: Room, travel: Travel) -> None:
    number, later = await room.call(days=1), await room.call(days=5)
    travel(days=2)
    await _write(room, number)
    await _propose(room, number)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, later), await room.get(tx, "ana")
        await agendas.build(tx, meeting, by=ana)
        await agendas.build(tx, meeting, by=ana)
    [item] = (await room.found(later)).items
    assert item.approves_id == (await room.found(number)).id


async def test_a_correction_is_another_version_to_be_approved(room: Room, travel: Travel) -> None:
    number, later = await room.call(days=1), await room.call(days=2)
    travel(days=3)
    await _write(room, number)
    await _propose(room, number)
    await _approve(room, number, at=later)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        with pytest.raises(Invalid):
            await minutes.correct(tx, meeting, by=ana, reason=" ")
        corrected = await minutes.correct(tx, meeting, by=ana, reason="Un nom manquait.")
        assert (corrected.number, corrected.opening) == (2, "On commence.")
    await room.there(number, "ben")
    async with room.database.read() as tx:
        shown = await minutes.shown(tx, await meetings.by_number(tx, number))
        assert shown is not None
        assert (shown.number, shown.state) == (1, "approved")
    await _write(room, number, closing="Fin, corrigée.")
    second = await _propose(room, number)
    assert second.record["present"] == ["Ben"]
    async with room.database.read() as tx:
        meeting = await meetings.by_number(tx, number)
        kept = await minutes.shown(tx, meeting, 1)
        assert kept is not None
        assert (kept.record["present"], kept.state) == ([], "approved")
        states = [one.state for one in await minutes.versions(tx, meeting)]
    assert states == ["proposed", "approved"]
    assert (await _approve(room, number, at=later)).number == 2


async def test_a_correction_before_the_approval_replaces_what_was_proposed(
    room: Room, travel: Travel
) -> None:
    number = await room.call(days=1)
    travel(days=2)
    await _write(room, number)
    await _propose(room, number)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await minutes.correct(tx, meeting, by=ana, reason="Oubli.")
        with pytest.raises(NotNow):
            await minutes.correct(tx, meeting, by=ana, reason="Encore.")
    await _propose(room, number)
    async with room.database.read() as tx:
        meeting = await meetings.by_number(tx, number)
        assert [one.state for one in await minutes.versions(tx, meeting)] == [
            "proposed",
            "replaced",
        ]


async def test_what_cannot_be_kept_is_told_at_its_field(room: Room) -> None:
    number, before = await room.call(days=5), await room.call(days=1)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        item = await agendas.add(tx, meeting, by=ana, title="Un")
        await minutes.begin(tx, meeting, by=ana)
        texts = {"opening": "", "closing": "", "notes": {}}
        for wrong, field in (
            ({"opening": "x" * 60_000}, "opening"),
            ({"taken": {item.id: "99"}}, f"decision-{item.id}"),
            ({"next_number": before}, "next"),
        ):
            with pytest.raises(Invalid) as refused:
                await minutes.write(tx, meeting, by=ana, **{**texts, **wrong})  # type: ignore[arg-type]
            assert refused.value.problems[0].field == field


async def test_nobody_writes_what_was_not_begun(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        with pytest.raises(NotNow):
            await minutes.write(tx, meeting, by=ana, opening="", closing="", notes={})
        with pytest.raises(NotNow):
            await minutes.correct(tx, meeting, by=ana, reason="Rien.")
        with pytest.raises(NotNow):
            await minutes.approve(tx, meeting, at=meeting, by=ana)


async def test_a_meeting_that_was_called_off_has_no_minutes(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await calls.cancel(tx, meeting.call, by=ana, reason="Neige.")
        with pytest.raises(NotNow) as refused:
            await minutes.begin(tx, meeting, by=ana)
        assert refused.value.code == "call-is-cancelled"


async def test_a_point_names_a_decision_that_there_is(room: Room) -> None:
    async with room.database.transaction() as tx:
        ana = await room.get(tx, "ana")
        garden = await proposals.publish(tx, carrier=ana, title="Jardin", text="On plante.")
        await votes.open_vote(tx, garden, by=ana, closes_at=clock.now() + timedelta(days=3))
        await votes.close_vote(tx, await votes.on(tx, garden), by=ana)
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await agendas.add(tx, meeting, by=ana, title="Jardin", lasts=10)
    await _write(room, number)

    async def write(decision: str) -> int | None:
        async with room.database.transaction() as tx:
            meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
            [item] = meeting.items
            await minutes.write(
                tx, meeting, by=ana, opening="", closing="", notes={}, taken={item.id: decision}
            )
            return item.decision_number

    year = clock.now().astimezone(ZoneInfo("Europe/Paris")).year
    for known in ("1", f"{year}-01", f" n° {year}-1 "):
        assert await write("") is None
        assert await write(known) == 1
    for unknown in ("2", f"{year}-02", "hier", "-1", "9" * 40, "1789-01"):
        with pytest.raises(Invalid) as refused:
            await write(unknown)
        assert [problem.code for problem in refused.value.problems] == ["decision-unknown"]


async def test_who_keeps_the_minutes_runs_the_meeting_too(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        ben, chloe = await room.get(tx, "ben"), await room.get(tx, "chloe")
        kept = await minutes.begin(tx, meeting, by=ana, secretary=ben)
        for who, may in ((ana, True), (ben, True), (chloe, False), (None, False)):
            assert meetings.may_run(meeting, who, kept) is may
        assert not meetings.may_run(meeting, ben)
