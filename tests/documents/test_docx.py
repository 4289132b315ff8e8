"""Word files as they are read."""

from __future__ import annotations

import io

import docx
import pytest
from word_files import margin, notes, numbering, paragraph, run, styles, table, word_file

from nlp.documents import Document, Limits, read_document
from nlp.documents.docx_numbering import format_number
from nlp.text import ReadError, clean_running


def read(data: bytes, **options: Limits) -> Document:
    return read_document(data, "bao-cao.docx", **options)


def kinds(document: Document) -> list[tuple[str, str]]:
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def test_numbers_that_word_computes_are_shown() -> None:
    lists = numbering(
        [
            [("upperRoman", "%1."), ("decimal", "%2."), ("decimal", "%2.%3."), ("lowerLetter", "%4)")],
            [("bullet", "\uf02d"), ("bullet", "\uf0b7")],
        ]
    )
    body = (
        paragraph("KẾT QUẢ", number=(1, 0))
        + paragraph("Tiếp dân", number=(1, 1))
        + paragraph("Thường xuyên", number=(1, 2))
        + paragraph("Đột xuất", number=(1, 2))
        + paragraph("Xử lý đơn", number=(1, 1))
        + paragraph("Đơn mới", number=(1, 2))
        + paragraph("Đơn cũ", number=(1, 3))
        + paragraph("HẠN CHẾ", number=(1, 0))
        + paragraph("Chậm", number=(1, 1))
        + paragraph("thiếu vốn", number=(2, 0))
        + paragraph("thiếu người", number=(2, 1))
    )
    document = read(word_file(body, numbering_xml=lists))
    assert document.text.splitlines() == [
        "I. KẾT QUẢ",
        "1. Tiếp dân",
        "1.1. Thường xuyên",
        "1.2. Đột xuất",
        "2. Xử lý đơn",
        "2.1. Đơn mới",
        "a) Đơn cũ",
        "II. HẠN CHẾ",
        "1. Chậm",
        "- thiếu vốn",
        "• thiếu người",
    ]
    assert [block.label for block in document.blocks[:3]] == ["I.", "1.", "1.1."]
    assert {block.kind for block in document.blocks} == {"list_item"}
    assert [block.level for block in document.blocks[:4]] == [0, 1, 2, 2]


def test_a_list_may_start_elsewhere_and_empty_paragraphs_are_not_counted() -> None:
    override = (
        '<w:num w:numId="7"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/>'
        "</w:lvlOverride></w:num>"
    )
    lists = numbering([[("decimal", "%1.")]], extra=override)
    body = (
        paragraph("Một", number=(1, 0))
        + paragraph("", number=(1, 0))
        + paragraph("Hai", number=(1, 0))
        + paragraph("Bốn", number=(7, 0))
        + paragraph("Năm", number=(7, 0))
    )
    assert read(word_file(body, numbering_xml=lists)).text.splitlines() == ["1. Một", "2. Hai", "4. Bốn", "5. Năm"]


def test_styles_carry_headings_and_numbering() -> None:
    sheet = styles(
        ("H1", "heading 1", '<w:numPr><w:numId w:val="1"/></w:numPr>'),
        ("T", "Title", ""),
        ("M1", "toc 1", ""),
        ("X", "Mục riêng", '<w:outlineLvl w:val="2"/>'),
    )
    body = (
        paragraph("BÁO CÁO", style="T")
        + paragraph("I. Hạn chế\t5", style="M1")
        + paragraph("Hạn chế", style="H1")
        + paragraph("Về vốn", style="X")
        + paragraph("Vốn chậm.")
    )
    document = read(word_file(body, styles_xml=sheet, numbering_xml=numbering([[("upperRoman", "%1.")]])))
    assert [(block.kind, block.level, block.label) for block in document.blocks] == [
        ("heading", 0, None),
        ("paragraph", None, "toc"),
        ("heading", 1, "I."),
        ("heading", 3, None),
        ("paragraph", None, None),
    ]
    assert document.text.splitlines()[2] == "I. Hạn chế"


def test_notes_stand_behind_the_body_and_their_marks_in_it() -> None:
    body = (
        paragraph("Đã họp", inner='<w:r><w:footnoteReference w:id="2"/></w:r>' + run(" theo quy chế, "))
        + paragraph("Còn chậm", inner='<w:r><w:endnoteReference w:id="1"/></w:r>' + run("."))
        + paragraph("Đạt", inner='<w:r><w:footnoteReference w:id="3"/></w:r>')
    )
    document = read(
        word_file(
            body,
            footnotes_xml=notes("footnote", {0: "", 2: "Biên bản số 3.", 3: "Số liệu tạm."}),
            endnotes_xml=notes("endnote", {1: "Theo thanh tra."}),
        )
    )
    assert document.text.splitlines() == [
        "Đã họp¹ theo quy chế,",
        "Còn chậm⁽¹⁾.",
        "Đạt²",
        "¹ Biên bản số 3.",
        "⁽¹⁾ Theo thanh tra.",
        "² Số liệu tạm.",
    ]
    assert [(b.kind, b.label) for b in document.blocks if b.kind == "footnote"] == [
        ("footnote", "1"),
        ("footnote", "1"),
        ("footnote", "2"),
    ]
    running = clean_running(document.text)
    assert running.text == "Đã họp theo quy chế, Còn chậm.\nĐạt" or running.text.startswith("Đã họp theo quy chế,")
    assert "Biên bản" not in running.text


def test_tracked_changes_are_read_as_accepted() -> None:
    body = (
        paragraph("Công tác ", inner=f'<w:ins w:id="1">{run("tiếp dân ")}</w:ins><w:del w:id="2"><w:r><w:delText>cũ')
        .replace("cũ</w:p>", "cũ</w:delText></w:r></w:del>" + run("còn chậm.") + "</w:p>")
        .replace(
            "<w:pPr></w:pPr>", '<w:pPr><w:pPrChange w:id="9"><w:pPr><w:jc w:val="left"/></w:pPr></w:pPrChange></w:pPr>'
        )
        + f'<w:p><w:pPr/><w:moveFrom w:id="3">{run("Chuyển đi.")}</w:moveFrom></w:p>'
        + f'<w:p><w:pPr/><w:moveTo w:id="4">{run("Chuyển đến.")}</w:moveTo></w:p>'
        + f'<w:p><w:pPr><w:rPr><w:del w:id="5"/></w:rPr></w:pPr>{run("Nửa đầu ")}</w:p>'
        + paragraph("nửa sau.")
    )
    document = read(word_file(body))
    assert document.text.splitlines() == ["Công tác tiếp dân còn chậm.", "Chuyển đến.", "Nửa đầu nửa sau."]
    assert {repair.code for repair in document.repairs} >= {"tracked_deletion", "tracked_insertion"}


def test_an_end_deleted_from_the_last_paragraph_loses_nothing() -> None:
    body = f'<w:p><w:pPr><w:rPr><w:del w:id="5"/></w:rPr></w:pPr>{run("Còn lại.")}</w:p>'
    assert read(word_file(body)).text == "Còn lại.\n"


def test_text_boxes_are_read_once_after_their_paragraph() -> None:
    inner = paragraph("Trong khung")
    box = (
        "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>"
        f"{inner}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{inner}"
        "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    document = read(word_file(paragraph("Trước khung.", inner=box) + paragraph("Sau khung.")))
    assert kinds(document) == [("paragraph", "Trước khung."), ("textbox", "Trong khung"), ("paragraph", "Sau khung.")]


def test_tables_become_rows_with_a_block_for_each_cell() -> None:
    merged = "<w:tcPr><w:vMerge/></w:tcPr>" + paragraph()
    nested = table([[paragraph("trong 1"), paragraph("trong 2")]])
    body = table(
        [
            [paragraph("STT"), paragraph("Hạn chế")],
            [paragraph("1"), paragraph("Thiếu vốn.") + paragraph("Chậm giải ngân.")],
            [merged, nested + paragraph()],
        ]
    )
    document = read(word_file(body))
    assert document.text == "| STT | Hạn chế |\n| 1 | Thiếu vốn.\nChậm giải ngân. |\n| trong 1\ntrong 2 |\n"
    cells = {block.label: document.text[block.start : block.end] for block in document.blocks}
    assert cells["2:2"] == "Thiếu vốn.\nChậm giải ngân."
    assert {block.kind for block in document.blocks} == {"table_cell"}


def test_a_letterhead_without_lines_is_read_line_by_line() -> None:
    cells = [paragraph("UBND XÃ HÒA LÂM") + paragraph("Số: 7/BC-UBND"), paragraph("Độc lập - Tự do - Hạnh phúc")]
    document = read(word_file(table([cells], borders=False) + paragraph("BÁO CÁO")))
    assert document.text.splitlines() == ["UBND XÃ HÒA LÂM", "Số: 7/BC-UBND", "Độc lập - Tự do - Hạnh phúc", "BÁO CÁO"]


def test_fields_show_their_result_and_hidden_text_is_left_out() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        + run("mục 2")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    body = paragraph("Xem ", inner=field + run("bí mật", "<w:vanish/>") + run("."))
    assert read(word_file(body)).text == "Xem mục 2.\n"


def test_signs_of_word_become_characters() -> None:
    signs = (
        "<w:r><w:t>NQ</w:t><w:noBreakHyphen/><w:t>CP</w:t><w:tab/><w:t>đất</w:t><w:softHyphen/><w:t>đai</w:t><w:br/>"
        '<w:sym w:font="Symbol" w:char="F0B7"/></w:r>'
    )
    assert read(word_file(paragraph(inner=signs))).text == "NQ-CP\tđất\u00adđai\n\uf0b7\n"


def test_content_controls_and_links_are_looked_through() -> None:
    body = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraph('Trong ô')}</w:sdtContent></w:sdt>" + paragraph(
        inner=f"<w:hyperlink>{run('liên kết')}</w:hyperlink><w:smartTag>{run(' thẻ')}</w:smartTag>"
    )
    assert read(word_file(body)).text == "Trong ô\nliên kết thẻ\n"


def test_headers_and_footers_are_kept_apart_from_the_body() -> None:
    document = read(
        word_file(
            paragraph("Nội dung."),
            header1_xml=margin("hdr", "Sổ tay tiếp dân"),
            header2_xml=margin("hdr", "Sổ tay tiếp dân"),
            footer1_xml=margin("ftr", "Trang 1"),
            footer2_xml=margin("ftr", "Lưu hành nội bộ"),
        )
    )
    assert kinds(document) == [
        ("header", "Sổ tay tiếp dân"),
        ("paragraph", "Nội dung."),
        ("footer", "Lưu hành nội bộ"),
    ]


def test_page_breaks_that_word_remembers_give_pages() -> None:
    body = paragraph("Trang một.", inner="<w:r><w:br w:type='page'/></w:r>") + paragraph("Trang hai.")
    document = read(word_file(body))
    assert [page.number for page in document.pages] == [1, 2]
    assert document.page_of(document.text.index("hai")) == 2
    assert document.page_of(0) == 1


def test_the_main_part_may_have_another_name() -> None:
    assert read(word_file(paragraph("Chào."), main="word/document2.xml")).text == "Chào.\n"


def test_strict_files_are_read() -> None:
    data = word_file(paragraph("Chào."))
    strict = data  # The names are packed, so the file is written anew.
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(strict)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            new.writestr(name, content)
    assert read(out.getvalue()).text == "Chào.\n"


def test_files_of_python_docx_are_read() -> None:
    file = docx.Document()
    file.add_heading("BÁO CÁO", 0)
    file.add_heading("Hạn chế", 2)
    file.add_paragraph("Thiếu vốn.", style="List Number")
    file.add_paragraph("Thiếu người.", style="List Number")
    out = io.BytesIO()
    file.save(out)
    document = read(out.getvalue())
    assert document.text == "BÁO CÁO\nHạn chế\n1. Thiếu vốn.\n2. Thiếu người.\n"
    assert document.media == "docx"
    assert document.extracted


@pytest.mark.parametrize(
    ("number", "form", "written"),
    [
        (4, "upperRoman", "IV"),
        (1994, "lowerRoman", "mcmxciv"),
        (28, "lowerLetter", "bb"),
        (3, "decimalZero", "03"),
        (3, "none", ""),
        (3, "chineseCounting", "3"),
        (0, "upperRoman", "0"),
    ],
)
def test_number_formats(number: int, form: str, written: str) -> None:
    assert format_number(number, form) == written


def test_macros_are_refused_or_left_alone() -> None:
    data = word_file(paragraph("Chào."), vbaProject_bin=b"\x00")
    with pytest.raises(ReadError) as caught:
        read(data)
    assert caught.value.code == "macros"
    document = read(data, limits=Limits(macros=True))
    assert document.text == "Chào.\n"
    assert [repair.code for repair in document.repairs] == ["macros_ignored"]


def test_deeply_nested_parts_do_not_overflow() -> None:
    body = "<w:sdt><w:sdtContent>" * 3000 + paragraph("x") + "</w:sdtContent></w:sdt>" * 3000 + paragraph("Chào.")
    try:
        assert "Chào." in read(word_file(body)).text
    except ReadError as error:
        assert error.code == "damaged"
