"""Counts of the register: by month, label and place, and the columns of the official statistics."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from api.records.columns import Array, Columns, View, tally
from api.records.petition_register import register
from api.records.petition_store import STATUSES
from api.records.words import in_vietnamese_order
from nlp.taxonomy import taxonomy


@dataclass(frozen=True, slots=True)
class Period:
    """Received dates from `start` to `end`, both included, in a place or anywhere."""

    start: date
    end: date
    province: str = ""
    commune: str = ""

    def rows(self, columns: Columns, view: View) -> Array:
        """A mask of the register's rows in the period and place."""
        mask: Array = (view["received"] >= self.start.toordinal()) & (view["received"] <= self.end.toordinal())
        for part, wanted in enumerate((self.province, self.commune)):
            if wanted:
                mask &= columns.coded("place").among((wanted,), part)[view["place"]]
        return mask


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
    columns = register(session)
    view = columns.view(session)
    mask, codes = period.rows(columns, view), columns.coded("code", "fields")
    if field:
        wanted = codes.among((field,), 0)
        mask &= view.holding("fields", wanted[view.beside("fields", "code")])
    rows = np.flatnonzero(mask)
    found = {n: tally(view[n][rows], columns.coded(n)) for n in ("type", "urgency", "status", "channel")}
    months: Counter[str] = Counter()
    for day, count in enumerate(np.bincount(view["received"][rows] - period.start.toordinal()).tolist()):
        if count:
            months[f"{date.fromordinal(period.start.toordinal() + day):%Y-%m}"] += count
    labels = tally(view.beside("fields", "code")[view.owned("fields", mask)], codes)
    return Overview(
        len(rows), {code: n for (code, parent), n in labels.items() if parent is None},
        {code: n for (code, parent), n in labels.items() if parent is not None},
        found["type"], found["urgency"], found["status"], found["channel"], _every_month(period, months),
    )  # fmt: skip


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
    columns = register(session)
    view, codes = columns.view(session), columns.coded("code", "fields")
    owners, labels = view.owners("fields"), view.beside("fields", "code")
    counted = view.owned("fields", period.rows(columns, view))
    main = counted[view.beside("fields", "position")[counted] == 0]
    for (code, kind), count in _pairs(columns, view, labels[main], owners[main]).items():
        table[known.official_column(code) if code in known.field_codes else "khac"][kind] += count
    for sub, column in known.official_overrides.items():
        field = known.field_of_subfield[sub]
        moved = counted[codes.among((sub,), 0)[labels[counted]]]
        of_field = view.holding("fields", main[codes.among((field,), 0)[labels[main]]])
        moved = moved[of_field[owners[moved]]]
        for (_, kind), count in _pairs(columns, view, labels[moved], owners[moved]).items():
            table[column][kind] += count
            table[known.official_column(field)][kind] -= count
    return table


def _pairs(columns: Columns, view: View, labels: Array, owners: Array) -> dict[tuple[str, str], int]:
    """{(code, type of the petition): count} of rows of fields."""
    kinds = columns.coded("type").values[:]
    counts = np.bincount(labels.astype(np.int64) * len(kinds) + view["type"][owners])
    codes = columns.coded("code", "fields").values
    found: Counter[tuple[str, str]] = Counter()
    for i in np.flatnonzero(counts).tolist():
        found[codes[i // len(kinds)][0], kinds[i % len(kinds)]] += int(counts[i])
    return found


def status_by_type(session: Session, period: Period) -> dict[str, dict[str, int]]:
    """{type: {status: count}} of a period, every type and status present."""
    table = {t.code: dict.fromkeys(STATUSES, 0) for t in taxonomy().types}
    columns = register(session)
    view = columns.view(session)
    mask, kinds = period.rows(columns, view), columns.coded("type")
    for state in STATUSES:
        of_state = mask & columns.coded("status").among((state,))[view["status"]]
        for kind, count in tally(view["type"][of_state], kinds).items():
            table[kind][state] = count
    return table


def places(session: Session) -> dict[str, list[str]]:
    """Provinces of the register with their communes, by name."""
    columns = register(session)
    found: dict[str, list[str]] = {}
    for province, commune in tally(columns.view(session)["place"], columns.coded("place")):
        if province is not None:
            found.setdefault(province, []).extend([commune] if commune else [])
    named = sorted(found, key=in_vietnamese_order)
    return {province: sorted(found[province], key=in_vietnamese_order) for province in named}
