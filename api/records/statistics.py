"""Counts of the register: by month, label and place, and the columns of the official statistics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from api.records.petition_store import STATUSES
from api.records.petitions import Petition, PetitionField
from api.records.words import in_vietnamese_order
from nlp.taxonomy import taxonomy


@dataclass(frozen=True, slots=True)
class Period:
    """Received dates from `start` to `end`, both included, in a place or anywhere."""

    start: date
    end: date
    province: str = ""
    commune: str = ""

    def conditions(self, table: Any = Petition) -> list[Any]:
        """The period as conditions over `petitions`, or over `petition_fields`, which repeats what is needed."""
        rows: list[Any] = [table.received_at >= self.start, table.received_at <= self.end]
        if self.province:
            rows.append(table.province == self.province)
        if self.commune:
            rows.append(table.commune == self.commune)
        return rows


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of a period. A petition with two fields counts in both; everything else adds up to `total`."""

    total: int
    fields: dict[str, int]
    subfields: dict[str, int]
    types: dict[str, int]
    urgency: dict[str, int]
    status: dict[str, int]
    channels: dict[str, int]
    months: dict[str, int]


def overview(session: Session, period: Period, field: str = "") -> Overview:
    """Everything the statistics page shows; with `field`, only petitions of that field."""
    rows = period.conditions()
    if field:
        rows.append(Petition.num.in_(select(PetitionField.petition_num).where(PetitionField.code == field)))
    types: Counter[str] = Counter()
    urgency: Counter[str] = Counter()
    status: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    months: Counter[str] = Counter()
    # Days come in the index's own order, so that they need no sorting and no date arithmetic per petition.
    days = select(Petition.received_at, func.count()).where(*rows).group_by(Petition.received_at)
    for day, count in session.execute(days):
        months[f"{day:%Y-%m}"] += count
    columns = (Petition.type, Petition.urgency, Petition.status, Petition.channel)
    for kind, level, state, channel, count in session.execute(
        select(*columns, func.count()).where(*rows).group_by(*columns)
    ):
        for tally, value in ((types, kind), (urgency, level), (status, state), (channels, channel)):
            tally[value] += count
    fields: dict[str, int] = {}
    subfields: dict[str, int] = {}
    counted = select(PetitionField.code, PetitionField.parent, func.count()).where(*period.conditions(PetitionField))
    if field:
        both = select(PetitionField.petition_num).where(PetitionField.code == field)
        counted = counted.where(PetitionField.petition_num.in_(both))
    counted = counted.group_by(PetitionField.code, PetitionField.parent)
    for code, parent, count in session.execute(counted):
        (fields if parent is None else subfields)[code] = count
    return Overview(sum(types.values()), fields, subfields, dict(types), dict(urgency), dict(status), dict(channels),
                    _every_month(period, months))  # fmt: skip


def _every_month(period: Period, counts: Counter[str]) -> dict[str, int]:
    answer: dict[str, int] = {}
    year, month = period.start.year, period.start.month
    while (year, month) <= (period.end.year, period.end.month) and len(answer) < 240:
        key = f"{year:04d}-{month:02d}"
        answer[key] = counts.get(key, 0)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return answer


def official_table(session: Session, period: Period) -> dict[str, dict[str, int]]:
    """Petitions by official column and type; each counts once, in the column of its main field.

    The main field is the first one; a sub-field with a column of its own (tham nhũng) decides before it. The annex of
    the form now in force prevails over the taxonomy's columns (Thông tư 06/2025/TT-TTCP; cần kiểm tra).

    Returns
    -------
    table : dict
        {column: {type: count}}, every column and type present.
    """
    known = taxonomy()
    table = {c.code: {t.code: 0 for t in known.types} for c in known.official_columns}
    special = known.official_overrides
    rows = period.conditions(PetitionField)
    counted = (
        select(PetitionField.code, PetitionField.type, func.count())
        .where(*rows, PetitionField.position == 0)
        .group_by(PetitionField.code, PetitionField.type)
    )
    for code, kind, count in session.execute(counted):
        column = known.official_column(code) if code in known.field_codes else "khac"
        table[column][kind] += count
    main = aliased(PetitionField)
    for sub, column in special.items():
        moved = (
            select(PetitionField.type, func.count())
            .join(main, and_(main.petition_num == PetitionField.petition_num, main.position == 0))
            .where(*rows, PetitionField.code == sub, main.code == known.field_of_subfield[sub])
            .group_by(PetitionField.type)
        )
        for kind, count in session.execute(moved):
            table[column][kind] += count
            table[known.official_column(known.field_of_subfield[sub])][kind] -= count
    return table


def status_by_type(session: Session, period: Period) -> dict[str, dict[str, int]]:
    """{type: {status: count}} of a period, every type and status present."""
    table = {t.code: dict.fromkeys(STATUSES, 0) for t in taxonomy().types}
    counted = select(Petition.type, Petition.status, func.count()).where(*period.conditions())
    for kind, status, count in session.execute(counted.group_by(Petition.type, Petition.status)):
        table[kind][status] = count
    return table


def places(session: Session) -> dict[str, list[str]]:
    """Provinces of the register with their communes, by name."""
    found: dict[str, list[str]] = {}
    rows = select(Petition.province, Petition.commune).where(Petition.province.is_not(None)).distinct()
    for province, commune in session.execute(rows):
        communes = found.setdefault(province or "", [])
        if commune:
            communes.append(commune)
    named = sorted(found, key=in_vietnamese_order)
    return {province: sorted(found[province], key=in_vietnamese_order) for province in named}
