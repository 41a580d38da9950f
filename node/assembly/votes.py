"""Asking the assembly: the vote opens, ballots are cast, the vote closes.

The rooms of this house are in `node/assembly/voting/`; here are the doors that others use.
"""

from node.assembly.voting.casting import cast, cast_ballot
from node.assembly.voting.changing import cancel, change_text, extend
from node.assembly.voting.closing import close, close_vote
from node.assembly.voting.counting import export, result, tally, too_few, turnout
from node.assembly.voting.finding import (
    ballot_of,
    choices,
    due,
    is_over,
    latest,
    locked,
    may_vote,
    next_close,
    on,
)
from node.assembly.voting.on_amendments import about as amendment_of
from node.assembly.voting.opening import (
    ask,
    convene_again,
    may_convene_again,
    may_have_next_round,
    must_be_ahead,
    next_round,
    open_vote,
)
from node.assembly.voting.opinions import counted as opinions
from node.assembly.voting.opinions import hear, hear_opinion, is_expressible, is_multiple
from node.assembly.voting.opinions import people as opinion_givers
from node.assembly.voting.terms import Terms, usual

__all__ = [
    "Terms",
    "amendment_of",
    "ask",
    "ballot_of",
    "cancel",
    "cast",
    "cast_ballot",
    "change_text",
    "choices",
    "close",
    "close_vote",
    "convene_again",
    "due",
    "export",
    "extend",
    "hear",
    "hear_opinion",
    "is_expressible",
    "is_multiple",
    "is_over",
    "latest",
    "locked",
    "may_convene_again",
    "may_have_next_round",
    "may_vote",
    "must_be_ahead",
    "next_close",
    "next_round",
    "on",
    "open_vote",
    "opinion_givers",
    "opinions",
    "result",
    "tally",
    "too_few",
    "turnout",
    "usual",
]
