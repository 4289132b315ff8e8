"""What one running application holds: records, readers, gates, measurements."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import structlog
from starlette.concurrency import run_in_threadpool

from api.http.gate import Gate, OverloadedError
from api.http.metrics import Metrics
from api.http.problems import ProblemError
from api.jobs.kinds import HANDLERS
from api.jobs.worker import Worker
from api.readers import Readers
from api.reading import READ_FROM, read, read_row
from api.records.engine import Records
from api.records.intakes import Reading
from api.records.petition_store import NewPetition
from api.records.report_store import ReadReport
from api.rules import intake_rules
from api.security.throttle import Throttle
from api.settings import Settings
from nlp.text import LangNgheError

log = structlog.get_logger("langnghe.service")
CHUNK = 16
JOB_CHUNK = 4


class Service:
    """The parts that routes and pages share; made once by the application factory.

    `classify_gate` serves single petitions and lists, `extract_gate` whole reports, so that a long report never keeps
    a clerk waiting longer than one turn of the interpreter.
    """

    def __init__(self, settings: Settings, records: Records, metrics: Metrics) -> None:
        self.settings = settings
        self.intake_rules = intake_rules(settings.rules)
        self.records = records
        self.metrics = metrics
        self.readers = Readers(None, None, None, {"start": "loading"})
        self.classify_gate = Gate("classify", settings.classify_workers, settings.classify_queue,
                                  settings.classify_wait_s)  # fmt: skip
        self.extract_gate = Gate("extract", 1, 8, 60.0)
        self.ready = False
        self.secret = secrets.token_bytes(32)
        per_minute = settings.requests_per_minute
        if per_minute < 0:
            per_minute = 1200 if settings.accounts else 0
        self.throttle = Throttle(per_minute)
        self.sign_in_throttle = Throttle(20, burst=10)
        self.first_password = ""
        self.worker: Worker | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.on_ready: Callable[[], None] | None = None

    def start_jobs(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to take background jobs."""
        self._loop = loop
        self.worker = Worker(self.records, self.settings, HANDLERS, self.read_for_job, self.extract_for_job)
        self.worker.start()

    def wake_jobs(self) -> None:
        """Tell the worker that there is something to do."""
        if self.worker is not None:
            self.worker.wake()

    def read_for_job(self, rows: Sequence[Mapping[str, Any]]) -> list[Reading | dict[str, Any]]:
        """Read petitions for a job: few at a time, behind the same gate as people, waiting where they are refused."""
        answers: list[Reading | dict[str, Any]] = []
        for start in range(0, len(rows), JOB_CHUNK):
            answers += self._patiently(self.classify_gate, self._read_some, rows[start : start + JOB_CHUNK])
        return answers

    def _read_some(self, rows: Sequence[Mapping[str, Any]]) -> list[Reading | dict[str, Any]]:
        office, rules = self.settings.office, self.intake_rules
        return [read_row(self.readers, office, row, self.check_text, rules) for row in rows]

    def extract_for_job(self, data: bytes, filename: str) -> ReadReport:
        """Read a report for a job."""
        answer: ReadReport = self._patiently(self.extract_gate, self._extract, data, filename)
        return answer

    def _patiently(self, gate: Gate, work: Callable[..., Any], *args: Any) -> Any:
        if self._loop is None:
            return work(*args)
        while True:
            try:
                return asyncio.run_coroutine_threadsafe(gate.run(work, *args), self._loop).result()
            except OverloadedError as error:
                time.sleep(error.retry_after)

    def stop(self) -> None:
        """End work in progress and give the database back."""
        if self.worker is not None:
            self.worker.stop()
        self.classify_gate.close()
        self.extract_gate.close()
        self.records.close()

    async def read(self, new: NewPetition) -> Reading:
        """Read a petition for the register: its labels and its intake report.

        Raises
        ------
        ProblemError
            `text_empty`, or `invalid` beyond the size limit.
        LangNgheError
            What the reader refuses; OverloadedError when too many wait.
        """
        self.check_text(new.text)
        row = {"id": new.external_id, **{n: getattr(new, n) for n in READ_FROM}}
        try:
            answer: Reading = await self.classify_gate.run(
                read, self.readers, self.settings.office, row, self.intake_rules
            )
        except LangNgheError:
            self.metrics.classified.labels("refused").inc()
            raise
        self.metrics.classified.labels("review" if answer.result.get("needs_review") else "done").inc()
        return answer

    async def classify(
        self, text: str, received_at: date | None = None, channel: str | None = None, identity: str | None = None
    ) -> dict[str, Any]:
        """Read one petition.

        Raises
        ------
        ProblemError
            `text_empty`, or `invalid` beyond the size limit.
        LangNgheError
            What the reader refuses; OverloadedError when too many wait.
        """
        self.check_text(text)
        try:
            answer = await self.classify_gate.run(self.readers.classify, text, received_at, channel, identity)
        except LangNgheError:
            self.metrics.classified.labels("refused").inc()
            raise
        self.metrics.classified.labels("review" if answer.get("needs_review") else "done").inc()
        return answer

    async def classify_many(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Read a list in its order; a row that cannot be read becomes an error row, one that is stays what it is.

        Other callers get turns between.
        """
        answers: list[dict[str, Any]] = []
        for start in range(0, len(rows), CHUNK):
            answers += await self.classify_gate.run(self._chunk, rows[start : start + CHUNK])
        return answers

    def _chunk(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        return [self.classify_row(row) for row in rows]

    def classify_row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Read one row `{"id", "text", "received_at", "channel"}`; what cannot be read becomes an error row."""
        if "error" in row:
            return dict(row)
        try:
            self.check_text(row["text"])
            return self.readers.classify(row["text"], row.get("received_at"), row.get("channel"), row.get("id"))
        except LangNgheError as error:
            return {"id": row.get("id"), "error": {"code": error.code, "message": error.message}}

    def check_text(self, text: str) -> None:
        """Refuse a text with nothing in it, or one beyond the limit."""
        if not text.strip():
            raise ProblemError("text_empty", "Đơn không có nội dung.")
        if len(text) > self.settings.max_text:
            raise ProblemError("invalid", f"Văn bản dài quá {self.settings.max_text:,} ký tự.".replace(",", "."))

    async def read_file(self, data: bytes, filename: str) -> Any:
        """Read an uploaded file into a document."""
        return await self.extract_gate.run(self.readers.read, data, filename)

    async def extract(self, data: bytes, filename: str) -> ReadReport:
        """Read an uploaded report and extract its findings."""
        try:
            answer = await self.extract_gate.run(self._extract, data, filename)
        except LangNgheError:
            self.metrics.extracted.labels("refused").inc()
            raise
        self.metrics.extracted.labels("done").inc()
        return answer

    def _extract(self, data: bytes, filename: str) -> ReadReport:
        return self.readers.mine(self.readers.read(data, filename))

    async def in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        """Run work that waits for the database off the event loop."""
        return await run_in_threadpool(work, *args)
