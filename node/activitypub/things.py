"""What others talk about: a Note, a Question, an Event, read field by field."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from node.activitypub import kinds, text, values

NAME_LIMIT = 500
SUMMARY_LIMIT = 20_000
CONTENT_LIMIT = 200_000
OPTION_LIMIT = 500
TAG_LIMIT = 1000
ADDRESS_LIMIT = 1000


@dataclass(frozen=True)
class Thing:
    """An object as its document states it; what is of the wrong type counts as absent (C3)."""

    document: dict[str, Any]
    id: str | None
    type: str
    types: tuple[str, ...]
    attributed_to: str | None
    actor_id: str | None
    in_reply_to: str | None
    context: str | None
    options: tuple[tuple[str, int], ...]
    is_multiple: bool
    to: tuple[str, ...]
    cc: tuple[str, ...]
    content: str | None

    @property
    def is_known(self) -> bool:
        """Whether the type is one of the vocabulary."""
        return self.type in kinds.KNOWN

    @cached_property
    def name(self) -> str | None:
        """The title, on one line; for an answer to a poll, the option."""
        value = self.document.get("name")
        if not isinstance(value, str):
            value = next(iter(values.by_language(self.document.get("nameMap")).values()), None)
        return None if value is None else text.line(value, NAME_LIMIT)

    @cached_property
    def summary(self) -> str | None:
        """The summary or content warning, still HTML."""
        value = self.document.get("summary")
        if not isinstance(value, str):
            value = next(iter(values.by_language(self.document.get("summaryMap")).values()), None)
        if value is None or not text.is_sane_html(value[:SUMMARY_LIMIT]):
            return None
        return text.seen(value[:SUMMARY_LIMIT])

    @cached_property
    def content_map(self) -> dict[str, str]:
        """The content by language tag, original language first."""
        return values.by_language(self.document.get("contentMap"))

    @cached_property
    def language(self) -> str | None:
        """The language the content is in: the entry equal to it, else the first."""
        for tag, words in self.content_map.items():
            if words == self.content:
                return tag
        assembly = values.language(self.assembly.get("language"))
        return next(iter(self.content_map), None) or assembly

    @property
    def url(self) -> str | None:
        """The page for people: the first http(s) link that is not to something else."""
        return values.link(self.document.get("url"), "text/html")

    @property
    def published(self) -> datetime | None:
        """When it says it was published."""
        return values.moment(self.document.get("published"))

    @property
    def updated(self) -> datetime | None:
        """When it says it was last changed."""
        return values.moment(self.document.get("updated"))

    @property
    def start_time(self) -> datetime | None:
        """When it begins."""
        return values.moment(self.document.get("startTime"))

    @property
    def end_time(self) -> datetime | None:
        """When it ends; for a Question, until when it may be answered."""
        return values.moment(self.document.get("endTime"))

    @property
    def closed(self) -> datetime | None:
        """When a Question was closed."""
        return values.moment(self.document.get("closed"))

    @property
    def voters_count(self) -> int:
        """How many answered, by its server's statement (P16)."""
        return values.count(self.document.get("votersCount"))

    @property
    def is_sensitive(self) -> bool:
        """Whether the author asks to hide it behind a warning."""
        return self.document.get("sensitive") is True

    @property
    def assembly(self) -> dict[str, Any]:
        """The one property of ours, empty if there is none (wire.md, rule 2)."""
        value = self.document.get("assembly")
        return value if isinstance(value, dict) else {}

    @cached_property
    def tags(self) -> tuple[dict[str, Any], ...]:
        """Those tags that are objects, at most a hundred (B8)."""
        items = values.as_list(self.document.get("tag"))
        return tuple(item for item in items if isinstance(item, dict))[:100]

    @property
    def mentions(self) -> tuple[str, ...]:
        """The ids of those mentioned."""
        found = (values.link(tag) for tag in self._tagged("Mention"))
        return tuple(dict.fromkeys(href for href in found if href))

    @property
    def hashtags(self) -> tuple[str, ...]:
        """The words tagged, without the sign."""
        names = (tag.get("name") for tag in self._tagged("Hashtag"))
        words = (text.line(name, 100).lstrip("#") for name in names if isinstance(name, str))
        return tuple(dict.fromkeys(word for word in words if word))

    @property
    def attachments(self) -> tuple[dict[str, Any], ...]:
        """Those attachments that are objects, at most sixteen."""
        items = values.as_list(self.document.get("attachment"))
        return tuple(item for item in items if isinstance(item, dict))[:16]

    def _tagged(self, kind: str) -> list[dict[str, Any]]:
        return [tag for tag in self.tags if kind in map(kinds.short, _words(tag.get("type")))]


def read(document: dict[str, Any]) -> Thing:
    """Read an object; ValueError if it is ambiguous about itself or beyond the limits."""
    kinds.refuse_spellings(document)
    types = kinds.types(document)
    for key in ("tag", "attachment"):
        if len(values.as_list(document.get(key))) > TAG_LIMIT:
            raise ValueError(f"there are more than {TAG_LIMIT} in {key}")
    is_multiple = bool(document.get("anyOf"))
    return Thing(
        document=document,
        id=values.own_id(document),
        type=kinds.only(types),
        types=types,
        attributed_to=values.author(document, "attributedTo"),
        actor_id=values.author(document, "actor"),
        in_reply_to=values.reference(document, "inReplyTo"),
        context=values.reference(document, "context"),
        options=_options(document),
        is_multiple=is_multiple,
        to=values.ids(document.get("to"), ADDRESS_LIMIT),
        cc=values.ids(document.get("cc"), ADDRESS_LIMIT),
        content=_content(document),
    )


def _content(document: dict[str, Any]) -> str | None:
    value = document.get("content")
    if not isinstance(value, str):
        value = next(iter(values.by_language(document.get("contentMap")).values()), None)
    if value is None:
        return None
    if len(value) > CONTENT_LIMIT:
        raise ValueError(f"the content has more than {CONTENT_LIMIT} characters")
    if not text.is_sane_html(value):
        raise ValueError("the content is nested too deeply, or has too many tags")
    return text.seen(value)


def _options(document: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    one, several = document.get("oneOf"), document.get("anyOf")
    if one and several:
        raise ValueError("the question is both of one and of several answers")
    items = values.as_list(one or several)
    if len(items) > OPTION_LIMIT:
        raise ValueError(f"there are more than {OPTION_LIMIT} options")
    return tuple(
        (text.line(item["name"], NAME_LIMIT), _total(item.get("replies")))
        for item in items
        if isinstance(item, dict) and isinstance(item.get("name"), str)
    )


def _total(replies: object) -> int:
    return values.count(replies.get("totalItems")) if isinstance(replies, dict) else 0


def _words(value: object) -> list[str]:
    return [item for item in values.as_list(value) if isinstance(item, str)]
