"""From printed pages back to paragraphs."""

from __future__ import annotations

import re

import pytest
from damaged_texts import LIGHT
from hypothesis import given
from hypothesis import strategies as st
from printed_pages import Style, paragraphs, print_pages

from nlp.text import clean_running, sentences


def lifted(source: str, kind: str) -> list[str]:
    return [a.span.quote(source) for a in clean_running(source).artefacts if a.kind == kind]


@LIGHT
@given(
    seed=st.integers(0, 100_000),
    count=st.integers(2, 25),
    style=st.builds(
        Style,
        width=st.integers(65, 82),
        page_lines=st.integers(24, 44),
        number=st.sampled_from(["{n}", "- {n} -", "Trang {n}/{m}"]),
        blank=st.just(True),
        indent=st.sampled_from([0, 4]),
        notes=st.sampled_from(["", "sup"]),
        form_feed=st.booleans(),
        line_end=st.sampled_from(["\n", "\r\n"]),
    ),
)
def test_no_page_cuts_a_sentence_in_two(seed: int, count: int, style: Style) -> None:
    texts = paragraphs(seed, count)
    running = clean_running(print_pages(texts, style, seed)).text
    for text in texts:
        for sentence in re.split(r"(?<=[a-zà-ỹ]\.) ", text):
            assert sentence in running


@pytest.mark.parametrize("notes", ["sup", "bare", "bracket"])
@pytest.mark.parametrize("number", ["{n}", "- {n} -", "Trang {n}/{m}"])
@pytest.mark.parametrize("seed", [3, 14, 15])
def test_pages_with_notes_come_back_as_their_paragraphs(seed: int, number: str, notes: str) -> None:
    texts = paragraphs(seed, 30)
    source = print_pages(texts, Style(width=74, number=number, notes=notes), seed)
    assert clean_running(source).text.split("\n") == texts
    assert len(lifted(source, "page_number")) >= 2
    assert len(lifted(source, "footnote")) >= 3


def test_running_headers_are_lifted_out() -> None:
    texts = paragraphs(7, 40)
    header = "CÔNG BÁO/Số {n} + 4/Ngày 03-02-2021"
    source = print_pages(texts, Style(header=header), 7)
    assert clean_running(source).text.split("\n") == texts
    assert len(lifted(source, "running_header")) >= 3


def test_a_footnote_in_the_middle_of_a_sentence_stays_addressable() -> None:
    source = (
        "Các thôn đã họp bàn việc góp đất làm đường<sup>1</sup> theo đúng quy chế, song\n\n"
        "<sup>1</sup> Gồm thôn Bãi Dài và thôn Gò Me.\n\n7\n\ncòn hai hộ chưa đồng ý."
    )
    assert clean_running(source).text == (
        "Các thôn đã họp bàn việc góp đất làm đường theo đúng quy chế, song còn hai hộ chưa đồng ý."
    )
    assert lifted(source, "footnote") == ["<sup>1</sup> Gồm thôn Bãi Dài và thôn Gò Me."]
    assert lifted(source, "footnote_mark") == ["<sup>1</sup>"]
    assert lifted(source, "page_number") == ["7"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**1. Về hạn chế:** chưa *thường xuyên*, còn chậm", "1. Về hạn chế: chưa thường xuyên, còn chậm"),
        ("## II. KẾT QUẢ\n\nĐạt 68%.", "II. KẾT QUẢ\nĐạt 68%."),
        ("* ý một\n* ý hai", "* ý một\n* ý hai"),
        ("(*) Ghi chú: số liệu tạm", "(*) Ghi chú: số liệu tạm"),
        ("5 m<sup>2</sup> đất và 3 km²", "5 m² đất và 3 km²"),
        ("\\*\\*\\*\nBÁO CÁO", "BÁO CÁO"),
        ("Thiếu vốn<br>Thiếu người", "Thiếu vốn\nThiếu người"),
        ("a &lt; b &amp; c", "a < b & c"),
        ("liên hệ <http://xa.vn> nhé", "liên hệ <http://xa.vn> nhé"),
        ("3 < 5 và 7 > 2", "3 < 5 và 7 > 2"),
    ],
)
def test_marks_are_lifted_out(source: str, text: str) -> None:
    assert clean_running(source).text == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("công tác quản lý đất đai theo Nghị quyết số 25-NQ/\nTW còn chậm", "theo Nghị quyết số 25-NQ/TW còn chậm"),
        ("thực hiện Quyết định số 12/QĐ-\nUBND của huyện", "Quyết định số 12/QĐ-UBND của huyện"),
        ("chưa quan tâm đến việc ngh-\niệp vụ", "đến việc nghiệp vụ"),
        ("chưa quan tâm đến việc ngh\niệp vụ của cán bộ", "đến việc nghiệp vụ của cán bộ"),
        ("đẩy mạnh phát triển kinh tế\nxã hội", "phát triển kinh tế xã hội"),
    ],
)
def test_broken_words_and_numbers_are_joined(source: str, text: str) -> None:
    assert clean_running(source).text.endswith(text)


@pytest.mark.parametrize(
    "source",
    [
        "NƠI NHẬN:\n- Như trên;\n- Lưu: VT.",
        "BÁO CÁO\nTình hình thực hiện nhiệm vụ năm 2023",
        "a) Thiếu vốn;\nb) Thiếu người;\nc) Thiếu đất.",
        "Thứ nhất, thiếu vốn.\nThứ hai, thiếu người.",
        "| STT | Nội dung |\n| 1 | thiếu vốn |\n| 2 | thiếu người |",
        "Số hộ\n12\nSố khẩu\n40",
        "Nội dung\nđơn vị tính\ntriệu đồng",
        "II. HẠN CHẾ\n1. Về vốn\nVốn đến chậm.\n2. Về đất\nĐất chưa giao.",
    ],
)
def test_lines_that_are_paragraphs_stay_apart(source: str) -> None:
    assert clean_running(source).text == source


def test_a_column_of_numbers_in_a_table_is_not_taken_for_page_numbers() -> None:
    rows = [f"{n}\nThôn số {n} vận động góp công làm đường ngõ xóm, trồng hoa hai bên đường" for n in range(1, 30)]
    assert lifted("\n".join(rows), "page_number") == []


def test_blank_lines_become_one_paragraph_break() -> None:
    assert clean_running("Một.\n\n\n  \nHai.\n\n").text == "Một.\nHai."


def test_repairs_say_what_was_done() -> None:
    source = "Công tác tiếp dân ở một số thôn của xã chưa được\ncoi trọng**.**"
    assert {repair.code: repair.count for repair in clean_running(source).repairs} == {"line_joined": 1, "markup": 2}


REPORT = """\
ỦY BAN NHÂN DÂN          CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
XÃ HÒA LÂM                    Độc lập - Tự do - Hạnh phúc
Số: 45/BC-UBND

                         Hòa Lâm, ngày 05 tháng 12 năm 2022

BÁO CÁO
Kết quả thực hiện công tác dân vận chính quyền năm 2022
và phương hướng nhiệm vụ năm 2023

MỤC LỤC
I. KẾT QUẢ THỰC HIỆN ........................................ 2
1. Công tác chỉ đạo ............................................ 3

Phần thứ nhất
ĐÁNH GIÁ KẾT QUẢ

I- CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO
1- Công tác quán triệt, triển khai các văn bản của cấp trên về thực hiện
quy chế dân chủ ở cơ sở
Đảng ủy, UBND xã đã ban hành 12 văn bản chỉ đạo, trong đó có Kế hoạch số
12/KH-UBND ngày 14/02/2022; Công văn số 88/UBND-VP ngày 03/3/2022 về việc
đẩy mạnh công tác tuyên truyền; tổ chức 05 hội nghị với 1.240 lượt người
tham dự. Đ/c Chủ tịch UBND xã trực tiếp chỉ đạo.
a) Về ưu điểm
- Cán bộ xã bám sát địa bàn, gần dân, trọng dân, hiểu dân và có trách nhiệm
với dân;
- Thực hiện tốt 3 công khai, 4 tại chỗ.
+ Kinh tế - xã hội
- xã hội có bước phát triển khá
b) Về hạn chế: (1) việc nắm tình hình nhân dân có lúc chưa kịp thời; (2) một
số chi bộ chưa quan tâm đúng mức công tác dân vận; (3) kinh phí hoạt động còn
khó khăn.

                                      2

Tuy nhiên, bên cạnh những kết quả đạt được, công tác dân vận của chính
quyền vẫn còn một số tồn tại, hạn chế, đó là: Một số cán bộ, công chức
chưa chủ động trong tham mưu; việc tiếp công dân định kỳ theo Luật Tiếp
công dân năm
2013. Ngoài ra, việc giải quyết đơn thư của TP.
Hồ Chí Minh chuyển về còn chậm.
Thứ nhất, do nhận thức của một bộ phận cán bộ.
Thứ hai, do điều kiện kinh tế của địa phương còn khó khăn, nguồn lực đầu
tư hạn hẹp.
Điều 5. Tổ chức thực hiện
Giao Văn phòng - Thống kê xã theo dõi, đôn đốc./.

Nơi nhận:                                   TM. ỦY BAN NHÂN DÂN
- UBND huyện;                                    CHỦ TỊCH
- Lưu: VT.
                                           Trần Văn Minh
"""
READ = [
    "ỦY BAN NHÂN DÂN",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "XÃ HÒA LÂM",
    "Độc lập - Tự do - Hạnh phúc",
    "Số: 45/BC-UBND",
    "Hòa Lâm, ngày 05 tháng 12 năm 2022",
    "BÁO CÁO",
    "Kết quả thực hiện công tác dân vận chính quyền năm 2022 và phương hướng nhiệm vụ năm 2023",
    "MỤC LỤC",
    "I. KẾT QUẢ THỰC HIỆN ........................................ 2",
    "1. Công tác chỉ đạo ............................................ 3",
    "Phần thứ nhất",
    "ĐÁNH GIÁ KẾT QUẢ",
    "I- CÔNG TÁC LÃNH ĐẠO, CHỈ ĐẠO",
    "1- Công tác quán triệt, triển khai các văn bản của cấp trên về thực hiện quy chế dân chủ ở cơ sở",
    "Đảng ủy, UBND xã đã ban hành 12 văn bản chỉ đạo, trong đó có Kế hoạch số 12/KH-UBND ngày "
    "14/02/2022; Công văn số 88/UBND-VP ngày 03/3/2022 về việc đẩy mạnh công tác tuyên truyền; tổ chức "
    "05 hội nghị với 1.240 lượt người tham dự.",
    "Đ/c Chủ tịch UBND xã trực tiếp chỉ đạo.",
    "a) Về ưu điểm",
    "- Cán bộ xã bám sát địa bàn, gần dân, trọng dân, hiểu dân và có trách nhiệm với dân;",
    "- Thực hiện tốt 3 công khai, 4 tại chỗ.",
    "+ Kinh tế - xã hội",
    "- xã hội có bước phát triển khá",
    "b) Về hạn chế: (1) việc nắm tình hình nhân dân có lúc chưa kịp thời; (2) một số chi bộ chưa quan "
    "tâm đúng mức công tác dân vận; (3) kinh phí hoạt động còn khó khăn.",
    "Tuy nhiên, bên cạnh những kết quả đạt được, công tác dân vận của chính quyền vẫn còn một số tồn "
    "tại, hạn chế, đó là: Một số cán bộ, công chức chưa chủ động trong tham mưu; việc tiếp công dân định "
    "kỳ theo Luật Tiếp công dân năm 2013.",
    "Ngoài ra, việc giải quyết đơn thư của TP. Hồ Chí Minh chuyển về còn chậm.",
    "Thứ nhất, do nhận thức của một bộ phận cán bộ.",
    "Thứ hai, do điều kiện kinh tế của địa phương còn khó khăn, nguồn lực đầu tư hạn hẹp.",
    "Điều 5. Tổ chức thực hiện",
    "Giao Văn phòng - Thống kê xã theo dõi, đôn đốc./.",
    "Nơi nhận:",
    "TM. ỦY BAN NHÂN DÂN",
    "- UBND huyện;",
    "CHỦ TỊCH",
    "- Lưu: VT.",
    "Trần Văn Minh",
]


def test_a_small_report_is_read_sentence_by_sentence() -> None:
    cleaned = clean_running(REPORT)
    assert [span.quote(cleaned.text) for span in sentences(cleaned.text)] == READ
    assert lifted(REPORT, "page_number") == ["2"]
