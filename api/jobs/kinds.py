"""The kinds of jobs and what does them; the one registry."""

from __future__ import annotations

from collections.abc import Mapping

from api.jobs.importing import run_import
from api.jobs.reading import run_extract, run_reanalyse
from api.jobs.worker import Handler

HANDLERS: Mapping[str, Handler] = {"import": run_import, "extract": run_extract, "reanalyse": run_reanalyse}
NAMES: Mapping[str, str] = {
    "import": "Nhập đơn hàng loạt",
    "extract": "Đọc báo cáo",
    "reanalyse": "Đọc lại đơn bằng mô hình mới",
}
NEEDED: Mapping[str, str] = {"import": "petition.import", "extract": "report.add", "reanalyse": "system.manage"}
"""The permission by which somebody starts a job of a kind, and without which it is not shown even to whom it belongs."""
STATE_NAMES: Mapping[str, str] = {
    "draft": "Chờ chọn cột",
    "queued": "Đang chờ",
    "running": "Đang chạy",
    "done": "Xong",
    "failed": "Lỗi",
    "cancelled": "Đã hủy",
}
