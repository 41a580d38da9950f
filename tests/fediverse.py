"""Whole nodes in one process, and the network between them: real signatures, real queues."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
from sqlalchemy import func, select

from node.activitypub import contexts, keys, signatures, uris
from node.activitypub.request import Request
from node.app import App, create_app, create_node
from node.assembly import assemblies, following, members
from node.clock import now
from node.federation import actors
from node.models import Actor, Assembly, Delivery, InboxItem, Member
from node.settings import Settings

Document = dict[str, Any]


@dataclass
class TestNode:
    """One node, served in this process; its workers work when told to."""

    __test__ = False

    settings: Settings
    app: App
    assembly: Assembly

    @property
    def node(self) -> Any:
        """What its parts share."""
        return self.app.node

    @property
    def origin(self) -> str:
        """Its address."""
        return self.settings.origin

    @property
    def database(self) -> Any:
        """Its memory."""
        return self.app.node.database

    @property
    def actor_uri(self) -> str:
        """The id of its assembly."""
        return self.assembly.actor.uri

    async def work(self) -> int:
        """Handle what arrived and deliver what is due; return how much that was."""
        worker = self.app.worker
        count = await worker.receiver.work()
        await worker.receiver.idle()
        count += await worker.courier.start_due()
        await worker.courier.idle()
        return count

    async def member(self, name: str, *, published: bool = False, **more: Any) -> Member:
        """Admit a member."""
        async with self.database.transaction() as tx:
            member = await members.admit(tx, name=name, **more)
            if published:
                await members.publish(tx, member)
        return member

    async def follow(self, other: "TestNode | str") -> None:
        """Let the assembly follow another one."""
        uri = other if isinstance(other, str) else other.actor_uri
        followed = await actors.look_up(self.node, uri)
        async with self.database.transaction() as tx:
            assembly = await assemblies.the(tx)
            await following.follow(tx, assembly.actor, followed)

    async def known(self, uri: str) -> Actor | None:
        """Return an actor it knows."""
        async with self.database.read() as tx:
            return await actors.known(tx, uri)

    async def all(self, model: Any, *conditions: Any) -> list[Any]:
        """Return its rows of one kind, the oldest first."""
        by_age = model.__mapper__.primary_key
        async with self.database.read() as tx:
            return list(await tx.all(select(model).where(*conditions).order_by(*by_age)))

    async def count(self, model: Any, *conditions: Any) -> int:
        """Return how many rows of one kind it has."""
        async with self.database.read() as tx:
            statement = select(func.count()).select_from(model).where(*conditions)
            return int(await tx.scalar(statement))

    async def fates(self) -> dict[str, tuple[str, str | None]]:
        """Return what became of everything that arrived, by id of the activity."""
        return {item.uri: (item.state, item.reason) for item in await self.all(InboxItem)}

    async def waiting(self) -> list[Delivery]:
        """Return what has not arrived elsewhere."""
        return await self.all(Delivery)

    async def get(self, path: str, accept: str = contexts.MEDIA_TYPE) -> httpx.Response:
        """Ask it for something, as another server would."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url=self.origin) as client:
            return await client.get(path, headers={"accept": accept})

    async def post(self, path: str, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """Send it something, as another server would."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url=self.origin) as client:
            return await client.post(path, content=body, headers=headers)

    async def close(self) -> None:
        """Let go of everything it holds."""
        await self.app.node.client.close()
        await self.app.node.database.close()


@dataclass
class Stranger:
    """An actor on a server that is no node of ours: its documents, its keys, what it receives."""

    uri: str
    key: Any = field(repr=False)
    seal: Any = field(repr=False)
    fediverse: "Fediverse" = field(repr=False)
    type: str = "Person"
    more: Document = field(default_factory=dict)

    @property
    def inbox(self) -> str:
        """Where others write to it."""
        return f"{self.uri}/inbox"

    @property
    def key_id(self) -> str:
        """The id of its RSA key."""
        return uris.main_key(self.uri)

    def document(self) -> Document:
        """What its server says of it."""
        return {
            "@context": [contexts.AS, "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": self.type,
            "preferredUsername": self.uri.rsplit("/", 1)[-1],
            "inbox": self.inbox,
            "outbox": f"{self.uri}/outbox",
            "publicKey": {
                "id": self.key_id,
                "owner": self.uri,
                "publicKeyPem": keys.public_pem(self.key.public_key()),
            },
            "assertionMethod": [
                {
                    "id": uris.ed25519(self.uri),
                    "type": "Multikey",
                    "controller": self.uri,
                    "publicKeyMultibase": keys.multikey(self.seal.public_key()),
                }
            ],
            **self.more,
        }

    def note(self, number: int | str, **more: Any) -> Document:
        """Something it says."""
        return {
            "id": f"{self.uri}/notes/{number}",
            "type": "Note",
            "attributedTo": self.uri,
            "to": [f"{contexts.AS}#Public"],
            "content": "<p>Bonjour.</p>",
            **more,
        }

    def activity(self, kind: str, thing: Any, number: int | str = 1, **more: Any) -> Document:
        """Something it does."""
        return {
            "@context": contexts.AS,
            "id": f"{self.uri}/{kind.lower()}s/{number}",
            "type": kind,
            "actor": self.uri,
            "object": thing,
            **more,
        }

    def signed(self, url: str, body: bytes, **more: Any) -> dict[str, str]:
        """The headers with which it signs a request."""
        headers = {"content-type": contexts.MEDIA_TYPE}
        request = Request("POST", url, headers, body)
        at = more.pop("at", None) or now()
        key_id = more.pop("key_id", self.key_id)
        return {**headers, **signatures.sign(request, self.key, key_id, at=at, **more)}

    async def send(
        self, node: TestNode, activity: Document | bytes, path: str = "/inbox", **more: Any
    ) -> httpx.Response:
        """Write to a node, signed."""
        body = activity if isinstance(activity, bytes) else msgspec.json.encode(activity)
        return await node.post(path, body, self.signed(node.origin + path, body, **more))

    def received(self, kind: str | None = None) -> list[Document]:
        """What arrived in its inbox."""
        arrived = self.fediverse.letters.get(self.inbox, [])
        return [one for one in arrived if kind is None or one["type"] == kind]


class Fediverse(httpx.AsyncBaseTransport):
    """Carries requests between nodes in this process, remembers them, and can cut one off."""

    def __init__(self, rsa: Any, ed25519: Any) -> None:
        self.nodes: dict[str, TestNode] = {}
        self.documents: dict[str, Document] = {}
        self.letters: dict[str, list[Document]] = {}
        self.statuses: dict[str, int] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.unreachable: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self._rsa = rsa
        self._ed25519 = ed25519

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer like the server it is addressed to."""
        url = str(request.url)
        self.requests.append((request.method, url))
        if request.url.host in self.unreachable:
            raise httpx.ConnectError(f"{request.url.host} is cut off", request=request)
        node = self.nodes.get(request.url.host)
        if node is not None:
            transport = httpx.ASGITransport(node.app, raise_app_exceptions=True)
            return await transport.handle_async_request(request)
        if status := self.statuses.get(url):
            return httpx.Response(status, headers=self.headers.get(url))
        if request.method == "POST":
            body = await request.aread()
            self.letters.setdefault(url, []).append(msgspec.json.decode(body))
            return httpx.Response(202)
        found = self.documents.get(url)
        if found is None:
            return httpx.Response(404)
        headers = {"content-type": contexts.MEDIA_TYPE, **self.headers.get(url, {})}
        return httpx.Response(200, content=msgspec.json.encode(found), headers=headers)

    async def node(
        self, place: str, settings: Settings, name: str, handle: str = "assemblee"
    ) -> TestNode:
        """Found an assembly at a place of this little world."""
        node = create_node(settings, transport=self)
        async with node.database.transaction() as tx:
            assembly = await assemblies.found(
                tx, origin=settings.origin, name=name, handle=handle, language="fr"
            )
        made = TestNode(settings, create_app(settings, node_=node), assembly)
        self.nodes[place] = made
        return made

    def stranger(self, uri: str, **more: Any) -> Stranger:
        """Let somebody live on a server that is no node of ours."""
        stranger = Stranger(uri, self._rsa(), self._ed25519(), self, **more)
        self.documents[uri] = stranger.document()
        return stranger

    async def settle(self) -> None:
        """Let every worker work until nothing is left to do anywhere."""
        for _ in range(200):
            if not sum([await node.work() for node in self.nodes.values()]):
                return
        raise AssertionError("the nodes never come to rest")
