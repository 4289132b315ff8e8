"""Findings that return over years and places, gathered in groups by what they say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from api.records.finding_search import FindingFilter, matching_nums
from api.records.reports import Finding
from nlp.reports.grouping import Entry, Group, group_findings

MOST = 600  # a fraction of a second of comparing; the page says when there were more


@dataclass(frozen=True, slots=True)
class Recurring:
    """Groups of findings of several reports; `looked_at` of `total` findings were compared, the latest first."""

    groups: tuple[tuple[Group, tuple[Finding, ...]], ...]
    looked_at: int
    total: int


def recurring(session: Session, wanted: FindingFilter, kind: str = "limitation") -> Recurring:
    """The findings of one kind that several of the selected reports name, those of most reports first.

    Parameters
    ----------
    wanted : FindingFilter
        The selection; its own kinds are put aside for `kind`. Findings that a person rejected are left out.
    """
    chosen = replace(wanted, kind=(kind,), review=wanted.review or ("proposed", "accepted", "edited"))
    nums = matching_nums(session, chosen)
    rows: list[Finding] = []
    for start in range(0, min(len(nums), MOST), 200):
        some = nums[start : min(start + 200, MOST)]
        rows += session.query(Finding).where(Finding.num.in_(some)).all()
    known = {f.id: f for f in rows}
    entries = [
        Entry(f.id, f.edited_text or f.text, str(f.report_num), f.report.issuer or f.report.province, f.report.year)
        for f in sorted(rows, key=lambda f: -f.num)
    ]
    groups = [g for g in group_findings(entries) if g.documents > 1]
    return Recurring(tuple((g, tuple(known[e.id] for e in g.members)) for g in groups), len(rows), len(nums))
