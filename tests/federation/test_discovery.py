"""How a node is found by those who know only its name."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import select

from node import clock
from node.activitypub import webfinger
from node.activitypub.addressing import parse_handle
from node.assembly import members, proposals, votes
from node.models import OutboxItem
from tests.fediverse import Document, TestNode

HERE = "https://riverside.example"


async def finger(node: TestNode, resource: str) -> Document:
    answer = await node.get(f"/.well-known/webfinger?resource={quote(resource, safe='')}")
    assert answer.status_code == 200, resource
    assert answer.headers["content-type"].startswith("application/jrd+json")
    assert answer.headers["access-control-allow-origin"] == "*"
    found: Document = answer.json()
    return found


def links(found: Document, rel: str) -> list[str]:
    return [link.get("href", link.get("template")) for link in found["links"] if link["rel"] == rel]


@pytest.mark.parametrize(
    "resource",
    [
        "acct:rive@riverside.example",
        "rive@riverside.example",
        "@rive@riverside.example",
        "acct:RIVE@Riverside.example",
        f"{HERE}/g/rive",
        f"{HERE}/",
        HERE,
    ],
)
async def test_the_assembly_is_found_by_each_of_its_names(
    riverside: TestNode, resource: str
) -> None:
    found = await finger(riverside, resource)
    assert found["subject"] == "acct:rive@riverside.example"
    assert links(found, "self") == [riverside.actor_uri]
    assert links(found, webfinger.SUBSCRIBE) == [f"{HERE}/interagir?uri={{uri}}"]
    read = webfinger.parse(found, parse_handle("rive@riverside.example"))
    assert read.actor_uri == riverside.actor_uri
    is_the_server = resource.rstrip("/") == HERE
    assert links(found, webfinger.SERVICE) == ([f"{HERE}/actor"] if is_the_server else [])


@pytest.mark.parametrize(
    ("resource", "status"),
    [
        ("", 400),
        ("acct:nobody@riverside.example", 404),
        ("acct:rive@other.example", 404),
        ("https://other.example/g/rive", 404),
        ("acct:", 404),
        ("\0", 404),
        ("a" * 5000, 404),
        ("acct:rive@riverside.example@riverside.example", 404),
    ],
)
async def test_nobody_else_is_found(riverside: TestNode, resource: str, status: int) -> None:
    answer = await riverside.get(f"/.well-known/webfinger?resource={quote(resource)}")
    assert answer.status_code == status


async def test_the_server_names_its_own_actor_and_what_runs_on_it(riverside: TestNode) -> None:
    found = (await riverside.get("/.well-known/nodeinfo")).json()
    by_rel = {link["rel"]: link["href"] for link in found["links"]}
    actor = by_rel.pop("https://www.w3.org/ns/activitystreams#Application")
    assert actor == f"{HERE}/actor"
    assert (await riverside.get("/actor")).json()["type"] == "Application"
    assert len(by_rel) == 2
    for rel, href in by_rel.items():
        answer = await riverside.get(href.removeprefix(HERE))
        assert answer.status_code == 200
        assert answer.json()["version"] == rel.rpartition("/")[2]
        assert rel in answer.headers["content-type"]
        assert answer.json()["software"]["name"] == "palabre"
    assert (await riverside.get("/nodeinfo/1.0")).status_code == 404


async def test_who_asks_for_host_meta_is_led_to_webfinger(riverside: TestNode) -> None:
    answer = await riverside.get("/.well-known/host-meta")
    assert answer.status_code == 200
    template = f"{HERE}/.well-known/webfinger?resource={{uri}}"
    assert webfinger.parse_host_meta(answer.text) == template


async def test_no_document_is_kept_for_who_asks_for_the_page(riverside: TestNode) -> None:
    async with riverside.database.transaction() as tx:
        await members.admit(tx, name="Ana")
    async with riverside.database.transaction() as tx:
        on = await proposals.publish(tx, carrier=None, title="Un banc", text="À l'ombre.")
        vote = await votes.ask(tx, on, closes_at=clock.now() + timedelta(days=1))
        await votes.close(tx, vote)
    async with riverside.database.read() as tx:
        [said, *_] = await tx.all(select(OutboxItem).where(OutboxItem.is_public))
    for path in ("/p/1", "/d/1", said.uri.removeprefix(riverside.origin)):
        answer = await riverside.get(path)
        assert answer.status_code == 200
        assert (answer.headers["vary"], answer.headers["cache-control"]) == ("Accept", "no-cache")


@pytest.mark.parametrize(
    ("path", "leads"),
    [
        ("/", "https://riverside.example/g/rive"),
        ("/@rive", "https://riverside.example/g/rive"),
        ("/@ana", "/u/ana"),
        ("/p/7-un-banc", "/p/7"),
    ],
)
async def test_other_addresses_lead_to_the_id(riverside: TestNode, path: str, leads: str) -> None:
    answer = await riverside.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, leads)
