"""Dates, document numbers, parcels, sums, areas and requests."""

from __future__ import annotations

import pytest

from nlp.petitions.intake.matters import matters
from nlp.petitions.intake.sums import dong, in_words
from nlp.text.entities import view
from nlp.text.entities.dates import iso


def found(text: str, group: str) -> list[str]:
    looked = view(text)
    return [looked.text[e.start : e.end] for e in matters(looked).groups()[group]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Quyết định số 4127/QĐ-UBND; QĐ 44, công văn 610, thông báo 204 ngày 20/2",
            ["4127/QĐ-UBND", "44", "610", "204"],
        ),
        ("bản án dân sự phúc thẩm số 57/2024/DS-PT", ["57/2024/DS-PT"]),
        ("Nghị định 76/2019/NĐ-CP, Luật 31/2024/QH15", []),
        ("Quyết định ấn định thuế 7.420.000 đồng", []),
        ("Phiếu từ chối số 19/PTC", ["19/PTC"]),
    ],
)
def test_document_numbers_are_those_of_documents_and_not_of_laws(text: str, expected: list[str]) -> None:
    assert found(text, "documents") == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("450.000 đồng", 450_000), ("60 triệu", 60_000_000), ("3 tỷ 840 triệu", 3_840_000_000), ("1,2 tỷ", 1_200_000_000),
        ("1 triệu 2", 1_200_000), ("1 triệu 500", 1_500_000), ("500 ngàn", 500_000), ("15tr", 15_000_000),
        ("1 tỷ 2", 1_200_000_000), ("1 tỷ 2 trăm triệu", 1_200_000_000), ("2 tỷ rưỡi", 2_500_000_000), ("1tr5", 1_500_000),
        ("hai trăm triệu đồng", 200_000_000), ("một tỷ hai", 1_200_000_000), ("hai tỷ rưỡi", 2_500_000_000),
        ("ba mươi lăm triệu", 35_000_000), ("một triệu hai trăm nghìn đồng", 1_200_000), ("30k", 30_000),
        ("1.750.000.000 đ", 1_750_000_000), ("3 trăm ngàn", 300_000), ("mười hai triệu", 12_000_000),
    ],
)  # fmt: skip
def test_sums_are_read_in_dong(text: str, value: int) -> None:
    looked = view(f"thu {text} mỗi hộ")
    assert [e.value for e in matters(looked).amounts] == [str(value)]


@pytest.mark.parametrize("text", ["1 tỷ 2.", "1 tỷ 2, chưa trả", "1 tỷ 2\n"])
def test_a_sum_ends_where_the_sentence_does(text: str) -> None:
    looked = view(f"Bà ấy nợ tôi {text}")
    assert [(looked.text[e.start : e.end], e.value) for e in matters(looked).amounts] == [("1 tỷ 2", "1200000000")]


def test_counts_of_other_things_are_no_sums() -> None:
    assert found("trại vịt 6 ngàn con, 12 nghìn lít dầu, mấy trăm triệu, bà Triệu, năm ba triệu", "amounts") == []


def test_a_sum_that_is_none_is_none() -> None:
    assert dong("khong") is None and in_words("khong") is None


def test_areas_and_parcels() -> None:
    text = "thửa 214, tờ bản đồ 31, diện tích 862,4 m2, ruộng 2 sào 4 thước"
    assert found(text, "parcels") == ["thửa 214, tờ bản đồ 31"]
    assert found(text, "areas") == ["862,4 m2", "2 sào 4 thước"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("thửa đất số 118, tờ bản đồ số 9", ["thua 118 to 9"]),
        ("tờ bản đồ số 9, thửa số 118", ["thua 118 to 9"]),
        ("thua 118 to 9", ["thua 118 to 9"]),
        ("tách thửa 1.850 m2, tách thửa 150 m2", []),
    ],
)
def test_a_parcel_is_the_same_however_it_is_written(text: str, values: list[str]) -> None:
    assert [e.value for e in matters(view(text)).parcels] == values


def test_requests_are_the_writers_own() -> None:
    text = "Cán bộ yêu cầu tôi bổ sung giấy. Đề nghị xã kiểm tra. Tôi xin lỗi vì chữ xấu. Tôi yêu cầu huỷ quyết định."
    assert found(text, "requests") == ["Đề nghị xã kiểm tra", "yêu cầu huỷ quyết định"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12/9/2023", "2023-09-12"),
        ("3/1964", "1964-03"),
        ("ngày 20 tháng 9 năm 2023", "2023-09-20"),
        ("14/3", "--03-14"),
        ("45/13/2020", None),
    ],
)
def test_dates_become_iso_or_nothing(text: str, value: str | None) -> None:
    assert iso(text) == value


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ngày 3 tháng 4 năm 2025, 12/05/2025, 20-6-2025, 01.09.2025, 5/1/26",
         ["2025-04-03", "2025-05-12", "2025-06-20", "2025-09-01", "2026-01-05"]),
        ("tháng 3/2026 và hồi tháng 6 năm 2026", ["2026-03", "2026-06"]),
        ("ngày 7 tháng 10, hôm 22/12", ["--10-07", "--12-22"]),
        ("ngày 1l/3/2026, 2/12/2O22", ["2026-03-11", "2022-12-02"]),
        ("nhà số 5/11 Trần Phú, ngách 22/6, ở 3/4 Lê Lợi Nam, hẻm 12/5/26", []),
        ("thương binh 4/4, gần 2/3 số hộ, quý 3/2025, Thông tư 05/2021", []),
        ("kéo dài 3 tháng 10 ngày, từ 1/2 đến 30/6", ["--02-01", "--06-30"]),
    ],
)  # fmt: skip
def test_days_are_found_and_house_numbers_are_not(text: str, values: list[str]) -> None:
    assert [e.value for e in matters(view(text)).dates] == values
