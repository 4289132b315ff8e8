"""Pages of bulk imports and background jobs."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from api.console.deps import Me, Sender, form_needs, page_needs
from api.console.rendering import environment, page, wants_fragment
from api.http.deps import ServiceDep, actor_of
from api.http.routes.jobs import draft_import, find_job, import_body, job_body
from api.jobs import queue
from api.jobs.importing import TARGETS, rejected_csv, start_import
from api.jobs.kinds import NAMES, STATE_NAMES
from api.records.operations import ImportRow, Job
from api.security.roles import Principal
from nlp.text import LangNgheError

router = APIRouter()
Importer = Annotated[Principal, Depends(page_needs("petition.import"))]
ImportSender = Annotated[Principal, Depends(form_needs("petition.import"))]
NAMED = {"job_names": NAMES, "state_names": STATE_NAMES}


@router.get("/imports")
def imports(request: Request, service: ServiceDep, me: Importer) -> Response:
    """Earlier imports and the box for a new one."""
    return _imports(request, service, me)


def _imports(request: Request, service: Any, me: Principal, trouble: str = "") -> Response:
    rows = select(Job).where(Job.kind == "import").order_by(Job.created_at.desc()).limit(50)
    if not me.may("job.manage"):
        rows = rows.where(Job.created_by == me.user_id)
    with service.records.read() as session:
        jobs = [job_body(j) for j in session.scalars(rows)]
    return page(request, "imports.html", me, status=422 if trouble else 200, jobs=jobs, trouble=trouble, **NAMED)


@router.post("/imports")
def upload(request: Request, service: ServiceDep, me: ImportSender, file: Annotated[UploadFile, File()]) -> Response:
    """Keep the table as a draft and show its columns."""
    try:
        data = file.file.read()
        with service.records.write() as session:
            job_id = draft_import(session, data, file.filename or "", me).id
    except LangNgheError as error:
        return _imports(request, service, me, error.message)
    return RedirectResponse(f"/imports/{job_id}", 303)


@router.get("/imports/{job_id}")
def show(request: Request, job_id: str, service: ServiceDep, me: Importer) -> Response:
    """Preview and mapping of a draft; progress and outcome afterwards. htmx asks for the moving part alone."""
    with service.records.read() as session:
        job = find_job(session, job_id, me)
        shown = select(ImportRow).where(ImportRow.job_id == job_id, ImportRow.outcome == "rejected")
        bad = list(session.scalars(shown.order_by(ImportRow.row).limit(50)))
        values: dict[str, Any] = {"job": import_body(job), "bad": bad, "targets": TARGETS, **NAMED}
    if wants_fragment(request):
        text = environment().get_template("import_progress.html").render(me=me, csrf=me.csrf, **values)
        # Once the job has ended the whole page is shown anew: it then offers other steps.
        headers = {"HX-Refresh": "true"} if job.state in queue.FINISHED else {}
        return Response(text, headers=headers, media_type="text/html")
    return page(request, "import.html", me, **values)


@router.post("/imports/{job_id}/start")
async def start(request: Request, job_id: str, service: ServiceDep, me: ImportSender) -> Response:
    """Start the import or its dry run with the chosen columns."""
    form = await request.form()
    mapping = {t: str(form.get(f"map_{t}", "")) for t in TARGETS if form.get(f"map_{t}")}

    def work() -> None:
        with service.records.write() as session:
            job = find_job(session, job_id, me)
            start_import(session, job, mapping or job.payload["mapping"], form.get("action") == "check")

    await service.in_thread(work)
    service.wake_jobs()
    return RedirectResponse(f"/imports/{job_id}", 303)


@router.get("/imports/{job_id}/rejected.csv")
def rejected(job_id: str, service: ServiceDep, me: Importer) -> Response:
    """The rejected rows with their reasons."""
    with service.records.read() as session:
        body = rejected_csv(session, find_job(session, job_id, me))
    return Response(body, media_type="text/csv; charset=utf-8",
                    headers={"Content-Disposition": 'attachment; filename="dong-loi.csv"'})  # fmt: skip


@router.get("/jobs")
def jobs(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(page_needs("job.manage"))]
) -> Response:
    """Every background job."""
    with service.records.read() as session:
        rows = [job_body(j) for j in session.scalars(select(Job).order_by(Job.created_at.desc()).limit(100))]
    values: dict[str, Any] = {"jobs": rows, **NAMED}
    if wants_fragment(request):
        shown = environment().get_template("jobs_table.html").render(me=me, csrf=me.csrf, **values)
        return Response(shown, media_type="text/html")
    return page(request, "jobs.html", me, **values)


@router.post("/jobs/{job_id}/cancel")
def cancel(
    job_id: str, service: ServiceDep, me: Sender, back: Annotated[str, Form(max_length=100)] = "/jobs"
) -> Response:
    """Stop a job."""
    with service.records.write() as session:
        queue.cancel(session, find_job(session, job_id, me), actor_of(me))
    service.wake_jobs()
    return RedirectResponse(back if back.startswith(("/jobs", "/imports")) else "/jobs", 303)


@router.get("/my-jobs")
def mine(request: Request, me: Me) -> Response:
    """Lead to the jobs this person may see."""
    return RedirectResponse("/jobs" if me.may("job.manage") else "/imports", 303)
