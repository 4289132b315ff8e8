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
        ("Chúng tôi là Lê Tự Thanh và vợ là Trần Thị Tú, thôn Phú Sơn.", ["Lê Tự Thanh", "Trần Thị Tú"]),
        ("Trại lợn xả phân ra suối.\nCác hộ ký tên:\n1. Ma Văn Thuyên\n2. Nông Thị Hậu\n3. Lý Văn Đô\n4. Hoàng Văn Sính\n5. Triệu Thị Mùi",
         ["Ma Văn Thuyên", "Nông Thị Hậu", "Lý Văn Đô", "Hoàng Văn Sính", "Triệu Thị Mùi"]),
        ("Nêu phải góp tiền dầu thì tôi góp.\nVũ Viết Thảo ngày 2/12/2O22", ["Vũ Viết Thảo"]),
        ("Đề nghị cán bộ lên phục.\n      Trưởng bản  Pờ Lòng Xè\n   [3]", ["Pờ Lòng Xè"]),
        ("Nhờ xã xét.\nGiáo viên Hoàng Thị Thắm", ["Hoàng Thị Thắm"]),
        ("Xin bắt tại trận. Chịu trách nhiệm: Bành Văn Tí, 14/3/2024.", ["Bành Văn Tí"]),
        ("Biên bản làm việc ngày 07/7/2023 với ông Kim Ngọc Vệ (69 tuổi). Ông khiếu nại giá đất.", ["Kim Ngọc Vệ"]),
        ("CÔNG TY LUẬT TÂM CHÁNH\nChúng tôi bảo vệ quyền lợi cho điều dưỡng Mai Thị Thảo Vân.\nLuật sư Hồ Ngọc Chánh",
         ["Mai Thị Thảo Vân"]),
        ("chao anh chi. toi la tran van hung o ap binh hoa xa my le.", ["tran van hung"]),
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
        (
            "Người bị khiếu nại: Chủ tịch UBND xã Quỳnh Lưu\nQuyết định của UBND xã là sai.",
            "khieu_nai",
            ["Chủ tịch UBND xã Quỳnh Lưu"],
        ),
        (
            "Tôi khiếu nại Quyết định 96/QĐ-UBND ngày 3/9/2026 của Chủ tịch UBND phường Phú Lương.",
            "khieu_nai",
            ["Chủ tịch UBND phường Phú Lương"],
        ),
        (
            "UBND phường Mỹ Tho ngày 20/10/2025 từ chối cấp phép. Tôi không đồng tình.",
            "khieu_nai",
            ["UBND phường Mỹ Tho"],
        ),
        (
            "toi nhan thong bao so 45/TB-UBND cua UBND phuong Thu Duc cat tro cap. Toi khong dong y.",
            "khieu_nai",
            ["UBND phuong Thu Duc"],
        ),
        (
            "Tôi tố cáo ông Lê Quang Vinh - Trưởng Công an phường Đông Hà và ông Nguyễn Hữu Phước đòi tiền.",
            "to_cao",
            ["Lê Quang Vinh", "Nguyễn Hữu Phước"],
        ),
        ("toi to cao ong nguyen van be truong ap thu tien", "to_cao", ["nguyen van be"]),
        ("Tôi tố cáo bà Lê Thị Hai, hàng xóm nhà tôi, lấy trộm gà.", "to_cao", ["Lê Thị Hai"]),
        ("Tôi tố cáo Chủ tịch xã nhận tiền của dân.", "to_cao", ["Chủ tịch xã"]),
        ("Tố chủ tịch phường Dư Khánh ăn chia cát san lấp.", "to_cao", ["chủ tịch phường"]),
        ("Lãnh đạo xã bao che cát lậu, đề nghị tỉnh thanh tra.", "to_cao", ["Lãnh đạo xã"]),
        ("TỐ CÁO HIỆU TRƯỞNG\nÔng Hiệu trưởng Lò Văn Quyến sửa phiếu.", "to_cao", ["Lò Văn Quyến"]),
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


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Shop lừa tiền. Tôi tố cáo lừa đảo, mời công an phường Rạch Giá lên làm việc.", "to_cao"),
        ("Tôi tố cáo hành vi này, đề nghị cơ quan điều tra vào cuộc.", "to_cao"),
        ("Tôi tố cáo lên Thanh tra tỉnh việc đổ rác trộm.", "to_cao"),
        ("Ông ấy thách kiện.\nXin UBND xã về đo lại.", "kien_nghi_phan_anh"),
        ('Chữ "khiếu kiện" là do anh Thạo viết cho oai, chúng tôi chưa kiện ai.', "kien_nghi_phan_anh"),
        ('Đại lý bán phân hiệu "Con Cò Xanh" giả. Đề nghị xử phạt.', "to_cao"),
        ("Chúng nó sạc bình bỏ dưới chòi ông Năm Lý. Xin bắt tại trận.", "to_cao"),
        ("Xưởng xả nước bẩn ra kinh Tư Hiếu. Đề nghị dẹp.", "to_cao"),
        ("Công an thị trấn đã ra giữ trật tự. Tôi khiếu nại giá đất.", "khieu_nai"),
        ("Mẹ tôi (bà Tạ Thị Vui, 81 tuổi) bị lừa mất sổ đỏ. Xin điều tra.", "to_cao"),
    ],
)
def test_helpers_addressees_brands_and_places_are_no_respondents(text: str, kind: str) -> None:
    assert read(text, kind)[2] == []


@pytest.mark.parametrize(
    "text",
    [
        "Ông Chẻo Lở Mẩy thuê 7 người đào vàng. Chúng tôi xin tỉnh bắt.",
        "Chúng tôi làm đơn tố cáo trưởng ban nhân dân ấp ông Trần Ngọc Xuyên. Ông Xuyên cắt nước.",
        "Tôi gửi đơn tố cáo cơ sở giặt bò của Cồ Văn Thưởng xả thuốc tẩy.",
        "Đơn tố cáo ông Lý, thôn trưởng, và bà Dương Thị Hợi thu tiền sai.",
        "Tôi không nhất trí xếp con trai của tôi (Phạm Gia Ân) vào mức nặng.",
        "Cha tôi không ký; thư ký Hoàng Văn Nam trả bản giám định.",
        "Mệ tôi, cụ Nguyễn Thị Sỏn, 98 tuổi, có hai con là liệt sĩ.",
        "Anh ruột tôi là Nguyễn Văn Lợi đã giả chữ ký.",
    ],
)
def test_those_who_are_accused_or_spoken_of_are_no_petitioners(text: str) -> None:
    assert read(text, "to_cao")[1] == []
