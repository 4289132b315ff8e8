"""The application factory."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
import anyio.to_thread
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException

from api.console.pages import add_console, error_page
from api.demo import load_demo
from api.http.description import describe
from api.http.edge import Edge
from api.http.metrics import Metrics
from api.http.problems import PROBLEMS, ProblemError, kind_of, problem_response
from api.http.routes import accounts, attachments, insight, intakes, jobs, meta, petitions, reports
from api.http.service import Service
from api.http.validation import explain
from api.readers import Readers, load_readers
from api.records.engine import Records
from api.records.finding_search import finding_register
from api.records.migrate import upgrade
from api.records.petition_register import register
from api.rules import intake_rules
from api.security.accounts import first_admin
from api.settings import Settings
from nlp.text import LangNgheError

log = structlog.get_logger("langnghe.app")
_BY_STATUS = {404: "not_found", 405: "method_not_allowed", 401: "signed_out", 403: "forbidden", 413: "body_too_large",
              415: "media_unsupported", 406: "not_acceptable"}  # fmt: skip


def create_app(settings: Settings | None = None, readers: Readers | None = None) -> FastAPI:
    """Build the service: API under /v1, console under /, both on the same records.

    Parameters
    ----------
    settings : Settings, optional
        By default read from the environment.
    readers : Readers, optional
        By default the live models are loaded when the application starts.
    """
    chosen = (settings or Settings.from_env()).checked()
    metrics = Metrics()
    service = Service(chosen, Records(chosen.database, chosen.busy_timeout_ms, intake_rules(chosen.rules)), metrics)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # Few threads: more of them than processors only take turns on the interpreter and lengthen the slowest answers.
        anyio.to_thread.current_default_thread_limiter().total_tokens = chosen.threads
        await service.in_thread(_start, service, readers)
        if chosen.jobs:
            service.start_jobs(asyncio.get_running_loop())
        yield
        await service.in_thread(service.stop)

    app = FastAPI(
        title="Lắng Nghe",
        version="1",
        summary="Đọc đơn thư và báo cáo: phân loại, trích phát hiện, sổ đơn",
        description="Mọi vị trí (start, end) tính bằng điểm mã Unicode trên văn bản như đã gửi. Lỗi theo RFC 9457 với "
        "mã ổn định. Sửa dữ liệu cần If-Match; gửi lại an toàn với Idempotency-Key.",
        openapi_url="/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.service = service
    for module in (meta, jobs, insight, petitions, intakes, attachments, reports, accounts):
        app.include_router(module.router)
    app.include_router(petitions.unkept)
    add_console(app)
    _add_errors(app)
    describe(app)
    app.add_middleware(Edge, settings=chosen, metrics=metrics, throttle=service.throttle, unexpected=_unexpected)
    return app


def _start(service: Service, readers: Readers | None) -> None:
    upgrade(service.records)
    if service.settings.accounts:
        with service.records.write() as session:
            service.first_password = first_admin(session)
    service.readers = (readers if readers is not None else load_readers(service.settings.models)).warmed_up()
    for name, reason in service.readers.trouble.items():
        log.warning("reader_missing", reader=name, reason=reason)
    if service.settings.demo:
        load_demo(service.records, service.readers)
    with service.records.read() as session:  # so that the first caller does not wait for all columns
        register(session).view(session)
        finding_register(session).view(session)
    service.ready = True
    if service.on_ready:
        service.on_ready()


def _add_errors(app: FastAPI) -> None:
    def answer(request: Request, error: LangNgheError) -> Response:
        if _wants_page(request):
            return error_page(request, kind_of(error), error)
        return problem_response(error)

    async def expected(request: Request, error: Exception) -> Response:
        assert isinstance(error, LangNgheError)
        return answer(request, error)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        rows = explain(error.errors())
        broken_json = any(r["code"] == "json_invalid" for r in rows)
        code = "body_not_json" if broken_json else "invalid"
        return answer(request, ProblemError(code, rows[0]["message"] if rows else "", errors=rows))

    async def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == 400 and "json" in request.headers.get("content-type", ""):
            # Bytes in no encoding of JSON, or nested too deep: FastAPI gives up before validating.
            return answer(request, ProblemError("body_not_json", headers=dict(error.headers or {})))
        code = _BY_STATUS.get(error.status_code, "bad_request" if error.status_code < 500 else "internal")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = ", ".join(_methods(app, request.url.path))
        return answer(request, ProblemError(code, headers=headers))

    async def stale(request: Request, _error: Exception) -> Response:
        return answer(request, ProblemError("edited_meanwhile", "Người khác vừa thay đổi; hãy tải lại rồi sửa tiếp."))

    async def taken(request: Request, _error: Exception) -> Response:
        # Two callers at once: the database lets in one of them, the other finds what the first has stored.
        return answer(request, ProblemError("conflict", "Vừa có người lưu cùng nội dung này; hãy tải lại rồi xem."))

    app.add_exception_handler(LangNgheError, expected)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(StaleDataError, stale)
    app.add_exception_handler(IntegrityError, taken)


def _methods(app: FastAPI, path: str) -> list[str]:
    """Every method that this path answers, over all of its routes."""
    paths = app.openapi()["paths"]
    if path in paths:
        return sorted(m.upper() for m in paths[path])
    matching = (methods for p, methods in paths.items() if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", p), path))
    return sorted({m.upper() for methods in matching for m in methods} or {"GET"})


async def _unexpected(request: Request, error: Exception) -> Response:
    # The exception's own words may quote a petition, so only its kind and place are kept.
    trace, places = error.__traceback__, []
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    log.error("unexpected", kind=type(error).__name__, at=places[-4:], request_id=request.state.request_id)
    problem = ProblemError("internal", "Có lỗi ngoài dự kiến; đã ghi lại để xử lý. Dữ liệu chưa bị thay đổi.")
    return error_page(request, PROBLEMS["internal"], problem) if _wants_page(request) else problem_response(problem)


def _wants_page(request: Request) -> bool:
    path = request.url.path
    return not path.startswith(("/v1", "/healthz", "/readyz", "/metrics", "/openapi", "/static"))
