from __future__ import annotations

import pytest

from nlp.reports.attributes import (
    addressee_of,
    due_of,
    embedded_causes,
    heading_organ,
    responsible_of,
    subject_of,
)  # fmt: skip
from nlp.reports.organs import level_of, organ_at


@pytest.mark.parametrize(
    ("text", "name", "level"),
    [
        ("UBND tỉnh bố trí kinh phí", "UBND tỉnh", 4),
        ("Ban Thường vụ Tỉnh ủy chỉ đạo nghiên cứu", "Ban Thường vụ Tỉnh ủy", 4),
        ("Bộ Tài nguyên và Môi trường, Bộ Nông nghiệp và Phát triển nông thôn thống nhất hướng dẫn",
         "Bộ Tài nguyên và Môi trường, Bộ Nông nghiệp và Phát triển nông thôn", 5),
        ("Trung tâm Phát triển quỹ đất và cụm công nghiệp điều động thêm", "Trung tâm Phát triển quỹ đất và cụm công nghiệp", None),
        ("các cơ quan, đơn vị báo cáo", "các cơ quan, đơn vị", None),
    ],
)  # fmt: skip
def test_the_name_of_a_body_ends_before_the_verb(text: str, name: str, level: int | None) -> None:
    organ = organ_at(text, 0)
    assert organ is not None and organ.text == name
    assert organ.level == level


@pytest.mark.parametrize(
    "text", ["Bố trí kinh phí", "Bổ sung biên chế", "Tổ chức hội nghị", "Ban hành kế hoạch", "Đoàn kết nội bộ"]
)
def test_a_verb_is_no_body(text: str) -> None:
    assert organ_at(text, 0) is None


def test_central_cities_are_provinces() -> None:
    assert level_of("UBND thành phố Hà Nội")[0] == 4
    assert level_of("UBND thành phố Bảo Lộc")[0] == 3


def _addressee(text: str, titles: tuple[str, ...] = ()) -> str | None:
    organ = addressee_of(text, (0, len(text)), [], titles)
    return organ.text if organ else None


def test_the_addressee_is_asked_or_named_by_the_heading() -> None:
    assert _addressee("Đề nghị UBND tỉnh bố trí kinh phí.") == "UBND tỉnh"
    assert _addressee("Kiến nghị với Tỉnh ủy sớm ban hành nghị quyết.") == "Tỉnh ủy"
    assert _addressee("Bố trí kinh phí đo đạc lại.", ("2. Đối với UBND tỉnh",)) == "UBND tỉnh"
    assert heading_organ(("3. Ủy ban Kiểm tra Huyện ủy",)) is not None
    assert heading_organ(("2. Công tác tuyên truyền",)) is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Giao Sở Nội vụ chủ trì, rà soát biên chế.", "Sở Nội vụ"),
        ("Giải pháp khắc phục: Giao Thanh tra huyện xác minh.", "Thanh tra huyện"),
        ("Ban Dân vận Huyện ủy rà soát 37 mô hình.", "Ban Dân vận Huyện ủy"),
        ("Thành lập chốt liên ngành do Công an huyện làm tổ trưởng.", "Công an huyện"),
    ],
)
def test_the_unit_that_acts_is_found(text: str, unit: str) -> None:
    organ = responsible_of(text, 0, len(text))
    assert organ is not None and organ.text == unit


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("Hoàn thành trước ngày 30/9/2024, báo cáo huyện.", "trước ngày 30/9/2024"),
        ("Ban hành quy chế trong quý II/2024.", "trong quý II/2024"),
        ("Rà soát các trường hợp từ ngày 01/7/2014 đến nay; hoàn thành trước ngày 30/6/2022.", "trước ngày 30/6/2022"),
        ("Áp dụng từ tháng 01/2019.", "từ tháng 01/2019"),
        ("Tăng cường kiểm tra.", None),
    ],
)
def test_deadlines_are_taken_as_printed(text: str, due: str | None) -> None:
    assert due_of(text, 0, len(text)) == due


def test_who_a_limitation_is_about() -> None:
    assert subject_of("Công tác tiếp dân ở một số xã, thị trấn còn hình thức.", 0, 40) == "một số xã, thị trấn"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Lò đốt dừng hoạt động do hỏng buồng đốt thứ cấp.", "do hỏng buồng đốt thứ cấp"),
        (
            "Chủ tịch UBND xã kiêm nhiều việc nên một nửa số kỳ do Phó Chủ tịch thực hiện.",
            "Chủ tịch UBND xã kiêm nhiều việc",
        ),
        ("36 đơn chưa giải quyết được vì hồ sơ cấp giấy bị mất.", "vì hồ sơ cấp giấy bị mất"),
    ],
)
def test_a_cause_inside_a_limitation_is_marked(text: str, cause: str) -> None:
    spans = embedded_causes(text, 0, len(text))
    assert cause in [text[s.start : s.end] for s in spans]


def test_who_does_something_is_no_cause() -> None:
    text = "Kế hoạch do UBND huyện ban hành còn chung chung."
    assert embedded_causes(text, 0, len(text)) == ()
