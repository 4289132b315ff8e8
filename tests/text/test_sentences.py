"""Sentence splitting of administrative text and of citizens' messages."""

from __future__ import annotations

import pytest
from damaged_texts import LIGHT
from hypothesis import given
from hypothesis import strategies as st

from nlp.text import clauses, clean, sentences
from nlp.text.spans import Span


def split(text: str) -> list[str]:
    return [span.quote(text) for span in sentences(text)]


@pytest.mark.parametrize(
    "text",
    [
        "1. Công tác quản lý đất đai tại xã còn chậm.",
        "1.1. Về tổ chức bộ máy còn thiếu người.",
        "II. KẾT QUẢ ĐẠT ĐƯỢC",
        "a) Một số thôn chưa họp dân đúng kỳ.",
        "Điều 5. Trách nhiệm của chủ tịch xã",
        "UBND TP. Hồ Chí Minh đã có văn bản trả lời.",
        "Cuộc họp do Đ/c. Trần Văn Bảy chủ trì, có ThS. Lê Thị Hoa và TS. Phạm Hùng dự.",
        "Nhà ở P.5, Q. Gò Vấp, Tp. Thủ Đức bị ngập.",
        "Văn bản No. 12 đã gửi đi.",
        "Ngày 01.7.2025 sáp nhập xong, vốn giải ngân 957,114 tỷ đồng, mỗi hộ nhận 1.250.000đ.",
        "Xem tại https://dichvucong.tinhnao.gov.vn/ho-so.html hoặc gửi về mot.cua@xa.gov.vn để được trả lời.",
        "Ông hỏi: “Bao giờ thì xong đường?” rồi ra về.",
        "Đề nghị xem xét theo quy định./.",
        "Hồ sơ gồm đơn, ảnh chụp, biên bản v.v. và các giấy tờ khác.",
        "Việc trả lời… chưa kịp thời.",
        "Báo cáo của Công ty Cổ phần Xây dựng số 5 (tên cũ: Xí nghiệp 5) chưa đầy đủ.",
    ],
)
def test_stays_one_sentence(text: str) -> None:
    assert split(text) == [text]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Đường hỏng đã lâu. Dân đi lại rất khó.",
            ["Đường hỏng đã lâu.", "Dân đi lại rất khó."],
        ),
        (
            "đường hỏng đã lâu. dân đi lại rất khó. mong xã sửa sớm",
            ["đường hỏng đã lâu.", "dân đi lại rất khó.", "mong xã sửa sớm"],
        ),
        (
            "Rác để nhiều ngày rất hôi.Mong chính quyền xử lý!",
            ["Rác để nhiều ngày rất hôi.", "Mong chính quyền xử lý!"],
        ),
        ("Kinh phí còn thiếu ... Việc chi chậm.", ["Kinh phí còn thiếu ...", "Việc chi chậm."]),
        ("Hoàn thành năm 2019. Trong đó có 3 dự án.", ["Hoàn thành năm 2019.", "Trong đó có 3 dự án."]),
        ("II. HẠN CHẾ\nCông tác còn chậm.", ["II. HẠN CHẾ", "Công tác còn chậm."]),
        ("Nơi nhận:\n- Như trên;\n- Lưu: VT.", ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]),
        ("Như sau: 1. Thiếu vốn. 2. Thiếu người.", ["Như sau: 1. Thiếu vốn.", "2. Thiếu người."]),
        ("| Thiếu vốn | Chậm giải ngân. Chưa duyệt |", ["Thiếu vốn", "Chậm giải ngân.", "Chưa duyệt"]),
        ("Ai chịu trách nhiệm? Bao giờ xong?", ["Ai chịu trách nhiệm?", "Bao giờ xong?"]),
        ("Ông nói “Xong rồi.” Dân chưa tin.", ["Ông nói “Xong rồi.”", "Dân chưa tin."]),
        ("Xã đã họp v.v. Dân chưa rõ.", ["Xã đã họp v.v.", "Dân chưa rõ."]),
        ("Đã trả lời./. Nơi nhận:", ["Đã trả lời./.", "Nơi nhận:"]),
        ("chưa có đèn đường\nđường tối lắm", ["chưa có đèn đường", "đường tối lắm"]),
    ],
)
def test_splits_where_a_sentence_ends(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def test_a_line_that_plainly_goes_on_is_one_sentence() -> None:
    text = "Việc trả lời kiến nghị của cử tri tại một số phòng\ncòn chậm. Đề nghị chấn chỉnh."
    assert split(text) == [
        "Việc trả lời kiến nghị của cử tri tại một số phòng\ncòn chậm.",
        "Đề nghị chấn chỉnh.",
    ]


def test_clauses_split_at_semicolons_outside_brackets() -> None:
    text = "Một số xã chậm nộp báo cáo; việc đối thoại (theo quý; theo tháng) chưa đều; thiếu cán bộ."
    assert [span.quote(text) for span in clauses(text)] == [
        "Một số xã chậm nộp báo cáo;",
        "việc đối thoại (theo quý; theo tháng) chưa đều;",
        "thiếu cán bộ.",
    ]


def test_clauses_of_a_sentence_keep_its_offsets() -> None:
    text = "Mở đầu. Thiếu vốn; thiếu người."
    assert [span.quote(text) for span in clauses(text, Span(8, len(text)))] == ["Thiếu vốn;", "thiếu người."]


_PIECES = st.sampled_from(
    [
        "1. ",
        "a) ",
        "II. ",
        "TP. ",
        "Đ/c. ",
        "./.",
        "…",
        "...",
        "? ",
        "! ",
        ";",
        "\n",
        "\n\n",
        "\f",
        "|",
        " ",
        "“",
        "”",
        "(",
    ]
    + [")", "v.v. ", "3,5", "01.7.2025", "http://a.vn/b.c", "đường hỏng", "Mong xã", "UBND", ".", "-", "•"]
)


@LIGHT
@given(st.lists(_PIECES, max_size=30).map("".join))
def test_sentences_cover_the_text_in_order_and_are_never_empty(text: str) -> None:
    text = clean(text).text
    end = 0
    kept = ""
    for span in sentences(text):
        assert end <= span.start < span.end <= len(text)
        assert span.quote(text).strip() == span.quote(text)
        assert not text[end : span.start].strip(" \t\n\f|")
        kept += span.quote(text)
        end = span.end
    assert not text[end:].strip(" \t\n\f|")
