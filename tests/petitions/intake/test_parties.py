"""Who sends a petition and whom it is against."""

from __future__ import annotations

import pytest

from nlp.petitions.intake.organisations import organisations
from nlp.petitions.intake.parties import Parties, parties
from nlp.text.entities import people, view


def read(text: str, kind: str | None = None) -> tuple[Parties, list[str], list[str]]:
    looked = view(text)
    found = parties(looked, people(looked), organisations(looked), kind)
    return (
        found,
        [looked.text[p.start : p.end] for p in found.petitioners],
        [looked.text[p.start : p.end] for p in found.respondents],
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tôi là Đào Văn Thắc, 72 tuổi. Tôi yêu cầu xem lại.", ["Đào Văn Thắc"]),
        ("Người khiếu nại: Cao Thị Tuyết Minh, khối Yên Toàn", ["Cao Thị Tuyết Minh"]),
        ("Nội dung.\n\nVăn La, ngày 05/9/2023\nTrương Đình Khoái", ["Trương Đình Khoái"]),
        ("Bà Lương Thị Thơm (xã Hoà Bình) phản ánh hồ sơ chậm.", ["Lương Thị Thơm"]),
        ("21:14 tối 9/3, anh Danh Nhiệm ở ấp Bắc Đai gọi: trụ điện nghiêng.", ["Danh Nhiệm"]),
        ("Đơn kiến nghị.\nĐại diện 19 hộ: Bùi Trọng Khánh, Ngô Văn Dấu, Lê Thị Ngọt\nTuy An, 2/7/2024",
         ["Bùi Trọng Khánh", "Ngô Văn Dấu", "Lê Thị Ngọt"]),
        ("Được ông Trịnh Khắc Bạo uỷ quyền, chúng tôi trình bày.\nLuật sư Hoàng Gia Thuật", ["Trịnh Khắc Bạo"]),
        ("CÔNG TY TNHH BAO BÌ HỒNG HẠC\nSố: 31/CV-HH\n\nKính gửi: Sở Xây dựng\nCông ty chúng tôi nộp hồ sơ.\nGIÁM ĐỐC\nPhùng Khắc Tiệp",
         ["CÔNG TY TNHH BAO BÌ HỒNG HẠC", "Phùng Khắc Tiệp"]),
        ("Cử tri xã Văn Lâm đề nghị trồng cây.", ["Cử tri xã Văn Lâm"]),
    ],
)  # fmt: skip
def test_petitioners_are_found_where_they_say_who_they_are(text: str, expected: list[str]) -> None:
    assert read(text)[1] == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("Tôi tố cáo ông Phạm Đình Sự, trưởng thôn, thu tiền sai.\nĐàm Thị Hướng", "to_cao", ["Phạm Đình Sự"]),
        ("Tôi tố cáo ông Lê Văn Tám và bà Trần Thị Chín nhận tiền.", "to_cao", ["Lê Văn Tám", "Trần Thị Chín"]),
        ("Ông Lê Minh Quế cho phân lô. Đề nghị làm rõ ông Quế nhận tiền.", "to_cao", ["Lê Minh Quế"]),
        ("Công ty CP Phú Ngọc xả nước đen. Tôi tố cáo công ty này xả thải.", "to_cao", ["Công ty CP Phú Ngọc"]),
        ("BHXH tỉnh có Thông báo 735/TB-BHXH thu hồi tiền. Tôi không đồng ý.", "khieu_nai", ["BHXH tỉnh"]),
        ("Nhà tôi và nhà anh Vũ Văn Khuê tranh chấp lối đi. Anh Khuê rào lại.", "kien_nghi_phan_anh", ["Vũ Văn Khuê"]),
        ("Đường hỏng, đề nghị sửa.", "kien_nghi_phan_anh", []),
    ],
)
def test_respondents_are_those_accused_or_contested(text: str, kind: str, expected: list[str]) -> None:
    assert read(text, kind)[2] == expected


def test_a_relative_who_is_introduced_is_not_the_petitioner() -> None:
    assert read("Mẹ tôi là Lục Thị Chấn, bị trả hồ sơ.\n\nLục Văn Tài")[1] == ["Lục Văn Tài"]


def test_witnesses_are_no_party() -> None:
    text = "Tôi tố cáo ông Lê Văn Tám lấy tiền. Có ông Trần Văn Chín làm chứng."
    assert read(text, "to_cao")[2] == ["Lê Văn Tám"]


def test_an_offices_stamp_on_top_is_no_petitioner() -> None:
    assert read("UBND XÃ QUANG MINH\nSố: 0214\nTôi là Hoàng Thị Nhình xin hỏi.")[1] == ["Hoàng Thị Nhình"]
