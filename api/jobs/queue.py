"""The queue of long work, kept in the database: taken by one worker at a time, never lost by a crash."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.base import new_id, now
from api.records.engine import Records
from api.records.operations import Job, JobFile
from nlp.text import LangNgheError

DRAFT, QUEUED, RUNNING, DONE, FAILED, CANCELLED = "draft", "queued", "running", "done", "failed", "cancelled"
FINISHED = (DONE, FAILED, CANCELLED)
ATTEMPTS = 5


class JobError(LangNgheError):
    """A job that cannot be changed as asked."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker holds until `lease` seconds after its last sign of life."""

    id: str
    kind: str
    payload: dict[str, Any]
    attempt: int


def worker_name() -> str:
    """Who works: machine, process and a random part, so that a dead process's jobs are recognised."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{new_id()[-6:]}"


def add_job(
    session: Session, kind: str, payload: dict[str, Any], actor: Actor, *, state: str = QUEUED, total: int = 0,
    filename: str = "", data: bytes | None = None,
) -> Job:  # fmt: skip
    """Put work into the queue (or keep it as a draft), with its input file where it has one."""
    job = Job(kind=kind, payload=payload, state=state, total=total, created_by=actor.id)
    session.add(job)
    session.flush()
    if data is not None:
        session.add(JobFile(job_id=job.id, filename=filename[:300], data=data))
    audit(session, actor, "job.add", "job", job.id, kind=kind)
    return job


def claim(records: Records, worker: str, lease_s: int) -> Claim | None:
    """Take the oldest job that waits, or whose worker fell silent; None when there is nothing to do.

    A worker does one job at a time: one that still stands under its own name was left when the database went away or
    the disk was full, and is taken up again at once, which counts as no further attempt.
    """
    moment = now()
    with records.read() as session:
        if session.scalar(_claimable(moment, worker).limit(1)) is None:
            return None
    with records.write() as session:
        rows = _claimable(moment, worker).order_by(Job.created_at, Job.id).limit(1)
        if not records.sqlite:
            rows = rows.with_for_update(skip_locked=True)
        job = session.scalar(rows)
        if job is None:
            return None
        left = job.state == RUNNING and job.worker == worker
        if job.attempts >= ATTEMPTS and not left:
            job.state, job.finished_at = FAILED, moment
            job.error = {
                "code": "job_crashed",
                "message": "Việc này làm chương trình dừng nhiều lần nên không thử nữa.",
            }
            return None
        job.state, job.worker, job.attempts = RUNNING, worker, job.attempts + (not left)
        job.started_at = job.started_at or moment
        job.lease_until = moment + timedelta(seconds=lease_s)
        return Claim(job.id, job.kind, dict(job.payload), job.attempts)


def _claimable(moment: Any, worker: str) -> Any:
    silent = and_(Job.state == RUNNING, or_(Job.lease_until < moment, Job.worker == worker))
    return select(Job).where(or_(Job.state == QUEUED, silent))


def release_dead(records: Records) -> int:
    """Put back jobs of processes of this machine that no longer run; for the start of a process."""
    host = socket.gethostname()[:30]
    freed = 0
    with records.write() as session:
        for job in session.scalars(select(Job).where(Job.state == RUNNING)):
            name, _, rest = job.worker.partition(":")
            pid = rest.partition(":")[0]
            if name == host and pid.isdigit() and not _alive(int(pid)):
                job.state, job.worker, job.lease_until = QUEUED, "", None
                freed += 1
    return freed


def _alive(pid: int) -> bool:
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def keep_alive(session: Session, claimed: Claim, worker: str, lease_s: int, done: int) -> bool:
    """Note progress inside the transaction that stored it; False when the job was taken away or is to stop."""
    job = session.get(Job, claimed.id)
    if job is None or job.worker != worker or job.state != RUNNING:
        return False
    job.done = done
    job.lease_until = now() + timedelta(seconds=lease_s)
    return not job.cancel


def finish(session: Session, claimed: Claim, worker: str, state: str, *, result: dict[str, Any] | None = None,
           error: dict[str, Any] | None = None) -> None:  # fmt: skip
    """Close a job; its input file is no longer needed once it is done (unless it was only tried) or cancelled."""
    job = session.get(Job, claimed.id)
    if job is None or job.worker != worker or job.state != RUNNING:
        return
    job.state, job.result, job.error, job.finished_at, job.lease_until = state, result, error, now(), None
    if state in (DONE, CANCELLED) and not (state == DONE and job.payload.get("dry_run")):
        stored = session.get(JobFile, claimed.id)
        if stored is not None:
            session.delete(stored)


def put_back(records: Records, claimed: Claim, worker: str) -> None:
    """Return a job untouched, because this process is asked to end."""
    with records.write() as session:
        session.execute(
            update(Job)
            .where(Job.id == claimed.id, Job.worker == worker, Job.state == RUNNING)
            .values(state=QUEUED, worker="", lease_until=None, attempts=Job.attempts - 1)
        )


def cancel(session: Session, job: Job, actor: Actor) -> None:
    """Stop a job: at once while it waits, at its next step while it runs.

    Raises
    ------
    JobError
        `job_finished`.
    """
    if job.state in FINISHED:
        raise JobError("job_finished", "Việc này đã kết thúc, không hủy được nữa.")
    job.cancel = True
    if job.state in (QUEUED, DRAFT):
        job.state, job.finished_at = CANCELLED, now()
        stored = session.get(JobFile, job.id)
        if stored is not None:
            session.delete(stored)
    audit(session, actor, "job.cancel", "job", job.id)


def counts(session: Session) -> dict[str, int]:
    """How many jobs there are in each state."""
    return {row[0]: row[1] for row in session.execute(select(Job.state, func.count()).group_by(Job.state))}
