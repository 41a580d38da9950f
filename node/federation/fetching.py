"""Reading a document from its own server, and believing it only there."""

from collections.abc import Mapping

from node import clock
from node.activitypub import addressing, contexts, document, signatures
from node.activitypub.document import Document
from node.activitypub.request import Request
from node.activitypub.vocabulary import MalformedActivity
from node.assembly import assemblies, hearing
from node.errors import Gone, Refusal, Unreachable
from node.federation import identity
from node.federation.identity import Signer
from node.federation.node import Node
from node.network.client import Answer, HeadersFor

JRD = "application/jrd+json"


async def read(node: Node, uri: str) -> Document:
    """Fetch what stands at this address, signed as this node, and check that it says so itself.

    Raise Gone for 404 and 410, Unreachable when trying later may help, MalformedActivity when
    the answer cannot be believed, Refusal when its server is not to be heard (A2, A3, P2).
    """
    answer = await _fetched(node, uri)
    found = document.parse(answer.body)
    if found.get("id") == uri:
        return found
    return await _at_its_own_address(node, uri, found)


async def _at_its_own_address(node: Node, asked: str, found: Document) -> Document:
    """A document that calls itself otherwise counts only if its own address repeats it."""
    claimed = found.get("id")
    if not isinstance(claimed, str) or not addressing.same_origin(claimed, asked):
        raise MalformedActivity(f"{asked} answered with the document of somebody else")
    again = document.parse((await _fetched(node, claimed)).body)
    if again.get("id") != claimed:
        raise MalformedActivity(f"{claimed} does not call itself so")
    return again


async def read_key(node: Node, key_id: str) -> Document:
    """Fetch the document in which a key stands: its owner, or a document of its own."""
    return document.parse((await _fetched(node, key_id.partition("#")[0])).body)


async def json(node: Node, url: str, accept: str) -> Document:
    """Fetch a discovery document (WebFinger, NodeInfo), unsigned."""
    answer = await _guarded(node, url, accept, _unsigned(node))
    return document.parse(answer.body)


async def text(node: Node, url: str, accept: str) -> str:
    """Fetch a small text that is no JSON: host-meta."""
    return (await _guarded(node, url, accept, _unsigned(node))).body.decode("utf-8", "replace")


def _unsigned(node: Node) -> HeadersFor:
    """No headers at all; but every server on the way must be one that we hear (P9, P14)."""

    async def headers_for(_method: str, url: str) -> Mapping[str, str]:
        await _must_be_heard(node, url)
        return {}

    return headers_for


async def _fetched(node: Node, uri: str) -> Answer:
    await _must_be_heard(node, uri)
    signer = await instance_signer(node)

    async def headers_for(method: str, url: str) -> Mapping[str, str]:
        # Asked for every hop before it is made: nobody sends us to a third server (A2, P9).
        if not addressing.same_origin(url, uri):
            raise MalformedActivity(f"{uri} leads to another server")
        request = Request(method, url, {}, b"")
        return signatures.sign(request, signer.key, signer.key_id, at=clock.now())

    answer = await _guarded(node, uri, contexts.ACCEPT, headers_for)
    if not addressing.same_origin(answer.url, uri):
        raise MalformedActivity(f"{uri} leads to another server")
    if not contexts.is_activity_media_type(answer.headers.get("content-type", "")):
        raise MalformedActivity(f"{uri} is not an ActivityPub document")
    return answer


async def _guarded(node: Node, uri: str, accept: str, headers_for: HeadersFor) -> Answer:
    host = addressing.host(uri)
    node.breaker.check(host)
    try:
        answer = await node.client.get(uri, accept=accept, headers_for=headers_for)
    except Unreachable:
        node.breaker.failed(host)
        raise
    node.breaker.succeeded(host)
    if answer.status in (404, 410):
        raise Gone(f"{uri} answers {answer.status}", answered=answer.status)
    if answer.status in (401, 403, 429) or answer.status >= 500:
        raise Unreachable(f"{uri} answers {answer.status}", status=answer.status)
    if answer.status != 200:
        raise Refusal(f"{uri} answers {answer.status}", code="not-readable")
    return answer


async def _must_be_heard(node: Node, uri: str) -> None:
    host = addressing.host(uri)
    if addressing.same_origin(uri, node.origin):
        raise Refusal(f"{uri} is ours: nothing is fetched from ourselves")
    async with node.database.read() as tx:
        if not await hearing.is_heard(tx, host):
            raise Refusal(f"{host} is blocked", code="domain-is-blocked", domain=host)


async def instance_signer(node: Node) -> Signer:
    """Return the key of the node's own actor, which signs everything we fetch."""
    known = node.signers.get(0)
    if known is None:
        async with node.database.read() as tx:
            known = await identity.signer(tx, (await assemblies.the(tx)).instance_id)
        node.signers.put(0, known)
    return known
