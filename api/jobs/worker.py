"""The worker: one thread of the service that takes jobs and does them step by step."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy.orm import Session

from api.jobs import queue
from api.records.engine import Records, RecordsError
from api.records.intakes import Reading
from api.settings import Settings
from nlp.text import LangNgheError

log = structlog.get_logger("langnghe.jobs")
Read = Callable[[Sequence[Mapping[str, Any]]], list[Reading | dict[str, Any]]]
LONGEST_PAUSE_S = 60.0


class StoppedError(Exception):
    """The job was cancelled, taken over by another worker, or the process is to end."""


@dataclass
class Step:
    """What a job's handler may use: the records, the readers, and a way to store progress."""

    records: Records
    claim: queue.Claim
    worker: str
    lease_s: int
    read: Read
    extract: Callable[[bytes, str], Any]
    stopping: threading.Event

    def store(self, session: Session, done: int) -> None:
        """Note progress in the transaction that stores the work itself, so that neither stands without the other.

        Raises
        ------
        StoppedError
            When the job must not go on; the transaction is then rolled back.
        """
        if self.stopping.is_set() or not queue.keep_alive(session, self.claim, self.worker, self.lease_s, done):
            raise StoppedError


class Handler(Protocol):
    """What does the jobs of one kind."""

    def __call__(self, step: Step) -> dict[str, Any]:
        """Do the work, from wherever an earlier attempt stopped, and return the result to keep."""
        ...


class Worker:
    """Takes jobs until it is stopped.

    Parameters
    ----------
    read, extract : callable
        The readers, behind the same gates as everybody's requests, so that a long import leaves room for people.
    """

    def __init__(self, records: Records, settings: Settings, handlers: Mapping[str, Handler], read: Read,
                 extract: Callable[[bytes, str], Any]) -> None:  # fmt: skip
        self._records = records
        self._settings = settings
        self._handlers = handlers
        self._read = read
        self._extract = extract
        self._name = queue.worker_name()
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin; jobs of dead processes of this machine are taken up again."""
        freed = queue.release_dead(self._records)
        if freed:
            log.info("jobs_taken_up", count=freed)
        self._thread.start()

    def wake(self) -> None:
        """Look for work now, not at the next turn."""
        self._woken.set()

    def stop(self) -> None:
        """Ask the running job to put itself back, and wait for it."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)

    def _run(self) -> None:
        pause = self._settings.job_poll_s
        while not self._stopping.is_set():
            worked = False
            try:
                worked = self.work_once()
            except Exception as error:  # whatever it was (a replaced file, say), the next turn may find it mended
                code = error.code if isinstance(error, RecordsError) else type(error).__name__
                log.warning("jobs_wait", code=code)
                pause = min(2 * pause, LONGEST_PAUSE_S)
            else:
                pause = self._settings.job_poll_s
            if not worked:
                self._woken.wait(pause)
                self._woken.clear()

    def work_once(self) -> bool:
        """Take one job and do it; False when there was none."""
        claimed = queue.claim(self._records, self._name, self._settings.job_lease_s)
        if claimed is None:
            return False
        step = Step(self._records, claimed, self._name, self._settings.job_lease_s, self._read, self._extract,
                    self._stopping)  # fmt: skip
        log.info("job_started", job=claimed.id, kind=claimed.kind, attempt=claimed.attempt)
        try:
            result = self._handlers[claimed.kind](step)
        except StoppedError:
            self._stopped(claimed)
        except RecordsError as error:
            # The database is gone or full: the job stays as it is and is taken up again when the lease is over.
            log.warning("job_waits", job=claimed.id, code=error.code)
            queue.put_back(self._records, claimed, self._name)
        except LangNgheError as error:
            self._close(claimed, queue.FAILED, error={"code": error.code, "message": error.message})
        except Exception as error:
            log.error("job_failed", job=claimed.id, kind=type(error).__name__)
            message = "Có lỗi ngoài dự kiến khi chạy việc này."
            self._close(claimed, queue.FAILED, error={"code": "internal", "message": message})
        else:
            self._close(claimed, queue.DONE, result=result)
        return True

    def _stopped(self, claimed: queue.Claim) -> None:
        with self._records.read() as session:
            from api.records.operations import Job

            job = session.get(Job, claimed.id)
            cancelled = job is not None and job.cancel and job.worker == self._name
        if cancelled:
            self._close(claimed, queue.CANCELLED)
        else:
            queue.put_back(self._records, claimed, self._name)

    def _close(self, claimed: queue.Claim, state: str, *, result: dict[str, Any] | None = None,
               error: dict[str, Any] | None = None) -> None:  # fmt: skip
        with self._records.write() as session:
            queue.finish(session, claimed, self._name, state, result=result, error=error)
        log.info("job_ended", job=claimed.id, state=state)
