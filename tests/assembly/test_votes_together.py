"""Proxies: another one's voice counts once, and only while its giver is silent."""

import pytest

from node.assembly import members, votes
from node.assembly.voting import proxies
from node.database import Transaction
from node.errors import Invalid, NotNow, Refusal
from node.models import Member, Proposal, Vote
from tests.assembly.conftest import later
from tests.conftest import Travel


async def opened(tx: Transaction, proposal: Proposal, ben: Member, **more: object) -> Vote:
    """Open a vote on some terms."""
    on = votes.Terms(method="majority", **more)  # type: ignore[arg-type]
    return await votes.open_vote(tx, proposal, by=ben, closes_at=later(days=2), on=on)


async def cast(tx: Transaction, vote: Vote, voter: Member, choice: str) -> None:
    """Cast a ballot."""
    await votes.cast_ballot(tx, vote, voter, choice, version_digest=vote.version.digest)


async def test_a_proxy_counts_until_its_giver_votes(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    vote = await opened(tx, proposal, ben, proxies_max=2)
    await proxies.give(tx, vote, giver=ana, holder=ben)
    assert [(one.giver, one.holder) for one in await proxies.listed(tx, vote.id)] == [
        ("Ana Morel", "Ben")
    ]
    assert sum((await votes.tally(tx, vote)).values()) == 0
    await cast(tx, vote, ben, "for")
    assert (await votes.tally(tx, vote))["for"] == 2
    assert await votes.turnout(tx, vote) == 1
    await cast(tx, vote, ana, "against")
    assert await votes.tally(tx, vote) == {"for": 1, "against": 1, "abstain": 0}
    with pytest.raises(NotNow):
        await proxies.give(tx, vote, giver=ana, holder=charlie)


async def test_a_proxy_taken_back_counts_no_more(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    vote = await opened(tx, proposal, ben, proxies_max=2)
    await proxies.give(tx, vote, giver=ana, holder=ben)
    await cast(tx, vote, ben, "for")
    await proxies.revoke(tx, vote, giver=ana)
    assert (await votes.tally(tx, vote))["for"] == 1


async def test_proxies_are_few_and_not_passed_on(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, charlie: Member
) -> None:
    dan = await members.admit(tx, name="Dan", handle="dan")
    vote = await opened(tx, proposal, ben, proxies_max=1)
    late = await members.admit(tx, name="Eva", handle="eva")
    await proxies.give(tx, vote, giver=ana, holder=ben)
    for giver, holder, code in (
        (charlie, ben, "proxies-full"),
        (charlie, ana, "proxy-chain"),
        (ben, charlie, "proxy-holder-gives"),
        (charlie, charlie, "proxy-to-oneself"),
        (charlie, late, "proxy-holder-not-on-the-roll"),
    ):
        with pytest.raises(Invalid) as refused:
            await proxies.give(tx, vote, giver=giver, holder=holder)
        assert [one.code for one in refused.value.problems] == [code]
    with pytest.raises(Refusal):
        await proxies.give(tx, vote, giver=late, holder=dan)
    await proxies.give(tx, vote, giver=ana, holder=dan)
    await proxies.give(tx, vote, giver=charlie, holder=ben)


async def test_proxies_are_off_unless_a_vote_has_them(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member
) -> None:
    vote = await opened(tx, proposal, ben)
    with pytest.raises(NotNow) as refused:
        await proxies.give(tx, vote, giver=ana, holder=ben)
    assert refused.value.code == "no-proxies"


async def test_a_proxy_is_given_and_taken_back_until_the_close(
    tx: Transaction, proposal: Proposal, ana: Member, ben: Member, travel: Travel
) -> None:
    vote = await opened(tx, proposal, ben, proxies_max=1)
    await proxies.give(tx, vote, giver=ana, holder=ben)
    travel(days=2, minutes=1)
    for act in (
        proxies.give(tx, vote, giver=ana, holder=ben),
        proxies.revoke(tx, vote, giver=ana),
    ):
        with pytest.raises(NotNow) as refused:
            await act
        assert refused.value.code == "vote-is-closed"
    assert len(await proxies.listed(tx, vote.id)) == 1
