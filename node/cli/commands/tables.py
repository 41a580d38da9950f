"""What registers itself, made visible."""

from starlette.routing import Route

import node.web
from node import events
from node.app import register_everything
from node.autoload import autoload
from node.cli.command import Context, command, data_flag
from node.federation import discovery, documents, incoming


@command("routes", data_flag)
def routes(_context: Context) -> None:
    """Print every address the node answers at."""
    pages = [route for page in autoload(node.web) for route in getattr(page, "routes", [])]
    for route in [*discovery.routes, *documents.routes, *pages]:
        if isinstance(route, Route):
            name = f"{route.endpoint.__module__}.{route.endpoint.__qualname__}"
            print(f"{','.join(sorted(route.methods or [])):10} {route.path:40} {name}")


@command("activities", data_flag)
def activities(_context: Context) -> None:
    """Print what happens when an activity arrives, and when something happens here."""
    register_everything()
    for (kind, thing), handler in sorted(incoming.table().items(), key=str):
        print(f"{kind} {thing or '*'}: {handler.__module__}.{handler.__qualname__}")
    for event, heard in events.listeners().items():
        for listener in heard:
            print(f"{event.__name__}: {listener.__module__}.{listener.__qualname__}")
