"""There is one way out of the program, and it is guarded."""

import ast
from pathlib import Path

import node.network

NETWORK = Path(node.network.__file__).parent
ROOT = NETWORK.parent
MODULES = {
    "aiohttp",
    "ftplib",
    "http.client",
    "httpcore",
    "pyreqwest",
    "requests",
    "smtplib",
    "socket",
    "urllib.request",
    "urllib3",
}
NAMES = {
    "AsyncClient",
    "AsyncHTTPTransport",
    "HTTPTransport",
    "create_connection",
    "open_connection",
    "open_unix_connection",
    "sock_connect",
}
HTTPX = {"Client", "delete", "get", "head", "options", "patch", "post", "put", "request", "stream"}


def _ways_out(source: str) -> set[str]:
    found: set[str] = set()
    for part in ast.walk(ast.parse(source)):
        if isinstance(part, ast.Import):
            found |= {alias.name for alias in part.names}
        elif isinstance(part, ast.ImportFrom):
            found |= {part.module or ""} | {f"{part.module}.{a.name}" for a in part.names}
            found |= {alias.name for alias in part.names} & NAMES
        elif isinstance(part, ast.Attribute):
            is_httpx = isinstance(part.value, ast.Name) and part.value.id == "httpx"
            found |= {part.attr} & (NAMES | HTTPX if is_httpx else NAMES)
    named = {name for name in found if name in MODULES or name.split(".")[0] in MODULES}
    return named | (found & (NAMES | HTTPX))


def test_only_the_network_package_reaches_out() -> None:
    others = [path for path in ROOT.rglob("*.py") if path.parent != NETWORK]
    leaks = {str(path): ways for path in others if (ways := _ways_out(path.read_text("utf-8")))}
    assert leaks == {}


def test_each_way_out_has_its_one_module() -> None:
    ways = {path.name: _ways_out(path.read_text("utf-8")) for path in NETWORK.glob("*.py")}
    assert ways.pop("listener.py") == {"socket"}
    assert {name: found for name, found in ways.items() if found} == {
        "fast.py": {"pyreqwest", "pyreqwest.client", "pyreqwest.request", "pyreqwest.response"}
        | {f"pyreqwest.{name}" for name in ("exceptions", "client.Client", "client.ClientBuilder")}
        | {"pyreqwest.request.StreamRequest", "pyreqwest.response.Response"},
        "resolver.py": {"socket"},
        "transport.py": {"create_connection"},
    }


def test_the_search_itself_finds_what_it_looks_for() -> None:
    assert _ways_out("import httpx\nhttpx.AsyncClient()") == {"AsyncClient"}
    assert _ways_out("import httpx\nhttpx.get('')") == {"get"}
    assert _ways_out("from socket import create_connection") >= {"create_connection"}
    assert _ways_out("import urllib.request") == {"urllib.request"}
    assert _ways_out("from urllib import request") == {"urllib.request"}
    assert _ways_out("from urllib.parse import urlsplit") == set()
    assert _ways_out("loop.create_connection(x)") == {"create_connection"}
