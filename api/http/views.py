"""Records turned into the shapes that HTTP gives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.export import citation
from api.privacy import moved_result, without_names
from api.records.finding_search import links_of
from api.records.petition_store import current_decision, latest_analysis
from api.records.petitions import Decision, Petition
from api.records.reports import Finding, Report
from api.records.words import Query, find_words
from nlp.reports.grouping import Group

_NO_DETAIL: dict[str, Any] = {
    "subject": None,
    "addressee": None,
    "responsible": None,
    "due": None,
    "hedges": [],
    "embedded_causes": [],
    "reasons": [],
    "needs_review": False,
}


def petition_line(petition: Petition) -> dict[str, Any]:
    """A line of the register."""
    return {
        "id": petition.id,
        "register_number": petition.register_number,
        "received_at": petition.received_at,
        "channel": petition.channel,
        "title": without_names(petition.title) if petition.confidential else petition.title,
        "status": petition.status,
        "labels": current_labels(petition),
        "needs_review": petition.needs_review,
        "confidential": petition.confidential,
        "urgency_alert": petition.machine_urgency_rank > petition.urgency_rank,
        "province": petition.province,
        "commune": petition.commune,
        "unit": petition.unit,
        "due_on": petition.due_on,
        "version": petition.version,
    }


def current_labels(petition: Petition) -> dict[str, Any]:
    """What counts today."""
    return {
        "fields": [f.code for f in petition.fields if f.parent is None],
        "subfields": [f.code for f in petition.fields if f.parent is not None],
        "type": petition.type,
        "urgency": petition.urgency,
    }


def petition_body(session: Session, petition: Petition) -> dict[str, Any]:
    """A petition with its newest analysis and the decision that counts.

    A hidden petition is given as a redacted copy, its analysis' spans moved with it; the text as given needs the
    audited step to the identity.
    """
    analysis, decision = latest_analysis(session, petition), current_decision(session, petition)
    text, result = shown_text(petition, analysis.result if analysis else None)
    return {
        **petition_line(petition),
        "text": text,
        "redacted": petition.confidential,
        "external_id": petition.external_id,
        "created_at": petition.created_at,
        "analysis": result,
        "decision": decision_body(decision) if decision else None,
    }


def shown_text(petition: Petition, result: dict[str, Any] | None) -> tuple[str, dict[str, Any] | None]:
    """The text and analysis to show: as given, or the redacted copy of a hidden petition."""
    if not petition.confidential:
        return petition.text, result
    return without_names(petition.text), moved_result(petition.text, result) if result else None


def decision_body(decision: Decision) -> dict[str, Any]:
    """A decision as it was made."""
    return {"seq": decision.seq, "action": decision.action, "labels": decision.labels, "note": decision.note,
            "actor": decision.actor_name, "at": decision.at}  # fmt: skip


def report_line(report: Report, findings: int = 0) -> dict[str, Any]:
    """A report in a list."""
    names = ("id", "document_id", "filename", "media", "title", "kind", "issuer", "number", "date", "year", "province",
             "quality", "extractor", "created_at", "version")  # fmt: skip
    return {**{n: getattr(report, n) for n in names}, "findings": findings}


def count_findings(session: Session, nums: Iterable[int]) -> dict[int, int]:
    """How many findings each of these reports has."""
    rows = (
        select(Finding.report_num, func.count())
        .where(Finding.report_num.in_(list(nums)), Finding.gone.is_(False))
        .group_by(Finding.report_num)
    )
    return {row[0]: row[1] for row in session.execute(rows)}


def finding_bodies(session: Session, findings: Iterable[Finding], query: Query | None = None) -> list[dict[str, Any]]:
    """Findings with their links, citations and the places where a search matched."""
    rows = list(findings)
    links: dict[str, list[dict[str, Any]]] = {}
    own = {f.id for f in rows}
    for link in links_of(session, [f.id for f in rows]):
        if link.from_id in own:
            links.setdefault(link.from_id, []).append(
                {"to": link.to_id, "relation": link.relation, "how": link.how, "probability": link.probability}
            )
    return [_finding_body(f, links.get(f.id, []), query) for f in rows]


def _finding_body(finding: Finding, links: list[dict[str, Any]], query: Query | None) -> dict[str, Any]:
    report = finding.report
    cited = {n: getattr(report, n) for n in ("id", "title", "issuer", "number", "date", "year", "province")}
    return {
        "id": finding.id,
        "document_id": report.document_id,
        "kind": finding.kind,
        "sort": finding.sort,
        "text": finding.text,
        "span": {"start": finding.start, "end": finding.end},
        "quote": finding.quote,
        "section": finding.section,
        "item": finding.item,
        "page": finding.page,
        **_NO_DETAIL,
        **finding.detail,
        "topics": [t.code for t in finding.topics],
        "fields": [f.code for f in finding.fields],
        "links": links,
        "confidence": finding.confidence,
        "extractor": finding.extractor,
        "review": {"state": finding.review, "text": finding.edited_text, "kind": finding.edited_kind,
                   "sort": finding.edited_sort, "at": finding.reviewed_at},
        "gone": finding.gone,
        "document": cited,
        "citation": citation(report.document, {"section": finding.section, "page": finding.page}),
        "highlights": [{"start": s, "end": e} for s, e in find_words(finding.text, query)] if query else [],
        "version": finding.version,
    }  # fmt: skip


def group_body(group: Group) -> dict[str, Any]:
    """Findings that say the same, by their most typical one."""
    return {
        "text": group.members[0].text,
        "near_identical": group.near_identical,
        "documents": group.documents,
        "places": [{"value": place, "count": count} for place, count in group.places],
        "years": [{"value": year, "count": count} for year, count in group.years],
        "finding_ids": [e.id for e in group.members],
    }
