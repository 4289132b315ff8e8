from __future__ import annotations

import pytest

from nlp.reports.figures import find_figures, parse_value
from nlp.reports.metadata import current_province
from nlp.reports.pipeline import parse
from nlp.reports.places import province_of_unit
from nlp.reports.references import find_references
from nlp.text import clean_running


@pytest.mark.parametrize(
    ("text", "key", "date"),
    [
        ("Nghị quyết số 25-NQ/TW ngày 03/6/2013 của Ban Chấp hành Trung ương", "nghi quyet|25-nq/tw", "2013-06-03"),
        ("Nghị định số 124/2020/NĐ-CP ngày 19 tháng 10 năm 2020", "nghi dinh|124/2020/nd-cp", "2020-10-19"),
        ("Luật Hoạt động giám sát của Quốc hội và Hội đồng nhân dân năm 2015", None, "2015"),
        ("Pháp lệnh Thực hiện dân chủ ở xã, phường, thị trấn năm 2007", None, "2007"),
    ],
)
def test_references_are_normalised(text: str, key: str | None, date: str) -> None:
    found = find_references(clean_running(f"Thực hiện {text}, huyện đã triển khai."))
    assert len(found) == 1
    assert found[0].date == date
    if key:
        assert found[0].key == key


def test_a_document_cited_twice_is_one_reference_with_two_places() -> None:
    text = "Chỉ thị số 35-CT/TW ngày 26/5/2014 được quán triệt. Thực hiện Chỉ thị số 35-CT/TW, huyện đã kiểm tra."
    (reference,) = find_references(clean_running(text))
    assert [text[s.start : s.end] for s in reference.spans] == [
        "Chỉ thị số 35-CT/TW ngày 26/5/2014",
        "Chỉ thị số 35-CT/TW",
    ]


def test_a_local_number_is_one_document_only_with_its_year() -> None:
    text = "Kế hoạch số 27/KH-UBND ngày 14/7/2025 đã ban hành; Kế hoạch số 27/KH-UBND được gửi các xã."
    (reference,) = find_references(clean_running(text))
    assert reference.key == "ke hoach|27/kh-ubnd|2025" and len(reference.spans) == 2
    (undated,) = find_references(clean_running("Thực hiện Kế hoạch số 27/KH-UBND của tỉnh."))
    assert undated.key == "ke hoach|27/kh-ubnd"


def test_the_report_itself_is_no_reference() -> None:
    assert find_references(clean_running("Báo cáo số 12/BC-UBND ngày 01/02/2024 gửi tỉnh."), "12/BC-UBND") == ()


def test_figures_have_value_unit_and_what_they_measure() -> None:
    text = "Trong năm 2023, toàn huyện tiếp 1.455 lượt, giải ngân 957,114 tỷ đồng, đạt 68%."
    found = find_figures(clean_running(text))
    assert [(f.value, f.unit) for f in found] == [(1455.0, "lượt"), (957.114, "tỷ đồng"), (68.0, "%")]
    assert found[0].measures == "toàn huyện tiếp"
    assert found[0].period == "năm 2023"
    assert all(text[f.span.start : f.span.end] == f.text for f in found)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Toàn huyện đã tiếp 455 lượt/578 người.", [("455 lượt", "Toàn huyện đã tiếp"), ("578 người", "Toàn huyện đã tiếp")]),
        ("Đã xử lý 298 đơn, đạt 95,5%.", [("298 đơn", "Đã xử lý"), ("95,5%", "Đã xử lý 298 đơn, đạt")]),
        ("Việc giải quyết còn chậm, có 7/23 vụ việc quá hạn.", [("7/23 vụ việc", "vụ việc quá hạn")]),
        ("Thu ngân sách: 1.234,5 tỷ đồng (tăng 5%).", [("1.234,5 tỷ đồng", "Thu ngân sách"), ("5%", "1.234,5 tỷ đồng, tăng")]),
        ("Mỗi năm xã nhận 260 - 310 đơn.", [("310 đơn", "Mỗi năm xã nhận")]),
        ("Đợt lũ tháng 10/2020, huyện sơ tán 40 hộ.", [("40 hộ", "huyện sơ tán")]),
        ("Quyết định số 12/2023/QĐ-UBND, công văn 5/xã.", []),
    ],
)  # fmt: skip
def test_what_a_figure_measures(text: str, figures: list[tuple[str, str]]) -> None:
    assert [(f.text, f.measures) for f in find_figures(clean_running(text))] == figures


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Tăng so với cùng kỳ năm 2022. Năm nay tiếp 12 lượt.", "năm 2024"),
        ("Thực hiện Luật Tiếp công dân năm 2013, xã đã mở 12 lớp.", "năm 2024"),
        ("Sau ngày 12 tháng 7 năm 2021, xã mở 12 lớp.", "năm 2024"),
        ("Quý I/2023 tiếp 12 lượt.", "Quý I/2023"),
        ("Đã giải ngân 12 tỷ đồng trong năm 2023.", "năm 2023"),
    ],
)
def test_the_period_of_a_figure_is_named_near_it_or_the_documents(text: str, period: str) -> None:
    assert [f.period for f in find_figures(clean_running(text), "năm 2024")] == [period]


def test_numbers_are_read_the_vietnamese_way() -> None:
    assert parse_value("1.234,5") == 1234.5


def test_metadata_of_a_letterhead(small: str) -> None:
    metadata = parse(small).metadata
    assert metadata.issuer == "UBND huyện Nho Quan"
    assert metadata.number == "152/BC-UBND"
    assert (metadata.place, metadata.date) == ("Nho Quan", "2023-12-12")
    assert metadata.title == "Kết quả công tác tiếp công dân, giải quyết đơn thư năm 2023"
    assert metadata.period == "năm 2023"
    assert metadata.signer == "Nguyễn Văn Hùng"
    assert metadata.province == "Ninh Bình"


def test_two_columns_of_a_letterhead_stay_apart() -> None:
    text = (
        "HUYỆN ỦY TUY PHƯỚC\t\tĐẢNG CỘNG SẢN VIỆT NAM\n*\nSố 14-CT/HU\t\tTuy Phước, ngày 19 tháng 4 năm 2022\n\n"
        "CHỈ THỊ\nCỦA BAN THƯỜNG VỤ HUYỆN ỦY\nvề tăng cường quản lý đất đai\n-----\n\n1. Đối với các chi bộ\n\nTổ chức quán triệt.\n"
    )
    metadata = parse(text).metadata
    assert (metadata.number, metadata.place, metadata.kind) == ("14-CT/HU", "Tuy Phước", "chỉ thị")
    assert metadata.issuer == "Ban Thường vụ Huyện ủy Tuy Phước"
    assert metadata.title == "Tăng cường quản lý đất đai"


@pytest.mark.parametrize(
    "end",
    [
        "Nơi nhận: TM. ỦY BAN NHÂN DÂN\n- Như trên; CHỦ TỊCH\n- Lưu: VT. Lữ Văn Thường\n",
        "CHỦ TỊCH\nLữ Văn Thường\nNơi nhận:\n- Ban Thường vụ;\n- Lưu: VT.\n",
    ],
)
def test_the_signer_stands_beside_or_above_the_recipients(small: str, end: str) -> None:
    assert parse(small.partition("Nơi nhận")[0] + end).metadata.signer == "Lữ Văn Thường"


def test_without_a_signature_nobody_signed(small: str) -> None:
    assert parse(small.partition("Nơi nhận")[0]).metadata.signer is None
    assert parse("UBND HUYỆN SƠN HÀ\nHUYỆN SƠN HÀ\nBÁO CÁO\n\nIII. NGUYÊN NHÂN\n").metadata.signer is None


def test_a_text_without_a_head_has_no_metadata() -> None:
    metadata = parse("Một số xã còn chậm.\n").metadata
    assert metadata.number is None and metadata.issuer is None and metadata.date is None


def test_provinces_of_before_and_after_the_merger() -> None:
    assert current_province("Hà Giang") == "Tuyên Quang"
    assert current_province("Thanh Hoá") == "Thanh Hóa"
    assert current_province("Xứ Lạ") is None
    assert province_of_unit("UBND huyện Hiệp Hòa") == "Bắc Giang"
