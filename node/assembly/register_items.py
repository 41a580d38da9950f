"""One item of an exported register: an entry with what belongs to it, and SHA-256 over its parts.

Most files are as we wrote them: there every part stands in its canonical form already, and is
hashed where it lies. Whatever another hand wrote is written anew in canonical form before.
"""

import hashlib
from typing import Any

import msgspec

from node import digests
from node.assembly.chain import hash_of, hash_of_document

_parts = msgspec.json.Decoder(dict[str, msgspec.Raw])


class OtherHand(Exception):
    """This is not written as we write: only the strict reader may judge it."""


class Item:
    """An item that was read already."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def hash_of(self, name: str) -> bytes | None:
        """Return SHA-256 over the canonical form of a part, None when it has none."""
        return hash_of(self.value[name])

    def hash_of_document(self) -> bytes | None:
        """Return SHA-256 over the document without its proof, None when it has none."""
        return hash_of_document(self.value["document"])

    def digest_of(self, name: str) -> str | None:
        """Return the digest of a part, None when nothing stands there that has one."""
        if not isinstance(self.value, dict) or self.value.get(name) is None:
            return None
        hashed = self.hash_of(name)
        return None if hashed is None else digests.of_hash(hashed)


class WrittenItem(Item):
    """An item as it stands in a file of ours. Raise OtherHand when it does not."""

    def __init__(self, written: bytes) -> None:
        try:
            super().__init__(digests.read_canonical(written))
        except ValueError as error:
            raise OtherHand from error
        self._parts = _parts.decode(written) if isinstance(self.value, dict) else {}

    def hash_of(self, name: str) -> bytes:
        """Return SHA-256 over a part."""
        return hashlib.sha256(self._parts[name]).digest()

    def hash_of_document(self) -> bytes:
        """Return SHA-256 over the document without its proof."""
        document = _parts.decode(self._parts["document"])
        document.pop("proof", None)
        return hashlib.sha256(digests.sorted_json(document)).digest()


def opened(item: Any) -> Item:
    """Return an item, of a file that was read or was left unread. Raise OtherHand."""
    return WrittenItem(bytes(item)) if isinstance(item, msgspec.Raw) else Item(item)
