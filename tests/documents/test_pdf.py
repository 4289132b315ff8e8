"""PDF files as they are read: what stands where on the page decides."""

from __future__ import annotations

import pytest
from pdf_files import HEIGHT, LEFT, TOP, PdfPage, write_pdf

from nlp.documents import Document, Limits, read_document
from nlp.documents.pdf_chars import _Char, _runs_of_line
from nlp.text import ReadError, clean_running


def read(*pages: PdfPage, **options: Limits) -> Document:
    return read_document(write_pdf(list(pages)), "bao-cao.pdf", **options)


LONG = [
    "Trong quý, bộ phận tiếp dân của xã đã nhận hàng trăm lượt phản ánh về",
    "đường ngõ xóm, trong đó phần lớn được trả lời đúng hạn theo quy chế đã",
    "ban hành.",
]


def test_lines_of_a_paragraph_are_joined_and_paragraphs_kept_apart() -> None:
    page = PdfPage()
    page.column([*LONG, "Tuy nhiên, việc trả lời còn chậm.", "1. Nguyên nhân", *LONG])
    joined = " ".join(LONG)
    assert read(page).text == f"{joined}\nTuy nhiên, việc trả lời còn chậm.\n1. Nguyên nhân\n{joined}\n\f"


def test_a_sentence_over_two_pages_comes_back_whole() -> None:
    first, second = PdfPage(), PdfPage()
    first.column(["Các thôn chưa làm xong việc thống kê hộ nghèo theo chuẩn mới nên"])
    second.column(["chưa có số liệu báo cáo."])
    document = read(first, second)
    assert clean_running(document.text).text == (
        "Các thôn chưa làm xong việc thống kê hộ nghèo theo chuẩn mới nên chưa có số liệu báo cáo."
    )
    assert [(page.number, document.page_of(page.start)) for page in document.pages] == [(1, 1), (2, 2)]
    assert document.page_of(document.text.index("chưa có")) == 2


def test_columns_are_read_one_after_the_other() -> None:
    page = PdfPage()
    page.text(LEFT + 120, TOP, "TIN TỨC CỦA XÃ VỀ CÔNG TÁC DÂN VẬN")
    left = [f"Cột trái dòng thứ {n:02d} của bài báo viết" for n in range(1, 13)]
    right = [f"Cột phải dòng thứ {n:02d} của bài báo viết" for n in range(1, 13)]
    page.column(left, LEFT, TOP - 40, 10)
    page.column(right, LEFT + 240, TOP - 40, 10)
    text = read(page).text
    assert text.index("trái dòng thứ 12") < text.index("phải dòng thứ 01")


def test_a_letterhead_in_two_halves_is_read_half_by_half() -> None:
    page = PdfPage()
    page.column(["UBND XÃ HÒA LÂM", "Số: 12/BC-UBND"], LEFT, TOP)
    page.column(["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Hòa Lâm, ngày 3 tháng 5 năm 2023"], LEFT + 220, TOP)
    page.column(["BÁO CÁO"], LEFT + 200, TOP - 70)
    assert read(page).text.splitlines()[:5] == [
        "UBND XÃ HÒA LÂM",
        "Số: 12/BC-UBND",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Hòa Lâm, ngày 3 tháng 5 năm 2023",
        "BÁO CÁO",
    ]


def test_ruled_tables_become_rows_with_cells() -> None:
    page = PdfPage()
    page.column(["Bảng tổng hợp:"])
    columns, rows = [70, 110, 350, 520], [740, 715, 670, 645]
    for x in columns:
        page.line(x, rows[0], x, rows[-1])
    for y in rows:
        page.line(columns[0], y, columns[-1], y)
    page.text(75, 722, "STT", 10)
    page.text(115, 722, "Hạn chế", 10)
    page.text(355, 722, "Nguyên nhân", 10)
    page.text(75, 700, "1", 10)
    page.text(115, 700, "Vốn đến chậm so với kế hoạch đã", 10)
    page.text(115, 685, "giao đầu năm.", 10)
    page.text(355, 700, "Hồ sơ thiếu", 10)
    page.text(75, 652, "2", 10)
    page.text(115, 652, "Thiếu người", 10)
    page.text(75, 600, "Hết bảng.")
    document = read(page)
    assert document.text.splitlines()[:5] == [
        "Bảng tổng hợp:",
        "| STT | Hạn chế | Nguyên nhân |",
        "| 1 | Vốn đến chậm so với kế hoạch đã giao đầu năm. | Hồ sơ thiếu |",
        "| 2 | Thiếu người |  |",
        "Hết bảng.",
    ]
    cells = {
        block.label: document.text[block.start : block.end] for block in document.blocks if block.kind == "table_cell"
    }
    assert cells["2:2"] == "Vốn đến chậm so với kế hoạch đã giao đầu năm."


def _ruled(page: PdfPage, rows: list[list[str]], top: float) -> None:
    columns = [70, 110, 250, 520]
    edges = [top - 20 * number for number in range(len(rows) + 1)]
    for x in columns:
        page.line(x, edges[0], x, edges[-1])
    for y, row in zip(edges, [*rows, []], strict=True):
        page.line(columns[0], y, columns[-1], y)
        for x, text in zip(columns, row, strict=False):
            page.text(x + 4, y - 14, text, 10)


def test_a_table_over_two_pages_is_one_table_and_its_cut_row_one_row() -> None:
    first, second = PdfPage(), PdfPage()
    head = ["STT", "Xã", "Hạn chế"]
    _ruled(first, [head, ["1", "Hòa Lâm", "Sổ tiếp dân chưa có."], ["2", "Hòa Sơn", "Việc lập sổ tiếp"]], 400)
    _ruled(second, [head, ["", "", "dân còn chậm."], ["3", "Hòa Mỹ", "Chưa bố trí phòng tiếp."]], 780)
    document = read(first, second)
    assert [line for line in document.text.splitlines() if line.startswith("|")] == [
        "| STT | Xã | Hạn chế |",
        "| 1 | Hòa Lâm | Sổ tiếp dân chưa có. |",
        "| 2 | Hòa Sơn | Việc lập sổ tiếp dân còn chậm. |",
        "| 3 | Hòa Mỹ | Chưa bố trí phòng tiếp. |",
    ]
    cells = {(b.level, b.label): document.text[b.start : b.end] for b in document.blocks if b.kind == "table_cell"}
    assert cells[1, "4:2"] == "Hòa Mỹ"
    assert document.page_of(document.text.index("Hòa Mỹ")) == 2
    assert document.page_of(document.text.index("dân còn chậm")) == 1


def test_two_tables_on_two_pages_stay_apart() -> None:
    first, second = PdfPage(), PdfPage()
    _ruled(first, [["STT", "Xã", "Hạn chế"], ["1", "Hòa Lâm", "Chưa có sổ"]], 400)
    second.column(["II. KIẾN NGHỊ"])
    _ruled(second, [["STT", "Xã", "Kiến nghị"], ["1", "Hòa Lâm", "Bổ sung vốn"]], 700)
    document = read(first, second)
    assert {b.level for b in document.blocks if b.kind == "table_cell"} == {1, 2}
    assert {repair.code for repair in document.repairs} == set()


def test_numbers_that_hang_before_their_text_stay_with_it() -> None:
    page = PdfPage()
    for at, (number, text) in enumerate(
        [("I.", "KẾT QUẢ"), ("1.", "Tiếp dân"), ("2.1.", "Xử lý đơn"), ("-", "Đơn tồn")]
    ):
        page.text(LEFT + 10 * at, TOP - 40 * at, number)
        page.text(LEFT + 10 * at + 60, TOP - 40 * at, text)
    assert read(page).text.splitlines()[:4] == ["I. KẾT QUẢ", "1. Tiếp dân", "2.1. Xử lý đơn", "- Đơn tồn"]


def test_page_numbers_of_a_table_of_contents_stay_on_their_lines() -> None:
    page = PdfPage()
    page.column(["MỤC LỤC", "I. KẾT QUẢ", "II. HẠN CHẾ", "III. KIẾN NGHỊ"])
    for at, number in enumerate(("2", "3", "12"), 1):
        page.text(500, TOP - 16.2 * at, number)
    assert read(page).text.splitlines()[1:4] == ["I. KẾT QUẢ 2", "II. HẠN CHẾ 3", "III. KIẾN NGHỊ 12"]


def test_a_right_column_that_begins_higher_comes_after_the_left_one() -> None:
    page = PdfPage()
    left = [f"Cột trái dòng thứ {n:02d} của bài báo viết" for n in range(1, 13)]
    right = [f"Cột phải dòng thứ {n:02d} của bài báo viết" for n in range(13)]
    page.column(left, LEFT, TOP - 13.5, 10)
    page.column(right, LEFT + 240, TOP, 10)
    text = read(page).text
    assert text.index("trái dòng thứ 12") < text.index("phải dòng thứ 00") < text.index("phải dòng thứ 01")


def test_a_narrow_gap_that_pdfium_guesses_too_is_a_space_where_a_line_draws_none() -> None:
    line, x = [], 0.0
    for at, letter in enumerate("ỦYBAN"):
        x += 2.3 if at == 2 else 0.0
        line.append(_Char(x, x + 8, 700.0, 12.0, letter, guessed=at == 2))
        x += 8
    assert [run.text for run in _runs_of_line(line, [])] == ["ỦY BAN"]


def test_headers_page_numbers_and_footnotes_leave_the_running_text() -> None:
    pages = []
    for number in range(1, 5):
        page = PdfPage()
        page.text(LEFT, HEIGHT - 40, f"CÔNG BÁO/Số {number + 40}", 10)
        village = ("Đông", "Đoài", "Thượng", "Hạ")[number - 1]
        page.column([f"Việc thống kê của thôn {village} trong kỳ báo cáo vẫn chưa được làm đúng hẹn"], y=TOP - 10)
        page.text(LEFT, TOP - 26, "theo kế hoạch")
        page.text(LEFT + 13 * 6, TOP - 22, str(number), 7)
        page.text(LEFT + 13 * 6 + 4, TOP - 26, " đã giao và")
        page.text(LEFT, 110, str(number), 6)
        page.text(LEFT + 6, 107, "Kế hoạch tháng của xã.", 9)
        page.text(300, 40, str(number))
        pages.append(page)
    document = read(*pages)
    assert document.text.split("\f")[1] == (
        "Việc thống kê của thôn Đoài trong kỳ báo cáo vẫn chưa được làm đúng hẹn theo kế hoạch² đã giao và\n"
        "² Kế hoạch tháng của xã.\n"
    )
    assert [(b.kind, b.label) for b in document.blocks if b.kind == "footnote"] == [
        ("footnote", str(n)) for n in range(1, 5)
    ]
    assert {repair.code: repair.count for repair in document.repairs} == {
        "footnote": 4,
        "page_number": 4,
        "running_header": 4,
    }
    assert "Kế hoạch tháng" not in clean_running(document.text).text


def test_a_raised_two_stays_with_its_unit() -> None:
    page = PdfPage()
    page.text(LEFT, TOP, "diện tích 50 m")
    page.text(LEFT + 14 * 6, TOP + 4, "2", 7)
    page.text(LEFT + 14 * 6 + 4, TOP, " đất")
    document = read(page)
    assert document.text == "diện tích 50 m² đất\n\f"
    assert clean_running(document.text).text == "diện tích 50 m² đất"


def test_pieces_drawn_out_of_order_are_put_in_order() -> None:
    page = PdfPage()
    page.text(LEFT + 5 * 6, TOP, "dân")
    page.text(LEFT, TOP, "Tiếp")
    assert read(page).text == "Tiếp dân\n\f"


def test_the_recipients_never_join_the_last_sentence() -> None:
    page = PdfPage()
    last = "Văn phòng Ủy ban nhân dân huyện thông báo để các cơ quan biết, thực hiện./."
    page.column(["Ủy ban nhân dân huyện yêu cầu các xã báo cáo kết quả thực hiện trước ngày 25,", last])
    page.column(["Nơi nhận:", "- Thường trực Huyện ủy;", "- Lưu: VT."], y=TOP - 2 * 12 * 1.35)
    lines = read(page).text.splitlines()
    assert lines[0].endswith("thực hiện./.")
    assert lines[1:4] == ["Nơi nhận:", "- Thường trực Huyện ủy;", "- Lưu: VT."]


def test_a_space_left_out_of_a_line_that_draws_others_is_put_in() -> None:
    page = PdfPage()
    first = "Công tác tiếp dân ở các xã cũ"
    page.text(LEFT, TOP, first)
    page.text(LEFT + 6 * len(first) + 3.3, TOP, "đã được chấn chỉnh")
    assert read(page).text == f"{first} đã được chấn chỉnh\n\f"


def test_rotated_pages_are_read_upright() -> None:
    page = PdfPage(rotation=90)
    page.operations.append(
        "BT /F1 12 Tf 0 1 -1 0 100 71 Tm <" + "".join(f"{ord(c):04X}" for c in "Đất đai") + "> Tj ET"
    )
    assert read(page).text == "Đất đai\n\f"


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    pages = [PdfPage(), PdfPage()]
    for page in pages:
        page.text(LEFT, TOP, "Chào")
    read_document(write_pdf(pages), "a.pdf", progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2)]


def test_a_scan_without_a_recogniser_says_so() -> None:
    page = PdfPage()
    page.picture()
    with pytest.raises(ReadError) as caught:
        read(page, limits=Limits(scans=False))
    assert caught.value.code == "scanned"
    assert "bản quét, chưa có lớp chữ" in caught.value.message


def test_a_page_of_pictures_among_text_is_counted() -> None:
    text, picture = PdfPage(), PdfPage()
    text.text(LEFT, TOP, "Phần mở đầu của báo cáo")
    picture.picture()
    document = read(text, picture, limits=Limits(scans=False))
    assert [(repair.code, repair.count) for repair in document.repairs] == [("page_without_text", 1)]
    assert len(document.pages) == 2


def test_too_many_pages_are_refused_and_five_hundred_are_read() -> None:
    pages = []
    for number in range(500):
        page = PdfPage()
        page.text(LEFT, TOP, f"Nội dung của thôn số {number} trong tập hồ sơ")
        pages.append(page)
    document = read(*pages)
    assert len(document.pages) == 500
    assert document.page_of(document.text.index("thôn số 321")) == 322
    with pytest.raises(ReadError) as caught:
        read(*pages, limits=Limits(max_pages=499))
    assert caught.value.code == "too_large"
