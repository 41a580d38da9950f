"""An exported register as it lies in a file: read strictly, with the sum over all of it."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from node import digests
from node.assembly.chain import shown

FORMAT = "palabre-register/1"
_NOTHING = msgspec.Raw(b"[]")


class Unreadable(Exception):
    """This is no register that could be checked; `code` names the sentence that says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


class _File(msgspec.Struct):
    """A file as we write it, nothing in it read yet."""

    assembly: msgspec.Raw
    entries: list[msgspec.Raw]
    exportedAt: msgspec.Raw  # noqa: N815 - so it is called in the file
    format: msgspec.Raw
    head: msgspec.Raw
    keys: msgspec.Raw
    sum: msgspec.Raw


_file = msgspec.json.Decoder(_File)


def read(content: bytes) -> dict[str, Any]:
    """Read an exported register, whoever wrote it. Raise Unreadable."""
    found = _strictly(content)
    if not isinstance(found, dict) or not str(found.get("format", "")).startswith("palabre-"):
        raise Unreadable("not-a-register")
    if found["format"] != FORMAT:
        raise Unreadable("other-format", found=shown(found["format"]), known=FORMAT)
    if not _is_register(found):
        raise Unreadable("not-a-register")
    return found


def read_as_we_write(content: bytes) -> tuple[dict[str, Any], str] | None:
    """Read a file as we write it all but its entries, with its sum; None for any other file.

    The items are left as they stand, each to be opened by whoever checks it. The sum is that of
    the file without the sum it names.
    """
    written = content.removesuffix(b"\n")
    try:
        file = _file.decode(written)
        frame = digests.sorted_json({**msgspec.structs.asdict(file), "entries": _NOTHING})
        export = {**digests.read_canonical(frame), "entries": file.entries}
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None
    if not _is_register(export) or not _is_around(frame, file.entries, written):
        return None
    end = len(b',"sum":') + len(bytes(file.sum)) + len(b"}")
    hashing = hashlib.sha256(memoryview(written)[:-end])
    hashing.update(b"}")
    return export, digests.of_hash(hashing.digest())


def _is_around(frame: bytes, items: Sequence[msgspec.Raw], written: bytes) -> bool:
    """Say whether a file is this frame with these items in its empty list, and nothing else.

    All of them were found in the file: where there is room for a comma between two items and for
    nothing else, there is no other name, none that stands twice, and no space.
    """
    before, entries, after = frame.partition(b'"entries":[]')
    commas = max(0, len(items) - 1)
    length = len(frame) + sum(memoryview(one).nbytes for one in items) + commas
    return (
        len(written) == length
        and written.startswith(before + entries[:-1])
        and written.endswith(b"]" + after)
    )


def _is_register(found: dict[str, Any]) -> bool:
    return (
        found.get("format") == FORMAT
        and isinstance(found.get("entries"), list)
        and isinstance(found.get("assembly"), dict)
    )


def _strictly(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise Unreadable("not-text") from None
    except json.JSONDecodeError as error:
        raise Unreadable("not-json", line=error.lineno, column=error.colno) from None
    except (RecursionError, ValueError):
        raise Unreadable("not-json", line=1, column=1) from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
