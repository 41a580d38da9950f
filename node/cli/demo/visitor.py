"""Somebody with a browser: reads a page, fills in its form, sends it."""

import asyncio
import time
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

from node.errors import Unreachable
from node.network.client import Answer, Client


class Forms(HTMLParser):
    """The forms of a page with the fields they already hold, and their first button."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._pressed = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a form goes, and what it carries along."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.found.append((given.get("action", ""), {}))
        elif tag == "input" and given.get("type") == "hidden" and self.found:
            self.found[-1][1][given.get("name", "")] = given.get("value", "")
        elif tag == "button" and given.get("name") and len(self.found) > self._pressed:
            self._pressed = len(self.found)
            self.found[-1][1][given["name"]] = given.get("value", "")


class Visitor:
    """A browser without a screen, for one site."""

    def __init__(self, client: Client, origin: str) -> None:
        self._client = client
        self._origin = origin
        self._cookies: dict[str, str] = {}

    async def wait_until_there(self, seconds: float = 30) -> None:
        """Return once the site answers. Raise Unreachable when it does not in time."""
        until = time.monotonic() + seconds
        while True:
            try:
                await self._client.get(f"{self._origin}/a-propos", accept="text/html", seconds=5)
                return
            except Unreachable:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.1)

    async def read(self, path: str) -> str:
        """Return a page."""
        url = urljoin(self._origin, path)
        answer = await self._client.get(url, accept="text/html", headers_for=self._headers)
        self._remember(answer)
        return answer.body.decode()

    async def fill_in(self, path: str, action: str | None = None, **fields: str) -> str:
        """Send the form of a page that goes to `action`; return where it leads.

        A form that asks to check the answers first is answered twice. Raise Unreachable when
        the site refuses what was filled in.
        """
        page, url = await self.read(path), urljoin(self._origin, path)
        for _ in range(2):
            goes_to, hidden = _wanted(page, action)
            target = urljoin(url, goes_to or path)
            answer = await self._send(target, {**fields, **hidden})
            if answer.status in (302, 303):
                return urljoin(target, answer.headers["location"])
            if answer.status != 200:
                raise Unreachable(f"{target} answers {answer.status}", status=answer.status)
            page = answer.body.decode()
        raise Unreachable(f"{path} cannot be filled in")

    async def _send(self, url: str, fields: dict[str, str]) -> Answer:
        headers = {
            **await self._headers("POST", url),
            "content-type": "application/x-www-form-urlencoded",
            "origin": self._origin,
        }
        answer = await self._client.post(
            url, headers=headers, body=urlencode(fields).encode(), limit=500_000
        )
        self._remember(answer)
        return answer

    async def _headers(self, _method: str, _url: str) -> dict[str, str]:
        if not self._cookies:
            return {}
        return {"cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

    def _remember(self, answer: Answer) -> None:
        for cookie in answer.headers.get("set-cookie", "").split(", "):
            name, _, value = cookie.partition(";")[0].partition("=")
            if name and value and " " not in name:
                self._cookies[name] = value


def _wanted(page: str, action: str | None) -> tuple[str, dict[str, str]]:
    forms = Forms(page).found
    for goes_to, hidden in forms:
        if action is None and not goes_to.startswith(("/langue", "/theme", "/deconnexion")):
            return goes_to, hidden
        if action is not None and goes_to.endswith(action):
            return goes_to, hidden
    raise Unreachable(f"the page has no form for {action or 'this'}")
