"""Work that goes on round after round, whatever stumbles, and still ends when it is told to."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

_PAUSE_SECONDS = 1


async def without_end(
    one_round: Callable[[], Awaitable[None]], log: logging.Logger, name: str
) -> None:
    """Do one round after another; after one that raises, say so, wait a moment and go on.

    Raise CancelledError once the task is told to end, also where the word was lost: a library that
    is interrupted may raise an error of its own in its place.
    """
    while True:
        try:
            await one_round()
        except Exception:
            log.exception("%s stumbled; trying again in a moment", name)
            _end_if_told()
            await asyncio.sleep(_PAUSE_SECONDS)
        _end_if_told()


def _end_if_told() -> None:
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
