"""No test may wait for ever: one that does fails, and says for what it waited."""

import asyncio
import faulthandler
import io
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from tests.patience import alarm

# The slowest, which fills a node with something on every page, takes one minute.
SECONDS = 600.0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Iterator[None]:
    """Limit what makes the world of a test."""
    with _limited():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Limit a test."""
    with _limited():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Limit what takes the world of a test away."""
    with _limited():
        yield


@contextmanager
def _limited() -> Iterator[None]:
    with alarm(signal.ITIMER_REAL, signal.SIGALRM, SECONDS, _give_up):
        yield


def _give_up(_number: int, _frame: FrameType | None) -> None:
    pytest.fail(f"not ended after {SECONDS:.0f} seconds\n{waiting()}")


def waiting() -> str:
    """Say where every thread stands and for what every task of the running loop waits."""
    with tempfile.TemporaryFile("w+") as threads:
        faulthandler.dump_traceback(threads)
        threads.seek(0)
        said = io.StringIO(threads.read())
    said.seek(0, io.SEEK_END)
    loop = asyncio._get_running_loop()
    for task in asyncio.all_tasks(loop) if loop else ():
        said.write(f"\n{task.get_name()}:\n")
        task.print_stack(file=said)
    return said.getvalue()
