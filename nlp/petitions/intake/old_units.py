"""Old communes (before 1/7/2025) and the present ones they went into, looked up in underthesea's table, offline.

A name that fits several communes with different successors is not converted: a wrong unit is worse than none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from nlp.text import fold_key
from nlp.text.entities.lexicon import tone_key

# Kinds of units, folded, as written or shortened before a name.
_KINDS = {
    "xa": "xa", "x": "xa", "phuong": "phuong", "p": "phuong", "thi tran": "thi tran", "tt": "thi tran",
    "huyen": "huyen", "h": "huyen", "quan": "quan", "q": "quan", "thi xa": "thi xa", "tx": "thi xa",
    "thanh pho": "thanh pho", "tp": "thanh pho", "t p": "thanh pho", "tinh": "tinh", "t": "tinh", "dac khu": "dac khu",
}  # fmt: skip
_HEAD = re.compile(
    r"(?i:(?P<kind>thành phố|thanh pho|thị trấn|thi tran|thị xã|thi xa|đặc khu|dac khu|phường|phuong|huyện|huyen|"
    r"quận|quan|tỉnh|tinh|xã|xa)(?=[\s\d])|(?P<short>tp|tx|tt|[tpqhx])(?=[.\s\d]))[\s.]{0,3}"
)
_SAID_AS = {"hcm": "hochiminh", "saigon": "hochiminh", "brvt": "bariavungtau", "thuathienhue": "hue"}
_KEY_KIND = re.compile(r"(?:thanhpho|thitran|thixa|dackhu|phuong|huyen|quan|tinh|xa)(?=.)")
DIVIDED = "Xã, phường cũ bị chia; đây là phần chính."


@dataclass(frozen=True, slots=True)
class OldUnit:
    """A commune as it was, with its district and province, and the present names of its territory (main part first).

    `district_key`, `province_key` and `present_province_key` are folded bare names.
    """

    commune: str
    district: str
    province: str
    present: tuple[str, ...]
    district_key: str
    province_key: str
    present_province_key: str

    def name(self) -> str:
        return f"{self.commune}, {self.district}, {self.province}"


@lru_cache(maxsize=4096)
def split_kind(name: str) -> tuple[str, str]:
    """The kind (folded, "" for none) and the bare name: `P. Tân Kiểng` → ("phuong", "Tân Kiểng")."""
    m = _HEAD.match(name.strip())
    if not m or not name.strip()[m.end() :]:
        return "", name.strip()
    return _KINDS[fold_key(m.group("kind") or m.group("short"))], name.strip()[m.end() :].strip()


@lru_cache(maxsize=4096)
def bare_key(name: str) -> str:
    """The folded name without its kind and spaces; a number without leading zeros."""
    return _key(re.sub(r"[^a-z0-9]", "", fold_key(split_kind(name)[1])))


def _key(bare: str) -> str:
    bare = bare.lstrip("0") if bare.isdigit() else bare
    return _SAID_AS.get(bare, bare)


def _table_key(key: str) -> str:
    """A key of the table (`xayenthang`) without its kind."""
    return _key(_KEY_KIND.sub("", key, count=1))


@cache
def _units() -> dict[str, tuple[OldUnit, ...]]:
    """Folded bare name of an old commune → the communes of that name."""
    # Found without importing underthesea, which takes seconds.
    package = find_spec("underthesea")
    homes = package.submodule_search_locations if package else None
    text = Path(homes[0] if homes else "", "address", "data", "mapping.json").read_text(encoding="utf-8")
    grouped: dict[tuple[str, ...], list[str]] = {}
    for r in json.loads(text)["ward_mapping"]:
        present = f"{r['new_ward']}, {r['new_province']}"
        unit = (
            r["old_ward_key"], r["old_ward"], r["old_district"], r["old_province"],
            r["old_district_key"], r["old_province_key"], r["new_province_key"],
        )  # fmt: skip
        known = grouped.setdefault(unit, [])
        if present not in known:
            known.insert(0 if r.get("is_default") else len(known), present)
    found: dict[str, list[OldUnit]] = {}
    for (key, commune, district, province, *keys), presents in grouped.items():
        unit_keys = [_table_key(k) for k in keys]
        found.setdefault(_table_key(key), []).append(OldUnit(commune, district, province, tuple(presents), *unit_keys))
    return {key: tuple(units) for key, units in found.items()}


@cache
def known_names(rank: str) -> frozenset[str]:
    """Folded bare names, without spaces, of all units of a rank, old and present: `commune`, `district`, `province`."""
    units = [u for same in _units().values() for u in same]
    if rank == "commune":
        return frozenset(_units()) | {bare_key(p.split(", ")[0]) for u in units for p in u.present}
    if rank == "district":
        return frozenset(u.district_key for u in units)
    return frozenset(k for u in units for k in (u.province_key, u.present_province_key)) | frozenset(_SAID_AS)


@lru_cache(maxsize=4096)
def convert(commune: str, district: str, province: str, presumed: str = "") -> tuple[str, str, str]:
    """The present name of an old place: (name, status, note).

    Parameters
    ----------
    commune, district, province : str
        As written, with or without their kind; empty where not named. The province may be the old or the present one.
    presumed : str
        The province to prefer where none is named.

    Returns
    -------
    tuple[str, str, str]
        status `da_doi`, `mot_phan` (only the province) or `khong_doi_duoc`.
    """
    found = _matches(commune, district, province, presumed) if commune else ()
    presents = tuple(dict.fromkeys(u.present[0] for u in found))
    if len(presents) == 1 and (district or province or presumed or len(found) == 1):
        return presents[0], "da_doi", _note(found[0], commune, district, province)
    of_province = _province(district, province or presumed)
    if not of_province:
        if len(found) > 1:
            return "", "khong_doi_duoc", f"Có {len(found)} xã, phường cùng tên; cần biết tỉnh."
        missing = "Không thấy trong bảng chuyển đổi." if province else "Thiếu tên tỉnh nên chưa đổi được."
        return "", "khong_doi_duoc", missing
    if len(found) > 1:
        return of_province, "mot_phan", f"Có {len(found)} xã, phường cùng tên trong tỉnh; cần biết huyện cũ."
    return of_province, "mot_phan", "Chỉ đổi được tên tỉnh; cần tra xã mới."


def _matches(commune: str, district: str, province: str, presumed: str) -> tuple[OldUnit, ...]:
    found: Sequence[OldUnit] = _units().get(bare_key(commune), ())
    if province:
        found = [u for u in found if bare_key(province) in (u.province_key, u.present_province_key)]
    if district and bare_key(district) in known_names("district"):
        found = [u for u in found if bare_key(district) == u.district_key]
    elif district and not province:
        return ()
    if presumed and not province:
        found = [u for u in found if bare_key(presumed) in (u.province_key, u.present_province_key)] or found
    found = _preferred(found, "commune", commune)
    found = _preferred(found, "district", district) if district else found
    return tuple(found)


def _preferred(found: Sequence[OldUnit], rank: str, written: str) -> Sequence[OldUnit]:
    """Those with the same accents, and of the same kind, where there are any."""
    kind, bare = split_kind(written)
    if tone_key(bare) != fold_key(bare):
        found = [u for u in found if tone_key(split_kind(getattr(u, rank))[1]) == tone_key(bare)] or found
    if kind:
        found = [u for u in found if split_kind(getattr(u, rank))[0] == kind] or found
    return found


def _note(unit: OldUnit, commune: str, district: str, province: str) -> str:
    if len(unit.present) > 1:
        return DIVIDED
    if not district or bare_key(district) not in known_names("district"):
        return f"Không rõ huyện cũ; trong bảng là {unit.name()}; cần xem lại."
    for written, known in ((commune, unit.commune), (district, unit.district)):
        if split_kind(written)[0] not in ("", split_kind(known)[0]):
            return f"Trong bảng là {unit.name()}; cần xem lại."
    return "" if province else f"Đơn không ghi tỉnh; trong bảng là {unit.name()}."


@cache
def _provinces() -> tuple[dict[str, str], dict[str, str]]:
    """Present name by key of an old or present province; key of the old province by district, "" for several."""
    present: dict[str, str] = {}
    homes: dict[str, str] = {}
    for unit in (u for same in _units().values() for u in same):
        present[unit.province_key] = unit.present[0].rsplit(", ", 1)[-1]
        if homes.setdefault(unit.district_key, unit.province_key) != unit.province_key:
            homes[unit.district_key] = ""
    present |= {bare_key(name): name for name in present.values()}
    return present, homes


def _province(district: str, province: str) -> str:
    """The present province of an old one, or of a district that only one old province had."""
    present, homes = _provinces()
    return present.get(bare_key(province) if province else homes.get(bare_key(district), ""), "")
