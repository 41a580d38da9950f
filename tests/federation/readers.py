"""Those who read an assembly from other servers, and what reaches them."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from node.assembly import assemblies, proposals
from node.federation import actors
from node.models import Actor, Follow, OutboxItem, Peer, Proposal
from tests.fediverse import Fediverse, Stranger, TestNode


async def read_by(node: TestNode, *uris: str, shared_inbox: str | None = None) -> None:
    """Let actors elsewhere follow the assembly of a node."""
    async with node.database.transaction() as tx:
        assembly = await assemblies.the(tx)
        for uri in uris:
            name, domain = uri.rsplit("/", 1)[-1], urlsplit(uri).netloc
            reader = Actor(
                uri=uri,
                type="Person",
                handle=name,
                domain=domain,
                name=name,
                inbox=f"{uri}/inbox",
                shared_inbox=shared_inbox,
            )
            tx.add(reader)
            uri = f"{uri}/follow"
            tx.add(Follow(uri=uri, follower=reader, followed=assembly.actor, state="accepted"))


async def read(node: TestNode, somebody: Stranger) -> None:
    """Let the assembly of a node follow somebody elsewhere who agreed to it."""
    author = await actors.discover(node.node, somebody.uri)
    async with node.database.transaction() as tx:
        reader = (await assemblies.the(tx)).actor
        author = await tx.get(Actor, author.id)
        tx.add(Follow(uri=f"{node.origin}/a/1", follower=reader, followed=author, state="accepted"))


async def publish(node: TestNode, title: str = "Des bancs pour la place") -> Proposal:
    """Publish a proposal, for all who read it."""
    async with node.database.transaction() as tx:
        return await proposals.publish(tx, carrier=None, title=title, text="À l'ombre.")


def inboxes(host: str, count: int) -> Sequence[str]:
    """Return the actors of a server that has no shared inbox."""
    return [f"https://{host}/users/{number}" for number in range(count)]


def posts(fediverse: Fediverse, host: str) -> int:
    """Return how often a server was written to."""
    return sum(
        method == "POST" and urlsplit(url).netloc == host for method, url in fediverse.requests
    )


def letters(fediverse: Fediverse, host: str) -> list[str]:
    """Return the ids of the activities that a server took, one for each delivery."""
    return [
        letter["id"]
        for inbox, arrived in fediverse.letters.items()
        if urlsplit(inbox).netloc == host
        for letter in arrived
    ]


async def sent(node: TestNode) -> list[OutboxItem]:
    """Return what a node has said, oldest first."""
    return sorted(await node.all(OutboxItem), key=lambda item: item.id)


async def peer(node: TestNode, host: str) -> Peer:
    """Return what a node knows of another server."""
    [found] = await node.all(Peer, Peer.host == host)
    assert isinstance(found, Peer)
    return found
