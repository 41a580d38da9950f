"""An exported register as it lies in a file: read strictly, with the sum over all of it."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import msgspec

from node import digests
from node.assembly.chain import shown

FORMAT = "palabre-register/1"


class Unreadable(Exception):
    """This is no register that could be checked; `code` names the sentence that says why."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


def read(content: bytes) -> dict[str, Any]:
    """Read an exported register. Raise Unreadable."""
    return read_with_sum(content)[0]


def read_with_sum(content: bytes) -> tuple[dict[str, Any], str | None]:
    """Read an exported register, with the sum of the file without the sum it names.

    The sum is None for a file that another program wrote in its own way: it has to be reckoned
    from the canonical form then. Raise Unreadable.
    """
    export = _as_we_write(content)
    total = _sum_of(content, export) if export is not None else None
    found = _strictly(content) if export is None else export
    if not isinstance(found, dict) or not str(found.get("format", "")).startswith("palabre-"):
        raise Unreadable("not-a-register")
    if found["format"] != FORMAT:
        raise Unreadable("other-format", found=shown(found["format"]), known=FORMAT)
    if not isinstance(found.get("entries"), list) or not isinstance(found.get("assembly"), dict):
        raise Unreadable("not-a-register")
    return found, total


def _as_we_write(content: bytes) -> dict[str, Any] | None:
    """Read a file that says everything once and in order; None for any other.

    What comes out byte for byte as it went in holds no name twice: the fast reader, which would
    not notice, cannot have dropped anything.
    """
    try:
        found = msgspec.json.decode(content)
        same = isinstance(found, dict) and digests.sorted_json(found) == content.removesuffix(b"\n")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return found if same else None


def _sum_of(content: bytes, export: dict[str, Any]) -> str | None:
    """Return the sum over such a file, in which it stands last."""
    end = b',"sum":' + digests.sorted_json(export.get("sum")) + b"}"
    written = memoryview(content.removesuffix(b"\n"))
    if len(written) < len(end) or written[-len(end) :] != end:
        return None
    hashing = hashlib.sha256(written[: -len(end)])
    hashing.update(b"}")
    return digests.of_hash(hashing.digest())


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
