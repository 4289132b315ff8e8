from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.reports.pipeline import parse

_LINES = st.sampled_from(
    [
        "I. HẠN CHẾ", "1. Kết quả", "a) Hồ sơ còn chậm; cán bộ thiếu; kinh phí ít.", "- Do địa bàn rộng.", "Một là, cán bộ yếu.",
        "Tuy nhiên, vẫn còn hạn chế, đó là: (1) chậm nộp; (2) thiếu sổ; (3) không họp.", "| STT | Tồn tại |", "| 1 | Chưa có sổ |",
        "Đề nghị UBND tỉnh bố trí kinh phí.", "", "Nơi nhận:", "- Như trên;", "3", "văn bản ¹ số 12/QĐ-UBND ngày 01/02/2023",
        "Phần thứ hai", "**Tồn tại**", "tồn_tại , hạn_chế còn nhiều .", "ệ̃ đ̛ ƣ",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(_LINES, max_size=14).map("\n".join))
def test_units_are_disjoint_ordered_and_inside_their_paragraph(text: str) -> None:
    parsed = parse(text)
    end = 0
    for unit in parsed.units:
        paragraph = parsed.structure.paragraphs[unit.paragraph]
        assert end <= unit.start < unit.end <= len(parsed.clean.text)
        assert paragraph.start <= unit.start and unit.end <= paragraph.end
        end = unit.end
        span = parsed.clean.to_source(unit.start, unit.end)
        assert 0 <= span.start < span.end <= len(text)


def _texts(text: str) -> list[str]:
    parsed = parse(text)
    return [parsed.clean.text[u.start : u.end] for u in parsed.units]


def test_a_sentence_is_one_unit_and_its_label_stays_outside() -> None:
    assert _texts("a) Hồ sơ còn chậm. Cán bộ còn thiếu.\n") == ["Hồ sơ còn chậm.", "Cán bộ còn thiếu."]


def test_a_list_inside_a_sentence_gives_one_unit_a_part() -> None:
    found = _texts("Vẫn còn một số hạn chế, đó là: (1) hồ sơ nộp chậm; (2) sổ sách thiếu; (3) nhiều tháng không họp.\n")
    assert found[-3:] == ["hồ sơ nộp chậm;", "sổ sách thiếu;", "nhiều tháng không họp."]


def test_two_halves_of_a_sentence_stay_together() -> None:
    text = "Nhiều công trình vẫn thi công; riêng quý I phát hiện thêm 63 trường hợp.\n"
    assert _texts(text) == [text.strip()]


def test_two_parts_after_a_colon_or_a_turn_are_two_units() -> None:
    text = "Với UBND thành phố: cho nâng phụ cấp chi hội trưởng; cấp cho Ban Đại diện một xe ô tô.\n"
    assert _texts(text) == [
        "Với UBND thành phố:",
        "cho nâng phụ cấp chi hội trưởng;",
        "cấp cho Ban Đại diện một xe ô tô.",
    ]
    turned = "Tổ chức ra quân 26 buổi, xử phạt 67 trường hợp; song tình trạng lấn chiếm vỉa hè vẫn tái diễn.\n"
    assert _texts(turned) == [
        "Tổ chức ra quân 26 buổi, xử phạt 67 trường hợp;",
        "song tình trạng lấn chiếm vỉa hè vẫn tái diễn.",
    ]


def test_ordinal_words_stay_in_the_sentence() -> None:
    assert _texts("Thứ nhất, kinh phí chưa bảo đảm cho hoạt động.\n") == [
        "Thứ nhất, kinh phí chưa bảo đảm cho hoạt động."
    ]


def test_nothing_to_report_is_no_unit() -> None:
    assert _texts("IV. KIẾN NGHỊ\n\n(Không)\n") == []
    assert _texts("IV. KIẾN NGHỊ\n\nKhông có kiến nghị.\n") == []
