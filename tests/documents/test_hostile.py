"""Files that are damaged, protected, disguised, too large or made to do harm: a clear answer, nothing left behind."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pdf_files import LEFT, TOP, PdfPage, write_pdf
from word_files import MAIN_TYPE, paragraph, word_file

from nlp.documents import Limits, read_document
from nlp.text import ReadError

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def _pdf() -> bytes:
    page = PdfPage()
    page.text(LEFT, TOP, "Báo cáo của xã")
    return write_pdf([page])


def _locked_pdf() -> bytes:
    # An encryption dictionary whose keys fit no empty password.
    data = _pdf()
    lock = (
        b"<< /Size 9 /Root 1 0 R /ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /Length 40 /P -4 /O <"
        + b"11" * 32
        + b"> /U <"
        + b"22" * 32
        + b"> >> >>"
    )
    start = data.index(b"trailer")
    end = data.index(b"startxref")
    return data[:start] + b"trailer\n" + lock + b"\n" + data[end:]


def _bomb(members: int = 1) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("[Content_Types].xml", "<Types/>")
        for number in range(members):
            zipped.writestr(f"word/part{number}.xml", b"\x00" * 40_000_000)
        zipped.writestr("word/document.xml", "<x/>")
    return out.getvalue()


def _packed(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name in names:
            zipped.writestr(name, b"<Types/>")
    return out.getvalue()


def _entities() -> bytes:
    out = io.BytesIO()
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr("[Content_Types].xml", "<Types/>")
        zipped.writestr("word/document.xml", bomb)
    return out.getvalue()


def _locked_zip() -> bytes:
    data = bytearray(word_file(paragraph("Chào")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    return bytes(data)


WORD = word_file(paragraph("Công tác tiếp dân còn chậm."))
CASES = {
    "nothing in it": (b"", "a.docx", "empty"),
    "only spaces": (b" \n\t ", "a.txt", "empty"),
    "a Word file without text": (word_file(paragraph()), "a.docx", "empty"),
    "a web page without text": (b"<html><body><script>1</script></body></html>", "a.html", "empty"),
    "half a Word file": (WORD[: len(WORD) // 2], "a.docx", "damaged"),
    "a Word file without its main part": (_packed("word/styles.xml", "[Content_Types].xml"), "a.docx", "damaged"),
    "half a PDF file": (b"%PDF-1.7\n1 0 obj <<", "a.pdf", "damaged"),
    "a locked PDF file": (_locked_pdf(), "a.pdf", "protected"),
    "a locked Word file": (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", "protected"),
    "a locked old Word file": (
        OLE + b"\xec\xa5" + b"\x00" * 9 + b"\x01" + "WordDocument".encode("utf-16-le"),
        "a.doc",
        "protected",
    ),
    "a locked archive": (_locked_zip(), "a.docx", "protected"),
    "a bomb": (_bomb(), "a.docx", "too_large"),
    "a bomb in many parts": (_bomb(12), "a.docx", "too_large"),
    "an archive of very many parts": (_packed(*(f"word/{n}" for n in range(6000))), "a.docx", "too_large"),
    "entities": (_entities(), "a.docx", "damaged"),
    "macros": (word_file(paragraph("Chào"), vbaProject_bin=b"x"), "a.docm", "macros"),
    "macros by type": (
        word_file(paragraph("Chào"), main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        "a.docm",
        "macros",
    ),
    "macros in an old file": (
        OLE + "WordDocument".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le"),
        "a.doc",
        "macros",
    ),
    "a PDF file called Word": (_pdf(), "a.docx", "disguised"),
    "a Word file called PDF": (WORD, "a.pdf", "disguised"),
    "a Word file called text": (WORD, "a.txt", "disguised"),
    "an old Word file called new": (OLE + "WordDocument".encode("utf-16-le"), "a.docx", "disguised"),
    "a text called Word": ("Kính gửi xã".encode(), "a.docx", "disguised"),
    "a program called PDF": (b"MZ\x90\x00" + b"\x00" * 200, "a.pdf", "disguised"),
    "a spreadsheet": (_packed("xl/workbook.xml", "[Content_Types].xml"), "a.xlsx", "unsupported"),
    "a program": (b"\x7fELF" + b"\x00" * 200, "a", "unsupported"),
    "an archive": (_packed("a.txt"), "a.zip", "unsupported"),
    "bytes called text": (bytes(range(256)) * 9, "a.txt", "binary"),
    "an unknown encoding": ("ДОКЛАД о работе с обращениями".encode("koi8-r"), "a.txt", "encoding_unknown"),
}


@pytest.fixture
def empty_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("case", CASES)
def test_it_is_refused_with_a_clear_message(case: str, empty_temporary_folder: Path) -> None:
    data, name, code = CASES[case]
    with pytest.raises(ReadError) as caught:
        read_document(data, name)
    assert caught.value.code == code
    message = caught.value.message
    assert message[0].isupper()
    assert message.endswith(".")
    assert not message.isascii()


def test_size_limits_hold_for_files_and_bytes(tmp_path: Path) -> None:
    path = tmp_path / "lớn.txt"
    path.write_bytes(b"a" * 1001)
    for source in (path, path.read_bytes()):
        with pytest.raises(ReadError) as caught:
            read_document(source, "lớn.txt", limits=Limits(max_bytes=1000))
        assert caught.value.code == "too_large"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_fifty_megabytes_is_read_or_refused_by_its_size() -> None:
    limit = Limits()
    data = "Công tác tiếp dân còn chậm.\n".encode() * (limit.max_bytes // 30)
    with pytest.raises(ReadError) as caught:
        read_document(data, "a.txt")
    assert caught.value.code == "too_large"


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "không-có.docx"):
        with pytest.raises(ReadError) as caught:
            read_document(path)
        assert caught.value.code == "not_found"


@pytest.mark.parametrize("name", ["../../etc/báo cáo.txt", "C:\\Users\\a\\báo cáo.txt", "báo cáo.txt"])
def test_folders_in_a_name_are_dropped(name: str) -> None:
    assert read_document("Kính gửi xã".encode(), name).filename == "báo cáo.txt"


@pytest.mark.parametrize("name", ["", "đơn", "đơn.xyz"])
def test_content_decides_where_the_name_says_nothing(name: str) -> None:
    assert read_document(WORD, name).media == "docx"
    assert read_document(_pdf(), name).media == "pdf"
    assert read_document("Kính gửi xã".encode(), name).media == "txt"


@given(data=st.binary(max_size=300), at=st.integers(0, 5000), name=st.sampled_from(["a.docx", "a.pdf", "a.html", "a"]))
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_is_read_or_refused(data: bytes, at: int, name: str) -> None:
    whole = {"a.docx": WORD, "a.pdf": _pdf(), "a.html": "<html><p>Chào</p>".encode(), "a": WORD}[name]
    place = at % len(whole)
    for damaged in (whole[:place] + data + whole[place + len(data) :], whole[:place], data + whole):
        try:
            assert read_document(damaged, name).text.strip()
        except ReadError as error:
            assert error.code.isascii()


def test_no_message_quotes_the_text() -> None:
    secret = "Nguyễn Thị Bí Mật"
    for data, name in ((WORD + secret.encode(), "a.pdf"), (secret.encode("utf-16") + b"\x00\x00\x01", "a.docx")):
        with pytest.raises(ReadError) as caught:
            read_document(data, name)
        assert secret not in str(caught.value)
    assert MAIN_TYPE not in str(caught.value)
