"""How long a dead host is left in peace, and how often anybody may ask."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from node import clock
from node.errors import Unreachable
from node.network.politeness import Breaker, Bucket


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Time moves only by `travel`."""
    before = clock._shift
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)
    yield
    clock.travel(before - clock._shift)


def _pass(seconds: float) -> None:
    clock.travel(timedelta(seconds=seconds))


def test_b9_a_dead_host_is_left_in_peace_for_a_while() -> None:
    breaker = Breaker(failures=2, seconds=60)
    breaker.failed("dead.example")
    breaker.check("dead.example")
    breaker.failed("dead.example")
    with pytest.raises(Unreachable) as refused:
        breaker.check("dead.example")
    assert refused.value.retry_after == 60
    breaker.check("alive.example")


def test_b9_after_the_pause_one_is_let_through() -> None:
    breaker = Breaker(failures=1, seconds=60)
    breaker.failed("dead.example")
    _pass(61)
    breaker.check("dead.example")
    with pytest.raises(Unreachable):
        breaker.check("dead.example")
    breaker.failed("dead.example")
    with pytest.raises(Unreachable):
        breaker.check("dead.example")


def test_a_host_that_answers_is_forgiven() -> None:
    breaker = Breaker(failures=1)
    breaker.failed("a.example")
    breaker.succeeded("a.example")
    breaker.check("a.example")
    assert len(breaker) == 0


def test_failures_far_apart_do_not_add_up() -> None:
    breaker = Breaker(failures=2, seconds=60)
    breaker.failed("a.example")
    _pass(121)
    breaker.failed("a.example")
    breaker.check("a.example")


def test_b9_what_is_remembered_of_hosts_is_bounded() -> None:
    breaker = Breaker(failures=1, most_hosts=100)
    for number in range(1000):
        breaker.failed(f"{number}.example")
    assert len(breaker) == 100
    breaker.check("0.example")
    with pytest.raises(Unreachable):
        breaker.check("999.example")


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    bucket = Bucket(rate=2, burst=3)
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert bucket.take("b") == 0
    _pass(0.25)
    assert bucket.take("a") == pytest.approx(0.25)
    _pass(0.25)
    assert bucket.take("a") == 0
    assert bucket.take("a") == pytest.approx(0.5)


def test_a_bucket_is_never_fuller_than_its_burst() -> None:
    bucket = Bucket(rate=1, burst=2)
    bucket.take("a")
    _pass(3600)
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 1]


def test_a_clock_set_back_takes_nothing_away() -> None:
    bucket = Bucket(rate=1, burst=2)
    bucket.take("a")
    _pass(-3600)
    assert bucket.take("a") == 0


def test_b9_what_is_remembered_of_buckets_is_bounded() -> None:
    bucket = Bucket(rate=1, burst=1, most_keys=100)
    for number in range(1000):
        bucket.take(str(number))
    assert len(bucket) == 100
