"""An account elsewhere is a member's only when both sides say so."""

import pytest

from node.assembly import blocking, linking, members
from node.assembly.events import AccountClaimed
from node.database import Transaction
from node.errors import NotFound, NotNow, Refusal
from node.models import Actor, Assembly, Member
from tests.assembly.conftest import somebody
from tests.conftest import Travel


async def claim(tx: Transaction, member: Member, account: Actor) -> str:
    """Claim an account; return the code that it is sent."""
    await linking.claim(tx, member, account)
    return next(one.code for one in reversed(tx.events) if isinstance(one, AccountClaimed))


async def test_the_code_that_the_account_got_links_it(
    tx: Transaction, assembly: Assembly, ana: Member, ben: Member
) -> None:
    zoe = await somebody(tx)
    code = await claim(tx, ana, zoe)
    assert await members.by_linked_account(tx, zoe) is None
    assert not await linking.enter_code(tx, ana, "ABCD-EFGH")
    assert not await linking.enter_code(tx, ana, "")
    assert await linking.enter_code(tx, ana, f" {code.lower().replace('-', ' ')} ")
    found = await members.by_linked_account(tx, zoe)
    assert found is not None
    assert found.id == ana.id
    with pytest.raises(NotNow) as taken:
        await linking.claim(tx, ben, zoe)
    assert taken.value.code == "account-taken"
    await linking.unlink(tx, ana)
    assert await members.by_linked_account(tx, zoe) is None


async def test_the_account_may_send_the_code_back_itself(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    zoe, max_ = await somebody(tx), await somebody(tx, "https://autre.example/users/max")
    code = await claim(tx, ana, zoe)
    assert not await linking.hear_code(tx, max_, code)
    assert not await linking.hear_code(tx, zoe, "Bonjour !")
    assert await linking.hear_code(tx, zoe, f"@rive Oui, {code}.")
    linked = await linking.linked(tx, ana)
    assert linked is not None
    assert (linked.actor_id, linked.proof) == (zoe.id, "message")
    zoe.deleted_at = ana.admitted_at
    assert await members.by_linked_account(tx, zoe) is None


async def test_a_code_is_tried_five_times_and_for_a_day(
    tx: Transaction, assembly: Assembly, ana: Member, travel: Travel
) -> None:
    zoe = await somebody(tx)
    code = await claim(tx, ana, zoe)
    for _ in range(5):
        assert not await linking.enter_code(tx, ana, "ABCD-EFGH")
    with pytest.raises(NotNow):
        await linking.enter_code(tx, ana, code)
    assert not await linking.hear_code(tx, zoe, code)
    code = await claim(tx, ana, zoe)
    travel(hours=25)
    assert not await linking.hear_code(tx, zoe, code)
    assert await linking.claimed(tx, ana) is None
    made = await linking.claim(tx, ana, zoe)
    assert (await linking.by_token(tx, made.token)).member_id == ana.id
    await linking.withdraw(tx, ana)
    with pytest.raises(NotFound):
        await linking.by_token(tx, made.token)


async def test_some_accounts_cannot_be_claimed(
    tx: Transaction, assembly: Assembly, ana: Member, ben: Member
) -> None:
    with pytest.raises(NotNow):
        await linking.claim(tx, ana, ben.actor)
    zoe = await somebody(tx)
    await blocking.rule_domain(tx, "social.example", "blocked")
    with pytest.raises(Refusal):
        await linking.claim(tx, ana, zoe)


async def test_an_account_that_sends_wrong_codes_is_heard_five_times(
    tx: Transaction, assembly: Assembly, ana: Member
) -> None:
    zoe = await somebody(tx)
    code = await claim(tx, ana, zoe)
    for _ in range(4):
        assert not await linking.hear_code(tx, zoe, "ABCD-EFGH")
    # What holds no code is no try.
    assert not await linking.hear_code(tx, zoe, "Bonjour !")
    assert await linking.hear_code(tx, zoe, code)
    code = await claim(tx, ana, zoe)
    for _ in range(5):
        assert not await linking.hear_code(tx, zoe, "ABCD-EFGH")
    assert not await linking.hear_code(tx, zoe, code)


@pytest.mark.parametrize(
    ("written", "is_one"),
    [
        ("ABCD-EFGH", True),
        ("<p>@rive voici : abcd efgh.</p>", True),
        ("ABCDEFGH", True),
        ("Bonjour !", False),
        ("ABCD-EFG", False),
        ("XABCD-EFGH", False),
        # Letters that look like figures are in no code.
        ("ABCD-EFG0", False),
        ("", False),
        ("x" * 2000 + " ABCD-EFGH", False),
    ],
)
def test_a_code_is_recognised_among_words(written: str, is_one: bool) -> None:
    assert linking.looks_like_a_code(written) is is_one
