"""Asking to join from an account elsewhere, and what becomes of membership by that account."""

import pytest

from node.assembly import joining, knocking, leaving, linking, members
from node.assembly.events import AccountClaimed, JoinAnswered, MembershipEnded
from node.database import Transaction
from node.errors import NotNow, TooMany
from node.models import Actor, Assembly, JoinRequest, Member
from tests.assembly.conftest import somebody
from tests.assembly.test_members_states import adopt
from tests.conftest import Travel

ZOE = "https://social.example/users/zoe"


@pytest.fixture
async def zoe(tx: Transaction, assembly: Assembly) -> Actor:
    """Somebody on another server."""
    return await somebody(tx, ZOE)


async def knock(tx: Transaction, actor: Actor, number: int = 1, reason: str = "") -> JoinRequest:
    """Ask to join by an account elsewhere."""
    return await knocking.hear(tx, actor, uri=f"{actor.uri}/joins/{number}", reason=reason)


async def test_who_asks_from_elsewhere_waits_for_a_person_like_others(
    tx: Transaction, assembly: Assembly, ana: Member, zoe: Actor
) -> None:
    zoe.name = "  Zoé \n du quartier "
    asked = await knock(tx, zoe, reason=" Je suis voisine. " + "x" * 3000)
    assert (asked.name, asked.contact) == ("Zoé du quartier", "zoe@social.example")
    assert (asked.language, len(asked.reason)) == ("fr", 2000)
    assert asked.reason.startswith("Je suis voisine. x")
    assert asked.member is not None
    assert asked.member.state == "asked"
    assert await joining.waiting_for(tx, ana) == [asked]
    assert await knocking.asked_by(tx, zoe) is asked
    assert await knocking.joined_by(tx, zoe) is None


async def test_an_account_without_a_name_goes_by_its_handle(tx: Transaction, zoe: Actor) -> None:
    zoe.name = "\u202e "
    assert (await knock(tx, zoe)).name == "zoe"


async def test_asking_twice_asks_once_with_the_last_words(tx: Transaction, zoe: Actor) -> None:
    first = await knock(tx, zoe, 1, "Bonjour.")
    again = await knock(tx, zoe, 2, "Bonjour, je reviens.")
    assert again is first
    assert (again.uri, again.reason) == (f"{ZOE}/joins/2", "Bonjour, je reviens.")
    assert list(await joining.waiting(tx)) == [first]


async def test_who_is_admitted_is_a_member_by_that_account(
    tx: Transaction, ana: Member, zoe: Actor
) -> None:
    asked = await knock(tx, zoe)
    member = await joining.admit(tx, asked, by=ana, message="Bienvenue !")
    assert await members.by_linked_account(tx, zoe) is member
    assert await knocking.joined_by(tx, zoe) is member
    assert await knocking.asked_by(tx, zoe) is None
    [told] = [one for one in tx.events if isinstance(one, JoinAnswered)]
    assert (told.request.uri, told.votes_from) == (f"{ZOE}/joins/1", member.votes_from)
    with pytest.raises(NotNow) as refused:
        await knock(tx, zoe, 2)
    assert refused.value.code == "member-already"


async def test_an_account_that_a_member_linked_meanwhile_is_not_admitted_again(
    tx: Transaction, ana: Member, ben: Member, zoe: Actor
) -> None:
    asked = await knock(tx, zoe)
    await linking.claim(tx, ben, zoe)
    code = next(one.code for one in tx.events if isinstance(one, AccountClaimed))
    await linking.enter_code(tx, ben, code)
    with pytest.raises(NotNow) as refused:
        await joining.admit(tx, asked, by=ana)
    assert refused.value.code == "member-already"
    assert await members.count(tx) == 2
    # They linked the account to their membership; they did not join by it.
    assert await knocking.joined_by(tx, zoe) is None


async def test_who_was_refused_may_ask_again_after_thirty_days(
    tx: Transaction, ana: Member, zoe: Actor, travel: Travel
) -> None:
    await joining.refuse(tx, await knock(tx, zoe), by=ana, message="Pas cette fois.")
    with pytest.raises(NotNow) as refused:
        await knock(tx, zoe, 2)
    assert refused.value.code == "answered-lately"
    assert await knocking.asked_by(tx, zoe) is None
    travel(days=31)
    assert (await knock(tx, zoe, 3)).member is not None


async def test_three_of_one_server_wait_and_shut_the_door_to_no_other(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    people = [await somebody(tx, f"https://big.example/users/p{number}") for number in range(4)]
    first, *_ = [await knock(tx, one) for one in people[:3]]
    with pytest.raises(TooMany) as refused:
        await knock(tx, people[3])
    assert refused.value.code == "enough-wait"
    await knock(tx, await somebody(tx, "https://small.example/users/ida"))
    await joining.ask(tx, name="Nadia", reason="Je viens d'arriver.")
    await joining.refuse(tx, first, by=ana)
    await knock(tx, people[3])


async def test_many_elsewhere_do_not_shut_the_door_to_those_here(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    for number in range(10):
        await knock(tx, await somebody(tx, f"https://s{number}.example/users/p"))
    with pytest.raises(TooMany) as refused:
        await knock(tx, await somebody(tx, "https://s11.example/users/p"))
    assert refused.value.code == "asked-enough-today"
    await joining.ask(tx, name="Nadia", reason="Je viens d'arriver.")


async def test_an_exclusion_is_said_to_the_account_by_which_one_joined(
    tx: Transaction, ana: Member, ben: Member, zoe: Actor
) -> None:
    member = await joining.admit(tx, await knock(tx, zoe), by=ana)
    label = await adopt(tx, ana, ben)
    await leaving.exclude(tx, member, by=ana, reason="Menaces.", decision=label)
    [told] = [one for one in tx.events if isinstance(one, MembershipEnded)]
    assert (told.actor, told.join_uri) == (zoe, f"{ZOE}/joins/1")
    assert await members.by_linked_account(tx, zoe) is None


async def test_who_leaves_is_told_nothing_and_is_known_no_more_by_the_account(
    tx: Transaction, ana: Member, zoe: Actor
) -> None:
    member = await joining.admit(tx, await knock(tx, zoe), by=ana)
    await leaving.leave(tx, member)
    assert [one for one in tx.events if isinstance(one, MembershipEnded)] == []
    assert await linking.linked(tx, member) is None
    assert await knocking.joined_by(tx, zoe) is None
    assert (await knock(tx, zoe, 2)).member is not member
