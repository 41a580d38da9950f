"""From a handle to an actor: WebFinger (RFC 7033) and host-meta (RFC 6415)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from node.activitypub import addressing, contexts, iri, values
from node.activitypub.addressing import Handle
from node.activitypub.vocabulary import MalformedActivity

MEDIA_TYPE = "application/jrd+json"
PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
SERVICE = "https://www.w3.org/ns/activitystreams#Service"
SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
INTENT = "https://w3id.org/fep/3b86/"
INTENTS = ("Follow", "Object", "Create", "Like", "Announce")

LONGEST_HOST_META = 65_536
MOST_LINKS = 200

_INTENT_NAMES = {(INTENT + name).lower(): name for name in INTENTS}


@dataclass(frozen=True, slots=True)
class Found:
    """What a server says of a handle; whoever asked must still read the actor and loop back."""

    subject: Handle
    actor_uri: str
    subscribe_template: str | None
    intents: dict[str, str]


def document(
    handle: str,
    origin_host: str,
    actor_uri: str,
    url: str,
    aliases: Sequence[str] = (),
    subscribe_template: str | None = None,
    intents: Mapping[str, str] | None = None,
    service: str | None = None,
) -> dict[str, Any]:
    """Write the answer for one of our actors; `intents` are templates by name (FEP-3b86).

    `service` is the actor of the server itself, for who asked for the server (FEP-d556).
    """
    links: list[dict[str, str]] = [
        {"rel": "self", "type": contexts.MEDIA_TYPE, "href": actor_uri},
        {"rel": PROFILE_PAGE, "type": "text/html", "href": url},
    ]
    if subscribe_template is not None:
        links.append({"rel": SUBSCRIBE, "template": subscribe_template})
    if service is not None:
        links.append({"rel": SERVICE, "type": contexts.MEDIA_TYPE, "href": service})
    links += [{"rel": INTENT + name, "template": link} for name, link in (intents or {}).items()]
    return {
        "subject": f"acct:{handle}@{origin_host}",
        "aliases": list(dict.fromkeys([*aliases, actor_uri, url])),
        "links": links,
    }


def parse(document: dict[str, Any], asked: Handle) -> Found:
    """Read an answer; MalformedActivity unless it names one actor, and a handle (A30).

    Where `subject` is not what was asked, it may only be believed after asking for it in turn.
    """
    subject = document.get("subject")
    if not isinstance(subject, str) or not subject.startswith("acct:"):
        # Some answer with the address of the actor; then it speaks of what was asked.
        if subject is not None and not iri.is_web_address(subject):
            raise MalformedActivity("the answer is about nobody")
        found = asked
    else:
        found = addressing.parse_handle(subject)
    links = _links(document)
    actors = {str(link["href"]) for link in links if _is_self(link)}
    if len(actors) != 1:
        raise MalformedActivity("the answer names no actor, or several")
    return Found(found, actors.pop(), _subscribe(links), _intents(links))


def templates(document: dict[str, Any]) -> tuple[str | None, dict[str, str]]:
    """Read the subscribe template and the intents of an answer that need not name an actor."""
    links = _links(document)
    return _subscribe(links), _intents(links)


def host_meta(origin: str) -> str:
    """Write where our WebFinger is, for those who ask host-meta first."""
    template = quoteattr(f"{origin}/.well-known/webfinger?resource={{uri}}")
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<XRD xmlns="http://docs.oasis-open.org/ns/xri/xrd-1.0">\n'
        f'  <Link rel="lrdd" type="{MEDIA_TYPE}" template={template}/>\n'
        "</XRD>\n"
    )


def parse_host_meta(text: str) -> str | None:
    """Return the WebFinger template of a host-meta; MalformedActivity for a DTD or no XML (A30)."""
    if len(text) > LONGEST_HOST_META:
        raise MalformedActivity("the host-meta is too long")
    found: list[str] = []

    def element(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Link" and attributes.get("rel") == "lrdd":
            found.append(attributes.get("template", ""))

    def doctype(*_: object) -> None:
        raise MalformedActivity("the host-meta has a document type")

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode("utf-8"), True)
    except (expat.ExpatError, UnicodeEncodeError) as error:
        raise MalformedActivity("the host-meta is not XML") from error
    return next((one for one in found if _is_template(one, "{uri}")), None)


def _links(document: dict[str, Any]) -> list[dict[str, Any]]:
    links = values.as_list(document.get("links"))
    if len(links) > MOST_LINKS:
        raise MalformedActivity(f"the answer has more than {MOST_LINKS} links")
    return [link for link in links if isinstance(link, dict) and isinstance(link.get("rel"), str)]


def _is_self(link: dict[str, Any]) -> bool:
    kind = link.get("type")
    return (
        link["rel"] == "self"
        and isinstance(kind, str)
        and contexts.is_activity_media_type(kind)
        and iri.is_identity(link.get("href"))
    )


def _subscribe(links: list[dict[str, Any]]) -> str | None:
    found = (link.get("template") for link in links if link["rel"] == SUBSCRIBE)
    return next((str(one) for one in found if _is_template(one, "{uri}")), None)


def _intents(links: list[dict[str, Any]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for link in links:
        name = _INTENT_NAMES.get(link["rel"].lower())
        template = link.get("template") or link.get("href")
        if name is not None and _is_template(template, "{"):
            found.setdefault(name, str(template))
    return found


def _is_template(value: object, placeholder: str) -> bool:
    """Whether filling in leads to a web address whose host the placeholder cannot change."""
    if not isinstance(value, str) or placeholder not in value:
        return False
    fixed = value.partition("{")[0]
    return iri.is_web_address(fixed) and any(sign in fixed.partition("://")[2] for sign in "/?#")
