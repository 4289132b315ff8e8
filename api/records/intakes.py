"""The intake report of a petition in the records: kept at every reading, made anew when labels or steps change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from api.records.base import Base, UtcTime, now
from api.records.petitions import Petition, PetitionEvent
from nlp.petitions.intake import Fingerprint, Office, RoutingCase, intake_report
from nlp.reports.metadata import current_province

log = structlog.get_logger("langnghe.intakes")
STEP = "step"
# Days that start a term; any code of a deadline can be marked as done besides.
MILESTONES = ("accepted", "decision_known", "first_decision")
_UNIT = re.compile(r"(?P<kind>xã|phường|thị trấn|đặc khu)\s+(?!hội\b)(?P<name>[^,]+)", re.IGNORECASE)
_PROVINCE = re.compile(r"^(?:tỉnh|thành phố|tp\.?|t\.)\s*", re.IGNORECASE)


class Intake(Base):
    """An intake report as it was made: what the clerk saw when a step was taken stays on record."""

    __tablename__ = "intakes"

    id: Mapped[int] = mapped_column(primary_key=True)
    petition_num: Mapped[int] = mapped_column(ForeignKey("petitions.num"))
    seq: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(UtcTime, default=now)
    report: Mapped[dict[str, Any]]

    __table_args__ = (UniqueConstraint("petition_num", "seq"),)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known about a petition before it is stored.

    `result` is the model's answer and `intake` the intake report, both in the contract's JSON; `mark` is its
    fingerprint, of which the index of look-alikes keeps digests only.
    """

    result: Mapping[str, Any]
    intake: Mapping[str, Any] | None = None
    mark: Fingerprint | None = None


def keep_intake(session: Session, petition: Petition, report: Mapping[str, Any] | None) -> Intake | None:
    """Keep a report as the newest and take over the first day due, unless a person set another."""
    if report is None:
        return None
    last = latest_intake(session, petition)
    if petition.due_on is None or (last is not None and petition.due_on == next_due(last.report)):
        petition.due_on = next_due(report)
    made = Intake(petition_num=petition.num, seq=(last.seq if last else 0) + 1, report=dict(report))
    session.add(made)
    session.flush()
    return made


def latest_intake(session: Session, petition: Petition) -> Intake | None:
    """The newest report; None for a petition that was entered before reports were kept."""
    rows = select(Intake).where(Intake.petition_num == petition.num).order_by(Intake.seq.desc()).limit(1)
    return session.scalar(rows)


def refresh_intake(session: Session, petition: Petition, result: Mapping[str, Any] | None) -> Intake | None:
    """Make the report anew with the labels that count today and the steps taken; kept only where it says other things.

    Parameters
    ----------
    result : mapping or None
        The newest analysis, for the signs of urgency.
    """
    last = latest_intake(session, petition)
    made = make_report(session, petition, result, last)
    return last if made is None or (last is not None and last.report == made) else keep_intake(session, petition, made)


def make_report(
    session: Session, petition: Petition, result: Mapping[str, Any] | None, last: Intake | None = None
) -> dict[str, Any] | None:
    """The report of a petition by today's rules, the office that of the `last` report; None where the rules fail."""
    office = Office(**last.report["routing_case"]["office"]) if last else Office()
    labels = {
        "type": {"code": petition.type},
        "fields": [{"code": f.code, "subfields": [{"code": s.code} for s in petition.fields if s.parent == f.code]}
                   for f in petition.fields if f.parent is None],
        "urgency": (result or {}).get("urgency", {}),
    }  # fmt: skip
    days = steps_taken(session, petition)
    place = ", ".join(p for p in (petition.commune, petition.province) if p) or None
    try:
        report = intake_report(
            petition.text, labels, received_at=petition.received_at, place=place, channel=petition.channel,
            office=office, events={k: v for k, v in days.items() if k in MILESTONES},
            done=set(days) - set(MILESTONES), rules=session.info.get("rules"),
        )  # fmt: skip
    except Exception as error:  # a help must not stand in the way of a decision
        log.warning("intake_failed", kind=type(error).__name__)
        return None
    return report.to_json()


def routing_cases(session: Session) -> Iterator[RoutingCase]:
    """What routing depended on for every petition, from its newest report, under its register number."""
    newest = select(Intake.petition_num, func.max(Intake.seq).label("seq")).group_by(Intake.petition_num).subquery()
    rows = (
        select(Petition, Intake.report)
        .join(newest, newest.c.petition_num == Petition.num)
        .join(Intake, (Intake.petition_num == Petition.num) & (Intake.seq == newest.c.seq))
        .order_by(Petition.num)
        .execution_options(yield_per=500)
    )
    for petition, report in session.execute(rows):
        yield RoutingCase.from_json({**report["routing_case"], "id": petition.register_number})


def steps_taken(session: Session, petition: Petition) -> dict[str, date]:
    """Steps of the procedure that were marked as taken, with their day; accepting is the start of later terms."""
    rows = (
        select(PetitionEvent.detail)
        .where(PetitionEvent.petition_num == petition.num, PetitionEvent.kind == STEP)
        .order_by(PetitionEvent.id)
    )
    taken: dict[str, date] = {}
    for detail in session.scalars(rows):
        taken.pop(detail["code"], None)
        if detail.get("on"):
            taken[detail["code"]] = date.fromisoformat(detail["on"])
    accepted = [day for code, day in taken.items() if code.startswith("thu_ly")]
    return {**taken, **({"accepted": max(accepted)} if accepted else {})}


def next_due(report: Mapping[str, Any] | None) -> date | None:
    """The first day by which the office has to do something that is not done; None where the rules name none."""
    open_steps = [
        d for d in (report or {}).get("deadlines", ()) if d.get("due") and not d["is_check"] and d["state"] != "da_xong"
    ]
    return min((date.fromisoformat(d["due"]) for d in open_steps), default=None)


def found_place(report: Mapping[str, Any] | None) -> tuple[str | None, str | None]:
    """The first present province and commune that the petition names, as the register writes them."""
    province = commune = None
    for place in (report or {}).get("places", ()):
        unit = _UNIT.match(str(place.get("converted") or place.get("commune") or ""))
        if commune is None and unit:
            commune = f"{unit['kind'].lower()} {_written(unit['name'])}"[:120]
        if province is None:
            named = str(place.get("province") or "")
            province = current_province(named) or current_province(_written(_PROVINCE.sub("", named)))
    return province, commune


def _written(name: str) -> str:
    return name.strip().title() if name.isupper() else name.strip()


def found_parties(report: Mapping[str, Any] | None, accused: bool) -> list[dict[str, Any]]:
    """Petitioners and respondents that the text names: `{"role", "name", "start", "end"}`."""
    named = (report or {}).get("parties", {})
    roles = (("petitioners", "petitioner"), ("respondents", "accused" if accused else "respondent"))
    return [
        {"role": role, "name": str(p["text"])[:300], "start": p["start"], "end": p["end"]}
        for group, role in roles
        for p in named.get(group, ())
        if p.get("text")
    ]
