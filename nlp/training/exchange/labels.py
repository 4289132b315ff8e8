"""Codes as one flat list, as labelling tools want them, and back to fields, sub-fields, type and urgency."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nlp.taxonomy import taxonomy
from nlp.training.corpus import PetitionRow

# A few codes serve two label sets, so a code carries its set's name: `field:dat_dai`, `evidence:dat_dai`.
SETS = ("field", "subfield", "type", "urgency")
EVIDENCE = "evidence"


def known(kind: str) -> tuple[str, ...]:
    """The codes of one label set, in the taxonomy's order."""
    t = taxonomy()
    return {
        "field": t.field_codes,
        "subfield": t.subfield_codes,
        "type": tuple(x.code for x in t.types),
        "urgency": tuple(u.code for u in t.urgency),
        "signal": tuple(s.code for s in t.signals),
    }[kind]


def flat(row: PetitionRow) -> list[str]:
    """All labels of a petition but its signals."""
    one = [("type", row.type), ("urgency", row.urgency)]
    return [
        *(f"field:{c}" for c in row.fields),
        *(f"subfield:{c}" for c in row.subfields),
        *(f"{kind}:{code}" for kind, code in one if code),
    ]


def unflatten(codes: Iterable[Any]) -> dict[str, Any]:
    """Labels with or without their set's name → `fields`, `subfields`, `type`, `urgency` of a row.

    A bare code goes to the first set that knows it, in the order of `SETS`.

    Raises
    ------
    ValueError
        Naming the first label that no set knows, or a second type or level.
    """
    out: dict[str, Any] = {"fields": [], "subfields": [], "type": None, "urgency": None}
    for value in codes:
        kind, colon, code = str(value).partition(":")
        if not colon:
            kind, code = next((s for s in SETS if str(value) in known(s)), ""), str(value)
        if kind not in SETS or code not in known(kind):
            raise ValueError(f"nhãn lạ {value}")
        if kind in ("type", "urgency"):
            if out[kind] not in (None, code):
                raise ValueError(f"hai giá trị cho {kind}")
            out[kind] = code
        elif code not in out[f"{kind}s"]:
            out[f"{kind}s"].append(code)
    return out


def span_label(value: Any) -> tuple[str, str]:
    """What a marked span says: `("signals", code)`, or `("evidence", code)` for the words that carry a field.

    A bare code is a signal's if a signal has it, else a field's.

    Raises
    ------
    ValueError
        If neither has it.
    """
    name, colon, code = str(value).rpartition(":")
    for prefix, kind, codes in (("signal", "signals", known("signal")), (EVIDENCE, "evidence", known("field"))):
        if code in codes and (not colon or name == prefix):
            return kind, code
    raise ValueError(f"nhãn lạ {value}")


def marked(row: PetitionRow) -> list[tuple[str, int, int]]:
    """All spans of a petition as (label, start, end): a signal by its code, evidence as `evidence:FIELD`."""
    return [
        *((s.code, s.start, s.end) for s in row.signals),
        *((f"{EVIDENCE}:{e.code}", e.start, e.end) for e in row.evidence),
    ]


def from_utf16(text: str, start: int, end: int) -> tuple[int, int]:
    """A range that a browser counted in UTF-16 units, in code points."""
    data = text.encode("utf-16-le", "surrogatepass")
    return _points(data[: 2 * start]), _points(data[: 2 * end])


def to_utf16(text: str, start: int, end: int) -> tuple[int, int]:
    """A range in code points, in the UTF-16 units that a browser counts."""
    return _units(text[:start]), _units(text[:end])


def _points(data: bytes) -> int:
    return len(data.decode("utf-16-le", "replace"))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
