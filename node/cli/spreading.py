"""Work that is spread over the processors of the machine."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")
# What the processes of a pool find in their memory when they begin: no copy is sent to them.
_work: dict[str, Callable[[Any], Any]] = {}


def processors() -> int:
    """Return on how many processors this process may compute; 1 where it cannot split."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


def spread(act: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Do like `map`, in as many processes as there are processors.

    The act and what it holds are not copied, the items and the results are pickled.
    """
    count = min(len(items), processors())
    if count < 2:
        yield from map(act, items)
        return
    _work["act"] = act
    with ProcessPoolExecutor(count, multiprocessing.get_context("fork")) as pool:
        yield from pool.map(_do, items)


def _do(item: Any) -> Any:
    return _work["act"](item)
