"""From what a person types to an address on their server: WebFinger, asked and looped back."""

from urllib.parse import quote, urlsplit

from node.activitypub import addressing, webfinger
from node.activitypub.addressing import Handle
from node.activitypub.document import Document
from node.activitypub.iri import is_web_address
from node.activitypub.vocabulary import MalformedActivity
from node.activitypub.webfinger import Found
from node.errors import Gone, Refusal, Unreachable
from node.federation import fetching
from node.federation.node import Node

_DEPTH = 2


async def meant(node: Node, written: str) -> tuple[Handle | None, str]:
    """Return the handle and the actor id that somebody means, or None and their link.

    Raise MalformedActivity when it is neither, or when nobody answers to it.
    """
    if written.lower().startswith(("https://", "http://")):
        if not is_web_address(written):
            raise MalformedActivity("that is no address")
        return None, written
    answer = await found(node, addressing.parse_handle(written))
    return answer.subject, answer.actor_uri


async def loop_back(node: Node, handle: Handle, actor_uri: str, name: str) -> None:
    """Raise MalformedActivity unless the actor's own server knows it by this handle (A30).

    Else anybody could name somebody on another server as their own.
    """
    own = Handle(name, addressing.host(actor_uri))
    if handle.domain == own.domain:
        return
    answer = webfinger.parse(await _ask(node, own.domain, own.acct), own)
    if answer.actor_uri != actor_uri or answer.subject != handle:
        raise MalformedActivity(f"{actor_uri} does not call itself {handle}")


async def found(node: Node, handle: Handle, depth: int = 0) -> Found:
    """Ask a server who a handle is; another subject counts only once asked in turn (A30)."""
    answer = webfinger.parse(await _ask(node, handle.domain, handle.acct), handle)
    if answer.subject != handle:
        if depth >= _DEPTH:
            raise MalformedActivity(f"{handle} is passed on and on")
        again = await found(node, answer.subject, depth + 1)
        if again.actor_uri != answer.actor_uri:
            raise MalformedActivity(f"{handle} and {answer.subject} disagree")
        return again
    return answer


async def intent(node: Node, written: str, target_uri: str, intent: str = "Follow") -> str | None:
    """Return where somebody's own server lets them act on an address of ours, or None.

    `written` is their handle, their profile link or their server's name. FEP-3b86 intents are
    preferred to the older subscribe template; nothing is guessed. Raise Refusal with code
    `server-unknown`, or Unreachable.
    """
    try:
        handle, resource = _asked(written)
        answer = await _ask(node, handle, resource)
        subscribe, intents = webfinger.templates(answer)
    except (MalformedActivity, Gone) as error:
        raise Refusal(str(error), code="server-unknown", written=written[:200]) from error
    if template := intents.get(intent):
        return _filled(template, "object", target_uri)
    if template := intents.get("Object"):
        return _filled(template, "object", target_uri)
    return _filled(subscribe, "uri", target_uri) if subscribe else None


def _asked(written: str) -> tuple[str, str]:
    """Which server to ask, and about what: a handle, a profile link, or the server itself."""
    written = written.strip()
    if written.lower().startswith(("https://", "http://")):
        host = addressing.host(written)  # which refuses what is no address at all
        path = urlsplit(written).path.strip("/")
        if path.startswith("@"):
            handle = addressing.parse_handle(f"{path}@{host}")
            return handle.domain, handle.acct
        return host, written if path else addressing.origin(written) + "/"
    if "@" in written:
        handle = addressing.parse_handle(written)
        return handle.domain, handle.acct
    domain = addressing.parse_handle(f"x@{written}").domain
    return domain, f"https://{domain}/"


async def _ask(node: Node, domain: str, resource: str) -> Document:
    scheme = "http" if node.settings.allow_loopback and _is_loopback(domain) else "https"
    base = f"{scheme}://{domain}"
    query = f"/.well-known/webfinger?resource={quote(resource, safe='')}"
    try:
        return await fetching.json(node, base + query, fetching.JRD)
    except (Gone, MalformedActivity):
        template = await _host_meta(node, base)
        if template is None or not addressing.same_origin(template, base):
            raise
        url = template.replace("{uri}", quote(resource, safe=""))
        return await fetching.json(node, url, fetching.JRD)


async def _host_meta(node: Node, base: str) -> str | None:
    try:
        written = await fetching.text(node, f"{base}/.well-known/host-meta", "application/xrd+xml")
        return webfinger.parse_host_meta(written)
    except (Refusal, Unreachable):
        return None


def _filled(template: str, name: str, value: str) -> str | None:
    """Fill in a template that leads to a web address; anything else leads nowhere (P11)."""
    url = template.replace("{" + name + "}", quote(value, safe=""))
    url = url.replace("{uri}", quote(value, safe="")).replace("{object}", quote(value, safe=""))
    return url if "{" not in url and is_web_address(url) else None


def _is_loopback(domain: str) -> bool:
    name = domain.rpartition(":")[0] or domain
    return name in ("localhost", "127.0.0.1", "[::1]") or name.startswith("127.")
