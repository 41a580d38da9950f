"""A meeting is called, its order of the day arranged, and its sheet says whether enough came."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from node import clock
from node.assembly import (
    agendas,
    attendance,
    calls,
    leaving,
    meetings,
    members,
    minutes_record,
    presence,
    proposals,
    votes,
)
from node.assembly.events import CallChanged
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Attendee
from tests.assembly.meetings_helper import HOST, Room, a_room
from tests.conftest import MakeSettings, Travel


@pytest.fixture
async def room(make_settings: MakeSettings) -> AsyncIterator[Room]:
    async with a_room(make_settings(HOST)) as room:
        yield room


async def _propose(room: Room, *titles: str) -> None:
    for title in titles:
        async with room.database.transaction() as tx:
            ana = await room.get(tx, "ana")
            await proposals.publish(tx, carrier=ana, title=title, text="Texte.")


async def _titles(room: Room, number: int) -> list[str]:
    return [item.title for item in (await room.found(number)).items]


async def test_a_meeting_is_the_call_at_its_address(room: Room) -> None:
    number = await room.call(quorum_num=1, quorum_den=3, remote_voting=True)
    async with room.database.read() as tx:
        call = await calls.by_number(tx, number)
    assert call.kind == "meeting"
    assert call.meeting is not None
    assert call.meeting.quorum_required == 2
    assert (await room.found(number)).call.number == number


async def test_a_call_is_no_meeting(room: Room) -> None:
    async with room.database.transaction() as tx:
        ana = await room.get(tx, "ana")
        invitation = calls.Invitation(
            title="Chantier", text="", starts_at=clock.now() + timedelta(days=1),
            how_to_join="Venez.", place_name="Ici",
        )  # fmt: skip
        call = await calls.publish(tx, ana, invitation)
    async with room.database.read() as tx:
        assert (await calls.by_number(tx, call.number)).meeting is None
        with pytest.raises(NotFound):
            await meetings.by_number(tx, call.number)


@pytest.mark.parametrize(("num", "den"), [(-1, 3), (4, 3), (1, 0)])
async def test_a_quorum_is_a_share(room: Room, num: int, den: int) -> None:
    with pytest.raises(Invalid) as refused:
        await room.call(quorum_num=num, quorum_den=den)
    assert [problem.field for problem in refused.value.problems] == ["quorum"]


async def test_the_order_of_the_day_is_built_from_what_is_open(room: Room) -> None:
    await _propose(room, "Jardin", "École", "Pain")
    number = await room.call()
    async with room.database.transaction() as tx:
        ana, school = await room.get(tx, "ana"), await proposals.by_number(tx, 2)
        await votes.open_vote(tx, school, by=ana, closes_at=clock.now() + timedelta(days=8))
        bread = await proposals.by_number(tx, 3)
        await proposals.withdraw(tx, bread, by=ana, reason="Retirée.")
    async with room.database.transaction() as tx:
        meeting = await meetings.by_number(tx, number)
        await agendas.build(tx, meeting, by=await room.get(tx, "ana"))
    assert await _titles(room, number) == ["École", "Jardin"]


async def test_points_are_added_moved_changed_and_removed(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        for title in ("Un", "Deux", "Trois"):
            await agendas.add(tx, meeting, by=ana, title=title, lasts=10)
    for title, up in (("Trois", True), ("Un", True), ("Deux", False)):
        async with room.database.transaction() as tx:
            meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
            item = next(one for one in meeting.items if one.title == title)
            await agendas.move(tx, meeting, item.id, by=ana, up=up)
    assert await _titles(room, number) == ["Un", "Trois", "Deux"]
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        first, second, _ = meeting.items
        await agendas.change(tx, meeting, second.id, by=ana, title="Budget", brought_by="Ben")
        await agendas.remove(tx, meeting, first.id, by=ana)
        with pytest.raises(NotFound):
            await agendas.remove(tx, meeting, 12, by=ana)
    assert await _titles(room, number) == ["Budget", "Deux"]


async def test_a_point_needs_a_title_and_a_possible_length(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        for title, lasts in ((" ", None), ("x" * 201, None), ("Un", 0), ("Un", 5000)):
            with pytest.raises(Invalid):
                await agendas.add(tx, meeting, by=ana, title=title, lasts=lasts)


async def test_the_order_of_the_day_has_an_end(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        for place in range(agendas.ITEMS_MAX):
            await agendas.add(tx, meeting, by=ana, title=f"Point {place}")
        with pytest.raises(NotNow):
            await agendas.add(tx, meeting, by=ana, title="Un de trop")


async def test_sending_the_order_of_the_day_tells_those_who_hold_a_copy(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await agendas.send(tx, meeting, by=ana)
        assert [type(event) for event in tx.events] == [CallChanged]
    assert (await room.found(number)).call.sequence == 1


async def test_only_those_who_run_the_meeting_touch_it(room: Room) -> None:
    number = await room.call(by="ben")
    async with room.database.transaction() as tx:
        meeting, chloe = await meetings.by_number(tx, number), await room.get(tx, "chloe")
        for act in (
            agendas.add(tx, meeting, by=chloe, title="Un"),
            agendas.send(tx, meeting, by=chloe),
            attendance.note(tx, meeting, {}, by=chloe),
            attendance.welcome(tx, meeting, name="Zoé", by=chloe),
        ):
            with pytest.raises(Refusal):
                await act
        assert meetings.may_run(meeting, await room.get(tx, "ben"))
        assert not meetings.may_run(meeting, None)


async def test_the_quorum_of_presence_is_held_against_the_sheet(room: Room) -> None:
    number = await room.call(quorum_num=1, quorum_den=2)
    await room.there(number, "ana", "ben")
    async with room.database.read() as tx:
        check = await meetings.quorum(tx, await meetings.by_number(tx, number))
        assert check is not None
        assert (check.have, check.of, check.needed, check.is_met) == (2, 5, 3, False)
    await room.there(number, "chloe")
    await room.there(number, "dina", presence="excused")
    async with room.database.read() as tx:
        meeting = await meetings.by_number(tx, number)
        check = await meetings.quorum(tx, meeting)
        assert check is not None
        assert check.is_met
        here = {room.people[name].id for name in ("ana", "ben", "chloe")}
        assert await meetings.present_members(tx, meeting) == here


async def test_no_quorum_is_held_when_none_is_asked_for(room: Room) -> None:
    number = await room.call()
    async with room.database.read() as tx:
        assert await meetings.quorum(tx, await meetings.by_number(tx, number)) is None


async def test_who_joins_after_the_beginning_is_not_counted(room: Room, travel: Travel) -> None:
    number = await room.call(days=1, quorum_num=1, quorum_den=1)
    travel(days=2)
    async with room.database.transaction() as tx:
        late = await members.admit(tx, name="Tard", handle="tard")
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        with pytest.raises(Invalid):
            await attendance.note(tx, meeting, {late.id: "present"}, by=ana)
        (await room.get(tx, "elio")).left_at = clock.now()
    async with room.database.read() as tx:
        meeting = await meetings.by_number(tx, number)
        assert await meetings.electorate_count(tx, meeting) == 5


async def test_a_member_is_represented_by_one_who_is_there(room: Room) -> None:
    number = await room.call(proxies_max=1, quorum_num=3, quorum_den=5, counts_represented=True)
    await room.there(number, "ana", "ben")
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        ben, chloe, dina = [await room.get(tx, name) for name in ("ben", "chloe", "dina")]
        await attendance.represent(tx, meeting, giver=chloe, holder=ben, by=ana)
        assert await meetings.represented_members(tx, meeting) == {chloe.id: ben.id}
        assert chloe.id not in await meetings.present_members(tx, meeting)
        check = await meetings.quorum(tx, meeting)
        assert check is not None
        assert (check.have, check.is_met) == (3, True)
        for giver, holder, field in (
            (dina, ben, "holder"),  # one proxy each
            (dina, chloe, "holder"),  # no chains: who is represented is not there
            (ana, ana, "giver"),
        ):
            with pytest.raises(Invalid) as refused:
                await attendance.represent(tx, meeting, giver=giver, holder=holder, by=ana)
            assert refused.value.problems[0].field == field


async def test_a_proxy_ends_when_its_holder_goes(room: Room) -> None:
    number = await room.call(proxies_max=2)
    await room.there(number, "ana", "ben")
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        ben, chloe = await room.get(tx, "ben"), await room.get(tx, "chloe")
        await attendance.represent(tx, meeting, giver=chloe, holder=ben, by=ana)
    await room.there(number, "ben", presence="")
    async with room.database.read() as tx:
        meeting = await meetings.by_number(tx, number)
        lines = {one.name: one.presence for one in await attendance.sheet(tx, meeting)}
        assert lines == {"Ana": "present", "Chloe": "excused"}
        assert await meetings.represented_members(tx, meeting) == {}


async def test_nobody_is_represented_where_it_is_not_allowed(room: Room) -> None:
    number = await room.call()
    await room.there(number, "ana")
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        ben = await room.get(tx, "ben")
        with pytest.raises(NotNow):
            await attendance.represent(tx, meeting, giver=ben, holder=ana, by=ana)


async def test_visitors_are_on_the_sheet_and_count_for_nothing(room: Room) -> None:
    number = await room.call(quorum_num=1, quorum_den=5)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        with pytest.raises(Invalid):
            await attendance.welcome(tx, meeting, name="  ", by=ana)
        visitor = await attendance.welcome(tx, meeting, name="Zoé", by=ana)
        assert await meetings.present_members(tx, meeting) == set()
        await attendance.strike(tx, meeting, visitor.id, by=ana)
        with pytest.raises(NotFound):
            await attendance.strike(tx, meeting, visitor.id, by=ana)


async def test_a_presence_is_one_of_the_words(room: Room) -> None:
    number = await room.call()
    with pytest.raises(Invalid):
        await room.there(number, "ana", presence="maybe")


async def test_a_member_is_found_by_name_or_handle(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        await members.admit(tx, name="Ben", handle="ben2")
    async with room.database.read() as tx:
        meeting = await meetings.by_number(tx, number)
        assert (await attendance.named(tx, meeting, " chloe ", "giver")).handle == "chloe"
        assert (await attendance.named(tx, meeting, "@ben2", "giver")).handle == "ben2"
        for written, code in (("Zoé", "no-such-member"), ("", "no-such-member")):
            with pytest.raises(Invalid) as refused:
                await attendance.named(tx, meeting, written, "giver")
            assert refused.value.problems[0].code == code
    async with room.database.transaction() as tx:
        (await room.get(tx, "ben")).actor.handle = "benoit"
    async with room.database.read() as tx:
        with pytest.raises(Invalid) as refused:
            await attendance.named(tx, meeting, "Ben", "giver")
        assert refused.value.problems[0].code == "member-ambiguous"


async def test_nothing_is_noted_for_a_cancelled_meeting(room: Room) -> None:
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await calls.cancel(tx, meeting.call, by=ana, reason="Neige.")
    with pytest.raises(NotNow):
        await room.there(number, "ana")
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        with pytest.raises(NotNow):
            await agendas.send(tx, meeting, by=ana)


async def test_a_changed_meeting_keeps_its_order_of_the_day(room: Room) -> None:
    await _propose(room, "Jardin")
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await agendas.build(tx, meeting, by=ana)
        changed = meetings.Convocation(
            title="Assemblée", text="", starts_at=clock.now() + timedelta(days=9),
            how_to_join="Venez.", place_name="École", access="Plain-pied", quorum_num=1,
            quorum_den=2, proxies_max=2,
        )  # fmt: skip
        await meetings.change(tx, meeting, by=ana, convocation=changed)
    found = await room.found(number)
    assert (found.call.place_name, found.access, found.quorum_required) == (
        "École",
        "Plain-pied",
        3,
    )
    assert await _titles(room, number) == ["Jardin"]


async def test_a_quorum_is_lost_when_too_many_leave(room: Room, travel: Travel) -> None:
    number = await room.call(quorum_num=3, quorum_den=5, counts_represented=True, proxies_max=1)
    travel(days=7)
    await room.there(number, "ana", "ben", "chloe")
    began = (await room.found(number)).call.starts_at
    travel(hours=3)

    async def leave(handle: str, **after: int) -> None:
        async with room.database.transaction() as tx:
            ana, who = await room.get(tx, "ana"), await room.get(tx, handle)
            at = began + timedelta(**after) if after else None
            meeting = await meetings.by_number(tx, number)
            await attendance.leave(tx, meeting, who=who, at=at, by=ana)

    async def quorum() -> tuple[int, bool, object]:
        async with room.database.read() as tx:
            meeting = await meetings.by_number(tx, number)
            found = await minutes_record.quorum(tx, meeting)
            assert found is not None
            return found["have"], found["met"], found.get("lost_at")

    async with room.database.transaction() as tx:
        ana, meeting = await room.get(tx, "ana"), await meetings.by_number(tx, number)
        dina = await room.get(tx, "dina")
        ben = await room.get(tx, "ben")
        await attendance.represent(tx, meeting, giver=dina, holder=ben, by=ana)
    assert await quorum() == (4, True, None)
    await leave("chloe", minutes=90)
    assert await quorum() == (3, True, None)
    await leave("ben", minutes=60)
    # Ben took the voice of Dina along, and Chloé followed half an hour later.
    assert await quorum() == (1, False, clock.wire(began + timedelta(minutes=60)))
    await leave("chloe")
    assert await quorum() == (2, False, clock.wire(began + timedelta(minutes=60)))
    await leave("ben")
    assert await quorum() == (4, True, None)
    for handle, after in (("elio", {"minutes": 5}), ("ben", {"hours": 4}), ("ben", {"hours": -1})):
        with pytest.raises(Invalid):
            await leave(handle, **after)


async def test_a_quorum_that_never_was_is_not_lost(room: Room, travel: Travel) -> None:
    number = await room.call(quorum_num=3, quorum_den=5)
    travel(days=7)
    await room.there(number, "ana", "ben")
    travel(hours=3)
    async with room.database.transaction() as tx:
        meeting, ben = await meetings.by_number(tx, number), await room.get(tx, "ben")
        at = meeting.call.starts_at
        await attendance.leave(tx, meeting, who=ben, at=at, by=await room.get(tx, "ana"))
    async with room.database.read() as tx:
        found = await minutes_record.quorum(tx, await meetings.by_number(tx, number))
    assert found is not None
    assert (found["met"], "lost_at" in found) == (False, False)


@pytest.mark.parametrize("most", [-1, 101])
async def test_one_represents_a_hundred_at_most(room: Room, most: int) -> None:
    with pytest.raises(Invalid) as refused:
        await room.call(proxies_max=most)
    assert [problem.field for problem in refused.value.problems] == ["proxies_max"]


async def _lines(room: Room, number: int) -> dict[str, str]:
    async with room.database.read() as tx:
        lines = await attendance.sheet(tx, await meetings.by_number(tx, number))
    return {one.name: one.presence for one in lines}


async def test_a_line_is_changed_in_its_place_and_taken_off(room: Room) -> None:
    number = await room.call()
    await room.there(number, "ben", presence="excused")
    await room.there(number, "ben", "chloe")
    assert await _lines(room, number) == {"Ben": "present", "Chloe": "present"}
    for _ in range(2):  # who is not on the sheet is taken off it without a word
        await room.there(number, "ben", presence="")
        assert await _lines(room, number) == {"Chloe": "present"}


async def test_nobody_leaves_a_meeting_that_has_not_begun(room: Room, travel: Travel) -> None:
    number = await room.call(days=1)
    await room.there(number, "ana", "ben")
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        with pytest.raises(NotNow) as refused:
            await attendance.leave(tx, meeting, who=ana, at=clock.now(), by=ana)
        assert refused.value.code == "meeting-not-begun"
    travel(days=1, hours=1)
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        await attendance.leave(tx, meeting, who=ana, at=clock.now(), by=ana)
        assert await meetings.present_members(tx, meeting) == {room.people["ben"].id}


async def test_a_sheet_has_room_for_five_hundred_visitors(room: Room) -> None:
    number = await room.call()
    await room.there(number, "ana", "ben")
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        tx.add(
            *(
                Attendee(meeting_id=meeting.id, presence="present", name=f"Visiteur {one}")
                for one in range(499)
            )
        )
        await attendance.welcome(tx, meeting, name="Zoé", by=ana)
        with pytest.raises(NotNow) as refused:
            await attendance.welcome(tx, meeting, name="Yves", by=ana)
        assert (refused.value.code, refused.value.values) == ("sheet-is-full", {"max": 500})


async def test_a_quorum_is_lost_with_the_one_whose_leaving_made_them_too_few(
    room: Room, travel: Travel
) -> None:
    number = await room.call(days=1, quorum_num=3, quorum_den=5, proxies_max=1)
    travel(days=1, hours=1)
    await room.there(number, "ana", "ben")

    async def lost_at() -> datetime | None:
        async with room.database.read() as tx:
            return await presence.quorum_lost_at(tx, await meetings.by_number(tx, number))

    async def gone(handle: str, at: datetime) -> None:
        async with room.database.transaction() as tx:
            meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
            await attendance.leave(tx, meeting, who=await room.get(tx, handle), at=at, by=ana)

    assert await lost_at() is None  # it was never met
    await room.there(number, "chloe", "dina")
    moments = [clock.now() - timedelta(minutes=minutes) for minutes in (30, 20, 10)]
    assert await lost_at() is None  # it is met
    for handle, moment, expected in zip(
        ("dina", "ben", "chloe"), moments, (None, moments[1], moments[1]), strict=True
    ):
        await gone(handle, moment)
        assert await lost_at() == expected


async def test_who_left_the_assembly_before_the_meeting_represents_nobody(
    room: Room, travel: Travel
) -> None:
    number = await room.call(
        days=1, quorum_num=3, quorum_den=4, proxies_max=1, counts_represented=True
    )
    await room.there(number, "ana", "ben")
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        ben, chloe = await room.get(tx, "ben"), await room.get(tx, "chloe")
        await attendance.represent(tx, meeting, giver=chloe, holder=ben, by=ana)
        await leaving.leave(tx, ben)
    travel(days=1, hours=1)
    async with room.database.read() as tx:
        meeting = await meetings.by_number(tx, number)
        assert await meetings.represented_members(tx, meeting) == {}
        check = await meetings.quorum(tx, meeting)
        assert check is not None
        assert (check.have, check.of, check.is_met) == (1, 4, False)


async def test_only_the_chosen_proposals_are_put_on_the_order_of_the_day(room: Room) -> None:
    await _propose(room, "Jardin", "École", "Pain")
    number = await room.call()
    async with room.database.transaction() as tx:
        meeting, ana = await meetings.by_number(tx, number), await room.get(tx, "ana")
        # A number that is no open proposal adds nothing.
        await agendas.add_proposals(tx, meeting, by=ana, numbers=[3, 1, 9])
        await agendas.add_proposals(tx, meeting, by=ana, numbers=[2])
        await agendas.add_proposals(tx, meeting, by=ana, numbers=[2])
    *first, last = await _titles(room, number)
    assert (sorted(first), last) == (["Jardin", "Pain"], "École")


async def test_the_next_meetings_are_those_after_this_one_that_take_place(room: Room) -> None:
    first, late, soon = [await room.call(days=days) for days in (7, 40, 20)]
    off = await room.call(days=30)
    async with room.database.transaction() as tx:
        ana = await room.get(tx, "ana")
        await calls.cancel(tx, await calls.by_number(tx, off), by=ana, reason="Neige.")
    async with room.database.read() as tx:
        following = await meetings.near(tx, await meetings.by_number(tx, first))
        assert [one.call.number for one in following] == [soon, late]
        assert await meetings.near(tx, await meetings.by_number(tx, late)) == []
        assert await meetings.kinds(tx, [first, off, 99]) == {first: None, off: None}
