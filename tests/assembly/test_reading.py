"""What is listed in several places: what is open, what was said, what waits, who is around."""

from datetime import timedelta

import pytest

from node import clock
from node.assembly import (
    attention,
    calls,
    contributions,
    decided,
    dossiers,
    following,
    members,
    neighbours,
    proposals,
    publications,
    timelines,
    traffic,
    turnout,
    voices,
    votes,
)
from node.assembly.calls import Invitation
from node.database import Transaction
from node.errors import NotFound
from node.models import (
    Actor,
    Assembly,
    Call,
    Counter,
    Delivery,
    InboxItem,
    Member,
    OutboxItem,
    Peer,
    Proposal,
    Publication,
    State,
)
from tests.assembly.conftest import later, somebody
from tests.assembly.test_contributions import keep, written_by
from tests.conftest import Travel


async def organised_by(tx: Transaction, organiser: Member, **changes: object) -> Call:
    """A call in a week."""
    values: dict[str, object] = {
        "title": "Chantier",
        "text": "Des arbustes.",
        "starts_at": later(days=7),
        "how_to_join": "Venez.",
        "place_name": "Salle",
        **changes,
    }
    return await calls.publish(tx, organiser, Invitation(**values))  # type: ignore[arg-type]


async def test_what_is_open_comes_first_and_votes_before_discussions(
    tx: Transaction, proposal: Proposal, ben: Member
) -> None:
    asked = await proposals.publish(tx, carrier=ben, title="Une fontaine", text="Fraîche.")
    gone = await proposals.publish(tx, carrier=ben, title="Un kiosque", text="Au parc.")
    await contributions.comment(tx, ben, on=proposal, text="Où ?")
    vote = await votes.open_vote(tx, asked, by=ben, closes_at=later(days=1))
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, ben, "for", version_digest=digest, reason="Il fait chaud.")
    await proposals.withdraw(tx, gone, by=ben, reason="Non.")
    await tx.flush()
    lines = await timelines.open_now(tx)
    assert [(line.label, line.voices, line.ballots) for line in lines] == [
        (asked.label, 0, 1),
        (proposal.label, 1, 0),
    ]
    assert [one.number for one in await timelines.proposals(tx)] == [3, 2, 1]
    assert await timelines.counts(tx) == {
        State.VOTE: 1,
        State.DISCUSSION: 1,
        State.WITHDRAWN: 1,
    }
    [ended] = await timelines.proposals(tx, timelines.ENDED)
    assert (ended.outcome, ended.withdrawn_because) == ("withdrawn", "Non.")
    await votes.close_vote(tx, vote, by=ben)
    await tx.flush()
    [adopted, withdrawn] = await decided.newest(tx, 10)
    assert (adopted.outcome, adopted.turnout, adopted.electorate) == ("adopted", 1, 1)
    assert (withdrawn.outcome, withdrawn.electorate) == ("withdrawn", None)
    assert adopted.label.endswith("-02")
    texts = await timelines.full_texts(tx)
    assert {row.number: row.version for row in texts} == {1: 1, 2: 1, 3: 1}


async def test_a_dossier_holds_all_that_belongs_to_a_proposal(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member, travel: Travel
) -> None:
    zoe = await somebody(tx)
    said = await contributions.comment(tx, ana, on=proposal, text="Où ?")
    await tx.flush()
    dossier = await dossiers.by_number(tx, proposal.number)
    assert (dossier.label, dossier.version, dossier.is_asked) == (proposal.label, 1, False)
    assert dossier.is_carried_by(ben)
    assert not dossier.is_carried_by(charlie)
    assert not dossier.is_carried_by(None)
    [voice] = await voices.on_proposal(tx, proposal.id)
    assert (voice.id, voice.path) == (said.id, f"/n/{said.uri.rsplit('/', 1)[-1]}")
    vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=1))
    digest = vote.version.digest
    await votes.cast_ballot(tx, vote, ana, "for", version_digest=digest, reason="Oui.")
    await votes.hear_opinion(tx, vote, zoe, "against", uri=None)
    await tx.flush()
    asked = await dossiers.by_number(tx, proposal.number)
    assert (asked.is_asked, asked.is_late) == (True, False)
    assert set(asked.choices) >= {"for", "against", "abstain"}
    standing = await turnout.standing(tx, vote.id)
    assert (standing.ballots, standing.opinions, standing.servers) == (1, 1, 1)
    place = await turnout.place_of(tx, vote.id, ana.id)
    assert (place.is_on_the_roll, place.choice, place.reason) == (True, "for", "Oui.")
    assert not (await turnout.place_of(tx, vote.id, 17)).is_on_the_roll
    assert await turnout.reasons(tx, vote.id) == [("for", "Oui.")]
    travel(days=2)
    late = await dossiers.by_number(tx, proposal.number)
    assert (late.is_asked, late.is_late) == (False, True)
    with pytest.raises(NotFound):
        await dossiers.by_number(tx, 17)


async def test_a_member_sees_what_waits_for_them_and_what_is_theirs(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    second = await proposals.publish(tx, carrier=ana, title="Une fontaine", text="Fraîche.")
    first_vote = await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=1))
    await votes.open_vote(tx, second, by=ana, closes_at=later(days=2))
    digest = first_vote.version.digest
    await votes.cast_ballot(tx, first_vote, ana, "for", version_digest=digest)
    said = await contributions.comment(tx, ana, on=proposal, text="Où ?")
    call = await organised_by(tx, ana)
    await tx.flush()
    asked = await attention.asked(tx, ana)
    assert [one.number for one in asked] == [second.number, proposal.number]
    assert [one.number for one in await attention.carried(tx, ana)] == [second.number]
    assert [one.number for one in await attention.organised(tx, ana)] == [call.number]
    [(spoken, about)] = await attention.said(tx, ana)
    assert (spoken.id, about.number) == (said.id, proposal.number)


async def test_calls_are_listed_until_they_are_over(
    tx: Transaction, ana: Member, travel: Travel
) -> None:
    await organised_by(tx, ana)
    await organised_by(tx, ana, starts_at=later(days=1), ends_at=later(days=2))
    await tx.flush()
    assert [line.number for line in await timelines.upcoming(tx)] == [2, 1]
    travel(days=1, hours=12)
    assert [line.number for line in await timelines.upcoming(tx)] == [2, 1]
    travel(days=1)
    assert [line.number for line in await timelines.upcoming(tx)] == [1]
    assert [line.number for line in await timelines.past(tx)] == [2]


async def test_news_are_of_those_followed_and_what_they_pass_on(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    zoe = await somebody(tx)
    other = await somebody(tx, "https://other.example/users/max")
    wish = await following.follow(tx, assembly.actor, zoe)
    await following.was_accepted(tx, wish.uri, zoe)
    await keep(tx, written_by(zoe, 1))
    await keep(tx, written_by(zoe, 2, in_reply_to="https://other.example/notes/1"))
    await keep(tx, written_by(zoe, 3, in_reply_to="https://n.example/p/1", kind="vote"))
    passed_on = await keep(tx, written_by(other, 4, shared_by_id=zoe.id))
    hidden = await keep(tx, written_by(zoe, 5, is_public=False))
    await tx.flush()
    news = await neighbours.news(tx, assembly.actor)
    assert [one.uri.rsplit("/", 1)[-1] for one in news] == ["4", "3", "1"]
    assert news[0].shared_by == "zoe"
    assert [one.uri for one in await neighbours.news(tx, assembly.actor, before=news[1].id)] == [
        news[2].uri
    ]
    assert (await neighbours.one(tx, passed_on.id)).author == "max"
    with pytest.raises(NotFound):
        await neighbours.one(tx, hidden.id)
    followed = await publications.of_followed(tx, assembly.actor)
    assert [one.uri.rsplit("/", 1)[-1] for one in followed] == ["3", "1"]
    before = await publications.of_followed(tx, assembly.actor, before=followed[0].id, limit=1)
    assert [one.id for one in before] == [followed[1].id]
    await members.publish(tx, ana)
    said = await contributions.comment(tx, ana, on=followed[1], text="Bravo.")
    await tx.flush()
    assert [voice.id for voice in await voices.on_publication(tx, followed[1].id)] == [said.id]
    assert isinstance(followed[1], Publication)


async def test_neighbours_are_shown_with_how_well_it_travels(
    tx: Transaction, assembly: Assembly
) -> None:
    assert await neighbours.around(tx, assembly.actor) == []
    names = ("good", "slow", "down", "new")
    around: dict[str, Actor] = {}
    for name in names:
        around[name] = await somebody(tx, f"https://{name}.example/users/{name}")
        await following.admit_follower(
            tx, around[name], assembly.actor, uri=f"{around[name].uri}/1"
        )
    await following.follow(tx, assembly.actor, around["good"])
    now = clock.now()
    tx.add(
        Peer(host="good.example", last_delivered_at=now, last_heard_at=now - timedelta(hours=1)),
        Peer(host="slow.example", failures=2),
        Peer(host="down.example", failures=5, down_since=now - timedelta(days=2)),
    )
    await tx.flush()
    found = {one.domain: one for one in await neighbours.around(tx, assembly.actor)}
    assert {one.domain.split(".")[0]: one.health for one in found.values()} == {
        "good": neighbours.GOOD,
        "slow": neighbours.WATCH,
        "down": neighbours.DOWN,
        "new": neighbours.GOOD,
    }
    good = found["good.example"]
    assert (good.we_follow, good.they_follow, good.last_contact_at) == ("asked", "accepted", now)
    assert (good.address, good.is_person) == ("good@good.example", True)
    assert await traffic.silent_since(tx) == ["down.example"]
    assert [one.host for one in await traffic.peers(tx)][:1] == ["down.example"]
    assert await traffic.servers_count(tx, assembly.actor) == 4


async def test_those_who_run_the_node_see_what_is_on_its_way(
    tx: Transaction, assembly: Assembly
) -> None:
    empty = await traffic.load(tx)
    assert (empty.waiting, empty.failed, empty.oldest, empty.unhandled) == (0, 0, None, 0)
    assert await traffic.oldest_unhandled(tx) is None
    item = OutboxItem(
        uri="https://rive.example/a/1",
        actor_id=assembly.actor_id,
        type="Create",
        document="{}",
        is_public=True,
    )
    tx.add(item)
    await tx.flush()
    for state in ("waiting", "waiting", "failed"):
        inbox = "https://a.example/inbox"
        tx.add(Delivery(outbox_item_id=item.id, inbox=inbox, host="a.example", state=state))
    for number, state in enumerate(("waiting", "quarantined")):
        arrived = InboxItem(
            uri=f"https://a.example/{number}",
            sender_uri="https://a.example/users/a",
            type="Like",
            document="{}",
            state=state,
        )
        tx.add(arrived)
    tx.add(Counter(name="refused:401", value=3))
    await tx.flush()
    load = await traffic.load(tx)
    assert (load.waiting, load.failed, load.unhandled) == (2, 1, 1)
    assert load.oldest is not None
    assert await traffic.oldest_unhandled(tx) is not None
    assert await traffic.fates(tx) == {"waiting": 1, "quarantined": 1}
    assert len(await traffic.arrivals(tx)) == 2
    [aside] = await traffic.arrivals(tx, state="quarantined")
    assert aside.uri == "https://a.example/1"
    assert await traffic.counters(tx) == {"refused:401": 3}
