"""Whether the page of an account elsewhere links back to one of ours, with rel="me"."""

import html
import re
from collections.abc import Collection
from urllib.parse import urlsplit

from node.activitypub import addressing
from node.federation import fetching
from node.federation.node import Node
from node.models import Actor

_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_TAG = re.compile(r"<(?:a|link)\s([^<>]{1,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-z-]{1,20})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=]+))""", re.I)


async def links_back(node: Node, account: Actor, ours: Collection[str]) -> bool:
    """Read the account's own page and look there. Never while a transaction is open.

    Raise Unreachable when its server does not answer, Refusal when it is not to be read.
    """
    page = account.url or account.uri
    # A page on another server is no word of the account (D5).
    if not addressing.same_origin(page, account.uri):
        page = account.uri
    written = await fetching.text(node, page, _ACCEPT)
    return bool({_plain(one) for one in ours} & {_plain(one) for one in mine(written)})


def mine(page: str) -> list[str]:
    """Return the addresses to which a page links as to the same person."""
    found = []
    for tag in _TAG.finditer(page):
        attributes = {
            match[1].lower(): html.unescape(match[2] or match[3] or match[4] or "")
            for match in _ATTRIBUTE.finditer(tag[1])
        }
        if "me" in attributes.get("rel", "").lower().split() and attributes.get("href"):
            found.append(attributes["href"].strip())
    return found


def _plain(address: str) -> str:
    """The address as people may vary it: without the slash at its end or a fragment."""
    return urlsplit(address)._replace(fragment="").geturl().rstrip("/")
