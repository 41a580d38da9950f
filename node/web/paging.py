"""Long lists, a page at a time: `?page=2`, or another word where a page holds several lists."""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from starlette.requests import Request

from node.web import reading

MOST = 50
_FIRST = "page"

Line = TypeVar("Line")


@dataclass(frozen=True)
class Pages:
    """Which stretch of a list is shown, and where the others are."""

    number: int
    count: int
    total: int
    most: int
    name: str
    path: str
    query: tuple[tuple[str, str], ...]

    @property
    def offset(self) -> int:
        """How many lines come before those that are shown."""
        return (self.number - 1) * self.most

    def cut(self, listed: Sequence[Line]) -> Sequence[Line]:
        """Return what is shown of a list that lies there whole."""
        return listed[self.offset : self.offset + self.most]

    def link(self, number: int) -> str:
        """Return where another page is; a list among others is led to by its name."""
        query = [(key, value) for key, value in self.query if key != self.name]
        query += [(self.name, str(number))] if number > 1 else []
        mark = "" if self.name == _FIRST else f"#{self.name}"
        return self.path + (f"?{urlencode(query)}" if query else "") + mark


def pages(
    request: Request, total: int, *, name: str = _FIRST, most: int = MOST, path: str = ""
) -> Pages:
    """Return the page of a list of `total` lines that is asked for: the last where it has ended.

    `path` is where the list is read, when that is not the address that was asked for.
    """
    count = max(1, -(-total // most))
    number = min(max(1, reading.asked_number(request, name) or 1), count)
    query = tuple(request.query_params.items()) if request.method in ("GET", "HEAD") else ()
    return Pages(number, count, total, most, name, path or request.url.path, query)


def several(
    request: Request, lists: Mapping[str, Sized], *, most: int, path: str = ""
) -> dict[str, Pages]:
    """Return the page that is asked for of each of the lists that one page holds, by its name."""
    return {
        name: pages(request, len(listed), name=name, most=most, path=path)
        for name, listed in lists.items()
    }
