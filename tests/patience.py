"""Whether something ends at all. How long things take is measured by the bench, never here."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What is linear takes milliseconds, what is not takes hours: no slow machine mistakes the two.
SECONDS = 20.0


@contextmanager
def ends(seconds: float = SECONDS) -> Iterator[None]:
    """Fail when the body is still computing after so many seconds of CPU time."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"still computing after {seconds} seconds")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
