"""How long to wait before trying again."""

import random
from datetime import timedelta

# The 20 pauses of count^4 + 15 seconds between 21 tries are more than eight days.
TRIES = 21
GIVE_UP_AFTER = timedelta(days=9)


def after(tried: int) -> timedelta:
    """Return the pause after so many tries, with jitter so that nobody is stormed."""
    return timedelta(seconds=tried**4 + 15 + random.uniform(0, 10 * tried))
