from __future__ import annotations

import io

import docx

from nlp.documents import Document, read_document
from nlp.reports.pipeline import parse
from nlp.reports.units import units_of
from tests.reports.conftest import where


def test_sections_have_their_path(small: str) -> None:
    parsed = parse(small)
    assert where(parsed, "Việc cập nhật hồ sơ") == ("II. HẠN CHẾ, NGUYÊN NHÂN", "1. Hạn chế")
    assert where(parsed, "Đề nghị UBND tỉnh") == ("IV. KIẾN NGHỊ",)


def test_a_number_used_twice_opens_a_second_section() -> None:
    text = "1. Hạn chế\n\nCán bộ còn thiếu.\n\n1. Nguyên nhân\n\nKinh phí ít.\n"
    parsed = parse(text)
    assert where(parsed, "Cán bộ") == ("1. Hạn chế",)
    assert where(parsed, "Kinh phí") == ("1. Nguyên nhân",)


def test_a_heading_may_run_into_its_paragraph() -> None:
    parsed = parse(
        "1. Về tồn tại, hạn chế: Một số xã còn chậm nộp báo cáo. Hồ sơ lưu thiếu.\n\n2. Công tác khác\n\nBình thường.\n"
    )
    assert where(parsed, "Một số xã") == ("1. Về tồn tại, hạn chế",)
    assert "limitation" in parsed.structure.sections[0].inherited


def test_headings_in_words_only_are_read_with_their_second_line() -> None:
    parsed = parse("Phần thứ hai\nKẾT QUẢ THỰC HIỆN\n\nHuyện đã tổ chức 12 hội nghị quán triệt.\n")
    assert where(parsed, "Huyện đã") == ("Phần thứ hai KẾT QUẢ THỰC HIỆN",)


def test_an_unnumbered_heading_is_known_by_its_words() -> None:
    parsed = parse(
        "Những hạn chế, yếu kém\n\nViệc phối hợp chưa chặt chẽ giữa các ngành.\n\nNguyên nhân chủ quan\n\nCán bộ ngại va chạm.\n"
    )
    assert where(parsed, "Việc phối hợp") == ("Những hạn chế, yếu kém",)
    assert "subjective" in parsed.structure.sections[-1].roles


def test_a_heading_that_ends_like_an_open_line_is_kept_from_the_text_below() -> None:
    lines = ["II. Những hạn chế, tồn tại", "Trong mười năm, nhiều việc làm tốt, nhưng chất lượng tín dụng giữa các",
             "xã không đều, vốn ủy thác từ ngân sách huyện còn thấp hơn mức bình quân.", "III. Nguyên nhân của hạn chế",
             "Địa hình chia cắt, thiên tai nhiều, kinh phí ít nên khó mở thêm điểm giao"]  # fmt: skip
    parsed = parse("\n".join([*lines, "dịch ở các xã xa trung tâm huyện."]))
    assert where(parsed, "Trong mười năm") == ("II. Những hạn chế, tồn tại",)


def test_a_line_that_leads_into_a_list_is_evidence_for_its_items() -> None:
    parsed = parse("Tuy nhiên, vẫn còn một số hạn chế sau:\n- Hồ sơ chậm.\n- Cán bộ thiếu.\nNăm sau sẽ tốt hơn.\n")
    item = next(p for p in parsed.structure.paragraphs if p.item_label == "-")
    assert parsed.structure.sections[item.section].kind == "lead"
    assert "limitation" in parsed.structure.sections[item.section].roles
    last = parsed.structure.paragraphs[-1]
    assert last.section == -1


def test_table_cells_stand_under_the_name_of_their_column() -> None:
    parsed = parse(
        "| Đơn vị | Tồn tại | Giải pháp |\n| Xã A | Chưa có sổ | Mở sổ trong tháng 5 |\n| Xã B | Không | |\n"
    )
    cell = next(p for p in parsed.structure.paragraphs if "Chưa có sổ" in parsed.clean.text[p.start : p.end])
    assert parsed.structure.sections[cell.section].title == "Tồn tại"
    assert "limitation" in parsed.structure.sections[cell.section].roles


def test_frame_of_the_document_gives_no_units(small: str) -> None:
    parsed = parse(small)
    text = " ".join(parsed.clean.text[u.start : u.end] for u in parsed.units)
    for frame in ("CỘNG HÒA", "Nguyễn Văn Hùng", "Lưu: VT", "ngày 12 tháng 12"):
        assert frame not in text


def test_a_table_of_contents_is_no_body() -> None:
    contents = "MỤC LỤC\nI. Hạn chế ............................ 3\nII. Kiến nghị .......................... 5\n\n"
    parsed = parse(contents + "I. Hạn chế\n\nCông chức còn thiếu ở cả bốn xã.\n")
    assert list(parsed.units) == units_of(parsed.clean.text, parsed.structure)
    assert len(parsed.units) == 1


def test_a_footnote_and_a_page_number_never_cut_a_sentence() -> None:
    first = "Công tác phối hợp giữa các cơ quan trong việc xác minh, giải quyết đơn"
    second = "thư kéo dài nhiều năm còn chậm, chưa đáp ứng yêu cầu của người dân."
    text = f"1. Hạn chế\n\n{first}¹\n____________\n1 Tính đến ngày 31/10/2023.\n- 2 -\n{second}\n"
    parsed = parse(text)
    found = [parsed.clean.text[u.start : u.end] for u in parsed.units]
    assert any(f.startswith("Công tác phối hợp") and f.endswith("người dân.") for f in found), found


def word(make: docx.document.Document) -> Document:
    stream = io.BytesIO()
    make.save(stream)
    return read_document(stream.getvalue(), "a.docx")


def test_every_paragraph_of_a_cell_stands_under_the_name_of_its_column() -> None:
    book = docx.Document()
    table = book.add_table(rows=3, cols=3, style="Table Grid")
    rows = (
        ("Lĩnh vực", "Tồn tại,\nhạn chế", "Nguyên nhân"),
        ("Đất đai\nĐo đạc", "a) Hồ sơ chậm.\nb) Bản đồ cũ.", "Thiếu người."),
        ("Tiếp dân", "Chưa có sổ.", "Cán bộ mới."),
    )
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document = word(book)
    parsed = parse(document.text, document.blocks)
    titles = {
        parsed.clean.text[u.start : u.end]: parsed.structure.sections[
            parsed.structure.paragraphs[u.paragraph].section
        ].title
        for u in parsed.units
    }
    assert titles["Hồ sơ chậm."] == titles["Bản đồ cũ."] == titles["Chưa có sổ."] == "Tồn tại, hạn chế"
    assert titles["Thiếu người."] == titles["Cán bộ mới."] == "Nguyên nhân"
    assert titles["Đo đạc"] == "Lĩnh vực"


def test_levels_of_headings_that_the_format_declares_make_the_path() -> None:
    book = docx.Document()
    for level, text in ((1, "Nguyên nhân"), (2, "Khách quan")):
        book.add_heading(text, level)
    book.add_paragraph("Địa bàn rộng, thiên tai nhiều.")
    book.add_heading("Chủ quan", 2)
    book.add_paragraph("Cán bộ ngại va chạm.")
    book.add_heading("Kiến nghị", 1)
    book.add_paragraph("Đề nghị tỉnh cấp vốn.")
    document = word(book)
    parsed = parse(document.text, document.blocks)
    assert where(parsed, "Địa bàn") == ("Nguyên nhân", "Khách quan")
    assert where(parsed, "Cán bộ") == ("Nguyên nhân", "Chủ quan")
    assert where(parsed, "Đề nghị") == ("Kiến nghị",)


def test_headers_footers_and_contents_that_the_format_declares_are_no_body() -> None:
    book = docx.Document()
    book.sections[0].header.paragraphs[0].text = "Báo cáo còn nhiều hạn chế"
    book.sections[0].footer.paragraphs[0].text = "Lưu hành nội bộ"
    book.styles.add_style("toc 1", 1)
    book.add_paragraph("Hạn chế, tồn tại\t3", style="toc 1")
    book.add_paragraph("Hạn chế, tồn tại")
    book.add_paragraph("Sổ sách chưa đủ ở ba xã.")
    document = word(book)
    parsed = parse(document.text, document.blocks)
    assert [parsed.clean.text[u.start : u.end] for u in parsed.units] == ["Sổ sách chưa đủ ở ba xã."]


def test_a_table_near_the_top_is_no_letterhead() -> None:
    rows = "".join(f"| {n} | Xã Hòa {n} | Sổ tiếp dân của xã còn thiếu. |\n" for n in range(1, 20))
    text = (
        "UBND HUYỆN SƠN HÀ\nSố: 2/BC-UBND\nBÁO CÁO\nKết quả tiếp công dân năm 2024\nBẢNG TỔNG HỢP HẠN CHẾ\n"
        f"| STT | Đơn vị | Hạn chế |\n{rows}"
    )
    parsed = parse(text)
    assert parsed.metadata.title == "Kết quả tiếp công dân năm 2024"
    assert sum("còn thiếu" in parsed.clean.text[u.start : u.end] for u in parsed.units) == 19


def test_tables_of_an_annex_give_no_units(small: str) -> None:
    annex = "\nPHỤ LỤC\nDanh sách vụ việc còn chậm (kèm theo Báo cáo số 152/BC-UBND)\n| STT | Lý do | Xã |\n| 1 | Hồ sơ chưa đủ | A |\n"
    parsed = parse(small + annex)
    text = " ".join(parsed.clean.text[u.start : u.end] for u in parsed.units)
    assert "chưa đủ" not in text and "kèm theo" not in text


def test_a_sort_of_causes_on_a_line_of_its_own_is_a_heading() -> None:
    parsed = parse("Nguyên nhân\nKhách quan\n- Địa bàn rộng.\nChủ quan\n- Cán bộ ngại va chạm.\n")
    assert where(parsed, "Cán bộ ngại")[-1] == "Chủ quan"
