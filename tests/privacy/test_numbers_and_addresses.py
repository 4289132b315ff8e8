"""Numbers that lead to a person, birth dates and exact addresses; look-alikes are left alone."""

from __future__ import annotations

import pytest

from nlp.privacy import find_personal_data


def found(text: str, entity: str) -> list[str]:
    return [p.span.quote(text) for p in find_personal_data(text, entities={entity})]


@pytest.mark.parametrize(
    ("entity", "text", "expected"),
    [
        ("so_dien_thoai", "ĐT: 0905 318 446, zalo +84 908 221 774", ["0905 318 446", "+84 908 221 774"]),
        ("so_dien_thoai", "(SĐT 0935.771.208) gọi (024) 3764 1288", ["0935.771.208", "(024) 3764 1288"]),
        ("so_dien_thoai", "số 0369 xxx 118", ["0369 xxx 118"]),
        ("so_dien_thoai", "điện thoại 0912345678. 6 giờ sáng", ["0912345678"]),
        ("so_dien_thoai", "+84 912 345 678. 6 giờ; gọi 0905 318 446 2 lần", ["+84 912 345 678", "0905 318 446"]),
        ("so_dien_thoai", "điện thoại 0203 825123. 6 hộ", ["0203 825123"]),
        ("so_dien_thoai", "ĐT.0905318446/0935771208", ["0905318446", "0935771208"]),
        ("so_dinh_danh", "CCCD 048071002356-cấp năm 2021", ["048071002356"]),
        ("so_dinh_danh", "CCCD số 048071002356; CMND 271456823", ["048071002356", "271456823"]),
        ("so_dinh_danh", "CMND sô 3OO 456 l28", ["3OO 456 l28"]),
        ("email", "thư hien_92@yahoo.com.vn.", ["hien_92@yahoo.com.vn"]),
        ("tai_khoan", "vào tài khoản 0041000356718 Vietcombank", ["0041000356718"]),
        ("tai_khoan", "stk 9704 2292 0011 2233 (MB)", ["9704 2292 0011 2233"]),
        ("bien_so", "biển 51F-238.90, xe 27B1-445.02, 16M9 – 8812", ["51F-238.90", "27B1-445.02", "16M9 – 8812"]),
        ("so_giay_chung_nhan", "sổ đỏ số BĐ 553xxx, GCN CX 123456", ["BĐ 553xxx", "CX 123456"]),
        ("so_giay_chung_nhan", "giấy chứng nhận số R 214578", ["R 214578"]),
        ("so_bao_hiem", "sổ BHXH 7912345608, thẻ GD4010122334455", ["7912345608", "GD4010122334455"]),
        ("ngay_sinh", "sinh ngày 14/6/1971, con sinh tháng 3/1964", ["14/6/1971", "3/1964"]),
        ("ngay_sinh", "Nguyễn Văn Tám (1976), sn 1994", ["1976", "1994"]),
        ("dia_chi", "ở số 27/4 đường Hoàng Diệu, tổ 15, phường Hải Châu", ["số 27/4 đường Hoàng Diệu, tổ 15"]),
        ("dia_chi", "ngõ 192 Lê Trọng Tấn, quận Thanh Xuân", ["ngõ 192 Lê Trọng Tấn"]),
        ("dia_chi", "thôn Đại An Khê, xã Hải Lăng; ấp 5", ["thôn Đại An Khê", "ấp 5"]),
        ("dia_chi", "trưởng thôn Đông Hồng", ["Đông Hồng"]),
        ("dia_chi", "nha so 9 hem 102 to 14 kp Binh Duong 2", ["nha so 9 hem 102 to 14 kp Binh Duong 2"]),
    ],
)  # fmt: skip
def test_personal_numbers_and_places_are_found(entity: str, text: str, expected: list[str]) -> None:
    assert found(text, entity) == expected


@pytest.mark.parametrize(
    ("entity", "text"),
    [
        ("so_dien_thoai", "gọi đường dây nóng 1022, tổng đài 1900 9068"),
        ("so_dien_thoai", "mã số thuế 0312456789, hoá đơn 0912345678"),
        ("so_dien_thoai", "hồ sơ 0912345678/QĐ-UBND, số 12/0912345678"),
        ("so_dinh_danh", "Phiếu thu số 123456789 ngày 2/3"),
        ("tai_khoan", "chuyển khoản 15.000.000 đồng"),
        ("bien_so", "mã hồ sơ H19.10-250714-0032"),
        ("ngay_sinh", "học sinh 2023, vệ sinh 2024, dự sinh 20/8/2024"),
        ("dia_chi", "Quyết định số 4127/QĐ-UBND, khu công nghiệp Phú Tài, bản án số 5"),
        ("dia_chi", "tỉnh Sóc Trăng, Toà án khu vực 9, tổ trưởng, khu vực III"),
        ("dia_chi", "ngày 18/8/2025 Phòng Thi hành án"),
    ],
)
def test_look_alikes_are_left_alone(entity: str, text: str) -> None:
    assert found(text, entity) == []


def test_unknown_entities_are_refused() -> None:
    with pytest.raises(KeyError):
        find_personal_data("a", entities={"khong_co"})
