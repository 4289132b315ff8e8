"""Labels of a petition: what the machine proposes, what a decision may hold, when a text must be hidden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError

TASKS = ("fields", "subfields", "type", "urgency")
DENOUNCE_AT = 0.3  # below one half on purpose: hiding too much costs a click, hiding too little costs a person


class PetitionError(LangNgheError):
    """A change of a petition that its state or the label set does not allow."""


def machine_labels(result: Mapping[str, Any]) -> dict[str, Any]:
    """The labels a model's answer proposes, in the shape of a decision."""
    return {
        "fields": [f["code"] for f in result["fields"]],
        "subfields": [s["code"] for f in result["fields"] for s in f.get("subfields", ())],
        "type": result["type"]["code"],
        "urgency": result["urgency"]["code"],
    }


def checked_labels(labels: Mapping[str, Any]) -> dict[str, Any]:
    """Labels that exist in the taxonomy and fit together; a missing task means that it is left undecided.

    Raises
    ------
    PetitionError
        `label_unknown`, `label_missing` (no field) or `subfield_outside_field`.
    """
    known = taxonomy()
    sets = {"fields": set(known.field_codes), "subfields": set(known.subfield_codes),
            "type": {t.code for t in known.types}, "urgency": {u.code for u in known.urgency}}  # fmt: skip
    chosen: dict[str, Any] = {}
    for task in TASKS:
        value = labels.get(task)
        if value is None:
            continue
        codes = list(dict.fromkeys([value] if isinstance(value, str) else value))
        if not set(codes) <= sets[task]:
            raise PetitionError("label_unknown", "Có nhãn không thuộc bộ nhãn đang dùng.")
        chosen[task] = codes if task in ("fields", "subfields") else codes[0]
    if chosen.get("fields") == []:
        raise PetitionError("label_missing", "Đơn phải có ít nhất một lĩnh vực.")
    parents = known.field_of_subfield
    if "fields" in chosen and any(parents[s] not in chosen["fields"] for s in chosen.get("subfields", ())):
        raise PetitionError("subfield_outside_field", "Có lĩnh vực chi tiết không thuộc lĩnh vực đã chọn.")
    return chosen


def may_denounce(result: Mapping[str, Any] | None, type_decided: bool) -> bool:
    """True while the text may hold a denouncer's identity: a machine's doubt must not expose anyone."""
    if not result:
        return False
    if any(s["code"] == "giu_bi_mat" for s in result.get("urgency", {}).get("signals", ())):
        return True
    said = result.get("type", {})
    guesses = [(said.get("code"), said.get("probability", 0.0))]
    guesses += [(a.get("code"), a.get("probability", 0.0)) for a in said.get("alternatives", ())]
    return not type_decided and any(code == "to_cao" and p >= DENOUNCE_AT for code, p in guesses)
