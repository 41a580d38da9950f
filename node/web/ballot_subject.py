"""What a vote is to be opened about: a text or an amendment to it, each with its own rules."""

from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request

from node.assembly import proposals, votes
from node.assembly.voting import on_amendments, opening
from node.assembly.voting.terms import Terms
from node.database import Transaction
from node.errors import NotNow
from node.models import Amendment, Proposal, State
from node.web import ballot_at
from node.web.security import signed_in


class Subject(NamedTuple):
    """What the assembly is to be asked about: a text, or an amendment to it."""

    proposal: Proposal
    amendment: Amendment | None
    path: str

    @property
    def method(self) -> str:
        """The method that is offered first."""
        return self.proposal.method if self.amendment is None else on_amendments.USUAL

    def among(self, allowed: Sequence[str]) -> list[str]:
        """Return the methods of these by which it can be voted."""
        known = None if self.amendment is None else on_amendments.methods()
        return [name for name in allowed if known is None or name in known]

    async def must_be_ready(self, tx: Transaction) -> None:
        """Raise NotNow while it is not its turn."""
        if self.amendment is None:
            await opening.must_be_ready(tx, self.proposal)
        else:
            await on_amendments.must_be_next(tx, self.proposal, self.amendment)

    async def usual(self, tx: Transaction, name: str) -> Terms:
        """Return the terms that the rules of the assembly give."""
        kept = votes.usual if self.amendment is None else on_amendments.usual
        return await kept(tx, name)

    async def allowed(self, tx: Transaction, chosen: Terms) -> Terms:
        """Return the terms as they are kept. Raise Invalid."""
        check = opening.allowed if self.amendment is None else on_amendments.allowed
        return await check(tx, chosen)


async def carried(request: Request) -> Subject:
    """Return what the address names, for one who carries it. Raise Refusal or NotNow."""
    member = signed_in(request)
    async with request.app.state.node.database.read() as tx:
        proposal, amendment = await ballot_at.subject(tx, request)
    proposals.must_carry(proposal, member)
    if proposal.state not in (*proposals.OPEN, State.FROZEN):
        raise NotNow(f"proposal {proposal.label} is at {proposal.state}", code="cannot-open-vote")
    return Subject(proposal, amendment, ballot_at.path(request))
