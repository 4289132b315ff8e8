"""Every step due of a petition, from dated rules: a proposal with its legal basis, never a decision."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from nlp.petitions.intake.rules import Basis, Row, read_rules, rows
from nlp.petitions.intake.working_days import WorkingCalendar, calendar

UNITS = {"ngay_lam_viec": "ngày làm việc", "ngay": "ngày", "gio": "giờ", "ngay_lap_tuc": "ngay"}


@dataclass(frozen=True)
class Variant:
    """A longer term that only a signed decision or a remote place brings; shown as a suggestion."""

    code: str
    name: str
    due: date | None
    duration: str
    suggested: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "name": self.name, "due": _iso(self.due), "duration": self.duration,
            "suggested": self.suggested,
        }  # fmt: skip


@dataclass(frozen=True)
class Deadline:
    """One step of the procedure.

    Attributes
    ----------
    code, name : str
    start : date or None
        day from which the term runs (not counted itself).
    due : date or None
        last day; None where there is no term, or where its first day is not known.
    duration : str
        the term in words, e.g. `7 ngày làm việc`.
    basis : Basis
    provisional : bool
        the start is itself a due day (not accepted yet), or the holidays of the year are not announced.
    state : str
        `con_han`, `qua_han`, `da_xong`, `chua_ro`; against `today`.
    days_left : int or None
        calendar days from `today` to `due`, negative when overdue.
    is_check : bool
        a term of the citizen's (time bar), not of the office's.
    """

    code: str
    name: str
    petition_type: str
    start: date | None
    due: date | None
    duration: str
    basis: Basis
    rule: str
    provisional: bool
    state: str
    days_left: int | None
    is_check: bool
    variants: tuple[Variant, ...]
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code, "name": self.name, "type": self.petition_type,
            "start": _iso(self.start), "due": _iso(self.due),
            "duration": self.duration, **self.basis.to_json(), "rule": self.rule, "provisional": self.provisional,
            "state": self.state, "days_left": self.days_left, "is_check": self.is_check,
            "variants": [v.to_json() for v in self.variants], "notes": list(self.notes),
        }  # fmt: skip


@cache
def deadline_rows(path: Path | None = None) -> tuple[Row, ...]:
    """The rows of `deadlines.yaml`, or of an office's own file."""
    return rows(read_rules("deadlines.yaml", path)["steps"])


def deadlines(
    types: Sequence[str],
    received_at: date,
    *,
    today: date | None = None,
    events: Mapping[str, date] | None = None,
    done: Collection[str] = (),
    conditions: Collection[str] = (),
    suggest: Collection[str] = (),
    instance: int = 1,
    days: WorkingCalendar | None = None,
    rules: Path | None = None,
) -> list[Deadline]:
    """Work out the steps due.

    Parameters
    ----------
    types : sequence of str
        `khieu_nai`, `to_cao`, `kien_nghi_phan_anh`; several for a petition of mixed content.
    received_at : date
    today : date, optional
        Marks what is overdue; without it nothing is.
    events : mapping, optional
        Known days: `accepted`, `decision_known`, `first_decision`.
    done : collection of str
        Codes of steps already taken.
    conditions : collection of str
        What makes a conditional step apply: `dau_hieu_toi_pham`, `de_doa_tra_thu`, `tre_em_nguy_hiem`,
        `ngoai_tham_quyen`.
    suggest : collection of str
        Variants to mark as suggested (`phuc_tap`, `vung_sau`); they never change the basic term.
    instance : int
        1 for a first complaint, 2 for a second.

    Returns
    -------
    list[Deadline]
        One for each step and type, at most one row of a code in force on its start; by due day.
    """
    days = days or calendar()
    known = {"received": received_at, **(events or {})}
    found: list[Deadline] = []
    for kind in types:
        accept_due: dict[str, date | None] = {}
        for row in deadline_rows(rules):
            r = row.data
            if (
                kind not in r["types"]
                or ("when" in r and r["when"] not in conditions)
                or r.get("instance", instance) != instance
            ):
                continue
            start, expected = known.get(r["from"]), False
            if start is None and r["from"] == "accepted":
                start, expected = accept_due.get(r.get("accept_step", "")), True
            # A row is in force if it was on the day its term began; unknown beginnings are judged by the receipt.
            if not row.in_force(known.get(r["from"]) or received_at):
                continue
            step = _step(row, kind, start, expected, suggest, days)
            accept_due[r["code"]] = step.due
            found.append(_against(step, today, r["code"] in done))
    merged = {(d.code, d.due): d for d in reversed(found)}
    return sorted(merged.values(), key=lambda d: (d.is_check, d.due or date.max, d.code))


def _step(
    row: Row, kind: str, start: date | None, expected: bool, suggest: Collection[str], days: WorkingCalendar
) -> Deadline:
    r, notes = row.data, []
    if r.get("note"):
        notes.append(str(r["note"]))
    amount, unit = r.get("amount"), r["unit"]
    due = _due(start, amount, unit, days)
    if expected and due:
        notes.append("Tính từ hạn thụ lý vì chưa có ngày thụ lý.")
    settled = due is None or days.announced(due)
    if not settled and due is not None:
        notes.append(f"Lịch nghỉ năm {due.year} chưa công bố ngày hoán đổi; hạn tính tạm.")
    variants = tuple(
        Variant(
            v["code"], v["name"], _due(start, v["amount"], unit, days), _duration(v["amount"], unit),
            _suggested(v["code"], suggest),
        )
        for v in r.get("variants", ())
    )  # fmt: skip
    if variants:
        notes.append("Thời hạn dài hơn chỉ áp dụng khi có quyết định hoặc đúng địa bàn; chương trình chỉ gợi ý.")
    return Deadline(
        r["code"], r["name"], kind, start, due, _duration(amount, unit), row.basis, str(r["id"]),
        expected or not settled,
        "chua_ro", None, bool(r.get("is_check")), variants, tuple(notes),
    )  # fmt: skip


def _suggested(code: str, suggest: Collection[str]) -> bool:
    """A variant is suggested when each of its signs was seen: phuc_tap, vung_sau, or both."""
    parts = {"vung_sau_phuc_tap": ("vung_sau", "phuc_tap"), "gia_han_1": ("phuc_tap",), "phai_xac_minh": ("phuc_tap",)}
    return all(p in suggest for p in parts.get(code, (code,)))


def _due(start: date | None, amount: int | None, unit: str, days: WorkingCalendar) -> date | None:
    if start is None or (amount is None and unit != "ngay_lap_tuc"):
        return None
    if unit == "ngay_lap_tuc":
        return start
    if unit == "gio":
        # Only the day of receipt is known; twelve hours end on that day or the next.
        return start + timedelta(days=1)
    if unit == "ngay_lam_viec":
        return days.add_working_days(start, int(amount or 0))
    return days.next_working(start + timedelta(days=int(amount or 0)))


def _duration(amount: int | None, unit: str) -> str:
    if unit == "ngay_lap_tuc":
        return "ngay"
    return f"{amount} {UNITS[unit]}" if amount else "không có thời hạn luật định"


def _against(step: Deadline, today: date | None, finished: bool) -> Deadline:
    if finished:
        return replace(step, state="da_xong")
    if today is None or step.due is None:
        return step
    left = (step.due - today).days
    return replace(step, state="qua_han" if left < 0 else "con_han", days_left=left)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
