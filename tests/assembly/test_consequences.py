"""Everything a transaction records is told to those who listen, however much it is."""

from dataclasses import dataclass

import pytest

from node import events
from node.database import Database, Transaction


@dataclass(frozen=True)
class Fell:
    """A stone that takes others along."""

    others: int


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Fell]:
    """What the listeners were told; each stone takes so many others along."""
    monkeypatch.setattr(events, "_listeners", {})
    heard: list[Fell] = []

    @events.on(Fell)
    async def take_along(tx: Transaction, event: Fell) -> None:
        heard.append(event)
        tx.events += [Fell(0)] * event.others

    return heard


async def test_what_happens_a_thousand_times_in_one_transaction_is_told_each_time(
    database: Database, told: list[Fell]
) -> None:
    async with database.transaction() as tx:
        tx.events += [Fell(1)] * 1500
        async with tx.savepoint():
            tx.events += [Fell(2)] * 700
    assert len(told) == 1500 * 2 + 700 * 3


async def test_what_causes_itself_ends_the_transaction(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "_listeners", {})

    @events.on(Fell)
    async def fall_again(tx: Transaction, event: Fell) -> None:
        tx.events.append(event)

    with pytest.raises(RuntimeError, match="never come to an end"):
        async with database.transaction() as tx:
            tx.events.append(Fell(1))
