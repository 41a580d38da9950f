"""Who reads whom, and whom the assembly hears."""

import pytest

from node.assembly import assemblies, blocking, following, hearing
from node.assembly.following import ACCEPTED, ASKED, REFUSED
from node.assembly.hearing import ALLOWED, BLOCKED
from node.database import Transaction
from node.errors import Invalid, NotFound, NotNow, Refusal
from node.models import Actor, Assembly, DomainRule
from tests.assembly.conftest import somebody


@pytest.fixture
async def zoe(tx: Transaction, assembly: Assembly) -> Actor:
    """Somebody on another server."""
    return await somebody(tx)


async def test_asking_twice_to_follow_asks_once(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    wish = await following.follow(tx, assembly.actor, zoe)
    assert (wish.state, wish.uri.startswith("https://rive.example/a/")) == (ASKED, True)
    assert await following.follow(tx, assembly.actor, zoe) is wish
    assert await following.following_count(tx, assembly.actor) == 0
    await following.was_accepted(tx, wish.uri, zoe)
    assert (wish.state, wish.answered_at is not None) == (ACCEPTED, True)
    assert await following.following_count(tx, assembly.actor) == 1
    assert [one.id for one in await following.followed(tx, assembly.actor)] == [wish.id]


async def test_a_refused_wish_may_be_made_again(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    wish = await following.follow(tx, assembly.actor, zoe)
    await following.was_refused(tx, wish.uri, zoe)
    assert wish.state == REFUSED
    assert list(await following.followed(tx, assembly.actor)) == []
    again = await following.follow(tx, assembly.actor, zoe)
    assert (again.state, again.uri != wish.uri) == (ASKED, True)


async def test_one_follows_others_not_oneself(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    with pytest.raises(NotNow) as refused:
        await following.follow(tx, assembly.actor, assembly.instance)
    assert refused.value.code == "follow-ourselves"
    with pytest.raises(NotFound):
        await following.unfollow(tx, assembly.actor, zoe)


async def test_only_the_one_who_was_asked_answers(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    wish = await following.follow(tx, assembly.actor, zoe)
    other = await somebody(tx, "https://other.example/users/max")
    for answer in (following.was_accepted, following.was_refused):
        with pytest.raises(NotFound):
            await answer(tx, wish.uri, other)
        with pytest.raises(NotFound):
            await answer(tx, "https://rive.example/a/other", zoe)
    theirs = await following.admit_follower(tx, zoe, assembly.actor, uri=f"{zoe.uri}/follow")
    assert await following.asked(tx, theirs.uri, assembly.actor) is None


async def test_unfollowing_ends_it(tx: Transaction, assembly: Assembly, zoe: Actor) -> None:
    await following.follow(tx, assembly.actor, zoe)
    await following.unfollow(tx, assembly.actor, zoe)
    await tx.flush()
    assert await following.between(tx, assembly.actor, zoe) is None


async def test_followers_come_in_at_once_or_after_a_yes(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    first = await following.admit_follower(tx, zoe, assembly.actor, uri=f"{zoe.uri}/1")
    assert first.state == ACCEPTED
    again = await following.admit_follower(tx, zoe, assembly.actor, uri=f"{zoe.uri}/2")
    assert (again.id, again.uri) == (first.id, f"{zoe.uri}/2")
    assembly.actor.is_locked = True
    other = await somebody(tx, "https://other.example/users/max")
    wish = await following.admit_follower(tx, other, assembly.actor, uri=f"{other.uri}/1")
    assert wish.state == ASKED
    assert await following.followers_count(tx, assembly.actor) == 1
    await following.refuse_follower(tx, wish)
    await following.refuse_follower(tx, wish)
    assert [type(event).__name__ for event in tx.events].count("FollowerRefused") == 1
    wish = await following.admit_follower(tx, other, assembly.actor, uri=f"{other.uri}/2")
    assert wish.state == ASKED
    await following.accept_follower(tx, await following.by_id(tx, wish.id))
    assert {one.follower.handle for one in await following.followers(tx, assembly.actor)} == {
        "zoe",
        "max",
    }
    with pytest.raises(NotFound):
        await following.by_id(tx, 17)


async def test_what_is_forgotten_leaves_nothing(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    await following.admit_follower(tx, zoe, assembly.actor, uri=f"{zoe.uri}/1")
    await following.follow(tx, assembly.actor, zoe)
    await following.forget(tx, zoe)
    assert await following.between(tx, zoe, assembly.actor) is None
    assert await following.between(tx, assembly.actor, zoe) is None
    await following.forget_follower(tx, zoe, assembly.actor)
    tx.events.clear()


async def test_a_blocked_actor_is_not_heard_and_no_longer_follows(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    await following.admit_follower(tx, zoe, assembly.actor, uri=f"{zoe.uri}/1")
    await following.follow(tx, assembly.actor, zoe)
    await hearing.must_be_heard(tx, zoe)
    await blocking.block(tx, assembly.actor, zoe, "  insultes ")
    await blocking.block(tx, assembly.actor, zoe)
    await tx.flush()
    assert [one.handle for one in await blocking.blocked_actors(tx, assembly.actor)] == ["zoe"]
    assert await following.followers_count(tx, assembly.actor) == 0
    assert await following.between(tx, assembly.actor, zoe) is None
    with pytest.raises(Refusal) as refused:
        await hearing.must_be_heard(tx, zoe)
    assert refused.value.code == "actor-is-blocked"
    with pytest.raises(Refusal):
        await following.admit_follower(tx, zoe, assembly.actor, uri=f"{zoe.uri}/2")
    with pytest.raises(Refusal):
        await following.follow(tx, assembly.actor, zoe)
    await blocking.unblock(tx, assembly.actor, zoe)
    await tx.flush()
    await hearing.must_be_heard(tx, zoe)
    await hearing.must_be_heard(tx, assembly.actor)


async def test_who_blocks_us_is_left_alone(tx: Transaction, assembly: Assembly, zoe: Actor) -> None:
    await following.admit_follower(tx, zoe, assembly.actor, uri=f"{zoe.uri}/1")
    await following.follow(tx, assembly.actor, zoe)
    tx.events.clear()
    for _ in range(2):
        await blocking.was_blocked(tx, zoe, assembly.actor, uri=f"{zoe.uri}/block")
    assert await following.between(tx, zoe, assembly.actor) is None
    assert await following.between(tx, assembly.actor, zoe) is None
    assert await hearing.is_blocked_by(tx, zoe, assembly.actor)
    assert not await hearing.is_blocked_by(tx, assembly.actor, zoe)


@pytest.mark.parametrize(
    ("rules", "only", "heard", "unheard"),
    [
        ({}, False, ["a.example", "b.test"], []),
        ({"example": BLOCKED}, False, ["notexample", "b.test"], ["example", "a.example"]),
        ({"a.example": BLOCKED}, False, ["example", "aa.example"], ["a.example", "b.a.example"]),
        ({"a.example": ALLOWED}, True, ["a.example", "b.a.example"], ["example", "c.test"]),
        ({"a.example": ALLOWED, "b.a.example": BLOCKED}, True, ["a.example"], ["b.a.example"]),
        ({"a.example": BLOCKED, "b.a.example": ALLOWED}, True, [], ["a.example", "b.a.example"]),
        ({"a.example": BLOCKED}, False, [], ["a.example:8443", "b.a.example:8443"]),
        ({"a.example:8443": BLOCKED}, False, ["a.example"], ["a.example:8443"]),
    ],
)
async def test_a_rule_about_a_server_holds_for_all_below_it(
    tx: Transaction,
    assembly: Assembly,
    rules: dict[str, str],
    only: bool,
    heard: list[str],
    unheard: list[str],
) -> None:
    for domain, rule in rules.items():
        if "." in domain:
            await blocking.rule_domain(tx, domain, rule)
        else:
            await blocking.rule_domain(tx, f"x.{domain}", rule)
            await blocking.forget_domain(tx, f"x.{domain}")
            tx.add(DomainRule(domain=domain, rule=rule))
    await blocking.hear_only_allowed(tx, only=only)
    await tx.flush()
    assert {one: await hearing.is_heard(tx, one) for one in heard} == dict.fromkeys(heard, True)
    assert await hearing.heard_among(tx, [*heard, *unheard]) == set(heard)
    assert await hearing.heard_among(tx, []) == set()


async def test_a_server_is_not_heard_under_a_handle_of_another_domain(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    zoe.domain = "friends.example"
    await blocking.rule_domain(tx, "social.example", BLOCKED)
    with pytest.raises(Refusal) as refused:
        await hearing.must_be_heard(tx, zoe)
    assert refused.value.code == "domain-is-blocked"


async def test_a_blocked_server_no_longer_follows(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    other = await somebody(tx, "https://www.social.example/users/max")
    third = await somebody(tx, "https://antisocial.example/users/eve")
    for one in (zoe, other, third):
        await following.admit_follower(tx, one, assembly.actor, uri=f"{one.uri}/1")
    tx.events.clear()
    await blocking.rule_domain(tx, " Social.example. ", BLOCKED, "pourriel")
    assert [one.follower.handle for one in await following.followers(tx, assembly.actor)] == ["eve"]
    await blocking.rule_domain(tx, "social.example", ALLOWED, "réparé")
    [rule] = await blocking.domain_rules(tx)
    assert (rule.domain, rule.rule, rule.reason) == ("social.example", ALLOWED, "réparé")
    for _ in range(2):
        await blocking.forget_domain(tx, "social.example")
        await tx.flush()
    assert list(await blocking.domain_rules(tx)) == []


async def test_many_actors_are_asked_for_at_once(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    blocked = await somebody(tx, "https://other.example/users/max")
    there = await somebody(tx, "https://bad.example/users/eve")
    await blocking.block(tx, assembly.actor, blocked)
    await blocking.rule_domain(tx, "bad.example", BLOCKED)
    await tx.flush()
    assert await hearing.heard_actors(tx, [zoe, blocked, there]) == {zoe.id}
    assert await hearing.heard_actors(tx, []) == set()


@pytest.mark.parametrize("domain", ["", " ", "example", "a.example/b", "a b.example", "https://"])
async def test_what_is_no_domain_is_refused(tx: Transaction, domain: str) -> None:
    with pytest.raises(Invalid) as refused:
        await blocking.rule_domain(tx, domain, BLOCKED)
    assert refused.value.problems[0].code == "domain-malformed"


async def test_relations_end_on_both_sides_or_on_none(
    tx: Transaction, assembly: Assembly, zoe: Actor
) -> None:
    await blocking.end_relations(tx, assembly.actor, zoe)
    assert [type(event).__name__ for event in tx.events] == []
    await following.admit_follower(tx, zoe, assembly.actor, uri=f"{zoe.uri}/1")
    await following.follow(tx, assembly.actor, zoe)
    tx.events.clear()
    await blocking.end_relations(tx, assembly.actor, zoe)
    assert [type(event).__name__ for event in tx.events] == ["FollowerRefused", "FollowEnded"]
    assert (await assemblies.the(tx)).only_allowed_domains is False
