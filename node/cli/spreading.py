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
    """Do like `map`, each item in a process of its own while there are processors for it.

    The act and what it holds are not copied, the items and the results are pickled.
    """
    if len(items) < 2:
        yield from map(act, items)
        return
    _work["act"] = act
    context = multiprocessing.get_context("fork")
    # The first item is done here, where all is at hand.
    with ProcessPoolExecutor(len(items) - 1, context) as pool:
        others = pool.map(_do, items[1:])
        yield act(items[0])
        yield from others


def _do(item: Any) -> Any:
    return _work["act"](item)
