"""Routes of background jobs and bulk imports."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Response, UploadFile
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.http.deps import Member, ServiceDep, actor_of, needs
from api.http.idempotency import IdempotentRoute
from api.http.models.common import ShortText, problems
from api.http.models.jobs import ImportBody, ImportStart, JobBody, JobPage
from api.http.problems import ProblemError
from api.jobs import queue
from api.jobs.importing import guess_mapping, rejected_csv, start_import
from api.jobs.kinds import NEEDED
from api.jobs.tables import BROKEN, as_text, read_table
from api.records.operations import Job
from api.security.roles import Principal

router = APIRouter(prefix="/v1", tags=["Việc chạy nền"], route_class=IdempotentRoute)
Importer = Annotated[Principal, Depends(needs("petition.import"))]
SHOWN = 8


def find_job(session: Session, identity: str, principal: Principal) -> Job:
    """The job with this id, if it is this person's and still in their power, or they may manage all."""
    job = session.get(Job, identity)
    own = job is not None and job.created_by == principal.user_id and principal.may(NEEDED.get(job.kind, "job.manage"))
    if job is None or not (own or principal.may("job.manage")):
        raise ProblemError("not_found", "Không có việc này.")
    return job


def job_body(job: Job) -> dict[str, Any]:
    """A job as the API shows it; the first rows of an import stay with the import."""
    payload = {k: v for k, v in job.payload.items() if k not in ("preview", "columns")}
    names = ("id", "kind", "state", "done", "total", "result", "error", "created_at", "started_at", "finished_at")
    return {**{n: getattr(job, n) for n in names}, "payload": payload}


def draft_import(session: Session, data: bytes, filename: str, principal: Principal) -> Job:
    """Keep an uploaded table as a draft, with its columns, first rows and a guessed mapping."""
    filename = filename[-300:]  # its end says what it is
    table = read_table(data, filename)
    readable = [row for _, row in table.rows[:SHOWN] if row is not BROKEN]
    preview = [{k: as_text(v)[:200] for k, v in row.items()} for row in readable]
    payload = {"filename": filename, "columns": table.columns, "preview": preview,
               "mapping": guess_mapping(table.columns), "dry_run": False}  # fmt: skip
    return queue.add_job(session, "import", payload, actor_of(principal), state=queue.DRAFT, total=len(table.rows),
                         filename=filename, data=data)  # fmt: skip


def import_body(job: Job) -> dict[str, Any]:
    """An import with what is needed to choose its columns."""
    return {**job_body(job), "columns": job.payload["columns"], "mapping": job.payload["mapping"],
            "preview": job.payload["preview"]}  # fmt: skip


@router.post("/imports", summary="Tải bảng đơn lên để nhập hàng loạt", status_code=201, responses=problems(507))
def upload(
    service: ServiceDep, response: Response, principal: Importer,
    file: Annotated[UploadFile, File(description="xlsx, csv hoặc jsonl")],
) -> ImportBody:  # fmt: skip
    """Keeps the table as a draft; nothing is imported until it is started with a mapping."""
    data = file.file.read()
    with service.records.write() as session:
        body = import_body(draft_import(session, data, file.filename or "", principal))
    response.headers["Location"] = f"/v1/jobs/{body['id']}"
    return ImportBody.model_validate(body)


@router.post("/imports/{job_id}/start", summary="Bắt đầu nhập hoặc chạy thử", status_code=202,
             responses=problems(404, 409))  # fmt: skip
def start(job_id: ShortText, body: ImportStart, service: ServiceDep, principal: Importer) -> JobBody:
    """Starts the import in the background, or a dry run of it; a dry run can be followed by the real one."""
    with service.records.write() as session:
        job = find_job(session, job_id, principal)
        start_import(session, job, body.mapping, body.dry_run)
        answer = job_body(job)
    service.wake_jobs()
    return JobBody.model_validate(answer)


@router.get("/imports/{job_id}/rejected", summary="Các dòng không nhập được", responses={200: {"content": {
    "text/csv": {"schema": {"type": "string"}}}}, **problems(404)}, response_class=Response)  # fmt: skip
def rejected(job_id: ShortText, service: ServiceDep, principal: Importer) -> Response:
    """The rejected rows with their reasons, as CSV; the rows' own texts are not repeated."""
    with service.records.read() as session:
        body = rejected_csv(session, find_job(session, job_id, principal))
    return Response(body, media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="dong-loi.csv"'})  # fmt: skip


@router.get("/jobs", summary="Việc chạy nền", responses=problems())
def list_jobs(service: ServiceDep, principal: Member) -> JobPage:
    """One's own jobs, or everybody's for those who manage them; the latest 100."""
    rows = select(Job).order_by(Job.created_at.desc(), Job.id.desc()).limit(100)
    if not principal.may("job.manage"):
        mine = [kind for kind, permission in NEEDED.items() if principal.may(permission)]
        rows = rows.where(Job.created_by == principal.user_id, Job.kind.in_(mine))
    with service.records.read() as session:
        return JobPage.model_validate({"items": [job_body(j) for j in session.scalars(rows)]})


@router.get("/jobs/{job_id}", summary="Một việc chạy nền", responses=problems(404))
def read_job(job_id: ShortText, service: ServiceDep, principal: Member) -> JobBody:
    """State, progress and result of a job."""
    with service.records.read() as session:
        return JobBody.model_validate(job_body(find_job(session, job_id, principal)))


@router.post("/jobs/{job_id}/cancel", summary="Hủy việc", responses=problems(404, 409))
def cancel(job_id: ShortText, service: ServiceDep, principal: Member) -> JobBody:
    """Stops a job: at once while it waits, at its next step while it runs; what is stored stays."""
    with service.records.write() as session:
        job = find_job(session, job_id, principal)
        queue.cancel(session, job, actor_of(principal))
        answer = job_body(job)
    service.wake_jobs()
    return JobBody.model_validate(answer)


@router.post("/petitions/reanalyse", summary="Đọc lại mọi đơn bằng mô hình hiện tại", status_code=202,
             responses=problems())  # fmt: skip
def reanalyse(
    service: ServiceDep, response: Response, principal: Annotated[Principal, Depends(needs("system.manage"))]
) -> JobBody:
    """Reads every petition that the current model has not read; decisions stay as they are."""
    version = str(service.readers.classify("Đề nghị xem xét việc thu hồi đất.")["model"]["version"])
    with service.records.write() as session:
        job = queue.add_job(session, "reanalyse", {"version": version}, actor_of(principal))
        answer = job_body(job)
    service.wake_jobs()
    response.headers["Location"] = f"/v1/jobs/{answer['id']}"
    return JobBody.model_validate(answer)
