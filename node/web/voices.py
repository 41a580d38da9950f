"""What people say on a page, put in order: on two levels, ours and those from elsewhere."""

import functools
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.requests import Request

from node import clock
from node.assembly import assemblies
from node.assembly.voices import Voice
from node.web.reading import foreign, link, ours
from node.words import Words

PART = 30  # voices; with a text of some length, a page stays below 35 kB


class Shown(NamedTuple):
    """A voice as the page shows it: cleaned, dated, with the way to its author."""

    id: int
    path: str
    author_id: int
    author: str
    author_page: str | None
    server: str | None
    origin_page: str | None
    stamp: str
    day: str
    is_edited: bool
    answers_to: str | None
    language: str | None
    content: Markup
    is_removed: bool
    replies: list["Shown"]


def threads(request: Request, voices: Iterable[Voice]) -> list[Shown]:
    """Put replies under the voice that began the exchange, whoever they answer in it."""
    words, zone = request.state.words, assemblies.zone(request.state.assembly)
    heads: list[Shown] = []
    by_uri: dict[str, tuple[Shown, Shown]] = {}
    for voice in voices:
        head, answered = by_uri.get(voice.in_reply_to or "", (None, None))
        dated = _dated(voice.published_at, words, zone)
        shown = _shown(voice, dated, _answers_to(answered, head))
        (heads if head is None else head.replies).append(shown)
        by_uri[voice.uri] = (head or shown, shown)
    return heads


class Part(NamedTuple):
    """Some of a long discussion, with the number of this part and how many there are."""

    threads: Sequence[Shown]
    number: int
    last: int


def part(heads: Sequence[Shown], number: int | None, wanted: str) -> Part:
    """Return one part of a discussion: the one with a voice that is asked for, else by number.

    An exchange is not torn apart, so a part may be longer than PART.
    """
    parts: list[list[Shown]] = [[]]
    length, found = 0, number or 1
    for head in heads:
        if length >= PART:
            parts.append([])
            length = 0
        parts[-1].append(head)
        length += 1 + len(head.replies)
        if wanted and wanted in (str(head.id), *(str(reply.id) for reply in head.replies)):
            found = len(parts)
    found = min(max(found, 1), len(parts))
    return Part(parts[found - 1], found, len(parts))


def _answers_to(answered: Shown | None, head: Shown | None) -> str | None:
    """Return whom a reply answers, where it does not stand right under it."""
    if answered is None or answered is head or answered.is_removed:
        return None
    return answered.author


def count(voices: Iterable[Voice]) -> int:
    """Return how many voices can be read."""
    return sum(not voice.is_removed for voice in voices)


def servers(voices: Iterable[Voice]) -> int:
    """Return from how many other servers the voices come."""
    return len({voice.domain for voice in voices if voice.is_outside and not voice.is_removed})


@functools.lru_cache(maxsize=4096)
def _dated(moment: datetime, words: Words, zone: ZoneInfo) -> tuple[str, str]:
    """Write a moment for machines and for people; the same few are asked for again and again."""
    return clock.wire(moment), words.short_day(moment, zone)


def _shown(voice: Voice, dated: tuple[str, str], answers_to: str | None) -> Shown:
    if voice.is_outside:
        author_page, origin_page = link(voice.author_url), link(voice.url) or link(voice.uri)
        content = foreign(voice.content)
    else:
        author_page, origin_page = f"/@{voice.handle}" if voice.is_published else None, None
        content = ours(voice.content)
    return Shown(
        id=voice.id,
        path=voice.path,
        author_id=voice.author_id,
        author=voice.author,
        author_page=author_page,
        server=voice.domain if voice.is_outside else None,
        origin_page=origin_page,
        stamp=dated[0],
        day=dated[1],
        is_edited=voice.edited_at is not None,
        answers_to=answers_to,
        language=voice.language,
        content=content,
        is_removed=voice.is_removed,
        replies=[],
    )
