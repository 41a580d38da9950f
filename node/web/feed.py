"""The feed: decisions, proposals and calls for whoever reads them elsewhere (Atom, RFC 4287)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from xml.etree import ElementTree as Tree

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from node import clock
from node.assembly import calls, decisions, timelines
from node.models import Assembly
from node.web import register_words
from node.words import Words

_ATOM = "http://www.w3.org/2005/Atom"
_ENTRIES = 50


class Entry(NamedTuple):
    """One thing of the feed; its id is the address of the thing itself."""

    uri: str
    title: str
    kind: str
    published_at: datetime
    updated_at: datetime
    content: str


async def everything(request: Request) -> Response:
    """Give the last things published here, in full, the one changed last first."""
    assembly, words = request.state.assembly, request.state.words
    entries = sorted(await _entries(request), key=lambda entry: entry.updated_at, reverse=True)
    body = write(assembly, words, entries[:_ENTRIES])
    headers = {
        "ETag": f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Language, Cookie",
    }
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/atom+xml")


def write(assembly: Assembly, words: Words, entries: list[Entry]) -> bytes:
    """Write the feed as XML."""
    root = Tree.Element("feed", {"xmlns": _ATOM, "xml:lang": assembly.language})
    own = f"{assembly.origin}/flux.atom"
    _add(root, "id", own)
    _add(root, "title", words("feed.title", name=assembly.name))
    _add(root, "updated", clock.wire(_latest(assembly, entries)))
    Tree.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": own})
    Tree.SubElement(root, "link", {"rel": "alternate", "href": f"{assembly.origin}/"})
    _add(Tree.SubElement(root, "author"), "name", assembly.name)
    for entry in entries:
        _write_entry(root, entry, words)
    body: bytes = Tree.tostring(root, "utf-8", xml_declaration=True)
    return body


def _write_entry(root: Tree.Element, entry: Entry, words: Words) -> None:
    element = Tree.SubElement(root, "entry")
    _add(element, "id", entry.uri)
    _add(element, "title", words(f"feed.{entry.kind}", title=entry.title))
    Tree.SubElement(element, "link", {"rel": "alternate", "href": entry.uri})
    Tree.SubElement(element, "category", {"term": entry.kind})
    _add(element, "published", clock.wire(entry.published_at))
    _add(element, "updated", clock.wire(entry.updated_at))
    _add(element, "content", entry.content).set("type", "html")


async def _entries(request: Request) -> Iterable[Entry]:
    origin = request.state.assembly.origin
    found: list[Entry] = []
    async with request.app.state.node.database.read() as tx:
        for row in await timelines.full_texts(tx, _ENTRIES):
            times = row.published_at, row.changed_at
            uri = f"{origin}/p/{row.number}"
            found.append(Entry(uri, row.title, "proposal", *times, row.content))
        for decision in await decisions.listed(tx, _ENTRIES):
            times = decision.decided_at, decision.decided_at
            content = _outcome(request.state.words, decision.outcome, decision.explanation)
            content += decision.version.content
            uri = f"{origin}/d/{decision.number}"
            found.append(Entry(uri, decision.version.title, "decision", *times, content))
        for call in [*await calls.upcoming(tx), *await calls.past(tx, _ENTRIES)]:
            times = call.published_at, call.changed_at
            uri = f"{origin}/e/{call.number}"
            found.append(Entry(uri, call.title, "call", *times, call.content))
    return found


def _outcome(words: Words, outcome: str, explanation: str) -> str:
    said = register_words.explanation(explanation, words).replace("<", "&lt;")
    return f"<p>{words(f'outcome.{outcome}')} ({said})</p>"


def _latest(assembly: Assembly, entries: list[Entry]) -> datetime:
    return max((entry.updated_at for entry in entries), default=assembly.created_at)


def _add(parent: Tree.Element, name: str, text: str) -> Tree.Element:
    element = Tree.SubElement(parent, name)
    element.text = text
    return element


routes = [Route("/flux.atom", everything)]
