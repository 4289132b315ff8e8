"""How often one caller may ask: a bucket of tokens for each, kept in memory."""

from __future__ import annotations

import hashlib
import threading
import time

MOST_KNOWN = 10_000


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
        self._owners: dict[str, str] = {}
        self._lock = threading.Lock()

    def caller(self, sent: str, address: str) -> str:
        """Whom a request counts for: the person behind a key or cookie that proved right before, else the address.

        What was never seen to open anything counts for the address, so that made-up keys are no way around the bound.
        """
        return self._owners.get(_digest(sent), address) if sent else address

    def know(self, sent: str, owner: str) -> None:
        """Note whose key or cookie this is; called where it has proved right."""
        key = _digest(sent)
        if self._rate > 0 and self._owners.get(key) != owner:
            if len(self._owners) >= MOST_KNOWN:
                self._owners.clear()
            self._owners[key] = owner

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


def _digest(sent: str) -> str:
    return hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()
