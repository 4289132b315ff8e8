"""Vietnamese names of codes that are not labels, and how numbers and dates are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from api.records.base import HANOI

STATUS = {"new": "Mới tiếp nhận", "deferred": "Để lại", "confirmed": "Đã phân loại", "in_progress": "Đang giải quyết",
          "resolved": "Đã giải quyết", "returned": "Trả lại, hướng dẫn", "withdrawn": "Rút đơn"}  # fmt: skip
CHANNEL = {
    "don": "Nộp trực tiếp",
    "post": "Bưu chính",
    "portal": "Cổng trực tuyến",
    "hotline": "Đường dây nóng",
    "email": "Thư điện tử",
    "zalo": "Zalo",
    "voter": "Kiến nghị cử tri",
    "minutes": "Biên bản tiếp dân",
    "newspaper": "Báo chí",
    "transferred": "Cơ quan khác chuyển đến",
    "lawyer": "Luật sư, người đại diện",
    "company": "Doanh nghiệp",
    "summary": "Bản tóm tắt",
    "ocr": "Bản quét",
    "other": "Khác",
}
REVIEW = {"proposed": "Chưa rà soát", "accepted": "Chấp nhận", "edited": "Đã sửa", "rejected": "Loại bỏ"}
RELATION = {"cause_of": "nguyên nhân của", "addresses": "giải quyết"}
HOW = {"explicit": "nêu rõ trong văn bản", "same_item": "cùng mục nhỏ", "same_section": "cùng mục",
       "similar": "nội dung gần nhau"}  # fmt: skip
SHORT = {
    "dat_dai": "Đất đai",
    "moi_truong": "Môi trường",
    "chinh_sach": "Chính sách",
    "xay_dung": "Xây dựng, đô thị",
    "ha_tang": "Hạ tầng",
    "an_ninh": "An ninh, trật tự",
    "y_te_giao_duc": "Y tế, giáo dục",
    "cong_vu": "Công vụ",
    "tu_phap": "Tư pháp",
    "khieu_nai": "Khiếu nại",
    "to_cao": "Tố cáo",
    "kien_nghi_phan_anh": "Kiến nghị, phản ánh",
    "hon_hop": "Nhiều nội dung",
}
KIND_SHORT = {"limitation": "Hạn chế", "cause": "Nguyên nhân", "recommendation": "Kiến nghị, giải pháp",
              "lesson": "Bài học"}  # fmt: skip
REASON = {
    "abstained": "máy không đọc ra nội dung đơn",
    "no_field_certain": "chưa chắc về lĩnh vực nào",
    "field_uncertain": "có lĩnh vực còn lưỡng lự",
    "type_uncertain": "chưa chắc về loại đơn",
    "urgency_uncertain": "chưa chắc về mức khẩn",
    "urgency_without_signal": "mức khẩn chưa có dấu hiệu rõ trong đơn",
    "read_partly": "đơn quá dài, máy chỉ đọc phần đầu",
}
PARTY = {"petitioners": "Người gửi đơn", "respondents": "Bên bị khiếu nại, tố cáo, phản ánh"}
MATTER = {"documents": "Văn bản", "parcels": "Thửa đất", "areas": "Diện tích", "amounts": "Số tiền", "dates": "Ngày",
          "requests": "Yêu cầu"}  # fmt: skip
CHECKED = {"found": "có", "not_found": "chưa thấy", "not_applicable": "không cần", "unsure": "chưa rõ"}
PROPOSAL = {
    "co_the_xu_ly": "Có thể xử lý",
    "de_nghi_bo_sung": "Đề nghị bổ sung",
    "chua_lap_duoc": "Chưa lập được phiếu",
}
ALIKE = {"trung_lap": "có thể là một đơn gửi lại", "rap_khuon": "gần như cùng lời, khác người gửi"}
JUDGED = {"proposed": "chưa xem", "confirmed": "đúng là trùng", "dismissed": "không trùng"}
MILESTONE = {"decision_known": "Người dân nhận được quyết định", "first_decision": "Có quyết định giải quyết lần đầu"}
STEP = {"received": "Tiếp nhận", "analysis": "Máy phân tích", "confirm": "Xác nhận", "correct": "Sửa nhãn",
        "defer": "Để lại", "undo": "Hoàn tác", "status": "Đổi trạng thái", "unit": "Đổi đơn vị xử lý",
        "due_on": "Đổi thời hạn", "province": "Đổi tỉnh", "commune": "Đổi xã", "assign": "Phân công", "step": "Ghi bước đã làm",
        "retention": "Che danh tính theo thời hạn lưu"}  # fmt: skip


def number(value: float) -> str:
    """12345 as 12.345."""
    return f"{int(value):,}".replace(",", ".")


def percent(value: float | None) -> str:
    """0.873 as 87%."""
    return "–" if value is None else f"{round(value * 100)}%"


def day(value: date | datetime | str | None) -> str:
    """A date as 02/11/2026; a moment is first taken to Vietnam's time."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        parts = value.split("-")
        return "/".join(reversed(parts))
    if isinstance(value, datetime):
        value = value.astimezone(HANOI)
    return value.strftime("%d/%m/%Y")


def moment(value: datetime | None) -> str:
    """A moment as 14:05 02/11/2026 in Vietnam's time."""
    return "" if value is None else value.astimezone(HANOI).strftime("%H:%M %d/%m/%Y")


def due_words(due: date | None, on: date) -> str:
    """How far a due date is, in words."""
    if due is None:
        return ""
    days = (due - on).days
    if days < 0:
        return f"quá hạn {-days} ngày"
    return "hạn hôm nay" if days == 0 else f"còn {days} ngày"


ACTION = {
    "petition.add": "Nhập đơn",
    "petition.view": "Xem đơn hạn chế",
    "petition.analyse": "Máy đọc lại đơn",
    "petition.confirm": "Xác nhận nhãn",
    "petition.correct": "Sửa nhãn",
    "petition.defer": "Để lại",
    "petition.undo": "Hoàn tác quyết định",
    "petition.assign": "Phân công",
    "petition.status": "Đổi trạng thái",
    "petition.unit": "Đổi đơn vị xử lý",
    "petition.due_on": "Đổi thời hạn",
    "petition.province": "Đổi tỉnh",
    "petition.commune": "Đổi xã",
    "petition.identity": "Xem danh tính",
    "petition.file": "Mở tệp gốc",
    "petition.step": "Ghi bước đã làm",
    "petition.duplicate_confirmed": "Xác nhận đơn trùng",
    "petition.duplicate_dismissed": "Bỏ cặp đơn trùng",
    "petition.duplicate_proposed": "Xem lại cặp đơn trùng",
    "petition.export": "Kết xuất sổ đơn",
    "report.add": "Tải báo cáo",
    "report.extract": "Trích lại báo cáo",
    "finding.accepted": "Chấp nhận phát hiện",
    "finding.edited": "Sửa phát hiện",
    "finding.rejected": "Loại phát hiện",
    "finding.proposed": "Đặt lại phát hiện",
    "finding.undo": "Hoàn tác rà soát",
    "feedback.export": "Tải dữ liệu huấn luyện",
    "user.create": "Tạo tài khoản",
    "user.roles": "Đổi vai trò",
    "user.reset_password": "Cấp lại mật khẩu",
    "user.change_password": "Đổi mật khẩu",
    "user.activate": "Mở tài khoản",
    "user.deactivate": "Ngừng tài khoản",
    "user.login": "Đăng nhập",
    "user.logout": "Đăng xuất",
    "user.login_failed": "Đăng nhập sai",
    "user.locked": "Tạm khóa vì đăng nhập sai",
    "token.create": "Tạo khóa",
    "token.revoke": "Thu hồi khóa",
    "job.add": "Thêm việc chạy nền",
    "job.cancel": "Hủy việc chạy nền",
    "backup": "Sao lưu",
    "retention": "Thực hiện thời hạn lưu",
}
# What an entry of the audit says beside its action.
DETAIL = {"channel": "nguồn", "count": "số bản ghi", "decision": "quyết định thứ", "findings": "số phát hiện",
          "format": "định dạng", "kind": "việc", "model": "mô hình", "other": "đơn kia", "reason": "lý do", "size": "cỡ, byte",
          "file": "tệp", "denunciations": "kèm đơn tố cáo",
          "roles": "vai trò", "scopes": "quyền", "step": "bước", "users": "giao cho số", "lines": "số dòng",
          "rows": "số dòng", "name": "tên"}  # fmt: skip


def detail_words(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parts of an audit entry as (name, value) that a person can read; an unknown name stays as it is."""
    from api.jobs.kinds import NAMES
    from api.security.roles import PERMISSIONS, ROLES

    said: dict[str, Callable[[Any], str | None]] = {
        "channel": CHANNEL.get, "kind": NAMES.get, "scopes": PERMISSIONS.get,
        "denunciations": {True: "có", False: "không"}.get,
        "roles": lambda code: ROLES[code].name if code in ROLES else None,
    }  # fmt: skip

    def one(key: str, value: Any) -> str:
        return (said[key](value) if key in said else None) or str(value)

    return [
        (DETAIL.get(key, key), ", ".join(one(key, v) for v in (value if isinstance(value, list) else [value])))
        for key, value in detail.items()
    ]


FILTERS: dict[str, Any] = {
    "number": number,
    "percent": percent,
    "day": day,
    "moment": moment,
    "detail_words": detail_words,
}


def month_name(month: str) -> str:
    """`2026-11` as 11/26."""
    year, _, number = month.partition("-")
    return f"{int(number)}/{year[2:]}"
