"""A typed client of the service, for notebooks, scripts and tests; the standard library and the service's own shapes."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from api.http.models.insight import Agreements, HotSpots, StatisticsBody
from api.http.models.intakes import IntakeBody
from api.http.models.jobs import ImportBody, JobBody
from api.http.models.petitions import (
    ClassifyAnswer,
    ClassifyErrorRow,
    History,
    PetitionBody,
    PetitionLine,
    PetitionPage,
)
from api.http.models.reports import (
    Facets,
    FindingBody,
    FindingPage,
    Groups,
    ReportBody,
    ReportLine,
    ReportPage,
    Similar,
)

BATCH = 200
ENDED = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class Reply:
    """What came back: status, headers in lower case, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Send = Callable[[str, str, Mapping[str, str], bytes | None], Reply]


class ApiError(Exception):
    """A problem that the service answered with: `code` is stable, `detail` a Vietnamese sentence."""

    def __init__(self, status: int, code: str, detail: str, errors: Iterable[Mapping[str, str]] = ()) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)


def over_http(timeout_s: float) -> Send:
    """The usual way to send: HTTP by the standard library, errors of status given back as replies."""

    def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        request = urllib.request.Request(url, data=body, headers=dict(headers), method=method)
        try:
            with urllib.request.urlopen(request, timeout=timeout_s) as answer:
                return Reply(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as error:
            return Reply(error.code, {k.lower(): v for k, v in error.headers.items()}, error.read())

    return send


class Client:
    """One connection to a service.

    Parameters
    ----------
    base_url : str
        Where it listens.
    token : str, optional
        A key made on the page "Tài khoản của tôi"; an instance without accounts needs none.
    retries : int
        How often a 503 is asked again after the time that the service names. Only requests that are safe to repeat
        are: reading, classifying, and posts that carry an Idempotency-Key.
    send : callable, optional
        Another way to send, for tests.
    """

    def __init__(self, base_url: str = "http://127.0.0.1:8000", token: str | None = None, *, retries: int = 3,
                 timeout_s: float = 60.0, send: Send | None = None) -> None:  # fmt: skip
        self._base = base_url.rstrip("/")
        self._headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._retries = retries
        self._send = send or over_http(timeout_s)

    # -- petitions ------------------------------------------------------------------------------------------------

    def classify(self, text: str, **more: Any) -> ClassifyAnswer:
        """Read one petition without storing it; `more` may be `id`, `received_at`, `channel`."""
        reply = self._call("POST", "/v1/petitions/classify", json_body={"text": text, **more}, repeatable=True)
        return ClassifyAnswer.model_validate_json(reply.body)

    def classify_many(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[ClassifyAnswer | ClassifyErrorRow]:
        """Read rows `{"text", "id"?, "received_at"?, "channel"?}`, 200 at a time, in their order."""
        waiting: list[Mapping[str, Any]] = []
        for row in rows:
            waiting.append(row)
            if len(waiting) == BATCH:
                yield from self._classified(waiting)
                waiting = []
        if waiting:
            yield from self._classified(waiting)

    def _classified(self, rows: list[Mapping[str, Any]]) -> Iterator[ClassifyAnswer | ClassifyErrorRow]:
        reply = self._call("POST", "/v1/petitions/classify", json_body=rows, repeatable=True)
        for answer in json.loads(reply.body):
            yield (ClassifyErrorRow if "error" in answer else ClassifyAnswer).model_validate(answer)

    def add_petition(self, text: str, *, key: str | None = None, **more: Any) -> PetitionBody:
        """Enter a petition into the register; `key` makes a repetition harmless (by default a fresh one)."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        reply = self._call("POST", "/v1/petitions", json_body={"text": text, **more}, headers=headers, repeatable=True)
        return PetitionBody.model_validate_json(reply.body)

    def petition(self, petition_id: str) -> PetitionBody:
        """One petition."""
        return PetitionBody.model_validate_json(self._call("GET", f"/v1/petitions/{petition_id}").body)

    def petitions(self, **filters: Any) -> Iterator[PetitionLine]:
        """Lines of the register, page after page; filters as in the API (`q`, `field`, `urgency`, `order`, …)."""
        for body in self._pages("/v1/petitions", filters):
            yield from PetitionPage.model_validate_json(body).items

    def decide(
        self, petition: PetitionLine, action: str, labels: Mapping[str, Any] | None = None, note: str = ""
    ) -> PetitionBody:
        """Confirm, correct or defer, starting from the version that `petition` was read at."""
        body = {"action": action, "labels": dict(labels or {}), "note": note}
        reply = self._call("POST", f"/v1/petitions/{petition.id}/decisions", json_body=body, version=petition.version)
        return PetitionBody.model_validate_json(reply.body)

    def undo(self, petition: PetitionLine) -> PetitionBody:
        """Take the newest decision back."""
        reply = self._call("POST", f"/v1/petitions/{petition.id}/undo", version=petition.version)
        return PetitionBody.model_validate_json(reply.body)

    def intake(self, petition_id: str) -> IntakeBody:
        """The intake report: checklist, terms against today, routing, parties, look-alikes."""
        return IntakeBody.model_validate_json(self._call("GET", f"/v1/petitions/{petition_id}/intake").body)

    def mark_step(self, petition: PetitionLine, code: str, on: date | None) -> IntakeBody:
        """Note the day on which a step of the procedure was taken; None takes the note back."""
        body = {"code": code, "on": on.isoformat() if on else None}
        reply = self._call("POST", f"/v1/petitions/{petition.id}/steps", json_body=body, version=petition.version)
        return IntakeBody.model_validate_json(reply.body)

    def history(self, petition_id: str) -> History:
        """Everything that happened to a petition."""
        return History.model_validate_json(self._call("GET", f"/v1/petitions/{petition_id}/history").body)

    # -- reports and findings ---------------------------------------------------------------------------------------

    def upload_report(self, source: Path | bytes, filename: str | None = None) -> ReportBody:
        """Upload a report and get its findings."""
        reply = self._upload("/v1/reports", source, filename)
        return ReportBody.model_validate_json(reply.body)

    def report(self, report_id: str) -> ReportBody:
        """One report with its text and findings."""
        return ReportBody.model_validate_json(self._call("GET", f"/v1/reports/{report_id}").body)

    def reports(self, **filters: Any) -> Iterator[ReportLine]:
        """Reports, latest first."""
        for body in self._pages("/v1/reports", filters):
            yield from ReportPage.model_validate_json(body).items

    def findings(self, **filters: Any) -> Iterator[FindingBody]:
        """Findings of a search, page after page; filters as in the API (`q`, `kind`, `topic`, `year`, …)."""
        for body in self._pages("/v1/findings", filters):
            yield from FindingPage.model_validate_json(body).items

    def facets(self, **filters: Any) -> Facets:
        """Counts by dimension over a search."""
        return Facets.model_validate_json(self._call("GET", "/v1/findings/facets", query=filters).body)

    def groups(self, **filters: Any) -> Groups:
        """What several reports say alike; filters as in a search, `kind` chooses limitations, causes and so on."""
        return Groups.model_validate_json(self._call("GET", "/v1/findings/groups", query=filters).body)

    def similar(self, finding_id: str) -> Similar:
        """Findings of other reports that say nearly the same."""
        return Similar.model_validate_json(self._call("GET", f"/v1/findings/{finding_id}/similar").body)

    def review(self, finding: FindingBody, state: str, **more: Any) -> FindingBody:
        """Accept, edit or reject a finding, starting from the version that it was read at."""
        path = f"/v1/findings/{finding.id}/review"
        reply = self._call("PUT", path, json_body={"state": state, **more}, version=finding.version)
        return FindingBody.model_validate_json(reply.body)

    def export_findings(self, format: str = "xlsx", **filters: Any) -> bytes:
        """The findings of a search as a file."""
        return self._call("GET", "/v1/findings/export", query={"format": format, **filters}).body

    # -- imports, figures, training ---------------------------------------------------------------------------------

    def import_table(
        self, source: Path | bytes, filename: str | None = None, *, mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
    ) -> JobBody:  # fmt: skip
        """Upload a table of petitions and start its import with the guessed or the given columns."""
        draft = ImportBody.model_validate_json(self._upload("/v1/imports", source, filename).body)
        body = {"mapping": dict(mapping or draft.mapping), "dry_run": dry_run}
        return JobBody.model_validate_json(self._call("POST", f"/v1/imports/{draft.id}/start", json_body=body).body)

    def job(self, job_id: str) -> JobBody:
        """One background job."""
        return JobBody.model_validate_json(self._call("GET", f"/v1/jobs/{job_id}").body)

    def wait_for(self, job: JobBody, timeout_s: float = 600.0, every_s: float = 0.5) -> JobBody:
        """The job once it has ended.

        Raises
        ------
        TimeoutError
            If it has not ended in time; it goes on by itself.
        """
        until = time.monotonic() + timeout_s
        while job.state not in ENDED:
            if time.monotonic() > until:
                raise TimeoutError(job.id)
            time.sleep(every_s)
            job = self.job(job.id)
        return job

    def statistics(self, **period: Any) -> StatisticsBody:
        """Counts of a period (`start`, `end`, `province`, `commune`)."""
        return StatisticsBody.model_validate_json(self._call("GET", "/v1/statistics", query=period).body)

    def hot_spots(self, **where: Any) -> HotSpots:
        """Fields that surge in a place against its own history."""
        return HotSpots.model_validate_json(self._call("GET", "/v1/hotspots", query=where).body)

    def agreement(self, version: str = "") -> Agreements:
        """Agreement of machine and clerks by label and over time."""
        return Agreements.model_validate_json(self._call("GET", "/v1/feedback", query={"version": version}).body)

    def training_rows(self, *, denunciations: bool = False) -> Iterator[dict[str, Any]]:
        """Decided petitions as corpus rows, personal data replaced by placeholders; denunciations only when asked for."""
        query = {"denunciations": "true"} if denunciations else None
        for line in self._call("GET", "/v1/feedback/export", query=query).body.decode("utf-8").split("\n"):
            if line:
                yield json.loads(line)

    def taxonomy(self) -> dict[str, Any]:
        """The label set."""
        answer: dict[str, Any] = json.loads(self._call("GET", "/v1/taxonomy").body)
        return answer

    # -- how it is sent ---------------------------------------------------------------------------------------------

    def _pages(self, path: str, filters: Mapping[str, Any]) -> Iterator[bytes]:
        query = dict(filters)
        while True:
            body = self._call("GET", path, query=query).body
            yield body
            following = json.loads(body)["next"]
            if following is None:
                return
            query["cursor"] = following

    def _upload(self, path: str, source: Path | bytes, filename: str | None) -> Reply:
        data = source if isinstance(source, bytes) else source.read_bytes()
        name = filename or (source.name if isinstance(source, Path) else "tep")
        boundary = uuid.uuid4().hex
        quoted = name.replace("\\", "_").replace('"', "_").replace("\r", "_").replace("\n", "_")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{quoted}"\r\n\r\n'.encode()
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Idempotency-Key": str(uuid.uuid4())}
        return self._call("POST", path, raw=head + data + f"\r\n--{boundary}--\r\n".encode(), headers=headers)

    def _call(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, json_body: Any = None,
        raw: bytes | None = None, headers: Mapping[str, str] | None = None, version: int | None = None,
        repeatable: bool = False,
    ) -> Reply:  # fmt: skip
        url = self._base + path
        if query:
            pairs = [(k, v) for k, v in query.items() if v is not None and v != ""]
            url += "?" + urllib.parse.urlencode(pairs, doseq=True)
        sent = {**self._headers, **(headers or {})}
        body = raw
        if json_body is not None:
            body = json.dumps(json_body, ensure_ascii=False, default=str).encode()
            sent["Content-Type"] = "application/json"
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        for attempt in range(self._retries + 1):
            reply = self._send(method, url, sent, body)
            if reply.status != 503 or attempt == self._retries or not (repeatable or method == "GET"):
                break
            time.sleep(min(30.0, float(reply.headers.get("retry-after", "1"))))
        if reply.status >= 400:
            raise _error(reply)
        return reply


def _error(reply: Reply) -> ApiError:
    try:
        body = json.loads(reply.body)
        return ApiError(reply.status, body["code"], body["detail"], body.get("errors") or ())
    except (ValueError, KeyError, TypeError):
        return ApiError(reply.status, "unreadable", "Máy chủ trả lời không đúng dạng.")
