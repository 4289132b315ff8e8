"""Reports of the corpus as Word and PDF: every quote stands in the text read, and the findings are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from nlp.documents import read_document
from nlp.reports import ReportReader, ReportResult
from nlp.training.report_corpus import GoldReport, load_reports
from nlp.training.report_files import FORMATS, same_words, to_pdf, to_word, write_files

CORPUS = Path(__file__).resolve().parents[2] / "corpora" / "reports"
NAMES = ("r1_02_tiep_cong_dan_dong_trieu", "r3_05_bao_cao_nam_benh_vien_cao_bang_2022", "r4_12_dat_dai_quoc_oai_2017")


@pytest.fixture(scope="module")
def reader() -> ReportReader:
    return ReportReader.load()


@pytest.fixture(scope="module")
def reports() -> dict[str, GoldReport]:
    return {r.name: r for r in load_reports(CORPUS) if r.name in NAMES}


def _said(result: ReportResult) -> set[tuple[str, str]]:
    return {(f.kind, same_words(f.text)) for f in result.findings}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", NAMES)
def test_findings_agree_through_the_file(
    reader: ReportReader, reports: dict[str, GoldReport], name: str, format: str, tmp_path: Path
) -> None:
    if format == "pdf":
        pytest.importorskip("matplotlib")
    report = reports[name]
    source = read_document(CORPUS / f"{name}.md")
    assert write_files([report], tmp_path, (format,)) == 1
    document = read_document(tmp_path / f"{name}.{format}")
    found = reader.extract(document)
    for finding in found.findings:
        assert document.text[finding.span.start : finding.span.end] == finding.quote
    for figure in found.document.figures:
        assert document.text[figure.span.start : figure.span.end].split() == figure.text.split()
    wanted, said = _said(reader.extract(source)), _said(found)
    assert 2 * len(wanted & said) >= 0.85 * (len(wanted) + len(said))
    assert found.document.metadata.number == report.gold["metadata"]["number"]
    if format == "pdf":
        assert max(f.page or 0 for f in found.findings) > 1


def test_headings_and_tables_become_words_own(reports: dict[str, GoldReport]) -> None:
    import io

    from docx import Document

    book = Document(io.BytesIO(to_word(reports[NAMES[0]])))
    assert any(p.style.name == "Heading 2" for p in book.paragraphs)
    assert to_pdf(reports[NAMES[0]])[:5] == b"%PDF-"


def test_assembling_drafts_can_write_the_files_too(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from api.cli import app

    draft = tmp_path / "drafts" / "r9" / "x.draft.md"
    draft.parent.mkdir(parents=True)
    draft.write_text(
        "genre: so_ket\ntitle: Sơ kết\nkind: báo cáo sơ kết\nissuer: null\nnumber: null\nplace: null\ndate: null\nperiod: null\n"
        "signer: null\nprovince: null\nlayout: plain\n---\n§ I. HẠN CHẾ\n⟦L1|Ba xã chưa có loa truyền thanh.⟧\n",
        encoding="utf-8",
    )
    place = tmp_path / "files"
    done = CliRunner().invoke(
        app,
        ["corpus", "assemble-reports", str(tmp_path / "drafts"), "--corpora", str(tmp_path), "--files", str(place)],
    )
    assert done.exit_code == 0, done.output
    assert sorted(p.name for p in place.iterdir()) == ["r9_x.docx", "r9_x.pdf"]
    assert "Ba xã chưa có loa truyền thanh." in read_document(place / "r9_x.pdf").text
