"""A clock that stands still, ids and keys that come in a fixed order."""

import itertools
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from node import clock, ids
from node.activitypub import keys


class Standstill:
    """Time that moves only when told to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)

    def now(self, _zone: object) -> datetime:
        """What `datetime.now` would say."""
        return self.moment

    def time(self) -> float:
        """What `time.time` would say."""
        return self.moment.timestamp()

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.moment += timedelta(**span)


@pytest.fixture
def standstill(monkeypatch: pytest.MonkeyPatch) -> Standstill:
    """Stop the clock, and let ids and keys come in a fixed order."""
    made = Standstill()
    counted, seeds = itertools.count(1), itertools.count(1)
    monkeypatch.setattr(clock, "datetime", made)
    monkeypatch.setattr(clock, "time", made)
    monkeypatch.setattr(clock, "_shift", timedelta())
    monkeypatch.setattr(ids, "_last", 0)
    monkeypatch.setattr(ids, "ulid", lambda: f"01KB{next(counted):022}")

    def seal() -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(bytes([next(seeds)]) * 32)

    monkeypatch.setattr(keys, "generate_ed25519", seal)
    monkeypatch.setattr(secrets, "choice", lambda letters: letters[0])
    return made
