from __future__ import annotations

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
