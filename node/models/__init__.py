"""What the node remembers: one file per thing, tables as mapped classes."""

from node.models.actor import Actor, ActorKey
from node.models.assembly import Assembly
from node.models.base import Model, Moment
from node.models.call import Call, Rsvp
from node.models.contribution import Contribution
from node.models.decision import Decision, RegisterEntry
from node.models.following import ActorBlock, DomainRule, Follow, Reaction, Report
from node.models.member import AccessToken, Member, OneTimeLink, Session
from node.models.proposal import Proposal, State, Version
from node.models.publication import Publication, Tombstone
from node.models.traffic import Counter, Delivery, InboxItem, OutboxItem, Peer
from node.models.vote import Ballot, Opinion, Vote, Voter

__all__ = [
    "AccessToken",
    "Actor",
    "ActorBlock",
    "ActorKey",
    "Assembly",
    "Ballot",
    "Call",
    "Contribution",
    "Counter",
    "Decision",
    "Delivery",
    "DomainRule",
    "Follow",
    "InboxItem",
    "Member",
    "Model",
    "Moment",
    "OneTimeLink",
    "Opinion",
    "OutboxItem",
    "Peer",
    "Proposal",
    "Publication",
    "Reaction",
    "RegisterEntry",
    "Report",
    "Rsvp",
    "Session",
    "State",
    "Tombstone",
    "Version",
    "Vote",
    "Voter",
]
