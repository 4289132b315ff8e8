"""How a finding is cited in a Vietnamese report."""

from __future__ import annotations

import re

from api.records.reports import Finding, Report

_NUMBER = re.compile(r"^\s*([IVXLC]+|\d+(?:\.\d+)*|[a-zđ]|[A-Z])\s*[.)\-:]", re.UNICODE)


def citation(finding: Finding) -> str:
    """For example "(Báo cáo số 25/BC-UBND ngày 12/6/2024 của UBND huyện …, mục II.1, tr. 3)"."""
    parts = [head(finding.report)]
    numbers = [m[1] for m in (_NUMBER.match(str(s)) for s in finding.section) if m]
    if numbers:
        parts.append("mục " + ".".join(numbers))
    if finding.page:
        parts.append(f"tr. {finding.page}")
    return "(" + ", ".join(p for p in parts if p) + ")"


def head(report: Report) -> str:
    """The document itself: kind, number, date, issuer."""
    name = (report.kind or "Văn bản").strip()
    name = name[0].upper() + name[1:]
    if report.number:
        name += f" số {report.number}"
    if report.date:
        name += (
            f" ngày {vietnamese_date(report.date)}" if len(report.date) == 10 else f" {vietnamese_date(report.date)}"
        )
    if report.issuer:
        name += f" của {report.issuer}"
    if not (report.number or report.issuer):
        name = report.title or report.filename
    return name


def vietnamese_date(iso: str) -> str:
    """`2024-06-12` as 12/6/2024, `2024-06` as tháng 6/2024, `2024` as năm 2024."""
    parts = iso.split("-")
    if not all(p.isdigit() for p in parts):
        return iso
    if len(parts) == 3:
        return f"{int(parts[2])}/{int(parts[1])}/{parts[0]}"
    return f"tháng {int(parts[1])}/{parts[0]}" if len(parts) == 2 else f"năm {parts[0]}"
