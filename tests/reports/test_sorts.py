from __future__ import annotations

import pytest

from nlp.reports.findings import Metadata
from nlp.reports.organs import inside, level_of
from nlp.reports.pipeline import parse
from nlp.reports.sorts import CAUSE, NAMES, RECOMMENDATION, Issuer, defined_sort, sort_columns


def _defined(text: str, words: str, metadata: Metadata, kind: str = RECOMMENDATION) -> bool | None:
    parsed = parse(text)
    columns = sort_columns(parsed.clean.text, parsed.structure, parsed.units, Issuer.of(metadata))
    assert columns.shape == (len(parsed.units), len(NAMES))
    at = parsed.clean.text.index(words)
    index = next(i for i, u in enumerate(parsed.units) if u.start <= at < u.end)
    return defined_sort(kind, columns[index])


@pytest.mark.parametrize(
    ("issuer", "target", "expected"),
    [
        ("UBND huyện Nho Quan", "UBND tỉnh", False),
        ("UBND huyện Nho Quan", "UBND các xã, thị trấn", True),
        ("UBND huyện Nho Quan", "Hội Nông dân huyện", False),
        ("UBND xã Ea Knuếc", "Phòng Kinh tế", None),
        ("Huyện ủy Mai Sơn", "Hội Nông dân huyện", True),
        ("Huyện ủy Mai Sơn", "UBND tỉnh", False),
        ("Ban Dân vận Huyện ủy Phú Vang", "UBND huyện", False),
        ("Hội đồng nhân dân tỉnh Trà Vinh", "Thường trực HĐND tỉnh", True),
        ("Hội đồng nhân dân tỉnh Trà Vinh", "UBND tỉnh", False),
        ("Sở Xây dựng tỉnh Hòa Bình", "UBND tỉnh", False),
        ("Sở Xây dựng tỉnh Hòa Bình", "Sở Xây dựng", True),
        ("Bệnh viện Đa khoa tỉnh Cao Bằng", "Sở Y tế", False),
    ],
)
def test_a_body_stands_inside_or_outside_the_issuers_hierarchy(issuer: str, target: str, expected: bool | None) -> None:
    assert inside(issuer, target) is expected


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("Ban Pháp chế HĐND tỉnh Hà Giang", "dan_cu"),
        ("Đoàn giám sát HĐND tỉnh Tiền Giang", "dan_cu"),
        ("Ban Thường trực Ủy ban MTTQ Việt Nam huyện Khoái Châu", "doan_the"),
        ("Ban Nội chính Tỉnh ủy Quảng Ngãi", "dang"),
        ("Ban Quản lý dự án huyện", "hanh_chinh"),
    ],
)
def test_a_board_belongs_to_the_body_that_its_name_ends_with(name: str, group: str) -> None:
    assert level_of(name)[1] == group


DIRECTIVE = """1. Công an tỉnh

Mở đợt cao điểm kiểm tra các bến trong tháng 9.

2. Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh

Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh vận động nhân dân chấp hành.
"""


def test_a_directive_orders_but_for_what_it_asks_outside() -> None:
    metadata = Metadata(kind="chỉ thị", issuer="UBND tỉnh Cà Mau")
    assert _defined(DIRECTIVE, "Mở đợt", metadata) is False
    assert _defined(DIRECTIVE, "vận động nhân dân", metadata) is True


RESOLUTION = """Điều 2. Tổ chức thực hiện

1. Ủy ban nhân dân tỉnh hoàn thành các công trình dở dang trước ngày 31/12/2023.

2. Thường trực Hội đồng nhân dân, các Ban Hội đồng nhân dân tỉnh giám sát việc thực hiện Nghị quyết.
"""


def test_a_resolution_of_a_council_turns_to_others_but_for_its_own_bodies() -> None:
    metadata = Metadata(kind="nghị quyết", issuer="Hội đồng nhân dân tỉnh Trà Vinh")
    assert _defined(RESOLUTION, "hoàn thành các công trình", metadata) is True
    assert _defined(RESOLUTION, "giám sát việc thực hiện", metadata) is False


def test_a_report_asks_the_superior_and_leaves_its_own_tasks_to_the_model() -> None:
    text = "IV. KIẾN NGHỊ\n\nĐề nghị UBND tỉnh bố trí kinh phí.\n\nV. NHIỆM VỤ\n\nChấn chỉnh công tác tiếp công dân.\n"
    metadata = Metadata(kind="báo cáo", issuer="UBND huyện Nho Quan")
    assert _defined(text, "bố trí kinh phí", metadata) is True
    assert _defined(text, "Chấn chỉnh", metadata) is None


def test_where_no_office_speaks_the_model_decides() -> None:
    assert _defined("Tỉnh nên công khai danh mục việc dân đã nêu.\n", "công khai", Metadata()) is None


def test_a_cause_is_what_its_heading_or_its_own_words_say() -> None:
    text = "2. Nguyên nhân\n\na) Nguyên nhân khách quan\n\n- Pháp luật chưa có chế tài đủ mạnh.\n\n- Về chủ quan, cán bộ chưa sâu sát.\n"
    assert _defined(text, "chế tài", Metadata(), CAUSE) is True
    assert _defined(text, "chưa sâu sát", Metadata(), CAUSE) is False
