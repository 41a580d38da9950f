"""Rooms: hands and paper beside ballots online, and nobody counted twice in any order."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from node import clock
from node.assembly import attendance, calls, meetings, members, proposals, votes
from node.assembly.meetings import Convocation
from node.assembly.voting import counting, proxies, room, seats
from node.database import Transaction
from node.errors import Invalid, NotNow
from node.models import Attendance, Meeting, Member, Proposal, Vote, VoteChange
from tests.assembly.conftest import later
from tests.assembly.test_votes_together import cast, opened
from tests.conftest import Travel

THREE = [{"text": "Lundi"}, {"text": "Mardi"}, {"text": "Jeudi"}]


@pytest.fixture
async def dan(tx: Transaction) -> Member:
    return await members.admit(tx, name="Dan", handle="dan")


@pytest.fixture
async def eva(tx: Transaction) -> Member:
    return await members.admit(tx, name="Eva", handle="eva")


@pytest.fixture
async def meeting(tx: Transaction, ben: Member, dan: Member, eva: Member) -> Meeting:
    """A meeting that begins now, at which one may represent two."""
    return await meetings.publish(
        tx,
        ben,
        Convocation(
            title="Assemblée",
            text="",
            starts_at=clock.now() + timedelta(minutes=1),
            how_to_join="Venez.",
            place_name="Salle des fêtes",
            proxies_max=2,
        ),
    )


async def there(tx: Transaction, meeting: Meeting, by: Member, *present: Member) -> None:
    """Note members as present."""
    noted = {one.id: "present" for one in present}
    await attendance.note(tx, meeting, noted, by=by)


async def refused(error: type[Exception], work: Any) -> list[str]:
    """Return the codes for which an act is refused."""
    with pytest.raises(error) as told:
        await work
    found = told.value
    if isinstance(found, Invalid):
        return [one.code for one in found.problems]
    assert isinstance(found, NotNow)
    return [found.code]


@pytest.mark.parametrize("secret", [False, True], ids=["open", "secret"])
async def test_nobody_is_counted_in_the_room_and_online(
    tx: Transaction,
    ana: Member,
    ben: Member,
    charlie: Member,
    dan: Member,
    proposal: Proposal,
    secret: bool,
) -> None:
    fred = await members.admit(tx, name="Fred", handle="fred")
    vote = await opened(tx, proposal, ben, is_secret=secret)
    late = await members.admit(tx, name="Gil", handle="gil")
    await cast(tx, vote, ana, "against")
    sheet = [ben.id, charlie.id, fred.id, late.id]

    async def entered(present: list[int], figures: Mapping[str, int]) -> None:
        await room.enter(tx, vote, by=ana, present=present, figures=figures, kind="paper")

    assert await refused(Invalid, entered([*sheet, ana.id], {"for": 3})) == ["room-voted-online"]
    assert await refused(Invalid, entered(sheet, {"for": 4})) == ["room-too-many"]
    await entered(sheet, {"for": 3})
    for voter in (ben, charlie, fred):
        assert await refused(NotNow, cast(tx, vote, voter, "for")) == ["votes-in-the-room"]
    assert (await votes.tally(tx, vote))["for"] == 0
    assert await refused(NotNow, room.confirm(tx, vote, by=ana)) == ["room-same-scrutineer"]
    await room.confirm(tx, vote, by=dan)
    assert await votes.tally(tx, vote) == {"for": 3, "against": 1, "abstain": 0}
    for act in (room.drop, room.confirm):
        assert await refused(NotNow, act(tx, vote, by=dan)) == ["room-is-confirmed"]
    assert await refused(NotNow, entered([dan.id], {"for": 1})) == ["room-is-confirmed"]
    await cast(tx, vote, dan, "abstain")
    decision = await votes.close(tx, vote)
    assert decision is not None
    assert (decision.outcome, decision.turnout) == ("adopted", 5)


async def test_whoever_votes_online_while_the_room_is_counted_is_named(
    tx: Transaction, ana: Member, ben: Member, charlie: Member, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben)
    await cast(tx, vote, ana, "for")
    with pytest.raises(Invalid) as told:
        await room.enter(tx, vote, by=ben, present=[ana.id, ben.id], figures={"for": 2})
    assert told.value.problems[0].values == {"names": "Ana Morel"}
    assert await room.entered(tx, vote.id) is None
    assert await tx.all(select(Attendance)) == []
    await cast(tx, vote, charlie, "against")


async def test_figures_that_nobody_confirmed_can_be_taken_back(
    tx: Transaction, ana: Member, ben: Member, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben)
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 2})
    await room.enter(tx, vote, by=ana, present=[ben.id], figures={"against": 1}, kind="paper")
    await cast(tx, vote, ana, "for")
    await room.drop(tx, vote, by=ben)
    await cast(tx, vote, ben, "for")
    assert (await votes.tally(tx, vote))["for"] == 2
    assert await refused(NotNow, room.confirm(tx, vote, by=ben)) == ["room-not-entered"]


async def test_the_sheet_of_the_meeting_says_who_votes_in_its_room(
    tx: Transaction,
    ana: Member,
    ben: Member,
    charlie: Member,
    dan: Member,
    eva: Member,
    meeting: Meeting,
    proposal: Proposal,
) -> None:
    vote = await opened(tx, proposal, ben, proxies_max=1, meeting_id=meeting.id)
    await there(tx, meeting, ben, ana, ben, charlie)
    await attendance.represent(tx, meeting, giver=dan, holder=ben, by=ben)
    await attendance.represent(tx, meeting, giver=eva, holder=ben, by=ben)
    await cast(tx, vote, charlie, "against")
    expected = await seats.expected(tx, vote)
    assert [name for _, name in expected.here] == ["Ana Morel", "Ben"]
    assert (expected.represented, expected.online) == ([("Dan", "Ben")], ["Charlie"])
    absent = room.enter(tx, vote, by=ana, present=[ana.id, dan.id], figures={"for": 1})
    assert await refused(Invalid, absent) == ["room-not-at-the-meeting"]
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 3})
    assert (await room.people(tx, vote.id), await room.represented(tx, vote.id)) == (3, 1)
    assert await refused(NotNow, cast(tx, vote, dan, "against")) == ["votes-in-the-room"]
    await room.confirm(tx, vote, by=ben)
    # One may represent one only in this vote, so the voice of Eva is free.
    await cast(tx, vote, eva, "against")
    assert await votes.tally(tx, vote) == {"for": 3, "against": 2, "abstain": 0}


async def test_who_is_represented_twice_or_has_voted_counts_once(
    tx: Transaction,
    ana: Member,
    ben: Member,
    charlie: Member,
    dan: Member,
    eva: Member,
    meeting: Meeting,
    proposal: Proposal,
) -> None:
    vote = await opened(tx, proposal, ben, proxies_max=2, meeting_id=meeting.id)
    await proxies.give(tx, vote, giver=dan, holder=charlie)
    await proxies.give(tx, vote, giver=eva, holder=ana)
    await there(tx, meeting, ben, ana, ben)
    await attendance.represent(tx, meeting, giver=dan, holder=ben, by=ben)
    await cast(tx, vote, charlie, "against")
    assert (await votes.tally(tx, vote))["against"] == 2
    # What was given for this very vote, and counts online, is not taken over by the sheet.
    too_many = room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 4})
    assert await refused(Invalid, too_many) == ["room-too-many"]
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 3})
    assert (await votes.tally(tx, vote))["against"] == 2
    assert await refused(NotNow, proxies.revoke(tx, vote, giver=eva)) == ["votes-in-the-room"]
    late = proxies.give(tx, vote, giver=charlie, holder=ana)
    assert await refused(NotNow, late) == ["proxy-but-voted"]
    await room.drop(tx, vote, by=ana)
    assert (await votes.tally(tx, vote))["against"] == 2
    await cast(tx, vote, dan, "for")
    too_many = room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 4})
    assert await refused(Invalid, too_many) == ["room-too-many"]
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 3})
    await room.confirm(tx, vote, by=ben)
    assert await votes.tally(tx, vote) == {"for": 4, "against": 1, "abstain": 0}


async def test_a_vote_that_knows_no_proxies_gives_no_seat_to_the_represented(
    tx: Transaction, ana: Member, ben: Member, dan: Member, meeting: Meeting, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben, meeting_id=meeting.id)
    await there(tx, meeting, ben, ana, ben)
    await attendance.represent(tx, meeting, giver=dan, holder=ben, by=ben)
    too_many = room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 3})
    assert await refused(Invalid, too_many) == ["room-too-many"]
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 2})
    await room.confirm(tx, vote, by=ben)
    await cast(tx, vote, dan, "against")
    assert await votes.tally(tx, vote) == {"for": 2, "against": 1, "abstain": 0}


async def test_nobody_gives_a_proxy_to_somebody_whose_hand_was_counted(
    tx: Transaction, ana: Member, ben: Member, charlie: Member, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben, proxies_max=2)
    await room.enter(tx, vote, by=ana, present=[ben.id], figures={"for": 1})
    late = proxies.give(tx, vote, giver=charlie, holder=ben)
    assert await refused(Invalid, late) == ["proxy-holder-in-the-room"]
    own = proxies.give(tx, vote, giver=ben, holder=charlie)
    assert await refused(NotNow, own) == ["votes-in-the-room"]


async def test_a_vote_is_taken_at_a_meeting_until_its_room_has_voted(
    tx: Transaction, ana: Member, ben: Member, meeting: Meeting, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben)
    await there(tx, meeting, ben, ana, ben)
    await seats.attach(tx, vote, meeting, by=ben)
    assert vote.meeting_id == meeting.id
    await room.enter(tx, vote, by=ana, present=[ana.id], figures={"for": 1})
    assert await refused(NotNow, seats.attach(tx, vote, meeting, by=ben)) == ["room-has-voted"]


async def test_a_vote_that_ends_before_the_meeting_is_not_taken_there(
    tx: Transaction, ben: Member, proposal: Proposal
) -> None:
    convocation = Convocation(
        title="Plus tard",
        text="",
        starts_at=clock.now() + timedelta(days=3),
        how_to_join="Venez.",
        place_name="Ici",
    )
    late = await meetings.publish(tx, ben, convocation)
    assert await refused(Invalid, opened(tx, proposal, ben, meeting_id=late.id)) == [
        "closes-before-the-meeting"
    ]
    vote = await opened(tx, proposal, ben)
    early = seats.attach(tx, vote, late, by=ben)
    assert await refused(Invalid, early) == ["closes-before-the-meeting"]
    assert await seats.candidates(tx, proposal.number, before=vote.closes_at) == []
    await calls.cancel(tx, late.call, by=ben, reason="Neige.")
    assert await seats.candidates(tx, proposal.number) == []
    assert await refused(Invalid, seats.attach(tx, vote, late, by=ben)) == ["no-such-meeting"]


PAPER: list[tuple[str, dict[str, Any], list[tuple[object, int]], object]] = [
    ("majority_judgment", {}, [({"o1": "good", "o2": "reject"}, 2), ({"o3": "good"}, 1)], "o1"),
    ("schulze", {}, [(["o2", "o1"], 2), (["o3", ["o1", "o2"]], 1)], "o2"),
    ("instant_runoff", {}, [(["o3", "o1"], 3)], "o3"),
    ("borda", {}, [(["o1", "o2", "o3"], 3)], "o1"),
    ("approval", {}, [(["o1", "o3"], 2), (["o3"], 1)], "o3"),
    ("score", {"maximum": 5}, [({"o1": 5, "o2": 1}, 2), ({"o2": 5}, 1)], "o1"),
    ("star", {"maximum": 5}, [({"o1": 5, "o2": 1}, 2), ({"o2": 5}, 1)], "o1"),
    ("dots", {"points": 5}, [({"o1": 3, "o2": 2}, 3)], "o1"),
    ("d21", {}, [({"o2": "+"}, 3)], "o2"),
    ("dates", {}, [({"o1": "yes", "o2": "maybe"}, 3)], None),
    ("single", {}, [("o1", 2), (None, 1)], "o1"),
]


@pytest.mark.parametrize(("name", "parameters", "stacks", "winner"), PAPER)
async def test_paper_counts_for_every_form_of_ballot(
    tx: Transaction,
    ana: Member,
    ben: Member,
    charlie: Member,
    proposal: Proposal,
    name: str,
    parameters: dict[str, Any],
    stacks: list[tuple[object, int]],
    winner: object,
) -> None:
    on = votes.Terms(method=name, parameters=parameters, options=THREE)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    figures = {json.dumps(ballot): weight for ballot, weight in stacks}
    here = [ana.id, ben.id, charlie.id]
    hands = room.enter(tx, vote, by=ana, present=here, figures=figures)
    if name != "single":
        assert await refused(Invalid, hands) == ["room-hands-many"]
    else:
        await hands
    await room.enter(tx, vote, by=ana, present=here, figures=figures, kind="paper")
    await room.confirm(tx, vote, by=ben)
    found = await votes.result(tx, vote)
    assert sum((await votes.tally(tx, vote)).values()) == 3
    if winner is not None:
        assert found.winners == (winner,)


async def test_an_answer_on_paper_is_checked_as_one_on_the_screen(
    tx: Transaction, ana: Member, ben: Member, proposal: Proposal
) -> None:
    on = votes.Terms(method="dots", parameters={"points": 5}, options=THREE)
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    for ballot in ({"o1": 6}, {"o9": 1}, ["o1"]):
        work = room.enter(
            tx, vote, by=ana, present=[ana.id], figures={json.dumps(ballot): 1}, kind="paper"
        )
        with pytest.raises(Invalid):
            await work
    assert await room.entered(tx, vote.id) is None


async def test_an_objection_is_said_in_words_and_not_by_raising_a_hand(
    tx: Transaction, ana: Member, ben: Member, proposal: Proposal
) -> None:
    on = votes.Terms(method="consent")
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)
    figures = {"consent": 1, "objection": 1}
    work = room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures=figures)
    assert await refused(Invalid, work) == ["room-needs-words"]


async def test_a_secret_vote_in_a_room_is_on_paper_and_of_three_at_least(
    tx: Transaction, ana: Member, ben: Member, charlie: Member, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben, is_secret=True)
    here = [ana.id, ben.id, charlie.id]
    hands = room.enter(tx, vote, by=ana, present=here, figures={"for": 3})
    assert await refused(Invalid, hands) == ["room-hands-secret"]
    two = room.enter(tx, vote, by=ana, present=here[:2], figures={"for": 2}, kind="paper")
    assert await refused(Invalid, two) == ["room-too-few-secret"]
    await room.enter(tx, vote, by=ana, present=here, figures={"for": 2}, kind="paper")
    await room.confirm(tx, vote, by=ben)
    # What is kept: who was there without any answer, and answers without anybody.
    columns = {column.name for column in Attendance.__table__.columns}
    assert columns == {"vote_id", "member_id", "holder_id"}
    entered = await room.entered(tx, vote.id)
    assert entered is not None
    assert entered.figures == {"for": 2}


async def test_figures_that_nobody_confirmed_are_not_counted_and_that_is_said(
    tx: Transaction, ana: Member, ben: Member, charlie: Member, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben, proxies_max=2)
    await proxies.give(tx, vote, giver=ana, holder=charlie)
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"against": 2})
    await cast(tx, vote, charlie, "for")
    early = votes.close_vote(tx, vote, by=ben)
    assert await refused(NotNow, early) == ["room-unconfirmed"]
    decision = await votes.close(tx, vote)
    assert decision is not None
    assert decision.tally == {"for": 2, "against": 0, "abstain": 0}
    changes = await tx.all(select(VoteChange).order_by(VoteChange.made_at, VoteChange.id))
    kinds = [one.kind for one in changes]
    assert kinds == ["room-entered", "room-uncounted"]


async def test_a_presence_quorum_looks_at_the_sheet(
    tx: Transaction, ana: Member, ben: Member, charlie: Member
) -> None:
    text = await proposals.publish(tx, carrier=ben, title="Des bancs", text="À l'ombre.")
    quorum = {"quorum": {"kind": "presence", "num": 1, "den": 2}}
    vote = await opened(tx, text, ben, parameters=quorum)
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures={"for": 1})
    await room.confirm(tx, vote, by=ben)
    decision = await votes.close(tx, vote)
    assert decision is not None
    assert (decision.outcome, decision.quorums[0]["have"]) == ("adopted", 2)


async def test_a_presence_quorum_at_a_meeting_counts_whoever_is_there(
    tx: Transaction,
    ana: Member,
    ben: Member,
    charlie: Member,
    dan: Member,
    meeting: Meeting,
    proposal: Proposal,
) -> None:
    quorum = {"quorum": {"kind": "presence", "num": 3, "den": 5}}
    vote: Vote = await opened(tx, proposal, ben, parameters=quorum, meeting_id=meeting.id)
    await there(tx, meeting, ben, ana, ben, charlie)
    await cast(tx, vote, ana, "for")
    await room.enter(tx, vote, by=ana, present=[ben.id], figures={"for": 1})
    await room.confirm(tx, vote, by=ben)
    decision = await votes.close(tx, vote)
    assert decision is not None
    assert (decision.outcome, decision.quorums[0]["have"]) == ("adopted", 3)


async def test_figures_are_numbers_of_people_who_are_there(
    tx: Transaction, ana: Member, ben: Member, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben)
    late = await members.admit(tx, name="Gil", handle="gil")
    for present, figures, code in (
        ([ana.id], {"for": -1}, "number-malformed"),
        ([], {"for": 0}, "room-is-empty"),
        ([late.id], {}, "room-is-empty"),
    ):
        work = room.enter(tx, vote, by=ana, present=present, figures=figures)
        assert await refused(Invalid, work) == [code]
    assert await refused(NotNow, room.drop(tx, vote, by=ana)) == ["room-not-entered"]
    # An answer that nobody gave is not kept.
    figures = {"for": 1, "against": 0}
    await room.enter(tx, vote, by=ana, present=[ana.id, ben.id], figures=figures)
    entered = await room.entered(tx, vote.id)
    assert entered is not None
    assert entered.figures == {"for": 1}


async def test_a_room_is_counted_until_the_close(
    tx: Transaction,
    ana: Member,
    ben: Member,
    meeting: Meeting,
    proposal: Proposal,
    travel: Travel,
) -> None:
    vote = await opened(tx, proposal, ben)
    await room.enter(tx, vote, by=ana, present=[ana.id], figures={"for": 1})
    travel(days=2, minutes=1)
    for act in (
        room.enter(tx, vote, by=ana, present=[ana.id], figures={"for": 1}),
        room.confirm(tx, vote, by=ben),
        room.drop(tx, vote, by=ben),
        seats.attach(tx, vote, meeting, by=ben),
    ):
        assert await refused(NotNow, act) == ["vote-is-closed"]


async def test_a_vote_is_taken_at_a_meeting_that_there_is(
    tx: Transaction, ben: Member, proposal: Proposal
) -> None:
    work = opened(tx, proposal, ben, meeting_id=7)
    assert await refused(Invalid, work) == ["no-such-meeting"]


async def test_without_a_meeting_nobody_is_expected_in_the_room(
    tx: Transaction, ana: Member, ben: Member, meeting: Meeting, proposal: Proposal
) -> None:
    vote = await opened(tx, proposal, ben)
    await there(tx, meeting, ben, ana)
    assert await seats.expected(tx, vote) == ([], [], [])
    await seats.attach(tx, vote, meeting, by=ben)
    assert (await seats.expected(tx, vote)).here == [(ana.id, "Ana Morel")]


async def test_whoever_is_there_makes_up_a_quorum_once(
    tx: Transaction,
    ana: Member,
    ben: Member,
    charlie: Member,
    dan: Member,
    eva: Member,
    meeting: Meeting,
    proposal: Proposal,
) -> None:
    vote = await opened(tx, proposal, ben, proxies_max=3, meeting_id=meeting.id)
    for giver in (charlie, dan, eva):
        await proxies.give(tx, vote, giver=giver, holder=ben)
    await there(tx, meeting, ben, ana, charlie)
    await attendance.represent(tx, meeting, giver=dan, holder=ana, by=ben)
    await cast(tx, vote, ben, "for")
    found = await counting.facts(tx, vote)
    assert found.present == 2, "Ana and Charlie, though Charlie gave a proxy"
    assert found.represented == 2, "Dan, on the sheet and by proxy, and Eva"
