"""How often one caller may ask: a bucket of tokens for each, kept in memory."""

from __future__ import annotations

import threading
import time


class Throttle:
    """Token buckets by key.

    Parameters
    ----------
    per_minute : int
        Requests a minute in the long run; 0 lets everything pass.
    burst : int
        Requests at once.
    """

    def __init__(self, per_minute: int, burst: int | None = None) -> None:
        self._rate = per_minute / 60
        self._burst = float(burst if burst is not None else max(1, per_minute // 4))
        self._left: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def wait(self, key: str) -> float:
        """Take one turn; 0.0 if there was one, else the seconds until there is."""
        if self._rate <= 0:
            return 0.0
        at = time.monotonic()
        with self._lock:
            left, since = self._left.get(key, (self._burst, at))
            left = min(self._burst, left + (at - since) * self._rate)
            if len(self._left) > 10_000:
                full = self._burst
                self._left = {k: (v, s) for k, (v, s) in self._left.items() if v + (at - s) * self._rate < full}
            if left < 1:
                self._left[key] = (left, at)
                return (1 - left) / self._rate
            self._left[key] = (left - 1, at)
            return 0.0
