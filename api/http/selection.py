"""A selection of findings made ready for the exporters, and the basket as a Word document."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from api.export import EXPORTERS, Bundle, citation
from api.export.bundle import kind_name
from api.http.problems import ProblemError
from api.http.views import finding_bodies
from api.records.finding_search import MAX_PAGE, FindingFilter, search_findings
from api.records.reports import Finding, Report

MOST = 5000
FORMATS = ("xlsx", "docx", "csv", "json", "jsonl", "md")


def all_matching(session: Session, wanted: FindingFilter) -> list[Finding]:
    """Every finding of a search in the order of the documents.

    Raises
    ------
    ProblemError
        `selection_too_large` beyond 5,000.
    """
    found = search_findings(session, wanted, order="document", limit=MAX_PAGE)
    if found.total > MOST:
        raise ProblemError("selection_too_large", f"Kết xuất tối đa {MOST:,} phát hiện; hãy lọc bớt.".replace(",", "."))
    rows = list(found.findings)
    while found.next:
        found = search_findings(session, wanted, order="document", limit=MAX_PAGE, cursor=found.next)
        rows += found.findings
    return rows


def as_reviewed(body: Mapping[str, Any]) -> dict[str, Any]:
    """A finding as a person left it: edited words, kind and sort in place of the machine's; the quote stays."""
    review = body["review"]
    return {**body, "text": review["text"] or body["text"], "kind": review["kind"] or body["kind"],
            "sort": review["sort"] or body["sort"]}  # fmt: skip


def bundles(session: Session, findings: Iterable[Finding], *, rejected: bool = False) -> list[Bundle]:
    """Findings by document, in the order given; rejected ones are left out unless asked for."""
    rows = [f for f in findings if rejected or f.review != "rejected"]
    reports: dict[int, Report] = {f.report_num: f.report for f in rows}
    grouped: dict[int, list[dict[str, Any]]] = {num: [] for num in reports}
    for finding, body in zip(rows, finding_bodies(session, rows), strict=True):
        grouped[finding.report_num].append(as_reviewed(body))
    return [Bundle(document_of(reports[num]), tuple(items)) for num, items in grouped.items()]


def document_of(report: Report) -> dict[str, Any]:
    """The contract's document object of a stored report."""
    return {**report.document, "filename": report.filename}


def export(session: Session, findings: Iterable[Finding], format: str, *, rejected: bool = False) -> bytes:
    """Findings in one of the export formats."""
    return EXPORTERS[format](bundles(session, findings, rejected=rejected))


def basket_docx(title: str, items: Sequence[tuple[Report, Mapping[str, Any]]]) -> bytes:
    """The basket as a Word document: findings by kind in the writer's order, each with its citation, then the sources.

    Type and size as Nghị định 30/2020/NĐ-CP, Phụ lục I asks (Times New Roman 13).
    """
    from docx import Document
    from docx.shared import Cm, Pt

    book = Document()
    normal = book.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(13)
    for section in book.sections:
        section.left_margin, section.right_margin = Cm(3), Cm(1.5)
        section.top_margin = section.bottom_margin = Cm(2)
    book.add_heading(_plain(title), level=1)
    by_kind: dict[str, list[tuple[Report, Mapping[str, Any]]]] = {}
    for report, body in items:
        by_kind.setdefault(kind_name(body), []).append((report, body))
    for heading, rows in by_kind.items():
        book.add_heading(heading, level=2)
        for report, body in rows:
            line = book.add_paragraph(style="List Bullet")
            line.add_run(_plain(str(body["text"])) + " ")
            line.add_run(_plain(citation(document_of(report), body))).italic = True
    book.add_heading("Nguồn", level=2)
    for report in {r.num: r for r, _ in items}.values():
        facts = [report.title or report.filename, report.number and f"số {report.number}", report.issuer,
                 report.date and "/".join(reversed(report.date.split("-")))]  # fmt: skip
        book.add_paragraph(_plain(", ".join(f for f in facts if f)), style="List Number")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _plain(text: str) -> str:
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)
