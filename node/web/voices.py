"""What people say on a page, put in order: on two levels, ours and those from elsewhere."""

from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from node.assembly.dossiers import Voice
from node.web.reading import foreign, link, ours


class Shown(NamedTuple):
    """A voice as the page shows it: cleaned, with the way to its author."""

    voice: Voice
    content: Markup
    author_page: str | None
    origin_page: str | None
    answers_to: str | None
    replies: list["Shown"]


def threads(voices: Iterable[Voice]) -> list[Shown]:
    """Put replies under the voice that began the exchange, whoever they answer in it."""
    heads: list[Shown] = []
    by_uri: dict[str, tuple[Shown, Shown]] = {}
    for voice in voices:
        answered = by_uri.get(voice.in_reply_to or "")
        head = answered[0] if answered else None
        shown = _shown(voice, answered[1].voice if answered and answered[1] is not head else None)
        (head.replies if head else heads).append(shown)
        by_uri[voice.uri] = (head or shown, shown)
    return heads


def servers(voices: Iterable[Voice]) -> int:
    """Return from how many other servers the voices come."""
    return len({voice.domain for voice in voices if voice.is_outside})


def _shown(voice: Voice, answered: Voice | None) -> Shown:
    if voice.is_outside:
        author_page = link(voice.author_url)
        origin_page = link(voice.url) or link(voice.uri)
    else:
        author_page = f"/@{voice.handle}" if voice.is_published else None
        origin_page = None
    content = foreign(voice.content) if voice.is_outside else ours(voice.content)
    return Shown(
        voice, content, author_page, origin_page, answered.author if answered else None, []
    )
