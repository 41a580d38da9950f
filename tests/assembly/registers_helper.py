"""Registers made by hand, as they are exported, for the tests of what checks them."""

from collections.abc import Callable
from typing import Any

from node import digests
from node.assembly import verifying

ASSEMBLY = "https://n.example/g/town"
Export = dict[str, Any]
Seal = Callable[[Export], Export]


def an_export(count: int = 4, seal: Seal | None = None) -> Export:
    """A register of some decisions, without proofs unless somebody seals them."""
    items: list[Export] = []
    last: str | None = None
    for seq in range(1, count + 1):
        text = digests.as_text(f"Texte {seq}", "On plante.\n", "fr")
        reasons = {"for": [f"raison {seq}"]}
        document: Export = {
            "id": f"https://n.example/d/{seq}",
            "attributedTo": ASSEMBLY,
            "assembly": {
                "kind": "decision",
                "textDigest": digests.of(text),
                "reasonsDigest": digests.of(reasons),
                "register": {"seq": seq, "prev": last},
            },
        }
        digest = digests.of(document)
        entry = {
            "v": 1,
            "kind": "register-entry",
            "register": f"{ASSEMBLY}/register",
            "seq": seq,
            "prev": last,
            "at": "2026-12-10T20:05:00Z",
            "record": {
                "id": document["id"],
                "kind": "decision",
                "digest": digest,
            },
        }
        last = digests.of(entry)
        document = seal(document) if seal else document
        items.append({"entry": entry, "document": document, "text": text, "reasons": reasons})
    head = headed(items)
    return summed(
        {
            "format": verifying.FORMAT,
            "assembly": {"id": ASSEMBLY, "name": "La ville"},
            "entries": items,
            "exportedAt": "2026-12-11T08:00:00Z",
            "head": seal(head) if seal and head else head,
            "keys": [],
        }
    )


def headed(items: list[Export]) -> Export | None:
    """The head that belongs to these entries."""
    if not items:
        return None
    said = {"seq": len(items), "head": digests.of(items[-1]["entry"])}
    return {"attributedTo": ASSEMBLY, "assembly": said}


def summed(export: Export) -> Export:
    """The same with the sum that belongs to it."""
    export["sum"] = digests.of({name: one for name, one in export.items() if name != "sum"})
    return export
