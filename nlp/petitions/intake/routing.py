"""Where a petition should go: unit, authority and action by field, type, level and respondent; rules are data.

A denunciation is never proposed to the unit or person accused. An office's own rules file replaces the packaged one,
and `dry_run` lists which past petitions would move under it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nlp.petitions.intake.routing_rules import (
    OFFICIAL,
    WEIGHT,
    Move,
    Office,
    Respondent,
    Route,
    RoutingCase,
    RoutingRules,
    look_up_keys,
)
from nlp.petitions.intake.rules import Row
from nlp.text import fold_key

__all__ = ["Move", "Office", "Respondent", "Route", "RoutingCase", "RoutingRules", "dry_run", "route"]


def route(case: RoutingCase, rules: RoutingRules | None = None) -> list[Route]:
    """Propose where a petition goes, once for each type of its content."""
    rules = rules or RoutingRules.load()
    return [_route(case, kind, rules) for kind in case.types]


def _route(case: RoutingCase, kind: str, rules: RoutingRules) -> Route:
    reasons: list[str] = []
    row = _authority(case, kind, rules)
    level = str(row.data["level"]) if row else "theo_linh_vuc"
    # Where nobody official is named, the office itself looks at the matter of its field.
    place = case.office.level if level in ("theo_linh_vuc", "don_vi") else level if level in ("xa", "tinh") else "tinh"
    used = [row] if row else []
    units: list[str] = [str(row.data["unit"])] if row and row.data.get("unit") else []
    action = str(row.data["action"]) if row and row.data.get("action") else ""
    if not units and level == "ngoai" and row:
        units = [str(row.data["authority"])]
    elif not units:
        for field in case.fields:
            unit_row = _unit(case, field, place, rules)
            if unit_row and unit_row.data["unit"] not in units:
                units.append(str(unit_row.data["unit"]))
                used.append(unit_row)
                action = action or str(unit_row.data.get("action", ""))
    inside = level in ("theo_linh_vuc", "don_vi") or level == case.office.level
    action = action or rules.actions[kind]["inside" if inside else "outside"]
    authority = str(row.data["authority"]) if row else ""
    second = str(row.data.get("second", "")) if row else ""
    excluded: list[tuple[str, str]] = []
    if kind == "to_cao":
        above = str(row.data.get("above", "")) if row else ""
        units, excluded = _without_accused(case, units, place, rules, above)
    if row:
        reasons.append(_why(case, row))
    reasons += [f"Không giao {unit}: {why}." for unit, why in excluded]
    if kind == "to_cao" and _unknown_home(case, rules):
        reasons.append("Trước khi giao, xem người bị tố cáo có làm việc ở đơn vị nhận không.")
    if not inside:
        reasons.append(_outside(kind))
    return Route(
        kind, tuple(units), authority, second, action, rules.action_names.get(action, action), tuple(excluded),
        tuple(str(r.data["id"]) for r in used), tuple(dict.fromkeys(r.basis for r in used)), tuple(reasons),
    )  # fmt: skip


def _outside(kind: str) -> str:
    said = {
        "khieu_nai": "Khiếu nại ngoài thẩm quyền: hướng dẫn người khiếu nại một lần, không chuyển đơn.",
        "to_cao": "Tố cáo ngoài thẩm quyền: chuyển cơ quan có thẩm quyền.",
        "kien_nghi_phan_anh": "Kiến nghị, phản ánh ngoài thẩm quyền: chuyển và báo người gửi.",
    }
    return said[kind]


def _authority(case: RoutingCase, kind: str, rules: RoutingRules) -> Row | None:
    """The row for the weightiest respondent; land disputes between citizens by their sub-field."""
    kinds = sorted({r.kind for r in case.respondents}, key=WEIGHT.index) if case.respondents else []
    for row in rules.authorities:
        r = row.data
        if kind in r["types"] and set(r.get("subfields", ())) & set(case.subfields):
            return row
    for respondent in kinds:
        for row in rules.authorities:
            if kind in row.data["types"] and respondent in row.data.get("respondents", ()):
                return row
    if kind == "khieu_nai" and "tu_phap" in case.fields:
        return next(
            (r for r in rules.authorities if "tu_phap" in r.data.get("respondents", ()) and kind in r.data["types"]),
            None,
        )
    return None


def _unit(case: RoutingCase, field: str, level: str, rules: RoutingRules) -> Row | None:
    for row in rules.units:
        r = row.data
        if field not in r["fields"] or r.get("level", level) != level:
            continue
        if "urban" in r and r["urban"] != case.office.urban:
            continue
        if "subfields" in r and not set(r["subfields"]) & set(case.subfields):
            continue
        if "words" in r and not {fold_key(w) for w in r["words"]} & case.words:
            continue
        return row
    return None


def _without_accused(
    case: RoutingCase, units: Sequence[str], level: str, rules: RoutingRules, above: str
) -> tuple[list[str], list[tuple[str, str]]]:
    """Leave out the units of the accused; where none remains, the one above, the level's fallback or the next's."""
    accused = [r for r in case.respondents if r.kind in OFFICIAL]
    homes = {fold_key(unit) for r in accused for unit in _homes(f"{r.name} {r.described}", rules)}
    bodies = {fold_key(unit) for r in accused for unit in _homes(r.name, rules)}

    def against(unit: str) -> str:
        key = fold_key(unit)
        if key in bodies or any(key in fold_key(r.name) for r in accused):
            return "đơn vị bị tố cáo"
        return "người bị tố cáo làm việc ở đơn vị này" if key in homes else ""

    kept = [u for u in units if not against(u)]
    excluded = [(u, against(u)) for u in units if against(u)]
    if not kept:
        spare = [*([above] if above else []), rules.fallback[level], rules.fallback["tinh"], "Thanh tra Chính phủ"]
        kept = [next(u for u in spare if not against(u))]
    return kept, excluded


def _homes(text: str, rules: RoutingRules) -> list[str]:
    """The units that the words of a name and post point to."""
    keys, accented = look_up_keys(text)
    return [unit for words, unit in rules.belongs if words.first(keys, accented)]


def _unknown_home(case: RoutingCase, rules: RoutingRules) -> bool:
    """Whether an official of the commune is accused whose unit the text does not tell."""
    return any(r.kind == "can_bo_xa" and not _homes(f"{r.name} {r.described}", rules) for r in case.respondents)


def _why(case: RoutingCase, row: Row) -> str:
    if row.data.get("subfields"):
        return f"Theo nội dung: {row.data['authority']}."
    kinds = row.data.get("respondents", ())
    named = next((r for r in case.respondents if r.kind in kinds), None)
    return f"Theo người bị khiếu nại, tố cáo{': ' + named.name if named else ''}."


def dry_run(cases: Iterable[RoutingCase], after: RoutingRules, before: RoutingRules | None = None) -> list[Move]:
    """List which past petitions would go elsewhere under other rules.

    Parameters
    ----------
    cases : iterable of RoutingCase
        As kept with the records.
    after : RoutingRules
        The rules to try.
    before : RoutingRules, optional
        The rules in use; the packaged ones by default.
    """
    moves = []
    for case in cases:
        for old, new in zip(route(case, before), route(case, after), strict=True):
            if (old.units, old.authority, old.second, old.action) != (new.units, new.authority, new.second, new.action):
                moves.append(Move(case.id, old.petition_type, old, new))
    return moves
