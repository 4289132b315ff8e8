"""Text, Markdown and web pages; quality; what every document holds."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.documents import read_document
from nlp.documents.quality import quality_of
from nlp.text import ReadError

SOUND = (
    "Công tác tiếp công dân tại một số xã còn chậm, chưa đúng lịch. Đề nghị Ủy ban nhân dân huyện chỉ đạo các phòng "
    "chuyên môn phối hợp giải quyết dứt điểm đơn thư kéo dài."
)


def test_text_is_given_as_it_is_without_its_mark() -> None:
    data = b"\xef\xbb\xbf" + "Dòng một\r\nDòng ƣ\u00a0hai\r\n".encode()
    document = read_document(data, "đơn.txt")
    assert document.text == "Dòng một\r\nDòng ƣ\u00a0hai\r\n"
    assert (document.media, document.filename, document.extracted) == ("txt", "đơn.txt", False)
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.blocks == ()
    assert document.pages == ()


def test_a_form_feed_ends_a_page() -> None:
    document = read_document("Một\fHai\fBa".encode(), "a.txt")
    assert [(page.number, document.text[page.start : page.end]) for page in document.pages] == [
        (1, "Một\f"),
        (2, "Hai\f"),
        (3, "Ba"),
    ]
    assert [document.page_of(at) for at in (0, 4, 8, 9)] == [1, 2, 3, 3]


def test_markdown_stays_markdown() -> None:
    document = read_document("# Báo cáo\n**Hạn chế**".encode(), "a.md")
    assert (document.media, document.text) == ("md", "# Báo cáo\n**Hạn chế**")


def test_other_encodings_are_told() -> None:
    document = read_document("Hạn chế".encode("utf-16"), "a.txt")
    assert document.text == "Hạn chế"
    assert [repair.code for repair in document.repairs] == ["encoding_utf_16_le"]


PAGE = """<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body>
<nav><a href="/">Trang chủ</a></nav>
<h2>II. Hạn chế</h2>
<p>Còn   <b>chậm</b><sup>1</sup>,<br>chưa đều.</p>
<ol start="3"><li>Thiếu vốn</li><li>Thiếu người</li></ol><ul><li>khác</li></ul>
<table><tr><th>STT</th><th>Nội dung</th></tr><tr><td>1</td><td><p>Thiếu</p><p>vốn</p></td></tr></table>
<table><tr><td>Bố cục<table><tr><td>trong</td><td>bảng</td></tr></table></td></tr></table>
<p style="display: none">ẩn</p><p hidden>ẩn nữa</p><script>var a = "không";</script></body></html>"""


def test_web_pages_give_text_and_blocks() -> None:
    document = read_document(PAGE.encode(), "a.html")
    assert document.text.splitlines() == [
        "II. Hạn chế",
        "Còn chậm¹,",
        "chưa đều.",
        "3. Thiếu vốn",
        "4. Thiếu người",
        "- khác",
        "| STT | Nội dung |",
        "| 1 | Thiếu",
        "vốn |",
        "Bố cục",
        "| trong | bảng |",
    ]
    headings = [(b.level, document.text[b.start : b.end]) for b in document.blocks if b.kind == "heading"]
    assert headings == [(2, "II. Hạn chế")]


def test_lists_of_a_web_page_are_numbered_as_they_show() -> None:
    page = (
        '<html><body><ol type="I"><li>KẾT QUẢ<ol><li>Tiếp dân<ol type="a"><li>định kỳ<li>đột xuất</ol></ol>'
        '<li value="4">HẠN CHẾ</ol><footer>Bản quyền</footer></body></html>'
    )
    document = read_document(page.encode(), "a.html")
    assert document.text.splitlines() == [
        "I. KẾT QUẢ", "1. Tiếp dân", "a) định kỳ", "b) đột xuất", "IV. HẠN CHẾ", "Bản quyền",
    ]  # fmt: skip
    assert document.blocks[-1].kind == "footer"


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1258", "utf-16"])
def test_web_pages_in_other_encodings_are_read(encoding: str) -> None:
    name = "utf-8" if encoding == "utf-16" else encoding
    page = f'<html><head><meta charset="{name}"></head><body><p>Công dân Hà Nam</p></body></html>'
    assert read_document(page.encode(encoding), "a.html").text == "Công dân Hà Nam\n"


@given(st.text(alphabet="<>/abptdhr \"'=&;ạ\n", max_size=200))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_any_web_page_is_read_or_refused(inner: str) -> None:
    try:
        document = read_document(f"<html><body>{inner}</body></html>".encode(), "a.html")
    except ReadError:
        return
    for block in document.blocks:
        assert 0 <= block.start < block.end <= len(document.text)


def test_deep_web_pages_do_not_overflow() -> None:
    page = "<html><body>" + "<div>" * 20_000 + "sâu" + "</div>" * 20_000 + "<p>Chào</p></body></html>"
    try:
        assert read_document(page.encode(), "a.html").text
    except ReadError as error:
        assert error.code in {"empty", "damaged"}


def test_quality_falls_with_damage() -> None:
    bare = "Cong tac tiep cong dan tai mot so xa con cham, chua dung lich. De nghi huyen chi dao giai quyet."
    spaced = " ".join("Công tác tiếp công dân tại một số xã còn chậm")
    slips = SOUND.replace("ô", "ọ^").replace("iế", "iẽê").replace("ư", "u*")
    debris = "�▒▓ ◊◊ §¤ ~~ |||| ¬¬ xq zzt ".join(SOUND.split())
    assert quality_of(SOUND) > 0.97
    assert quality_of(bare) > 0.95
    assert quality_of(slips) < 0.85
    assert quality_of(spaced) < 0.5
    assert quality_of(debris) < 0.5
    assert quality_of("") == 0.0


def test_names_and_foreign_words_hardly_lower_quality() -> None:
    assert quality_of(SOUND + " Công ty TNHH Samsung Electronics, website facebook, ông Y Thông Êban, H'Hen.") > 0.9
