"""Everything that happened to a petition, in one line of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.records.petition_store import machine_labels
from api.records.petitions import Analysis, Decision, Petition, PetitionEvent


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: `kind` is analysis, confirm, correct, defer, undo, or the name of what changed."""

    at: datetime
    kind: str
    actor: str
    detail: dict[str, Any]


def history(session: Session, petition: Petition) -> list[Step]:
    """Analyses, decisions and changes of a petition, oldest first."""
    steps = [Step(petition.created_at, "received", "", {"register_number": petition.register_number})]
    for a in session.scalars(select(Analysis).where(Analysis.petition_num == petition.num)):
        detail = {"model": a.model_name, "version": a.model_version, **machine_labels(a.result)}
        steps.append(Step(a.created_at, "analysis", a.model_name, detail))
    decisions = list(session.scalars(select(Decision).where(Decision.petition_num == petition.num)))
    seq_of = {d.id: d.seq for d in decisions}
    undone = {d.undoes for d in decisions if d.undoes}
    for d in decisions:
        detail = {**d.labels, "seq": d.seq, "note": d.note, "undone": d.id in undone}
        if d.undoes:
            detail["undoes"] = seq_of[d.undoes]
        steps.append(Step(d.at, d.action, d.actor_name, detail))
    for e in session.scalars(select(PetitionEvent).where(PetitionEvent.petition_num == petition.num)):
        steps.append(Step(e.at, e.kind, e.actor_name, dict(e.detail)))
    return sorted(steps, key=lambda s: s.at)
