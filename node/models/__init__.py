"""What the node remembers: one file per thing, tables as mapped classes."""

from node.models.actor import Actor, ActorKey
from node.models.amendment import (
    Amendment,
    Draft,
    DraftCarrier,
    Endorsement,
    Leaning,
    Standing,
    Step,
)
from node.models.assembly import Assembly
from node.models.base import Model, Moment
from node.models.call import Call, Rsvp
from node.models.contribution import Contribution
from node.models.decision import Decision, FollowUp, FollowUpReminder, RegisterEntry
from node.models.draw import Draw
from node.models.following import ActorBlock, DomainRule, Follow, Quote, Reaction, Report
from node.models.joining import (
    AccountClaim,
    Duty,
    Invitation,
    JoinRequest,
    LinkedAccount,
)
from node.models.meeting import AgendaItem, Attendee, Meeting, Minutes
from node.models.member import AccessToken, Member, OneTimeLink, Session
from node.models.objection import Objection, ObjectionVoice
from node.models.proposal import CoCarrier, Proposal, State, Version
from node.models.publication import Publication, Tombstone
from node.models.rules import Act, RuleSetting
from node.models.traffic import Counter, Delivery, InboxItem, OutboxItem, Peer
from node.models.vote import (
    Attendance,
    Ballot,
    Opinion,
    Participation,
    Proxy,
    RoomCount,
    SecretBallot,
    Vote,
    VoteChange,
    Voter,
)

__all__ = [
    "AccessToken",
    "AccountClaim",
    "Act",
    "Actor",
    "ActorBlock",
    "ActorKey",
    "AgendaItem",
    "Amendment",
    "Assembly",
    "Attendance",
    "Attendee",
    "Ballot",
    "Call",
    "CoCarrier",
    "Contribution",
    "Counter",
    "Decision",
    "Delivery",
    "DomainRule",
    "Draft",
    "DraftCarrier",
    "Draw",
    "Duty",
    "Endorsement",
    "Follow",
    "FollowUp",
    "FollowUpReminder",
    "InboxItem",
    "Invitation",
    "JoinRequest",
    "Leaning",
    "LinkedAccount",
    "Meeting",
    "Member",
    "Minutes",
    "Model",
    "Moment",
    "Objection",
    "ObjectionVoice",
    "OneTimeLink",
    "Opinion",
    "OutboxItem",
    "Participation",
    "Peer",
    "Proposal",
    "Proxy",
    "Publication",
    "Quote",
    "Reaction",
    "RegisterEntry",
    "Report",
    "RoomCount",
    "Rsvp",
    "RuleSetting",
    "SecretBallot",
    "Session",
    "Standing",
    "State",
    "Step",
    "Tombstone",
    "Version",
    "Vote",
    "VoteChange",
    "Voter",
]
