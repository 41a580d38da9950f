"""What kind of server this is, for statistics (NodeInfo 2.0 and 2.1, FEP-f1d5, FEP-0151)."""

from collections.abc import Mapping
from typing import Any, Literal

from node.activitypub import uris

APPLICATION = "https://www.w3.org/ns/activitystreams#Application"
SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/"
VERSIONS = ("2.0", "2.1")

Version = Literal["2.0", "2.1"]


def media_type(version: Version) -> str:
    """Return the type a NodeInfo document is served under."""
    return f'application/json; profile="{SCHEMA}{version}#"'


def discovery(origin: str) -> dict[str, Any]:
    """Write where our NodeInfo documents are, and the actor of the server itself (FEP-2677)."""
    links = [
        {"rel": f"{SCHEMA}{version}", "href": f"{origin}/nodeinfo/{version}"}
        for version in VERSIONS
    ]
    return {"links": [*links, {"rel": APPLICATION, "href": uris.instance(origin)}]}


def document(
    version: Version,
    *,
    software_version: str,
    users: int | None = None,
    local_posts: int | None = None,
    open_registrations: bool = False,
    metadata: Mapping[str, Any] | None = None,
    repository: str | None = None,
) -> dict[str, Any]:
    """Write a NodeInfo document; a count that must not be shown is left out, never faked."""
    software = {"name": "palabre", "version": software_version}
    if version == "2.1" and repository is not None:
        software["repository"] = repository
    usage: dict[str, Any] = {"users": {} if users is None else {"total": users}}
    if local_posts is not None:
        usage["localPosts"] = local_posts
    return {
        "version": version,
        "software": software,
        "protocols": ["activitypub"],
        "services": {"inbound": [], "outbound": []},
        "openRegistrations": open_registrations,
        "usage": usage,
        "metadata": dict(metadata or {}),
    }
