"""Every problem the service can answer with: a stable code, a status and a Vietnamese title (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi.responses import JSONResponse

from api.http.gate import OverloadedError
from api.records.engine import RecordsError
from nlp.text import LangNgheError, ReadError

MEDIA = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem."""

    status: int
    title: str


PROBLEMS: dict[str, Kind] = {
    "bad_request": Kind(400, "Yêu cầu không hợp lệ"),
    "body_not_json": Kind(400, "Nội dung gửi lên không phải JSON hợp lệ"),
    "cursor_invalid": Kind(400, "Con trỏ phân trang không hợp lệ"),
    "query_too_long": Kind(400, "Câu tìm kiếm quá dài"),
    "query_only_excludes": Kind(400, "Câu tìm kiếm chỉ có từ loại trừ"),
    "host_unknown": Kind(400, "Tên máy chủ không được phép"),
    "idempotency_key_invalid": Kind(400, "Khóa chống gửi trùng không hợp lệ"),
    "signed_out": Kind(401, "Cần đăng nhập"),
    "token_invalid": Kind(401, "Khóa truy cập không hợp lệ"),
    "login_failed": Kind(401, "Tên đăng nhập hoặc mật khẩu không đúng"),
    "forbidden": Kind(403, "Không có quyền"),
    "csrf_failed": Kind(403, "Yêu cầu không đến từ trang của hệ thống"),
    "password_must_change": Kind(403, "Phải đổi mật khẩu trước"),
    "not_found": Kind(404, "Không tìm thấy"),
    "method_not_allowed": Kind(405, "Phương thức không được hỗ trợ"),
    "not_acceptable": Kind(406, "Không có định dạng được yêu cầu"),
    "conflict": Kind(409, "Xung đột với trạng thái hiện tại"),
    "nothing_to_undo": Kind(409, "Không có gì để hoàn tác"),
    "idempotency_in_progress": Kind(409, "Yêu cầu cùng khóa đang được xử lý"),
    "job_finished": Kind(409, "Việc đã kết thúc"),
    "edited_meanwhile": Kind(412, "Dữ liệu đã bị người khác thay đổi"),
    "body_too_large": Kind(413, "Nội dung gửi lên quá lớn"),
    "media_unsupported": Kind(415, "Kiểu nội dung không được hỗ trợ"),
    "invalid": Kind(422, "Dữ liệu gửi lên chưa đúng"),
    "step_unknown": Kind(422, "Không có bước này"),
    "step_out_of_range": Kind(422, "Ngày của bước không hợp lý"),
    "selection_too_large": Kind(422, "Chọn quá nhiều để kết xuất"),
    "text_empty": Kind(422, "Văn bản trống"),
    "document_unreadable": Kind(422, "Không đọc được tài liệu"),
    "idempotency_key_reused": Kind(422, "Khóa chống gửi trùng đã dùng cho nội dung khác"),
    "if_match_required": Kind(428, "Cần điều kiện If-Match"),
    "locked_out": Kind(429, "Tạm khóa vì đăng nhập sai nhiều lần"),
    "too_many_requests": Kind(429, "Quá nhiều yêu cầu"),
    "internal": Kind(500, "Lỗi hệ thống"),
    "overloaded": Kind(503, "Hệ thống đang quá tải"),
    "model_unavailable": Kind(503, "Mô hình chưa sẵn sàng"),
    "records_busy": Kind(503, "Cơ sở dữ liệu đang bận"),
    "records_unavailable": Kind(503, "Mất kết nối cơ sở dữ liệu"),
    "records_full": Kind(507, "Hết dung lượng lưu trữ"),
}


class ProblemError(LangNgheError):
    """A problem raised by a route; `detail` is what the person reads, the title comes with the code."""

    def __init__(self, code: str, detail: str = "", headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(code, detail or PROBLEMS[code].title + ".")
        self.headers = headers or {}
        self.more = more


def kind_of(error: LangNgheError) -> Kind:
    """The kind of any expected error; unknown codes of readers and stores are the caller's data (422)."""
    if error.code in PROBLEMS:
        return PROBLEMS[error.code]
    if isinstance(error, RecordsError):
        return PROBLEMS["records_unavailable"]
    return Kind(422, PROBLEMS["document_unreadable" if isinstance(error, ReadError) else "invalid"].title)


def problem_body(code: str, kind: Kind, detail: str, **more: Any) -> dict[str, Any]:
    """The JSON of a problem."""
    return {"type": f"urn:langnghe:problem:{code}", "title": kind.title, "status": kind.status, "code": code,
            "detail": detail, **more}  # fmt: skip


def problem_response(error: LangNgheError) -> JSONResponse:
    """The HTTP answer to an expected error."""
    kind = kind_of(error)
    headers = dict(getattr(error, "headers", {}) or {})
    more = dict(getattr(error, "more", {}) or {})
    retry = error.retry_after if isinstance(error, OverloadedError | RecordsError) else None
    if kind.status == 503:
        headers.setdefault("Retry-After", str(retry or 5))
    if kind.status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="langnghe"')
    body = problem_body(error.code, kind, error.message, **more)
    return JSONResponse(body, kind.status, headers, media_type=MEDIA)
