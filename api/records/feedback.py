"""Agreement of machine and clerk, by label and month, and the labelled petitions that can train the next model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from api.records.labels import machine_labels
from api.records.petition_store import current_decision, latest_analysis
from api.records.petitions import Analysis, Decision, LabelFeedback, Petition

TASKS = ("fields", "subfields", "type", "urgency")
SUGGESTED = ("fields", "type", "urgency")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often machine and clerk said one label: `both`, `machine` alone, `clerk` alone."""

    task: str
    code: str
    both: int
    machine: int
    clerk: int

    @property
    def precision(self) -> float | None:
        """Of what the machine said, the share that the clerk kept."""
        said = self.both + self.machine
        return self.both / said if said else None

    @property
    def recall(self) -> float | None:
        """Of what the clerk meant, the share that the machine had said."""
        meant = self.both + self.clerk
        return self.both / meant if meant else None

    @property
    def f1(self) -> float | None:
        """Both together."""
        said = 2 * self.both + self.machine + self.clerk
        return 2 * self.both / said if said else None


def _sums() -> tuple[Any, Any, Any]:
    both = func.sum(case((and_(LabelFeedback.machine, LabelFeedback.clerk), 1), else_=0))
    machine = func.sum(case((and_(LabelFeedback.machine, ~LabelFeedback.clerk), 1), else_=0))
    clerk = func.sum(case((and_(~LabelFeedback.machine, LabelFeedback.clerk), 1), else_=0))
    return both, machine, clerk


def agreement(session: Session, model_version: str = "") -> list[Agreement]:
    """Agreement by label over all decisions that count, or over those made on one model version."""
    rows = select(LabelFeedback.task, LabelFeedback.code, *_sums()).group_by(LabelFeedback.task, LabelFeedback.code)
    if model_version:
        rows = rows.where(LabelFeedback.model_version == model_version)
    found = [Agreement(t, c, b or 0, m or 0, k or 0) for t, c, b, m, k in session.execute(rows)]
    return sorted(found, key=lambda a: (TASKS.index(a.task), -(a.both + a.clerk), a.code))


def _month(session: Session) -> ColumnElement[str]:
    """The month of a decision by Vietnam's clock, "2026-11"."""
    if session.get_bind().dialect.name == "sqlite":
        return func.strftime("%Y-%m", LabelFeedback.at, "+7 hours")
    return func.to_char(func.timezone("Asia/Ho_Chi_Minh", LabelFeedback.at), "YYYY-MM")


def agreement_by_month(session: Session, task: str = "fields") -> dict[str, Agreement]:
    """Agreement of one task by month of decision, all labels together: {"2026-11": …}, in order."""
    rows = select(_month(session).label("month"), *_sums()).where(LabelFeedback.task == task).group_by("month")
    found = {month: Agreement(task, "", b or 0, k or 0, c or 0) for month, b, k, c in session.execute(rows)}
    return dict(sorted(found.items()))


def agreement_over_time(session: Session, model_version: str = "") -> list[tuple[str, Agreement]]:
    """Agreement on every label by month of decision, earliest first."""
    labels = (LabelFeedback.task, LabelFeedback.code)
    rows = select(_month(session).label("month"), *labels, *_sums()).group_by("month", *labels)
    if model_version:
        rows = rows.where(LabelFeedback.model_version == model_version)
    found = [(month, Agreement(t, c, b or 0, m or 0, k or 0)) for month, t, c, b, m, k in session.execute(rows)]
    return sorted(found, key=lambda row: (row[0], TASKS.index(row[1].task), row[1].code))


def model_versions(session: Session) -> dict[str, int]:
    """Model versions of the register's analyses with how many petitions each has read."""
    rows = select(Analysis.model_version, func.count()).group_by(Analysis.model_version)
    return {row[0]: row[1] for row in session.execute(rows)}


def uncertain(session: Session, limit: int = 50) -> list[Petition]:
    """Undecided petitions that the machine was unsure of, newest first: those a person's decision teaches most."""
    rows = select(Petition).where(Petition.needs_review, Petition.status.in_(("new", "deferred")))
    return list(session.scalars(rows.order_by(Petition.num.desc()).limit(limit)))


def decided_rows(session: Session, *, hidden: bool = True) -> Iterator[dict[str, Any]]:
    """Decided petitions as rows of the corpus' form, text as given; redacting is the caller's duty.

    With `hidden` False denunciations, and what may be one, are left out.

    Signals are the machine's: clerks decide labels, not spans. `suggested` is the answer that stood beside the decision
    when it was made; `blind` tells that none did, and then `suggested` is what the machine says since.
    """
    decided = select(Decision.petition_num).distinct()
    rows = select(Petition).where(Petition.num.in_(decided)).order_by(Petition.num).execution_options(yield_per=200)
    if not hidden:
        rows = rows.where(Petition.confidential.is_(False))
    for petition in session.scalars(rows):
        decision, analysis = current_decision(session, petition), latest_analysis(session, petition)
        if decision is None or not all(t in decision.labels for t in ("fields", "type", "urgency")):
            continue
        signals = analysis.result["urgency"]["signals"] if analysis else []
        seen = session.get(Analysis, decision.analysis_id) if decision.analysis_id is not None else None
        beside = seen or analysis
        said = machine_labels(beside.result) if beside else {}
        yield {
            "id": petition.id,
            "text": petition.text,
            "fields": decision.labels["fields"],
            "subfields": decision.labels.get("subfields", []),
            "type": decision.labels["type"],
            "urgency": decision.labels["urgency"],
            "signals": [{"code": s["code"], "start": s["start"], "end": s["end"]} for s in signals],
            "channel": petition.channel,
            "year": petition.received_at.year,
            "hand": "office",
            "model_version": beside.model_version if beside else "",
            "action": decision.action,
            "suggested": {task: said[task] for task in SUGGESTED} if said else None,
            "blind": seen is None,
        }
