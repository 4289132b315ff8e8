"""Names of persons: found after calls, cues and in signatures; streets, communes and titles are left alone."""

from __future__ import annotations

import pytest

from nlp.text.entities import people, view


def names(text: str) -> list[str]:
    looked = view(text)
    return [looked.text[e.start : e.end] for e in people(looked)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tôi là Đào Văn Thắc, 72 tuổi.", ["Đào Văn Thắc"]),
        ("Ông Thắc nói với bà Lụa.", ["Thắc", "Lụa"]),
        ("Vợ chồng tôi là Bùi Văn Thoại và Trần Thị Nhài.", ["Bùi Văn Thoại", "Trần Thị Nhài"]),
        ("ông Bảy Nhị đưa tiền cho bà Tư", ["Bảy Nhị", "Tư"]),
        ("ông Chủ tịch xã Nhữ Đình Vỹ ký", ["Nhữ Đình Vỹ"]),
        ("Trưởng thôn Lò Văn Ón cầm tiền", ["Lò Văn Ón"]),
        ("Con là Y Blŭt Niê, vợ là H'Bia Êban", ["Y Blŭt Niê", "H'Bia Êban"]),
        ("Đề nghị xem xét.\n\nVi Quang Hưởng\nKDC Lưu Thượng", ["Vi Quang Hưởng"]),
        ("Nội dung đơn.\nĐại diện: Hồ Thuận, Nguyễn Chút, Lê Rập", ["Hồ Thuận", "Nguyễn Chút", "Lê Rập"]),
        ("TÔI LÀ THẠCH THỊ SÀ RƯƠNG, NGỤ TẠI XÃ HÙNG HÒA", ["THẠCH THỊ SÀ RƯƠNG"]),
        ("toi la nguyen thi hoa o xom 3", ["nguyen thi hoa"]),
        ("Chuyển cho NGUYEN TRONG HIEU ngày 2/3", ["NGUYEN TRONG HIEU"]),
    ],
)  # fmt: skip
def test_names_are_found_in_the_ways_people_write_them(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Đường Nguyễn Lương Bằng đoạn qua bến xe",
        "ở 118 Trần Nhân Tông",
        "Hẻm 47/12 Huỳnh Thị Hai phường Tân Chánh Hiệp",
        "phường Lê Thanh Nghị, thành phố Hải Phòng",
        "Kính gửi ông Chủ tịch UBND tỉnh Lâm Đồng",
        "cống Bà Lắm và chợ Bà Chiểu",
        "tỉnh Bà Rịa - Vũng Tàu",
        "cửa hàng tên Hải Lý",
        "Đề nghị quản lý thị trường kiểm tra",
        "bà con Bru - Vân Kiều",
        "trường Nguyễn Bỉnh Khiêm",
    ],
)
def test_places_titles_and_shops_are_no_persons(text: str) -> None:
    assert names(text) == []


def test_a_given_name_is_found_again_where_the_text_repeats_it() -> None:
    text = "Con tôi, cháu Nguyễn Bảo Khang, bị phạt. Phụ huynh cháu Khang.\nKhang (con tôi)"
    assert names(text) == ["Nguyễn Bảo Khang", "Khang", "Khang"]


def test_titles_stay_outside_the_span() -> None:
    assert names("Trung uý Mạc Văn Khoa và luật sư Đỗ Gia Bảo") == ["Mạc Văn Khoa", "Đỗ Gia Bảo"]


def test_a_name_split_by_a_wrapped_line_is_one_name() -> None:
    assert names("Nhà bác Đặng Thị\nLiều cũng bị giữ 2 triệu") == ["Đặng Thị\nLiều"]
