"""An exported register as it lies in a file: read strictly, with the sum over all of it."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from node import digests
from node.assembly.chain import shown

FORMAT = "palabre-register/1"
_top = msgspec.json.Decoder(dict[str, msgspec.Raw])
_list = msgspec.json.Decoder(list[msgspec.Raw])
_NOTHING = msgspec.Raw(b"[]")


class Unreadable(Exception):
    """This is no register that could be checked; `code` names the sentence that says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


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
        found = _top.decode(written)
        items = _list.decode(found["entries"])
        export = digests.read_canonical(digests.sorted_json({**found, "entries": _NOTHING}))
        export["entries"] = items
        ours = digests.sorted_json(export) == written and _is_register(export)
    except (msgspec.MsgspecError, RecursionError, LookupError, ValueError):
        return None
    total = _sum_of(written, export) if ours else None
    return None if total is None else (export, total)


def _sum_of(written: bytes, export: dict[str, Any]) -> str | None:
    """Return the sum over such a file when it stands last in it."""
    end = b',"sum":' + digests.sorted_json(export.get("sum")) + b"}"
    if not written.endswith(end):
        return None
    hashing = hashlib.sha256(memoryview(written)[: -len(end)])
    hashing.update(b"}")
    return digests.of_hash(hashing.digest())


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
