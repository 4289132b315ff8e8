"""Storing reports and their findings; what people decided about a finding outlives every later extraction."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.base import now
from api.records.reports import Finding, FindingField, FindingLink, FindingTopic, Report, Review, StoredFile
from api.records.words import exact_words, folded_words
from nlp.text import LangNgheError

REVIEWS = ("proposed", "accepted", "edited", "rejected")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DETAIL = ("subject", "addressee", "responsible", "due", "hedges", "embedded_causes", "reasons", "needs_review")


class ReviewError(LangNgheError):
    """A review step that cannot be taken."""


@dataclass(frozen=True, slots=True)
class ReadReport:
    """A report after reading and extraction, in the contract's own shapes.

    `document` and `findings` are the contract's objects; `pages` are {number, start, end} over `text`.
    """

    sha256: str
    filename: str
    media: str
    text: str
    pages: Sequence[Mapping[str, int]]
    quality: float
    document: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]]


def keep_file(session: Session, data: bytes) -> str:
    """Store bytes once and return their SHA-256."""
    digest = hashlib.sha256(data).hexdigest()
    if session.get(StoredFile, digest) is None:
        session.add(StoredFile(sha256=digest, size=len(data), data=data))
        session.flush()
    return digest


def add_report(session: Session, read: ReadReport, actor: Actor, data: bytes | None = None) -> tuple[Report, bool]:
    """Store a report, or refresh the one that has the same content.

    Returns
    -------
    report : Report
    created : bool
        False when the content was known: its findings were extracted again and their reviews kept.
    """
    if data is not None:
        keep_file(session, data)
    report = session.scalar(select(Report).where(Report.sha256 == read.sha256))
    created = report is None
    if report is None:
        report = Report(sha256=read.sha256, created_by=actor.id, extraction=0)
        session.add(report)
    meta = dict(read.document.get("metadata") or {})
    report.document_id = str(read.document.get("id") or read.sha256[:16])
    report.filename, report.media, report.text = read.filename, read.media, read.text
    report.pages, report.quality = [dict(p) for p in read.pages], float(read.quality)
    report.document = {k: v for k, v in read.document.items() if k != "text"}
    for name in ("title", "kind", "issuer", "number", "place", "date", "period", "signer", "province"):
        value = meta.get(name)
        setattr(report, name, value if isinstance(value, str) else "" if value is None else _flat(value))
    report.issuer_key = folded_words(report.issuer)[:300]
    report.year = _year(report.date) or _year(report.period) or _year(report.title)
    report.extractor = str(next((f.get("extractor") for f in read.findings), read.document.get("extractor") or ""))
    report.extraction += 1
    session.flush()
    _store_findings(session, report, read.findings)
    audit(session, actor, "report.add" if created else "report.extract", "report", report.id,
          findings=len(read.findings))  # fmt: skip
    return report, created


def _store_findings(session: Session, report: Report, findings: Sequence[Mapping[str, Any]]) -> None:
    known = {f.id: f for f in session.scalars(select(Finding).where(Finding.report_num == report.num))}
    session.execute(delete(FindingLink).where(FindingLink.report_num == report.num))
    seen: set[str] = set()
    for seq, row in enumerate(findings):
        identity = str(row["id"])
        if identity in seen:
            continue
        seen.add(identity)
        finding = known.get(identity)
        if finding is None:
            finding = Finding(id=identity, report_num=report.num)
            session.add(finding)
        _fill(finding, report, seq, row)
    for identity, finding in known.items():
        if identity not in seen:
            if finding.review == "proposed":
                session.delete(finding)
            else:
                finding.gone = True
    session.flush()
    for row in findings:
        for link in row.get("links") or ():
            if link["to"] in seen:
                session.merge(FindingLink(from_id=str(row["id"]), to_id=str(link["to"]), relation=link["relation"],
                                          report_num=report.num, how=link.get("how") or "",
                                          probability=float(link.get("probability") or 0.0)))  # fmt: skip


def _fill(finding: Finding, report: Report, seq: int, row: Mapping[str, Any]) -> None:
    finding.seq, finding.gone = seq, False
    finding.kind, finding.sort = row["kind"], row.get("sort")
    finding.text, finding.quote = row["text"], row["quote"]
    finding.start, finding.end = row["span"]["start"], row["span"]["end"]
    finding.section, finding.item = list(row.get("section") or ()), row.get("item")
    finding.page = row.get("page")
    finding.detail = {k: row[k] for k in _DETAIL if row.get(k)}
    finding.confidence = float(row.get("confidence") or 0.0)
    finding.extractor = str(row.get("extractor") or "")
    finding.issuer_key, finding.province, finding.year = report.issuer_key, report.province, report.year
    _set_codes(finding.topics, FindingTopic, row.get("topics") or ())
    _set_codes(finding.fields, FindingField, row.get("fields") or ())
    _set_words(finding)


def _set_codes(rows: list[Any], made: type[Any], codes: Sequence[str]) -> None:
    kept = {r.code: r for r in rows}
    rows[:] = [kept.get(code) or made(code=code) for code in dict.fromkeys(codes)]


def _set_words(finding: Finding) -> None:
    searched = finding.text if not finding.edited_text else f"{finding.edited_text}\n{finding.text}"
    finding.exact, finding.folded = exact_words(searched), folded_words(searched)


def review(
    session: Session,
    finding: Finding,
    state: str,
    actor: Actor,
    *,
    text: str | None = None,
    kind: str | None = None,
    sort: str | None = None,
    note: str = "",
) -> Review:
    """Accept, edit, reject a finding or put it back to proposed, and keep the step.

    Raises
    ------
    ReviewError
        `review_unknown`, or `edit_empty` when an edit changes nothing or leaves no text.
    """
    if state not in REVIEWS:
        raise ReviewError("review_unknown", "Trạng thái rà soát không hợp lệ.")
    if state == "edited" and (text is not None and not text.strip() or text is None and kind is None and sort is None):
        raise ReviewError("edit_empty", "Nội dung sửa không được để trống.")
    before = review_of(finding)
    finding.review = state
    if state == "edited":
        finding.edited_text = text.strip() if text is not None else finding.edited_text
        finding.edited_kind = kind or finding.edited_kind
        finding.edited_sort = sort or finding.edited_sort
    elif state == "proposed":
        finding.edited_text = finding.edited_kind = finding.edited_sort = None
    finding.reviewed_by, finding.reviewed_at = actor.id, now()
    _set_words(finding)
    step = Review(finding_id=finding.id, before=before, after=review_of(finding), note=note, actor_id=actor.id,
                  actor_name=actor.name)  # fmt: skip
    session.add(step)
    audit(session, actor, f"finding.{state}", "finding", finding.id)
    session.flush()
    return step


def undo_review(session: Session, finding: Finding, actor: Actor) -> Review:
    """Take the last review step back, as a step of its own.

    Raises
    ------
    ReviewError
        `nothing_to_undo` when the finding was never reviewed.
    """
    rows = select(Review).where(Review.finding_id == finding.id).order_by(Review.id.desc()).limit(1)
    last = session.scalar(rows)
    if last is None:
        raise ReviewError("nothing_to_undo", "Không có bước rà soát nào để hoàn tác.")
    before = review_of(finding)
    finding.review, finding.edited_text = last.before["state"], last.before["text"]
    finding.edited_kind, finding.edited_sort = last.before["kind"], last.before["sort"]
    finding.reviewed_by, finding.reviewed_at = actor.id, now()
    _set_words(finding)
    step = Review(finding_id=finding.id, before=before, after=review_of(finding), note="undo", actor_id=actor.id,
                  actor_name=actor.name)  # fmt: skip
    session.add(step)
    audit(session, actor, "finding.undo", "finding", finding.id)
    session.flush()
    return step


def review_of(finding: Finding) -> dict[str, Any]:
    """The review state of a finding as plain data."""
    return {"state": finding.review, "text": finding.edited_text, "kind": finding.edited_kind,
            "sort": finding.edited_sort}  # fmt: skip


def _year(value: str) -> int | None:
    years = _YEAR.findall(value or "")
    return int(years[-1]) if years else None


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return " – ".join(str(v) for v in value.values() if v)
    return str(value)
