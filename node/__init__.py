"""Palabre: a node on which an assembly deliberates, decides and publishes.

    browser            other servers              mail, later
       |                |         ^                    ^
    web/             federation/  |                    |
       |             receive/   publish/               |
       +--------+-------+         ^                    |
                v                 |  events            |
    assembly/   acts: publish, open_vote, cast_ballot, decide
                methods/: majority, ...
                v
    models/     what the node remembers

    activitypub/  the protocol, pure     network/  the way out, guarded
    database/  one way to change, one way to look
    app  cli  settings  events  live  clock  ids  errors  autoload  absent  words  texts  digests

Everyone comes in through a door, asks the assembly to act, and what happened goes out.
"""

from node import absent

absent.keep_out()
