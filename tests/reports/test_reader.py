from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nlp.documents import read_document
from nlp.reports import ReportReader, ReportResult
from tests.reports.conftest import CORPUS, PlainText

FIELDS = {
    "id", "document_id", "kind", "sort", "text", "span", "quote", "section", "item", "page", "subject", "addressee", "responsible", "due",
    "hedges", "embedded_causes", "topics", "fields", "links", "confidence", "extractor",
}  # fmt: skip


def assert_grounded(text: str, result: ReportResult) -> None:
    """Every span of an answer is a quote of the text as given, every link leads to a limitation of the same answer."""
    limits = {f.id for f in result.findings if f.kind == "limitation"}
    last = -1
    for finding in result.findings:
        assert text[finding.span.start : finding.span.end] == finding.quote
        assert finding.span.start > last
        last = finding.span.start
        for cause in finding.embedded_causes:
            assert finding.span.start <= cause.start < cause.end <= finding.span.end
        assert all(link.to in limits and 0 <= link.probability <= 1 for link in finding.links)
        assert 0 <= finding.confidence <= 1
    for reference in result.document.references:
        assert all(0 <= s.start < s.end <= len(text) for s in reference.spans)
    for figure in result.document.figures:
        assert " ".join(text[figure.span.start : figure.span.end].split()) == figure.text or figure.text


@pytest.fixture(scope="module")
def result(reader: ReportReader, small: str) -> ReportResult:
    return reader.extract(PlainText(small))


def _texts(result: ReportResult, kind: str, sort: str | None = None) -> list[str]:
    return [f.text for f in result.findings if f.kind == kind and (sort is None or f.sort == sort)]


def test_a_report_is_mined_by_kind_and_sort(result: ReportResult, small: str) -> None:
    assert_grounded(small, result)
    assert _texts(result, "limitation") == [
        "Công tác tiếp công dân ở một số xã còn hình thức, chưa gắn với giải quyết đơn thư.",
        "Việc cập nhật hồ sơ vào phần mềm còn chậm, 134 hồ sơ chưa được nhập.",
    ]
    assert len(_texts(result, "cause", "objective")) == 1 and len(_texts(result, "cause", "subjective")) == 1
    assert _texts(result, "recommendation", "proposal") == [
        "Đề nghị UBND tỉnh bố trí kinh phí trang bị máy tính cho cấp xã."
    ]
    assert len(_texts(result, "recommendation", "solution")) == 2


def test_what_is_said_beside_a_finding(result: ReportResult) -> None:
    proposal = next(f for f in result.findings if f.sort == "proposal")
    task = next(f for f in result.findings if "Thanh tra huyện" in f.text)
    first = next(f for f in result.findings if f.kind == "limitation")
    assert proposal.addressee == "UBND tỉnh"
    assert (task.responsible, task.due) == ("Thanh tra huyện", "trước ngày 31/3/2024")
    assert first.subject == "một số xã" and "một số xã" in first.hedges
    assert first.section == ("II. HẠN CHẾ, NGUYÊN NHÂN", "1. Hạn chế")
    assert first.item is not None and first.item.label == "a)"


def test_every_finding_says_why(result: ReportResult) -> None:
    first = next(f for f in result.findings if f.kind == "limitation")
    assert any("1. Hạn chế" in reason for reason in first.reasons)
    assert all(f.reasons for f in result.findings)


def test_hard_negatives_do_not_become_findings(result: ReportResult) -> None:
    said = " ".join(f.text for f in result.findings)
    assert "khắc phục dứt điểm" not in said
    assert "tháo gỡ khó khăn" not in said
    assert "455 lượt" not in said


def test_solutions_of_the_past_are_no_recommendations(result: ReportResult) -> None:
    assert not any("03 tổ công tác" in text for text in _texts(result, "recommendation"))


@pytest.mark.parametrize("line", ["Không.", "(Không)", "Không có kiến nghị.", "Không có kiến nghị, đề xuất./."])
def test_a_section_that_says_nothing_gives_nothing(reader: ReportReader, small: str, line: str) -> None:
    text = small.replace("Đề nghị UBND tỉnh bố trí kinh phí trang bị máy tính cho cấp xã.", line)
    found = reader.extract(PlainText(text))
    assert not _texts(found, "recommendation", "proposal")


def test_json_has_the_names_of_the_contract(result: ReportResult) -> None:
    rows = json.loads(json.dumps(result.to_json(), ensure_ascii=False))
    document = rows[0]["document"]
    assert {
        "id",
        "sha256",
        "filename",
        "text",
        "pages",
        "repairs",
        "quality",
        "metadata",
        "references",
        "figures",
    } <= set(document)
    assert document["text"] is None
    assert all(set(row["finding"]) >= FIELDS for row in rows[1:])


def test_a_second_reading_gives_the_same_answer_also_in_threads(
    reader: ReportReader, small: str, result: ReportResult
) -> None:
    with ThreadPoolExecutor(3) as pool:
        again = list(pool.map(lambda _: reader.extract(PlainText(small)), range(3)))
    assert all(r.to_json() == result.to_json() for r in again)


@pytest.mark.parametrize("text", ["", "\n\n", "Xin chào.", "| a | b |\n", "1.\n2.\n", "﻿HẠN CHẾ"])
def test_a_text_with_nothing_in_it_is_read_too(reader: ReportReader, text: str) -> None:
    assert_grounded(text, reader.extract(PlainText(text)))


def test_damaged_characters_do_not_move_the_quotes(reader: ReportReader, small: str) -> None:
    import unicodedata

    for text in (unicodedata.normalize("NFD", small), small.replace("ư", "ƣ"), small.replace(" hạn chế", " hạn_chế")):
        found = reader.extract(PlainText(text))
        assert_grounded(text, found)
        assert len(_texts(found, "limitation")) == 2


def test_low_quality_text_is_marked_for_review(reader: ReportReader, small: str) -> None:
    found = reader.extract(PlainText(small, quality=0.2))
    assert all(f.needs_review for f in found.findings)


def test_progress_is_told(reader: ReportReader, small: str) -> None:
    told: list[tuple[str, float]] = []
    reader.extract(PlainText(small), lambda stage, share: told.append((stage, share)))
    assert told[-1][1] == 1.0 and [s for _, s in told] == sorted(s for _, s in told)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*_*.json"))[::6], ids=lambda p: p.stem)
def test_quotes_hold_on_reports_of_the_corpus(reader: ReportReader, path: Path) -> None:
    document = read_document(path.with_suffix(".md"))
    found = reader.extract(document)
    assert_grounded(document.text, found)
    assert found.findings


def test_pages_of_a_word_or_pdf_file_are_told(reader: ReportReader, small: str, tmp_path: Path) -> None:
    from docx import Document

    book = Document()
    for line in small.split("\n"):
        book.add_paragraph(line)
    book.save(str(tmp_path / "bao-cao.docx"))
    document = read_document(tmp_path / "bao-cao.docx")
    found = reader.extract(document)
    assert_grounded(document.text, found)
    assert len(_texts(found, "limitation")) == 2
    assert found.to_json()[0]["document"]["text"] == document.text


@pytest.mark.samples
def test_every_sample_is_read_and_its_quotes_hold(reader: ReportReader) -> None:
    folder = CORPUS.parent.parent.parent / "shared" / "samples" / "reports"
    for path in sorted(folder.glob("*.txt")):
        document = read_document(path)
        assert_grounded(document.text, reader.extract(document))


def test_a_book_of_reports_is_linked_part_by_part(
    reader: ReportReader, small: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = reader.extract(PlainText(small))
    monkeypatch.setattr("nlp.reports.reader.LINKED_AT_ONCE", 3)
    parts = reader.extract(PlainText(small))
    assert [f.id for f in parts.findings] == [f.id for f in whole.findings]
    place = {f.id: n for n, f in enumerate(parts.findings)}
    for n, finding in enumerate(parts.findings):
        assert all(place[link.to] // 3 == n // 3 for link in finding.links)
