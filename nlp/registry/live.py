"""What is in service, followed without a restart: a promotion is noticed and the reader swapped in one step."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from nlp.registry.store import Registry
from nlp.text import LangNgheError

Reader = TypeVar("Reader")
RETRY = 60.0


@dataclass(frozen=True)
class Held(Generic[Reader]):
    """A reader and the state of the registry that it was loaded from."""

    stamp: tuple[int, int]
    reader: Reader


class Live(Generic[Reader]):
    """Holds the reader in service and exchanges it when the registry says so.

    A request calls `get` once and keeps what it returns, so no answer mixes two versions; requests under way finish
    with the reader they began with. One thread loads while the others go on with the old reader. A version that does
    not load is named in `trouble`, and the old one stays.

    Parameters
    ----------
    registry : Registry
    load : callable
        registry → reader, for example `PetitionReader.load`.
    every : float
        seconds between looks at the registry.
    clock : callable
        seconds, monotonic.

    Raises
    ------
    LangNgheError
        By the constructor, if there is nothing to begin with.
    """

    def __init__(
        self,
        registry: Registry,
        load: Callable[[Registry], Reader],
        *,
        every: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry, self._load, self._every, self._clock = registry, load, every, clock
        self._busy = threading.Lock()
        self.trouble = ""
        # The stamp is taken before loading: a promotion in between is then noticed at the next look.
        stamp = registry.stamp()
        self._held = Held(stamp, load(registry))
        self._failed: tuple[tuple[int, int], float] | None = None
        self._looked = clock()

    def get(self) -> Reader:
        """The reader in service now."""
        now = self._clock()
        if now - self._looked >= self._every and self._busy.acquire(blocking=False):
            try:
                self._looked = now
                self._refresh(now)
            finally:
                self._busy.release()
        return self._held.reader

    def _refresh(self, now: float) -> None:
        stamp = self._registry.stamp()
        if stamp == self._held.stamp:
            return
        if self._failed and self._failed[0] == stamp and now - self._failed[1] < RETRY:
            return
        try:
            reader = self._load(self._registry)
        except LangNgheError as error:
            self._failed, self.trouble = (stamp, now), error.code
        except Exception as error:  # a broken artefact must not take the old reader out of service
            self._failed, self.trouble = (stamp, now), type(error).__name__
        else:
            self._held, self._failed, self.trouble = Held(stamp, reader), None, ""
