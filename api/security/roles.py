"""Roles and what each may do; the one table that routes, console and tests read."""

from __future__ import annotations

from dataclasses import dataclass, field

PERMISSIONS: dict[str, str] = {
    "classify": "Phân loại thử một văn bản, không lưu",
    "petition.read": "Xem sổ đơn và nội dung đơn",
    "petition.add": "Nhập đơn mới",
    "petition.decide": "Xác nhận, sửa nhãn, hoàn tác",
    "petition.change": "Đổi trạng thái, đơn vị xử lý, thời hạn",
    "petition.assign": "Phân công người xử lý",
    "petition.identity": "Xem danh tính người gửi (có ghi nhật ký)",
    "petition.import": "Nhập đơn hàng loạt",
    "petition.export": "Kết xuất sổ đơn (đã che danh tính)",
    "statistics.read": "Xem thống kê và cảnh báo",
    "report.read": "Xem báo cáo và phát hiện",
    "report.add": "Tải báo cáo lên",
    "finding.review": "Chấp nhận, sửa, loại bỏ phát hiện",
    "feedback.read": "Xem mức đồng thuận giữa máy và cán bộ",
    "feedback.export": "Tải dữ liệu huấn luyện đã che danh tính",
    "model.read": "Xem các phiên bản mô hình",
    "user.manage": "Quản lý tài khoản",
    "audit.read": "Xem nhật ký",
    "job.manage": "Xem và hủy mọi việc chạy nền",
    "system.manage": "Sao lưu, kiểm tra, cấu hình",
}


@dataclass(frozen=True, slots=True)
class Role:
    """A role with its Vietnamese name and its permissions."""

    code: str
    name: str
    description: str
    permissions: frozenset[str]


_CLERK = {"classify", "petition.read", "petition.add", "petition.decide", "petition.change", "petition.assign",
          "petition.identity", "petition.import", "petition.export", "statistics.read", "report.read"}  # fmt: skip

ROLES: dict[str, Role] = {
    r.code: r
    for r in (
        Role("clerk", "Cán bộ tiếp nhận", "Tiếp nhận, phân loại, phân công đơn", frozenset(_CLERK)),
        Role("handler", "Cán bộ xử lý", "Giải quyết đơn được giao",
             frozenset({"classify", "petition.read", "petition.change", "petition.identity", "statistics.read",
                        "report.read"})),
        Role("writer", "Người viết báo cáo", "Khai thác báo cáo, rà soát phát hiện",
             frozenset({"classify", "statistics.read", "report.read", "report.add", "finding.review"})),
        Role("researcher", "Người nghiên cứu", "Theo dõi mô hình, tải dữ liệu đã che danh tính",
             frozenset({"classify", "statistics.read", "report.read", "feedback.read", "feedback.export",
                        "model.read"})),
        Role("admin", "Quản trị viên", "Tài khoản, nhật ký, vận hành",
             frozenset({"petition.assign", "statistics.read", "model.read", "feedback.read", "user.manage",
                        "audit.read", "job.manage", "system.manage"})),
    )
}  # fmt: skip


def permissions_of(roles: frozenset[str]) -> frozenset[str]:
    """Everything that any of these roles may do; unknown roles may do nothing."""
    return frozenset().union(*(ROLES[r].permissions for r in roles if r in ROLES))


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is asking.

    `via` is `session`, `token`, or `local` for the operator of an instance without accounts, who reaches it from the
    machine itself. `csrf` is the token that this browser's forms carry.
    """

    user_id: int | None
    name: str
    roles: frozenset[str]
    permissions: frozenset[str]
    via: str
    csrf: str = ""
    must_change_password: bool = False
    display_name: str = field(default="")

    def may(self, permission: str) -> bool:
        """True if this person, by this way in, has the permission."""
        return permission in self.permissions

    @property
    def sees_all(self) -> bool:
        """True for the local operator, for whom there is nobody to keep a denouncer's identity from."""
        return self.via == "local"

    @property
    def label(self) -> str:
        """The name to show."""
        return self.display_name or self.name
