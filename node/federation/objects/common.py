"""The parts that every document of ours shares."""

import html
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from node import clock, ids, words
from node.activitypub import contexts, uris
from node.activitypub.addressing import PUBLIC
from node.activitypub.document import Document
from node.assembly import method
from node.models import Actor, Assembly, Version
from node.words import Words

OUTCOMES = {"void": "no-votes-cast", "quorum_not_met": "no-quorum", "tie": "tied"}


# Whoever asks may quote what the assembly says to everybody (FEP-044f).
QUOTABLE: Document = {"interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}}}


def origin_of(actor: Actor) -> str:
    """Return scheme and host of an actor of ours."""
    return actor.uri[: actor.uri.index("/", actor.uri.index("://") + 3)]


def activity(
    kind: str,
    actor: Actor,
    thing: Document | str,
    *,
    to: Sequence[str],
    cc: Sequence[str] = (),
    uri: str | None = None,
    **more: object,
) -> Document:
    """Wrap an object in an activity of one of our actors, with the same audience."""

    return {
        "@context": contexts.CONTEXT,
        "id": uri or uris.activity(origin_of(actor), ids.ulid()),
        "type": kind,
        "actor": actor.uri,
        "to": list(to),
        "cc": list(cc),
        "published": clock.wire(clock.now()),
        "object": thing,
        **more,
    }


class Addressed(TypedDict):
    """To whom a document goes, as two properties of it."""

    to: list[str]
    cc: list[str]


def public(actor: Actor) -> Addressed:
    """Address something to everybody, and to those who follow the actor."""
    return {"to": [PUBLIC], "cc": [actor.followers or ""]}


def spoken(assembly: Assembly) -> Words:
    """Return the words in which the assembly speaks to others."""
    return words.of(assembly.language)


def in_language(language: str, content: str) -> dict[str, object]:
    """Both forms of a text: Mastodon reads the language from one, others need the other."""
    return {"content": content, "contentMap": {language: content}}


def paragraph(text: str) -> str:
    """Write one line of plain text as a paragraph."""
    return f"<p>{html.escape(text, quote=False)}</p>"


def headline(text: str, rest: str = "") -> str:
    """Write a title as the first paragraph: a Note has no name (wire.md, rule 8)."""
    more = f" {html.escape(rest, quote=False)}" if rest else ""
    return f"<p><strong>{html.escape(text, quote=False)}</strong>{more}</p>"


def link(url: str, text: str) -> str:
    """Write a paragraph that is a link."""
    return f'<p><a href="{html.escape(url)}">{html.escape(text, quote=False)}</a></p>'


def exact_revision(assembly: Assembly, number: int, version: Version, label: str) -> Document:
    """Point at the very text that is meant (FEP-e232)."""
    return {
        "type": "Link",
        "mediaType": contexts.LD_MEDIA_TYPE,
        "href": uris.revision(assembly.origin, number, version.number),
        "rel": f"{contexts.NS}subject",
        "name": label,
    }


def counts(tally: Mapping[str, Any]) -> list[Document]:
    """Write a tally by code."""
    return [{"code": method.wire_code(code), "n": count} for code, count in tally.items()]


def collection(uri: str, items: Sequence[object]) -> Document:
    """Write a small collection in one piece."""
    return {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "OrderedCollection",
        "totalItems": len(items),
        "orderedItems": list(items),
    }


def tombstone(uri: str, former_type: str, deleted: str) -> Document:
    """Say that something was there, and will never be again."""
    return {
        "@context": contexts.CONTEXT,
        "id": uri,
        "type": "Tombstone",
        "formerType": former_type,
        "deleted": deleted,
    }
