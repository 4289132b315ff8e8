"""The checklist finds with a quote or not at all, proposes and never rejects; flags point at their place."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.petitions.intake import IntakeReport, intake_report

LETTER = """ĐƠN TỐ CÁO
Kính gửi: UBND xã Hải Hậu
Tôi là Đào Văn Thắc, xóm 4, xã Hải Hậu, CCCD 036071002356, điện thoại 0905 318 446.
Tôi tố cáo ông Lê Văn Tám, trưởng thôn, thu tiền của dân không biên lai. Kèm theo bản sao danh sách.
Đề nghị xử lý.
Hải Hậu, ngày 3 tháng 8 năm 2026
Người làm đơn (ký tên)
Đào Văn Thắc"""


def report(text: str, kind: str = "to_cao", day: date = date(2026, 8, 4), channel: str = "don") -> IntakeReport:
    return intake_report(text, {"type": {"code": kind}}, received_at=day, channel=channel, convert=False)


def states(found: IntakeReport) -> dict[str, str]:
    return {i.code: i.state for i in found.items}


def flags(text: str, kind: str = "to_cao", channel: str = "don") -> set[str]:
    return {f.code for f in report(text, kind, channel=channel).flags}


def test_a_complete_denunciation_has_every_item_with_its_quote() -> None:
    found = report(LETTER)
    assert set(states(found).values()) == {"found"} and found.proposal == "co_the_xu_ly"
    quoted = {i["code"]: i["text"] for i in found.to_json()["eligibility"]["items"]}
    assert quoted["ho_ten"] == "Đào Văn Thắc" and quoted["so_dinh_danh"] == "036071002356"
    assert quoted["nguoi_bi_to_cao"] == "Lê Văn Tám" and quoted["ngay_viet_don"].startswith("ngày 3")


def test_a_missing_identity_number_asks_for_more_and_is_asked_only_since_july_2026() -> None:
    text = LETTER.replace(", CCCD 036071002356", "")
    found = report(text)
    assert states(found)["so_dinh_danh"] == "not_found" and found.proposal == "de_nghi_bo_sung"
    item = next(i for i in found.items if i.code == "so_dinh_danh")
    assert "không phải là lý do từ chối" in item.prompt and item.basis.status == "second_hand"
    assert "so_dinh_danh" not in states(report(text, day=date(2026, 6, 30)))


def test_a_portal_report_needs_no_signature_and_is_not_anonymous() -> None:
    found = report(
        "Đèn đường trước nhà văn hoá không sáng một tuần nay, đề nghị thay bóng.",
        "kien_nghi_phan_anh",
        channel="portal",
    )
    assert states(found)["chu_ky"] == "not_applicable" and found.proposal == "co_the_xu_ly"
    assert "nac_danh" not in {f.code for f in found.flags}


def test_english_is_not_taken_for_vietnamese() -> None:
    found = report(
        "Dear sirs, the street light in front of my house has been broken for weeks, please fix it soon.",
        "kien_nghi_phan_anh",
    )
    assert states(found)["ngon_ngu"] == "not_found" and "kho_doc" in {f.code for f in found.flags}


def test_text_without_diacritics_is_vietnamese() -> None:
    text = "Toi la nguyen thi hoa o xom 3, den duong truoc nha khong sang, de nghi thay bong den giup."
    assert states(report(text, "kien_nghi_phan_anh"))["ngon_ngu"] == "found"


@pytest.mark.parametrize(
    ("text", "code", "raised"),
    [
        (
            "Chúng tôi gồm 26 hộ ký tên dưới đây tố cáo ông Lê Văn Tám lấy tiền dân đóng góp nhiều năm.",
            "nhieu_nguoi",
            True,
        ),
        (
            "Tôi tố cáo ông Lê Văn Tám lấy tiền của 26 hộ trong thôn mà không biên lai nào cả.\nTrần Văn Chín",
            "nhieu_nguoi",
            False,
        ),
        ("Tôi xin rút đơn tố cáo ông Lê Văn Tám gửi ngày 3/8 vì hai bên đã hoà giải.\nTrần Văn Chín", "rut_don", True),
        (
            "Ông ta sang nhà bảo tôi rút đơn tố cáo, không rút thì mất xe. Tôi tố cáo thêm.\nTrần Văn Chín",
            "rut_don",
            False,
        ),
        ("Ông Lê Văn Tám nhận hối lộ của nhà thầu rồi làm giả giấy tờ để rút tiền của xã.", "dau_hieu_toi_pham", True),
        ("Tôi tố cáo ông Lê Văn Tám thu tiền sai, xin giấu tên vì sợ bị trả thù lắm.", "nac_danh", True),
        (
            "Kính gửi: UBND xã Hải Hậu; Công an tỉnh Ninh Bình\nTôi tố cáo ông Lê Văn Tám thu tiền sai.\nTrần Văn Chín",
            "gui_nhieu_noi",
            True,
        ),
    ],
)
def test_flags_are_raised_by_what_is_said(text: str, code: str, raised: bool) -> None:
    assert (code in flags(text)) is raised


def test_an_anonymous_denunciation_is_flagged_but_still_to_be_looked_at() -> None:
    flag = next(
        f
        for f in report("Ông Lê Văn Tám trưởng thôn thu tiền của dân mà không biên lai.").flags
        if f.code == "nac_danh"
    )
    assert "vẫn được xử lý" in flag.note


def test_no_item_or_flag_ever_says_rejected() -> None:
    for kind in ("khieu_nai", "to_cao", "kien_nghi_phan_anh"):
        for text in ("", "x", "không rõ", LETTER):
            assert report(text, kind).proposal in ("co_the_xu_ly", "de_nghi_bo_sung")


def test_money_taken_by_an_accused_official_is_a_sign_of_crime() -> None:
    accused = "Tôi tố cáo ông Trần Văn Sáu, Chủ tịch UBND xã, đã nhận 350tr của ông Út để hợp thức hoá đất."
    assert "dau_hieu_toi_pham" in flags(accused)
    assert "dau_hieu_toi_pham" not in flags(
        "Tôi là Trần Văn Sáu, hằng tháng nhận 2 triệu trợ cấp, nay bị cắt.", "khieu_nai"
    )


def test_a_caller_who_will_not_be_named_is_anonymous_on_any_channel() -> None:
    text = "Cháu N. 7 tuổi bị bố dượng đánh bằng dây điện, mặt sưng tím. Tôi không muốn nêu tên."
    assert {"nac_danh", "dau_hieu_toi_pham"} <= flags(text, channel="hotline")


def test_the_number_of_those_who_sign_is_read_in_words() -> None:
    found = report("Mười hai hộ chúng tôi ký tên dưới đây đề nghị sửa đường vào thôn.", "kien_nghi_phan_anh")
    assert [f.detail for f in found.flags if f.code == "nhieu_nguoi"] == ["khoảng 12"]
