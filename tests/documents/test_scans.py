"""Scans, and old office files: what outside programs read."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import docx
import pypdfium2
import pytest
from pdf_files import LEFT, PdfPage, write_pdf

from nlp.documents import Limits, read_document
from nlp.documents.office import can_convert, convert_to_docx
from nlp.documents.programs import run_program
from nlp.documents.scan import can_recognise, picture_of, recognise
from nlp.text import ReadError, fold

REQUIRED = os.environ.get("LANGNGHE_REQUIRE", "").split(",")
needs_tesseract = pytest.mark.skipif(
    not can_recognise() and "tesseract" not in REQUIRED, reason="tesseract-ocr-vie is not installed"
)
needs_libreoffice = pytest.mark.skipif(
    not can_convert() and "libreoffice" not in REQUIRED, reason="LibreOffice is not installed"
)
FONTS = ("DejaVuSans.ttf", "DejaVuSerif.ttf", "LiberationSerif-Regular.ttf", "NotoSans-Regular.ttf")
LINES = [
    "BÁO CÁO",
    "Kết quả công tác tiếp công dân quý I",
    "Công tác tiếp công dân tại một số xã còn chậm so với",
    "kế hoạch, cán bộ chưa chủ động.",
]


def _font() -> Path | None:
    folders = [Path("/usr/share/fonts")]
    try:
        import matplotlib

        folders.append(Path(matplotlib.get_data_path()) / "fonts" / "ttf")
    except ImportError:
        pass
    return next((path for name in FONTS for folder in folders for path in folder.rglob(name)), None)


def _scan_pdf(pages: int = 1) -> bytes:
    """Return a PDF file whose pages are pictures of `LINES`, drawn with a font of this machine."""
    image = pytest.importorskip("PIL.Image")
    draw = pytest.importorskip("PIL.ImageDraw")
    font = pytest.importorskip("PIL.ImageFont")
    path = _font()
    if path is None:
        pytest.skip("no font with Vietnamese letters on this machine")
    letters = font.truetype(str(path), 44)
    drawn = []
    for _ in range(pages):
        picture = image.new("L", (1654, 2339), 255)
        for at, line in enumerate(LINES):
            draw.Draw(picture).text((200, 300 + 80 * at), line, font=letters, fill=0)
        drawn.append(picture)
    out = io.BytesIO()
    drawn[0].save(out, "PDF", resolution=200, save_all=True, append_images=drawn[1:])
    return out.getvalue()


@needs_tesseract
def test_a_scanned_report_is_recognised() -> None:
    document = read_document(_scan_pdf(2), "quet.pdf")
    assert {repair.code: repair.count for repair in document.repairs}["page_recognised"] == 2
    assert len(document.pages) == 2
    assert "cong tac tiep cong dan tai mot so xa con cham so voi ke hoach" in fold(document.text)
    assert 0.5 < document.quality <= 1


@needs_tesseract
def test_a_photograph_is_recognised() -> None:
    image = pytest.importorskip("PIL.Image")
    with pypdfium2.PdfDocument(_scan_pdf()) as pdf:
        picture, _ = picture_of(pdf[0])
    out = io.BytesIO()
    image.open(io.BytesIO(picture)).save(out, "PNG")
    document = read_document(out.getvalue(), "don.png")
    assert document.media == "image"
    assert "can bo chua chu dong" in fold(document.text)


@needs_tesseract
def test_an_empty_page_is_told() -> None:
    page = PdfPage()
    page.picture()
    with pytest.raises(ReadError) as caught:
        read_document(write_pdf([page]), "trang.pdf")
    assert caught.value.code == "empty"


@needs_tesseract
def test_too_many_scanned_pages_are_refused() -> None:
    pages = [PdfPage(), PdfPage()]
    for page in pages:
        page.picture()
    with pytest.raises(ReadError) as caught:
        read_document(write_pdf(pages), "quet.pdf", limits=Limits(max_scan_pages=1))
    assert caught.value.code == "too_large"


@needs_tesseract
def test_a_picture_that_is_none_is_damaged() -> None:
    with pytest.raises(ReadError) as caught:
        recognise(b"\x89PNG\r\n\x1a\n", 1.0, 842.0, 20.0)
    assert caught.value.code == "damaged"


def test_a_picture_of_too_many_dots_is_refused() -> None:
    data = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (100_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    with pytest.raises(ReadError) as caught:
        read_document(data, "lon.png")
    assert caught.value.code in {"too_large", "scanned"}


def test_a_text_page_beside_the_scan_needs_no_recogniser() -> None:
    page = PdfPage()
    page.text(LEFT, 700, "Có lớp chữ")
    assert read_document(write_pdf([page]), "a.pdf").text.startswith("Có lớp chữ")


def test_a_program_past_its_time_is_ended() -> None:
    with pytest.raises(ReadError) as caught:
        run_program(["sleep", "60"], 0.2)
    assert caught.value.code == "too_slow"


def test_a_program_that_fails_means_a_damaged_file() -> None:
    with pytest.raises(ReadError) as caught:
        run_program(["false"], 5.0)
    assert caught.value.code == "damaged"


@needs_libreoffice
@pytest.mark.parametrize("extension", ["odt", "doc", "rtf"])
def test_other_office_files_are_read(extension: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = docx.Document()
    file.add_heading("II. HẠN CHẾ", 1)
    file.add_paragraph("Công tác tiếp dân còn chậm.")
    file.save(str(tmp_path / "a.docx"))
    run_program(
        ["soffice", "--headless", f"-env:UserInstallation={(tmp_path / 'p').as_uri()}", "--convert-to", extension]
        + ["--outdir", str(tmp_path), str(tmp_path / "a.docx")],
        100.0,
        folder=tmp_path,
    )
    data = (tmp_path / f"a.{extension}").read_bytes()
    temporary = tmp_path / "t"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    document = read_document(data, f"a.{extension}")
    assert document.text.splitlines() == ["II. HẠN CHẾ", "Công tác tiếp dân còn chậm."]
    assert document.media == extension
    assert list(temporary.iterdir()) == []


@needs_libreoffice
def test_what_libreoffice_cannot_read_is_damaged() -> None:
    with pytest.raises(ReadError) as caught:
        convert_to_docx(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, ".doc", Limits())
    assert caught.value.code == "damaged"


def test_without_libreoffice_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nlp.documents.office._program", lambda: None)
    with pytest.raises(ReadError) as caught:
        convert_to_docx(b"x", ".doc", Limits())
    assert caught.value.code == "needs_libreoffice"
    assert ".docx" in caught.value.message
