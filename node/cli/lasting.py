"""Loading what stays until the end."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def lasting() -> Iterator[None]:
    """Make objects that stay for good: nobody looks through them again and again for garbage.

    Loading makes hundreds of thousands of them. What is young is looked through all the same, so
    that what only loading needed does not stay as well.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 10, 1_000_000)
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*before)
