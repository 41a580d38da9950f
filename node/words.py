"""The sentences people read, from the catalogues, in French first and in English."""

import contextlib
import functools
import hashlib
import importlib
import io
import os
import sys
import tempfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_decimal

LANGUAGES = ("fr", "en")
_CATALOGUES = Path(__file__).parent / "locale"
Message = str | tuple[str, str]
_TWO_DAYS, _MONTH = timedelta(days=2), timedelta(days=30)


class MissingWords(KeyError):
    """A sentence is in no catalogue: a bug, never a person's fault."""


class Words:
    """The sentences of one language; `words("key", name=value)` fills one in."""

    def __init__(self, language: str, messages: Mapping[str, Message]) -> None:
        self.language = language
        self._messages = messages

    def __call__(self, key: str, **values: object) -> str:
        """Return the sentence with this key, its `{placeholders}` filled in."""
        message = self._find(key)
        if isinstance(message, tuple):
            raise MissingWords(f"{key} needs a number: use plural")
        return message.format(**values) if values else message

    def plural(self, key: str, count: int, **values: object) -> str:
        """Return the sentence that fits the number, which fills in `{count}`."""
        message = self._find(key)
        if isinstance(message, str):
            raise MissingWords(f"{key} has no plural in {self.language}")
        is_singular = count < 2 if self.language == "fr" else count == 1
        return message[0 if is_singular else 1].format(count=self.number(count), **values)

    def has(self, key: str) -> bool:
        """Say whether there is a sentence with this key."""
        return key in self._messages

    def number(self, value: float) -> str:
        """Write a number with the spaces or commas of the language."""
        return format_decimal(value, locale=self.language)

    def day(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a day in words with its weekday: mardi 2 décembre 2026."""
        return self.calendar_day(moment.astimezone(zone).date())

    def time(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a time of day: 20 h, 20 h 30; 8:30 pm."""
        local = moment.astimezone(zone)
        if self.language == "fr":
            return f"{local.hour}\u00a0h" + (f"\u00a0{local.minute:02d}" if local.minute else "")
        return format_time(local, "h:mm a", locale="en").lower().replace(" ", "\u00a0")

    def moment(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a day and a time: mardi 2 décembre 2026, 20 h."""
        return f"{self.day(moment, zone)}, {self.time(moment, zone)}"

    def short_day(self, moment: datetime, zone: ZoneInfo) -> str:
        """Write a day shortly: 2 déc. 2026."""
        return self.calendar_day(moment.astimezone(zone).date(), "d MMM y")

    def duration(self, span: timedelta) -> str:
        """Write a span of time in words: 4 jours. Whoever has 11 days is not told of two weeks."""
        if _TWO_DAYS <= span < _MONTH:
            return format_timedelta(span, granularity="day", threshold=5, locale=self.language)
        return format_timedelta(span, locale=self.language, threshold=1.2)

    def calendar_day(self, day: date, pattern: str = "EEEE d MMMM y") -> str:
        """Write a day by a pattern of its parts; French says 1er, then 2."""
        if self.language == "fr" and day.day == 1:
            pattern = pattern.replace("d ", "d'er' ")
        return format_date(day, pattern, locale=self.language)

    def _find(self, key: str) -> Message:
        try:
            return self._messages[key]
        except KeyError:
            raise MissingWords(f"no sentence {key!r} in {self.language}") from None


@functools.cache
def of(language: str) -> Words:
    """Return the words of a language; French when it is not one of ours."""
    language = language.lower()[:2]
    if language not in LANGUAGES:
        language = LANGUAGES[0]
    return Words(language, catalogue(language))


class _Read(msgspec.Struct):
    """What was read from catalogues, with the digest of their files."""

    digest: str
    messages: dict[str, str | tuple[str, str]]


def catalogue(language: str) -> dict[str, Message]:
    """Return every sentence of a language. Raise ValueError when a key stands twice.

    What was read is kept beside the catalogues, as Python keeps what it compiled, until a file of
    the language changes: reading them takes a twentieth of the time that it takes to start.
    """
    folder = _CATALOGUES / language
    files = {path: path.read_bytes() for path in sorted(folder.glob("*.po"))}
    digest = hashlib.sha256(b"\0".join(files.values())).hexdigest()
    kept = folder / "__pycache__" / "messages.json"
    with contextlib.suppress(OSError, msgspec.DecodeError):
        found = msgspec.json.decode(kept.read_bytes(), type=_Read)
        if found.digest == digest:
            return found.messages
    messages = _read(files, language)
    if not sys.dont_write_bytecode:
        with contextlib.suppress(OSError):
            _keep(kept, msgspec.json.encode(_Read(digest, messages)))
    return messages


def _keep(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def _read(files: Mapping[Path, bytes], language: str) -> dict[str, Message]:
    # Loaded once for each version of the catalogues.
    read_po = importlib.import_module("babel.messages.pofile").read_po
    messages: dict[str, Message] = {}
    for path, content in files.items():
        for message in read_po(io.BytesIO(content), locale=language):
            if not message.id:
                continue
            key = message.id if isinstance(message.id, str) else message.id[0]
            if key in messages:
                raise ValueError(f"{path.name}: {key} stands twice")
            text = message.string
            messages[key] = text if isinstance(text, str) else _both(text)
    return messages


def _both(forms: object) -> tuple[str, str]:
    singular, *others = forms if isinstance(forms, (list, tuple)) else [""]
    return singular, others[-1] if others else singular
