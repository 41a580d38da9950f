"""Everything that can happen here: the table of contents of the domain."""

from dataclasses import dataclass
from datetime import datetime

from node.models import (
    AccountClaim,
    Actor,
    Assembly,
    Call,
    Contribution,
    Decision,
    Draw,
    Follow,
    JoinRequest,
    Meeting,
    Member,
    Minutes,
    Objection,
    Opinion,
    Proposal,
    Publication,
    Rsvp,
    State,
    Vote,
)


@dataclass(frozen=True)
class AssemblyFounded:
    """The node was set up; its assembly and its own actor exist from now on."""

    assembly: Assembly


@dataclass(frozen=True)
class ActorChanged:
    """Name, description or settings of one of our actors are new."""

    actor: Actor


@dataclass(frozen=True)
class MemberAdmitted:
    """A person is a member from now on."""

    member: Member


@dataclass(frozen=True)
class JoinAnswered:
    """A request to join was answered; one that was admitted votes from this moment."""

    request: JoinRequest
    votes_from: datetime | None


@dataclass(frozen=True)
class MembershipEnded:
    """The assembly ended the membership of somebody who had joined by an account elsewhere."""

    actor: Actor
    join_uri: str


@dataclass(frozen=True)
class AccountClaimed:
    """A member says that an account elsewhere is theirs; it is asked, with this code."""

    claim: AccountClaim
    code: str


@dataclass(frozen=True)
class MemberPublished:
    """A member chose to exist outside of this node too."""

    member: Member


@dataclass(frozen=True)
class MemberUnpublished:
    """A member no longer wishes to exist outside of this node."""

    member: Member


@dataclass(frozen=True)
class ProposalPublished:
    """A text is open for discussion."""

    proposal: Proposal


@dataclass(frozen=True)
class ProposalRevised:
    """The text has a new version."""

    proposal: Proposal


@dataclass(frozen=True)
class ProposalWithdrawn:
    """The text is no longer put to the assembly."""

    proposal: Proposal


@dataclass(frozen=True)
class RoundOpened:
    """A round of the discussion has a time box from now on."""

    proposal: Proposal
    before: State
    kind: str
    until: datetime


@dataclass(frozen=True)
class ProposalDeferred:
    """The text is under discussion again, for a reason."""

    proposal: Proposal
    before: State
    reason: str


@dataclass(frozen=True)
class VoteOpened:
    """The members on the roll are asked for their ballots."""

    vote: Vote


@dataclass(frozen=True)
class OpinionGiven:
    """Somebody outside answered a vote."""

    vote: Vote
    opinion: Opinion


@dataclass(frozen=True)
class VoteClosed:
    """No ballot is taken any more."""

    vote: Vote


@dataclass(frozen=True)
class VoteExtended:
    """There is more time to answer."""

    vote: Vote


@dataclass(frozen=True)
class VoteCancelled:
    """The vote ended without a count; the proposal is under discussion again."""

    vote: Vote


@dataclass(frozen=True)
class VoteVoided:
    """The text changed: the ballots of this round count no more, those who cast them are asked."""

    vote: Vote


@dataclass(frozen=True)
class VoteClosesSoon:
    """A day is left, and these members on the roll have not voted."""

    vote: Vote
    waited_for: tuple[int, ...]


@dataclass(frozen=True)
class ObjectionRaised:
    """A member objects to the text of an open vote, or objects in other words."""

    objection: Objection


@dataclass(frozen=True)
class ObjectionSettled:
    """An objection was lifted, integrated, or declared unreasonable."""

    objection: Objection


@dataclass(frozen=True)
class ObjectionJudged:
    """A member said whether somebody's objection is unreasonable."""

    objection: Objection


@dataclass(frozen=True)
class ObjectionAppealed:
    """The circle is asked about what a pair of facilitators declared unreasonable."""

    objection: Objection


@dataclass(frozen=True)
class DrawAnnounced:
    """A tie is to be ended by a draw whose list, rule and source are published."""

    draw: Draw


@dataclass(frozen=True)
class DrawEntered:
    """The randomness of a draw is known, and with it who was drawn."""

    draw: Draw


@dataclass(frozen=True)
class DecisionTaken:
    """A verdict entered the register."""

    decision: Decision


@dataclass(frozen=True)
class FollowUpDue:
    """The day has come by which a decision is carried out, or looked at again."""

    decision: Decision
    kind: str
    holder: str
    members: tuple[int, ...]


@dataclass(frozen=True)
class CallPublished:
    """People are asked to take part in something."""

    call: Call


@dataclass(frozen=True)
class CallChanged:
    """Date, place or anything else of a call is new."""

    call: Call


@dataclass(frozen=True)
class CallCancelled:
    """What was called for will not take place."""

    call: Call


@dataclass(frozen=True)
class MinutesProposed:
    """What happened at a meeting can be read, and waits for approval."""

    meeting: Meeting
    minutes: Minutes


@dataclass(frozen=True)
class MinutesApproved:
    """A later meeting said that the minutes are right."""

    meeting: Meeting
    minutes: Minutes


@dataclass(frozen=True)
class RsvpReceived:
    """Somebody answered a call."""

    call: Call
    rsvp: Rsvp


@dataclass(frozen=True)
class ContributionMade:
    """A member spoke."""

    contribution: Contribution


@dataclass(frozen=True)
class ContributionEdited:
    """A member put it in other words."""

    contribution: Contribution


@dataclass(frozen=True)
class ContributionRemoved:
    """A member's words were taken back."""

    contribution: Contribution


@dataclass(frozen=True)
class OutsideContributionHeard:
    """Somebody on another server spoke about a proposal of ours."""

    contribution: Contribution


@dataclass(frozen=True)
class PublicationKept:
    """Something from elsewhere is kept and shown."""

    publication: Publication


@dataclass(frozen=True)
class PublicationShared:
    """The assembly passes on what another published."""

    publication: Publication
    uri: str


@dataclass(frozen=True)
class PublicationUnshared:
    """The assembly takes back that it passed something on."""

    publication: Publication
    uri: str


@dataclass(frozen=True)
class FollowAsked:
    """One of ours asks to follow somebody elsewhere."""

    follow: Follow


@dataclass(frozen=True)
class FollowEnded:
    """One of ours no longer follows somebody."""

    follow: Follow


@dataclass(frozen=True)
class FollowerAccepted:
    """Somebody may follow one of ours."""

    follow: Follow


@dataclass(frozen=True)
class FollowerRefused:
    """Somebody may not, or no longer, follow one of ours."""

    follow: Follow


@dataclass(frozen=True)
class ActorBlocked:
    """One of ours no longer hears somebody."""

    blocker: Actor
    blocked: Actor
