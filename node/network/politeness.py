"""What we remember about other hosts so as not to press them, never more than a bounded number."""

from collections import OrderedDict
from dataclasses import dataclass

from node import clock
from node.errors import Unreachable

_MOST_KEYS = 10_000


@dataclass(slots=True)
class _Trouble:
    failures: int
    until: float


class Breaker:
    """Spares dead hosts our fetches: after a few failures none is tried for a while.

    Deliveries have a timetable of their own and do not ask here. After the pause one fetch in
    each pause is let through, so a host is never given up for good and never hammered.
    """

    def __init__(
        self, *, failures: int = 3, seconds: float = 300, most_hosts: int = _MOST_KEYS
    ) -> None:
        self._failures = failures
        self._seconds = seconds
        self._most_hosts = most_hosts
        self._troubles: OrderedDict[str, _Trouble] = OrderedDict()

    def __len__(self) -> int:
        return len(self._troubles)

    def check(self, host: str) -> None:
        """Raise Unreachable while the host is left in peace."""
        trouble = self._troubles.get(host)
        if trouble is None or trouble.failures < self._failures:
            return
        now = clock.seconds()
        if now < trouble.until:
            left = trouble.until - now
            raise Unreachable(f"{host} failed too often of late", retry_after=left)
        trouble.until = now + self._seconds

    def failed(self, host: str) -> None:
        """Take note that a fetch from the host failed."""
        now = clock.seconds()
        trouble = self._troubles.pop(host, None)
        # Failures far apart are not a dead host.
        is_old = trouble is None or now > trouble.until + self._seconds
        count = 1 if trouble is None or is_old else trouble.failures + 1
        self._troubles[host] = _Trouble(count, now + self._seconds)
        while len(self._troubles) > self._most_hosts:
            self._troubles.popitem(last=False)

    def succeeded(self, host: str) -> None:
        """Forget the failures of a host that answers."""
        self._troubles.pop(host, None)


class Bucket:
    """Lets each key act `rate` times a second on average and `burst` times at once."""

    def __init__(self, rate: float, burst: float, *, most_keys: int = _MOST_KEYS) -> None:
        self._rate = rate
        self._burst = burst
        self._most_keys = most_keys
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._levels)

    def take(self, key: str) -> float:
        """Take one token and return 0, or take none and return the seconds until there is one."""
        now = clock.seconds()
        level, since = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + max(0.0, now - since) * self._rate)
        wait = 0.0 if level >= 1 else (1 - level) / self._rate
        self._levels[key] = (level if wait else level - 1, now)
        while len(self._levels) > self._most_keys:
            self._levels.popitem(last=False)
        return wait
