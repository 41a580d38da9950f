"""The addresses of wire.md, section 3."""

import pytest

from node.activitypub import uris

O = "https://n.example"  # noqa: E741
TOWN = f"{O}/g/town"


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (uris.assembly(O, "town"), "/g/town"),
        (uris.coordination(O, "buses"), "/c/buses"),
        (uris.organization(O, "union"), "/o/union"),
        (uris.person(O, "ana"), "/u/ana"),
        (uris.instance(O), "/actor"),
        (uris.observer(O, 12), "/p/12/observer"),
        (uris.register_bot(O, "town"), "/g/town/register-bot"),
        (uris.proposal(O, 12), "/p/12"),
        (uris.revision(O, 12, 3), "/p/12/r/3"),
        (uris.vote(O, 12), "/p/12/vote"),
        (uris.round_(O, 12, 1), "/p/12/round/1"),
        (uris.context(O, 12), "/p/12/context"),
        (uris.replies(O, 12), "/p/12/replies"),
        (uris.decision(O, 7), "/d/7"),
        (uris.event(O, 31), "/e/31"),
        (uris.attendees(O, 31), "/e/31/attendees"),
        (uris.note(O, "01J"), "/n/01J"),
        (uris.activity(O, "01J"), "/a/01J"),
        (uris.quote(O, 5), "/q/5"),
        (uris.ballot(O, "01H"), "/b/01H"),
        (uris.receipt(O, "01H"), "/b/01H/receipt"),
        (uris.attestation(O, "01M"), "/t/01M"),
        (uris.mandate(O, 4), "/m/4"),
        (uris.revocation(O, 4), "/m/4/revocation"),
        (uris.register(TOWN), "/g/town/register"),
        (uris.register_entry(TOWN, 311), "/g/town/register/311"),
        (uris.register_head(TOWN), "/g/town/register/head"),
        (uris.keys(TOWN), "/g/town/keys"),
        (uris.inbox(TOWN), "/g/town/inbox"),
        (uris.outbox(TOWN), "/g/town/outbox"),
        (uris.followers(TOWN), "/g/town/followers"),
        (uris.following(TOWN), "/g/town/following"),
        (uris.featured(TOWN), "/g/town/featured"),
        (uris.shared_inbox(O), "/inbox"),
        (uris.palabre_context(O), "/ns/palabre/v1"),
        (uris.main_key(TOWN), "/g/town#main-key"),
        (uris.seal(TOWN), "/g/town#seal"),
        (uris.ed25519(TOWN), "/g/town#ed25519"),
    ],
)
def test_every_thing_has_its_address(built: str, expected: str) -> None:
    assert built == O + expected


@pytest.mark.parametrize(
    ("key_id", "actor"),
    [
        ("https://m.example/users/a#main-key", "https://m.example/users/a"),
        ("https://gts.example/users/a/main-key", "https://gts.example/users/a"),
        ("https://z.example/u/a/publickey", "https://z.example/u/a"),
        ("https://pt.example/accounts/a", "https://pt.example/accounts/a"),
    ],
)
def test_a_key_id_leads_to_its_actor(key_id: str, actor: str) -> None:
    assert uris.actor_of_key(key_id) == actor
