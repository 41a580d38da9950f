"""Whether something ends at all. How long things take is measured by the bench, never here."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

Ring = Callable[[int, FrameType | None], None]

# What is linear takes milliseconds, what is not takes hours: no slow machine mistakes the two.
SECONDS = 20.0


@contextmanager
def alarm(timer: int, number: int, seconds: float, ring: Ring) -> Iterator[None]:
    """Ring when the body has not ended after so many seconds of a timer of the system."""
    before = signal.signal(number, ring)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, before)


@contextmanager
def ends(seconds: float = SECONDS) -> Iterator[None]:
    """Fail when the body is still computing after so many seconds of CPU time."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"still computing after {seconds} seconds")

    with alarm(signal.ITIMER_VIRTUAL, signal.SIGVTALRM, seconds, give_up):
        yield
