"""JSON as received or sent: strict on the way in (RFC 7493), compact on the way out."""

import json
import math
import re
from typing import Any, NoReturn

import msgspec

from node.activitypub.values import as_list as as_list
from node.activitypub.values import first_id as first_id
from node.activitypub.vocabulary import MalformedActivity as MalformedActivity

Document = dict[str, Any]

DEEPEST = 64

_LARGEST = 2**53 - 1
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_ENCODER = msgspec.json.Encoder()


def parse(body: bytes) -> Document:
    """Read a JSON object; MalformedActivity unless it is strict I-JSON of bounded depth (P6)."""
    _refuse_depth(body)
    try:
        found = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MalformedActivity(f"not strict JSON: {error}"[:200]) from error
    if not isinstance(found, dict):
        raise MalformedActivity("the JSON is not an object")
    if b"\\u" in body:
        _refuse_characters(found)
    return found


def encode(document: Document) -> bytes:
    """Write a document as compact UTF-8 JSON."""
    return _ENCODER.encode(document)


def _refuse_depth(body: bytes) -> None:
    # A body with few brackets cannot be deep; counting them is far cheaper than following them.
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise MalformedActivity(f"the JSON is more than {DEEPEST} levels deep")


def _refuse_characters(found: Document) -> None:
    waiting: list[Any] = [found]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += value
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and ("\0" in value or not _is_unicode(value)):
            raise MalformedActivity("a string holds half a character, or NUL")


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice in one object")
    return found


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) <= 17 else _LARGEST + 1
    if abs(value) > _LARGEST:
        raise ValueError("a whole number is too large")
    return value


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_float, parse_constant=_constant
)
