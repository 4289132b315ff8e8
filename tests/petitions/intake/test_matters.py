"""Dates, document numbers, parcels, sums, areas and requests."""

from __future__ import annotations

import pytest

from nlp.petitions.intake.matters import dong, matters
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
    ],
)  # fmt: skip
def test_sums_are_read_in_dong(text: str, value: int) -> None:
    looked = view(f"thu {text} mỗi hộ")
    assert [e.value for e in matters(looked).amounts] == [str(value)]


def test_a_sum_that_is_none_is_none() -> None:
    assert dong("khong") is None


def test_areas_and_parcels() -> None:
    text = "thửa 214, tờ bản đồ 31, diện tích 862,4 m2, ruộng 2 sào 4 thước"
    assert found(text, "parcels") == ["thửa 214, tờ bản đồ 31"]
    assert found(text, "areas") == ["862,4 m2", "2 sào 4 thước"]


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
