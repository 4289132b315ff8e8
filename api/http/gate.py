"""A bounded gate before work that needs a processor: a short queue is served, a long one is told to come back."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from nlp.text import LangNgheError

T = TypeVar("T")


class OverloadedError(LangNgheError):
    """More is asked than can be answered in good time; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("overloaded", "Hệ thống đang có quá nhiều yêu cầu; xin thử lại sau ít giây.")
        self.retry_after = retry_after


class Gate:
    """Runs blocking work on few threads, in order of arrival.

    Python runs one thread's bytecode at a time, so more workers than that only lengthen everybody's wait.

    Parameters
    ----------
    workers : int
        Threads that work.
    queue : int
        How many pieces of work may wait.
    max_wait_s : float
        Expected waiting time beyond which a newcomer is refused at once.
    """

    def __init__(self, name: str, workers: int, queue: int, max_wait_s: float) -> None:
        self.name = name
        self._workers = workers
        self._queue = queue
        self._max_wait = max_wait_s
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._inside = 0
        self._typical_s = 0.01

    @property
    def waiting(self) -> int:
        """Pieces of work inside that no thread has taken up yet."""
        return max(0, self._inside - self._workers)

    def expected_wait(self) -> float:
        """Seconds that a newcomer would wait, judged by recent work."""
        return self._typical_s * (self.waiting + (1 if self._inside >= self._workers else 0)) / self._workers

    async def run(self, work: Callable[..., T], *args: Any) -> T:
        """Run `work(*args)` on a worker thread and return its result.

        Raises
        ------
        OverloadedError
            At once, when the queue is full or the expected wait is too long.
        """
        if self.waiting >= self._queue or self.expected_wait() > self._max_wait:
            raise OverloadedError(max(1, math.ceil(self.expected_wait())))
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._timed, work, args)
        finally:
            self._inside -= 1

    def _timed(self, work: Callable[..., T], args: tuple[Any, ...]) -> T:
        started = time.perf_counter()
        try:
            return work(*args)
        finally:
            self._typical_s = 0.9 * self._typical_s + 0.1 * (time.perf_counter() - started)

    def close(self) -> None:
        """Let running work end and refuse the rest."""
        self._pool.shutdown(wait=True, cancel_futures=True)
