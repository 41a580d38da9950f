"""People are asked to take part: where, when, how to join; and they answer."""

import asyncio
from typing import Any

import pytest

from node.assembly import calls, members, visits
from node.assembly.calls import TITLE_MAX, Invitation
from node.database import Database, Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Call, Member
from tests.assembly.conftest import later, somebody
from tests.conftest import Travel


def invitation(**changes: Any) -> Invitation:
    """An invitation on which people can act."""
    complete: dict[str, Any] = {
        "title": " Chantier  de la haie ",
        "text": "On plante *cent vingt* arbustes.\r\n",
        "starts_at": later(days=9),
        "how_to_join": "Venez avec des gants.",
        "place_name": "Salle des fêtes",
    }
    return Invitation(**{**complete, **changes})


@pytest.fixture
async def call(tx: Transaction, ben: Member) -> Call:
    """A call that Ben organises."""
    return await calls.publish(tx, ben, invitation())


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"title": " "}, ["title-missing"]),
        ({"title": "x" * (TITLE_MAX + 1)}, ["title-too-long"]),
        ({"starts_at": None}, ["date-missing"]),
        ({"starts_at": later(hours=-1)}, ["starts-in-the-past"]),
        ({"ends_at": later(days=8)}, ["ends-before-it-starts"]),
        ({"place_name": ""}, ["place-missing"]),
        ({"place_name": "", "online_url": "https://visio.example/x"}, []),
        ({"online_url": "http://visio.example/x"}, ["link-malformed"]),
        ({"how_to_join": " "}, ["how-to-join-missing"]),
        ({"needed": 0}, ["number-malformed"]),
        ({"needed": 100_000}, ["number-malformed"]),
        ({"needed": 12, "ends_at": later(days=10)}, []),
        (
            {"title": "", "starts_at": None, "place_name": "", "how_to_join": ""},
            ["title-missing", "date-missing", "place-missing", "how-to-join-missing"],
        ),
    ],
)
async def test_what_people_could_not_act_on_is_refused_field_by_field(
    tx: Transaction, changes: dict[str, Any], codes: list[str]
) -> None:
    if not codes:
        await calls.publish(tx, None, invitation(**changes))
        return
    with pytest.raises(Invalid) as refused:
        await calls.publish(tx, None, invitation(**changes))
    assert [problem.code for problem in refused.value.problems] == codes


async def test_a_call_is_numbered_and_listed_until_it_is_over(
    tx: Transaction, call: Call, travel: Travel
) -> None:
    assert (call.number, call.title) == (1, "Chantier de la haie")
    assert call.content == "<p>On plante <em>cent vingt</em> arbustes.</p>"
    second = await calls.publish(tx, None, invitation(starts_at=later(days=2)))
    assert [one.number for one in await calls.upcoming(tx)] == [second.number, call.number]
    assert list(await calls.past(tx)) == []
    travel(days=3)
    assert [one.number for one in await calls.upcoming(tx)] == [call.number]
    assert [one.number for one in await calls.past(tx)] == [second.number]
    assert (await calls.by_number(tx, 2)).id == second.id
    with pytest.raises(NotFound):
        await calls.by_number(tx, 17)


async def test_who_organises_or_is_in_charge_changes_a_call(
    tx: Transaction, call: Call, ana: Member, ben: Member, charlie: Member
) -> None:
    with pytest.raises(Refusal):
        await calls.change(tx, call, by=charlie, invitation=invitation())
    with pytest.raises(Refusal):
        await calls.cancel(tx, call, by=charlie, reason="Non.")
    assert not calls.may_organise(call, None)
    await calls.change(tx, call, by=ana, invitation=invitation(place_name="Gymnase"))
    with pytest.raises(Invalid):
        await calls.change(tx, call, by=ben, invitation=invitation(title=""))
    assert (call.place_name, call.sequence) == ("Gymnase", 1)


async def test_a_cancelled_call_says_why_and_stays_so(
    tx: Transaction, call: Call, ben: Member, ana: Member
) -> None:
    with pytest.raises(Invalid):
        await calls.cancel(tx, call, by=ben, reason=" ")
    await calls.cancel(tx, call, by=ben, reason="Alerte  orange.")
    assert (call.cancelled_because, call.sequence) == ("Alerte orange.", 1)
    for act in (
        calls.cancel(tx, call, by=ben, reason="Encore."),
        calls.change(tx, call, by=ben, invitation=invitation()),
        calls.answer(tx, call, actor=ana.actor),
    ):
        with pytest.raises(NotNow):
            await act


async def test_somebody_comes_once_and_may_change_their_mind(
    tx: Transaction, call: Call, ana: Member
) -> None:
    zoe = await somebody(tx)
    first = await calls.answer(tx, call, actor=ana.actor)
    assert (await calls.answer(tx, call, actor=ana.actor)).id == first.id
    await calls.answer(tx, call, actor=zoe, uri=f"{zoe.uri}/joins/1")
    await calls.answer(tx, call, name=" Une  voisine ", contact="06")
    assert await calls.coming_count(tx, call) == 3
    assert [one.name for one in await calls.answers(tx, call)] == ["", "", "Une voisine"]
    await calls.take_back(tx, call, zoe)
    await calls.take_back(tx, call, zoe)
    assert await calls.rsvp_of(tx, call, zoe) is None
    assert await calls.coming_count(tx, call) == 2


async def test_nobody_comes_without_a_name_or_after_the_end(
    tx: Transaction, call: Call, travel: Travel
) -> None:
    with pytest.raises(Invalid):
        await calls.answer(tx, call, name=" ")
    travel(days=10)
    with pytest.raises(NotNow) as refused:
        await calls.answer(tx, call, name="Une voisine")
    assert refused.value.code == "call-is-over"


async def test_a_visitor_takes_an_answer_back_with_the_secret_they_were_given(
    tx: Transaction, call: Call
) -> None:
    other = await calls.publish(tx, None, invitation())
    secret = await visits.answer(tx, call, name="Une voisine", contact="")
    assert (await visits.find(tx, call, secret)).name == "Une voisine"
    for wrong, about in ((secret, other), ("other", call)):
        with pytest.raises(NotFound):
            await visits.find(tx, about, wrong)
    await visits.take_back(tx, call, secret)
    with pytest.raises(NotFound):
        await visits.take_back(tx, call, secret)


async def test_two_answers_of_one_person_at_once_are_one(database: Database) -> None:
    async with database.transaction() as tx:
        await members.admit(tx, name="Ana", handle="ana")
        await calls.publish(tx, None, invitation())

    async def answer() -> None:
        async with database.transaction() as tx:
            ana = await members.by_handle(tx, "ana")
            await calls.answer(tx, await calls.by_number(tx, 1), actor=ana.actor)

    await asyncio.gather(*(answer() for _ in range(4)))
    async with database.read() as tx:
        assert await calls.coming_count(tx, await calls.by_number(tx, 1)) == 1


async def test_a_call_that_was_never_published_cannot_be_held(tx: Transaction) -> None:
    never = Call(
        number=17, title="", source="", content="", starts_at=later(days=1), how_to_join=""
    )
    with pytest.raises(NotFound):
        await calls.locked(tx, never)
