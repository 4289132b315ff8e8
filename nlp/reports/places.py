"""Which province a district, ward or commune lies in, by the table of administrative units that underthesea carries."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files

from nlp.text import fold

_UNIT = re.compile(
    r"(?:huyện|quận|thị xã|thành phố|xã|phường|thị trấn|đặc khu|Huyện ủy|Quận ủy|Thị ủy)\s+[A-ZĐÀ-Ỹ][\w'’]*(?:[ -]+[A-ZĐÀ-Ỹ0-9][\w'’]*){0,3}",
    re.IGNORECASE,
)


@cache
def _units() -> dict[str, str]:
    """Key of a district (before 7/2025) or commune (since) → short name of its province; names that several provinces
    use are left out.
    """
    data = json.loads((files("underthesea.address") / "data" / "mapping.json").read_text(encoding="utf-8"))
    short = {row["name"]: row["short"] for row in data["old_province_names"].values()}
    found: dict[str, set[str]] = {}
    for row in data["ward_mapping"]:
        found.setdefault(row["old_district_key"], set()).add(short.get(row["old_province"], row["old_province"]))
        found.setdefault(row["new_ward_key"], set()).add(re.sub(r"^(?:Tỉnh|Thành phố)\s+", "", row["new_province"]))
    return {unit: next(iter(names)) for unit, names in found.items() if len(names) == 1}


def province_of_unit(text: str) -> str | None:
    """The province of the first unit that a text names and that only one province has ("UBND huyện Hiệp Hòa" → "Bắc
    Giang").

    Parameters: `text`, an issuer or a title. Returns the province's short name as of that unit's time, or None.
    """
    for match in _UNIT.finditer(text):
        words = re.sub(r"(?i)^(huyện|quận|thị) ủy", r"\1", match.group()).split()
        name = re.sub(r"[^a-z0-9]", "", fold(" ".join(words)))
        for key in (name, re.sub(r"^thi(?!xa|tran)", "thixa", name)):
            if key in _units():
                return _units()[key]
    return None
