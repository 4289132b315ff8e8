"""Storing petitions and what machines and people say about them; nothing that was said is ever overwritten."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.base import now, today
from api.records.counters import next_value
from api.records.duplicates import link_lookalikes
from api.records.intakes import (
    MILESTONES,
    STEP,
    Reading,
    found_parties,
    found_place,
    keep_intake,
    latest_intake,
    refresh_intake,
    steps_taken,
)
from api.records.labels import TASKS, PetitionError, checked_labels, machine_labels, may_denounce
from api.records.petitions import (
    Analysis,
    Assignment,
    Decision,
    LabelFeedback,
    Party,
    Petition,
    PetitionEvent,
    PetitionField,
)
from api.records.titles import short_title
from api.records.words import exact_words, folded_words
from nlp.taxonomy import taxonomy

STATUSES = ("new", "deferred", "confirmed", "in_progress", "resolved", "returned", "withdrawn")
OPEN_STATUSES = ("new", "deferred", "confirmed", "in_progress")
CHANNELS = (
    "don", "post", "portal", "hotline", "email", "zalo", "voter", "minutes", "newspaper", "transferred", "lawyer",
    "company", "summary", "ocr", "other",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewParty:
    """A person or body named in a petition."""

    role: str = "petitioner"
    name: str = ""
    address: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class NewPetition:
    """What arrives: the text as given and what is known about its arrival."""

    text: str
    received_at: date
    channel: str = "other"
    external_id: str | None = None
    province: str | None = None
    commune: str | None = None
    parties: tuple[NewParty, ...] = field(default=())


def text_digest(text: str) -> str:
    """SHA-256 of a petition's text as given."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def add_petition(session: Session, new: NewPetition, reading: Reading, actor: Actor) -> Petition:
    """Enter a petition into the register with its first reading; whoever enters it is assigned to it.

    Place and parties that nobody gave are taken from the intake report.
    """
    year, result = new.received_at.year, reading.result
    found = found_place(reading.intake)
    petition = Petition(
        register_year=year, register_seq=next_value(session, f"register-{year}"), received_at=new.received_at,
        channel=new.channel, external_id=new.external_id, text=new.text,
        text_sha256=text_digest(new.text),
        exact=exact_words(new.text), folded=folded_words(new.text), province=new.province or found[0], commune=new.commune or found[1],
        title=short_title(new.text, result), created_by=actor.id,
    )  # fmt: skip
    for party in new.parties:
        petition.parties.append(Party(role=party.role, name=party.name, name_key=folded_words(party.name)[:300],
                                      address=party.address, contact=party.contact))  # fmt: skip
    if not new.parties:
        for named in found_parties(reading.intake, accused=result["type"]["code"] == "to_cao"):
            petition.parties.append(Party(**named, name_key=folded_words(named["name"])[:300]))
    if actor.id is not None:
        petition.assignments.append(Assignment(user_id=actor.id, by=actor.id))
    session.add(petition)
    session.flush()
    _add_analysis(session, petition, result, 1)
    keep_intake(session, petition, reading.intake)
    derive(session, petition, None, result)
    link_lookalikes(session, petition, reading.mark)
    audit(session, actor, "petition.add", "petition", petition.id, channel=petition.channel)
    return petition


def analyse_again(session: Session, petition: Petition, result: Mapping[str, Any], actor: Actor) -> Analysis:
    """Keep a newer analysis beside the older ones; a clerk's decision stays what counts."""
    last = latest_analysis(session, petition)
    analysis = _add_analysis(session, petition, result, (last.seq if last else 0) + 1)
    derive(session, petition, current_decision(session, petition), result)
    refresh_intake(session, petition, result)
    audit(session, actor, "petition.analyse", "petition", petition.id, model=analysis.model_version)
    return analysis


def _add_analysis(session: Session, petition: Petition, result: Mapping[str, Any], seq: int) -> Analysis:
    model = result.get("model") or {}
    name, version, labels = (str(model.get(k, "")) for k in ("name", "version", "taxonomy"))
    analysis = Analysis(petition_num=petition.num, seq=seq, result=dict(result), model_name=name,
                        model_version=version, taxonomy=labels)  # fmt: skip
    session.add(analysis)
    session.flush()
    return analysis


def latest_analysis(session: Session, petition: Petition) -> Analysis | None:
    """The newest analysis."""
    rows = select(Analysis).where(Analysis.petition_num == petition.num).order_by(Analysis.seq.desc()).limit(1)
    return session.scalar(rows)


def current_decision(session: Session, petition: Petition) -> Decision | None:
    """The decision that counts: the newest that was not undone and is not an undo itself."""
    rows = session.scalars(
        select(Decision).where(Decision.petition_num == petition.num).order_by(Decision.seq.desc())
    ).all()
    undone = {d.undoes for d in rows if d.action == "undo"}
    return next((d for d in rows if d.action != "undo" and d.id not in undone), None)


def decide(
    session: Session, petition: Petition, labels: Mapping[str, Any], actor: Actor, *, action: str = "", note: str = ""
) -> Decision:
    """Keep a clerk's decision on the labels given, over the earlier decision on the others.

    Parameters
    ----------
    labels : mapping
        Any of `fields`, `subfields`, `type`, `urgency`. An empty mapping with action `defer` puts the petition aside.
    action : str
        `confirm`, `correct` or `defer`; worked out from the labels when empty.
    """
    analysis = latest_analysis(session, petition)
    before = current_decision(session, petition)
    chosen = checked_labels(labels)
    merged = {**(before.labels if before else {}), **chosen}
    if "fields" in chosen and "subfields" not in chosen:
        parents = taxonomy().field_of_subfield
        merged["subfields"] = [s for s in merged.get("subfields", ()) if parents[s] in chosen["fields"]]
    machine = machine_labels(analysis.result) if analysis else {}
    if not action:
        agrees = all(_same(machine.get(task), merged[task]) for task in merged)
        action = "confirm" if agrees else "correct"
    decision = Decision(petition_num=petition.num, seq=_next_seq(session, petition), action=action, labels=merged,
                        analysis_id=analysis.id if analysis else None, status_before=petition.status, note=note,
                        actor_id=actor.id, actor_name=actor.name)  # fmt: skip
    session.add(decision)
    session.flush()
    _keep_feedback(session, petition, decision, machine, analysis)
    complete = all(task in merged for task in ("fields", "type", "urgency"))
    if action == "defer":
        petition.status = "deferred"
    elif complete and petition.status in ("new", "deferred"):
        petition.status = "confirmed"
    petition.updated_at = now()  # a new version even where the decision changes no label: who decides next must see it
    derive(session, petition, decision, analysis.result if analysis else None)
    refresh_intake(session, petition, analysis.result if analysis else None)
    audit(session, actor, f"petition.{action}", "petition", petition.id, decision=decision.seq)
    return decision


def undo(session: Session, petition: Petition, actor: Actor) -> Decision:
    """Take the current decision back; what counts is then the decision before it, or the analysis.

    Raises
    ------
    PetitionError
        `nothing_to_undo` when no decision counts.
    """
    last = current_decision(session, petition)
    if last is None:
        raise PetitionError("nothing_to_undo", "Không có quyết định nào để hoàn tác.")
    step = Decision(petition_num=petition.num, seq=_next_seq(session, petition), action="undo", undoes=last.id,
                    labels={}, status_before=petition.status, actor_id=actor.id, actor_name=actor.name)  # fmt: skip
    session.add(step)
    session.flush()
    session.execute(delete(LabelFeedback).where(LabelFeedback.petition_num == petition.num))
    petition.status, petition.updated_at = last.status_before, now()
    before, analysis = current_decision(session, petition), latest_analysis(session, petition)
    if before is not None:
        made_on = session.get(Analysis, before.analysis_id) if before.analysis_id else None
        _keep_feedback(session, petition, before, machine_labels(made_on.result) if made_on else {}, made_on)
    derive(session, petition, before, analysis.result if analysis else None)
    refresh_intake(session, petition, analysis.result if analysis else None)
    audit(session, actor, "petition.undo", "petition", petition.id, decision=last.seq)
    return step


def change(session: Session, petition: Petition, actor: Actor, **changes: Any) -> None:
    """Change status, unit, due date or place of a register line and keep the step in its history."""
    for name, value in changes.items():
        before = getattr(petition, name)
        if before == value:
            continue
        if name == "status" and value not in STATUSES:
            raise PetitionError("status_unknown", "Trạng thái không hợp lệ.")
        setattr(petition, name, value)
        detail = {"from": _plain(before), "to": _plain(value)}
        session.add(PetitionEvent(petition_num=petition.num, kind=name, detail=detail, actor_id=actor.id,
                                  actor_name=actor.name))  # fmt: skip
        audit(session, actor, f"petition.{name}", "petition", petition.id)


def mark_step(session: Session, petition: Petition, code: str, on: date | None, actor: Actor) -> None:
    """Note that a step of the procedure was taken on a day (None: it was not after all); terms are worked out anew.

    Raises
    ------
    PetitionError
        `step_unknown`, or `step_out_of_range` for a day in the future or years before the receipt.
    """
    report = latest_intake(session, petition)
    known = {d["code"] for d in report.report["deadlines"]} if report else set()
    if code not in {*MILESTONES, *known, *steps_taken(session, petition)}:
        raise PetitionError("step_unknown", "Bước này không có trong danh sách thời hạn của đơn.")
    if (
        on is not None
        and not petition.received_at.replace(year=petition.received_at.year - 5, day=1) <= on <= today()
    ):
        raise PetitionError("step_out_of_range", "Ngày của bước này ở tương lai hoặc quá xa ngày nhận.")
    detail = {"code": code, "on": _plain(on)}
    session.add(PetitionEvent(petition_num=petition.num, kind=STEP, detail=detail, actor_id=actor.id,
                              actor_name=actor.name))  # fmt: skip
    session.flush()
    analysis = latest_analysis(session, petition)
    refresh_intake(session, petition, analysis.result if analysis else None)
    petition.updated_at = now()
    audit(session, actor, "petition.step", "petition", petition.id, step=code)


def assign(session: Session, petition: Petition, user_ids: Sequence[int], actor: Actor) -> None:
    """Set who works on a petition."""
    wanted = set(user_ids)
    for row in list(petition.assignments):
        if row.user_id not in wanted:
            petition.assignments.remove(row)
    for user_id in wanted - {a.user_id for a in petition.assignments}:
        petition.assignments.append(Assignment(user_id=user_id, by=actor.id))
    petition.updated_at = now()
    detail = {"users": sorted(wanted)}
    session.add(PetitionEvent(petition_num=petition.num, kind="assign", detail=detail, actor_id=actor.id,
                              actor_name=actor.name))  # fmt: skip
    audit(session, actor, "petition.assign", "petition", petition.id, users=sorted(wanted))


def derive(session: Session, petition: Petition, decision: Decision | None, result: Mapping[str, Any] | None) -> None:
    """Set what counts today from the decision where it speaks, from the machine's answer where it does not."""
    known = taxonomy()
    machine = machine_labels(result) if result else {}
    decided = decision.labels if decision else {}
    counts = {**machine, **decided}
    petition.type = counts.get("type", "kien_nghi_phan_anh")
    petition.urgency = counts.get("urgency", "thuong")
    petition.urgency_rank = known.urgency_rank(petition.urgency)
    petition.machine_urgency_rank = known.urgency_rank(machine.get("urgency", "thuong"))
    petition.needs_review = bool(result and result.get("needs_review")) and decision is None
    petition.confidential = petition.type == "to_cao" or may_denounce(result, "type" in decided)
    parents = known.field_of_subfield
    fields: list[tuple[str, str | None]] = [(code, None) for code in counts.get("fields", ("khac",))]
    fields += [(s, parents[s]) for s in counts.get("subfields", ()) if parents.get(s) in dict(fields)]
    kept = {row.code: row for row in petition.fields}
    petition.fields[:] = [kept.get(code) or PetitionField(code=code, parent=parent) for code, parent in fields]
    for position, row in enumerate(petition.fields):
        row.position = position
    session.flush()


def _keep_feedback(
    session: Session, petition: Petition, decision: Decision, machine: Mapping[str, Any], analysis: Analysis | None
) -> None:
    session.execute(delete(LabelFeedback).where(LabelFeedback.petition_num == petition.num))
    if analysis is None:
        return
    for task in TASKS:
        if task not in decision.labels:
            continue
        said, meant = _codes(machine.get(task)), _codes(decision.labels[task])
        for code in sorted(said | meant):
            session.add(LabelFeedback(decision_id=decision.id, task=task, code=code, petition_num=petition.num,
                                      machine=code in said, clerk=code in meant,
                                      model_version=analysis.model_version))  # fmt: skip
    session.flush()


def _codes(value: Any) -> set[str]:
    return set() if value is None else {value} if isinstance(value, str) else set(value)


def _same(a: Any, b: Any) -> bool:
    return _codes(a) == _codes(b)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _next_seq(session: Session, petition: Petition) -> int:
    rows = select(Decision.seq).where(Decision.petition_num == petition.num).order_by(Decision.seq.desc()).limit(1)
    return int(session.scalar(rows) or 0) + 1
