"""Single values out of documents in which anything may stand anywhere."""

import re
from datetime import UTC, datetime
from typing import Any

from node.activitypub import iri, text

_MOMENT = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}"
    r"(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_FRACTION = re.compile(r"\.[0-9]+")


def as_list(value: object) -> list[Any]:
    """Return the value as a list: absent is empty, one is a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def first_id(value: object) -> str | None:
    """Return the id that stands here as a string, or in an object with a string `id`."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if isinstance(value, str) and value else None


def reference(document: dict[str, Any], key: str) -> str | None:
    """Return the one web address `key` refers to, None if none; ValueError if it is several."""
    value = document.get(key)
    if isinstance(value, list):
        if len(value) > 1:
            raise ValueError(f"{key} names more than one")
        value = value[0] if value else None
    found = first_id(value)
    return found if iri.is_web_address(found) else None


def author(document: dict[str, Any], key: str) -> str | None:
    """Return the plain id of who did it, None if absent; ValueError for any other form (P1)."""
    value = document.get(key)
    if value is None or value == []:
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not iri.is_identity(value):
        raise ValueError(f"{key} is not one plain id")
    assert isinstance(value, str)
    return value


def ids(value: object, limit: int) -> tuple[str, ...]:
    """Return the ids that stand here, each once; ValueError if there are more than `limit`."""
    items = as_list(value)
    if len(items) > limit:
        raise ValueError(f"more than {limit} addresses in one place")
    return tuple(dict.fromkeys(found for item in items if (found := first_id(item))))


def own_id(document: dict[str, Any]) -> str | None:
    """Return the document's id, None if it has none; ValueError if it is no web address."""
    value = document.get("id")
    if value is None:
        return None
    if not iri.is_web_address(value):
        raise ValueError("the id is not a web address")
    assert isinstance(value, str)
    return value


def moment(value: object) -> datetime | None:
    """Read an RFC 3339 date-time with its zone, in UTC; None for anything else."""
    if not isinstance(value, str) or len(value) > 40 or not _MOMENT.fullmatch(value):
        return None
    value = _FRACTION.sub(lambda digits: digits[0][:7].ljust(7, "0"), value.upper())
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def language(value: object) -> str | None:
    """Return a language tag of sane shape, None for anything else (BCP 47)."""
    return value if isinstance(value, str) and _LANGUAGE.fullmatch(value) else None


def by_language(value: object) -> dict[str, str]:
    """Return the entries of a language map that are texts under a language tag."""
    if not isinstance(value, dict):
        return {}
    return {
        tag: text.seen(words)
        for tag, words in list(value.items())[:50]
        if language(tag) and isinstance(words, str)
    }


def count(value: object) -> int:
    """Return a whole number that is not negative, 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if 0 <= value < 2**53 else 0


def link(value: object, *kinds: str) -> str | None:
    """Return the first web address among links that are of none or one of these kinds (P11).

    A kind is a whole media type (`text/html`) or its first half (`image`).
    """
    for item in as_list(value)[:100]:
        href, kind = item, None
        if isinstance(item, dict):
            href = item.get("href") or item.get("url")
            kind = item.get("mediaType")
        if iri.is_web_address(href) and (kind is None or _is_of_kind(kind, kinds)):
            return str(href)
    return None


def _is_of_kind(media_type: object, kinds: tuple[str, ...]) -> bool:
    if not isinstance(media_type, str):
        return False
    whole = media_type.partition(";")[0].strip().lower()
    return whole in kinds or whole.partition("/")[0] in kinds
