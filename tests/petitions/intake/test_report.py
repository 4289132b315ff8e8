"""The entry point: one report with every place exact in the text as given, on any text."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.petitions.intake import Office, PetitionIndex, intake_report
from nlp.petitions.intake.intake import READ_LIMIT

TEXT = """Kính gửi: UBND xã Hải Hậu
Ngày 12/6/2026 tôi nhận được Quyết định số 4127/QĐ-UBND thu hồi 168 m2 của thửa 214, tờ 31.
Tôi không đồng ý với UBND xã. Tôi yêu cầu huỷ quyết định và trả 60 triệu đồng.
Bùi Văn Thoại, xóm 4"""
RESULT = {
    "type": {"code": "khieu_nai"},
    "fields": [
        {"code": "dat_dai", "subfields": [{"code": "thu_hoi_boi_thuong"}]},
        {"code": "cong_vu", "subfields": []},
    ],
    "urgency": {"signals": [{"code": "keo_dai_nhieu_lan"}]},
}
DAY = date(2026, 8, 4)


def quotes(value: Any, text: str) -> int:
    """Assert `text[start:end]` for every quoted place inside a JSON value; returns how many there were."""
    count = 0
    if isinstance(value, dict):
        if isinstance(value.get("text"), str) and isinstance(value.get("start"), int):
            assert text[value["start"] : value["end"]] == value["text"]
            count += 1
        return count + sum(quotes(v, text) for v in value.values())
    if isinstance(value, list):
        return sum(quotes(v, text) for v in value)
    return 0


def test_the_report_has_every_part_and_is_plain_json() -> None:
    found = intake_report(TEXT, RESULT, received_at=DAY, channel="don", today=DAY).to_json()
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    assert [p["text"] for p in found["parties"]["petitioners"]] == ["Bùi Văn Thoại"]
    assert found["parties"]["respondents"][0]["respondent_kind"] == "xa"
    assert [d["text"] for d in found["matters"]["documents"]] == ["4127/QĐ-UBND"]
    assert found["routing"][0]["authority"] == "Chủ tịch UBND cấp xã"
    bar = next(d for d in found["deadlines"] if d["code"] == "thoi_hieu_khieu_nai")
    assert bar["start"] == "2026-06-12" and bar["due"] == "2026-09-10"
    assert any(v["suggested"] for d in found["deadlines"] for v in d["variants"])
    assert quotes(found, TEXT) > 8


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_places_hold_in_composed_and_decomposed_text(form: str) -> None:
    text = unicodedata.normalize(form, TEXT)
    assert quotes(intake_report(text, RESULT, received_at=DAY).to_json(), text) > 8


def test_it_works_without_labels_and_on_nothing() -> None:
    for text in ("", "x", "12345", "\n\n", "😀 hello"):
        found = intake_report(text, None, received_at=DAY).to_json()
        assert found["types"] == ["kien_nghi_phan_anh"] and found["routing"][0]["units"]


def test_a_petition_of_mixed_content_has_the_steps_of_each_type() -> None:
    text = "Tôi khiếu nại Quyết định 38/QĐ-X. Tôi tố cáo bà Đinh Thị Nhàn thu tiền sai."
    found = intake_report(text, {"type": {"code": "hon_hop"}}, received_at=DAY)
    assert found.types == ("khieu_nai", "to_cao")
    assert {"thu_ly_khieu_nai", "thu_ly_to_cao"} <= {d.code for d in found.deadlines}
    assert [r.petition_type for r in found.routes] == ["khieu_nai", "to_cao"]


def test_a_child_in_danger_must_be_seen_within_hours_and_a_threatened_denouncer_at_once() -> None:
    labels = {
        "type": {"code": "to_cao"},
        "urgency": {"signals": [{"code": "bao_luc_xam_hai"}, {"code": "de_doa_tra_thu"}]},
    }
    found = intake_report("Bé trai bị cha dượng đánh, ai báo thì bị doạ.", labels, received_at=DAY)
    assert {"can_thiep_tre_em", "bao_ve_nguoi_to_cao"} <= {d.code for d in found.deadlines}


def test_duplicates_are_found_flagged_and_linked() -> None:
    index, texts = PetitionIndex(), {"cu": TEXT}
    first = intake_report(TEXT, RESULT, received_at=date(2026, 7, 1), identity="cu")
    index.add("cu", first.fingerprint)
    again = intake_report(TEXT, RESULT, received_at=DAY, identity="moi", index=index, text_of=texts.get)
    assert [(d.id, d.kind, d.is_first) for d in again.duplicates] == [("cu", "trung_lap", True)]
    assert "trung_lap" in {f.code for f in again.flags}


def test_a_given_place_is_used_instead_of_the_texts() -> None:
    found = intake_report(TEXT, RESULT, received_at=DAY, place="xã Yên Thắng, huyện Ý Yên, tỉnh Nam Định")
    assert [p.converted for p in found.places] == ["Xã Vạn Thắng, Tỉnh Ninh Bình"]


def test_an_unnamed_respondent_of_a_complaint_is_presumed_from_the_addressee() -> None:
    text = "Kính gửi: Chủ tịch UBND xã Hải Hậu\nTôi không đồng ý với Quyết định 31, đề nghị xem lại."
    found = intake_report(text, {"type": {"code": "khieu_nai"}}, received_at=DAY, office=Office("tinh"))
    assert found.parties.respondents == () and found.case.respondents[0].kind == "lanh_dao_xa"
    assert found.routes[0].authority == "Chủ tịch UBND cấp xã" and found.routes[0].action == "huong_dan"


def test_a_very_long_text_is_read_up_to_a_limit_and_says_so() -> None:
    found = intake_report(TEXT + " a" * READ_LIMIT, RESULT, received_at=DAY, convert=False)
    assert found.read_until == READ_LIMIT and found.to_json()["read_until"] == READ_LIMIT


PIECES = st.sampled_from(
    ["Tôi tố cáo ", "ông Lê Văn Tám ", "khiếu nại ", "UBND xã ", "Hải Hậu, ", "Quyết định số 12/QĐ-X ", "60 triệu ", "\n", "đề nghị ", "26 hộ ký tên ",
     "thửa 1 tờ 2 ", "huyện Ý Yên, tỉnh Nam Định ", "a\u0301", "12/9/2023 ", "(", "Kính gửi: ", "xin rút đơn ", "\u200b", "Người làm đơn\n"]
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=20).map("".join)),
    st.sampled_from(["khieu_nai", "to_cao", "kien_nghi_phan_anh", "hon_hop"]),
)
def test_any_text_gives_a_report_whose_places_hold(text: str, kind: str) -> None:
    found = intake_report(text, {"type": {"code": kind}}, received_at=DAY, convert=False).to_json()
    quotes(found, text)
    assert len(found["routing"]) == len(found["types"]) >= 1
