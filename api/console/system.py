"""The page of those who keep the machine: state of the parts, check and backup of the records."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.console.deps import form_needs, page_needs
from api.console.rendering import page
from api.http.deps import ServiceDep, actor_of
from api.jobs import queue
from api.jobs.kinds import STATE_NAMES
from api.records import backup as backups
from api.records.audit import record as audit
from api.security.roles import Principal
from nlp.text import LangNgheError

router = APIRouter()


@router.get("/system")
def show(
    request: Request,
    service: ServiceDep,
    me: Annotated[Principal, Depends(page_needs("system.manage"))],
    check: str = "",
) -> Response:
    """State of the parts; with `check` the records are looked through."""
    return _page(request, service, me, found=backups.check(service.records) if check else None)


def _page(
    request: Request, service: Any, me: Principal, *, found: Any = None, done: str = "", trouble: str = ""
) -> Response:
    with service.records.read() as session:
        jobs = queue.counts(session)
    path = service.settings.database_file
    size = path.stat().st_size if path and path.exists() else None
    parts = {
        "Đọc đơn": service.readers.trouble.get("petitions", "sẵn sàng"),
        "Đọc báo cáo": service.readers.trouble.get("reports", "sẵn sàng"),
        "Cơ sở dữ liệu": f"{path} ({size / 1e6:.0f} MB)" if size else str(path or "PostgreSQL"),
        "Việc chạy nền": ", ".join(f"{n} {STATE_NAMES.get(s, s).lower()}" for s, n in sorted(jobs.items()))
        or "không có",
        "Tài khoản": "bật" if service.settings.accounts else "tắt, chỉ trên máy này",
    }
    return page(request, "system.html", me, parts=parts, found=found, done=done, trouble=trouble)


@router.post("/system/backup")
def make_backup(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(form_needs("system.manage"))]
) -> Response:
    """Write a backup beside the records."""
    folder = (service.settings.database_file or Path("var/langnghe.db")).parent / "sao-luu"
    ending = "db" if service.records.sqlite else "dump"
    try:
        made = backups.backup(service.records, folder / f"{datetime.now():%Y%m%d-%H%M%S}.{ending}")
    except (LangNgheError, OSError) as error:
        message = error.message if isinstance(error, LangNgheError) else "Không ghi được tệp sao lưu."
        return _page(request, service, me, trouble=message)
    with service.records.write() as session:
        audit(session, actor_of(me), "backup")
    return _page(request, service, me, done=f"Đã sao lưu vào {made} ({made.stat().st_size / 1e6:.1f} MB).")
