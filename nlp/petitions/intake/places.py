"""Where the matter is: the units named in the text, and the present units for old ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from nlp.text.entities.lexicon import lexicon
from nlp.text.entities.view import UPPER, TextView

# Two tiers of local government since this day (no district; provinces merged).
TWO_TIERS = date(2025, 7, 1)
_WORD = rf"[{UPPER}][^\W\d_]*(?:['’][^\W\d_]+)?"
_NAME = rf"{_WORD}(?: {_WORD}){{0,3}}|\d{{1,2}}(?!\d)"
_COMMUNE = r"xã|phường|thị trấn|đặc khu|Xã|Phường|Thị trấn|Đặc khu|P\.|p\.|X\.|TT\.|TT|XÃ|PHƯỜNG|THỊ TRẤN"
_DISTRICT = r"huyện|quận|thị xã|Huyện|Quận|Thị xã|H\.|Q\.|TX\.?|HUYỆN|QUẬN|THỊ XÃ|Q(?=\d)"
_PROVINCE = r"tỉnh|Tỉnh|thành phố|Thành phố|TP\.?|Tp\.?|tp\.?|TỈNH|THÀNH PHỐ|T\."
_UNIT = re.compile(
    rf"(?<![\w])(?:(?P<commune>{_COMMUNE})|(?P<district>{_DISTRICT})|(?P<province>{_PROVINCE}))\s?(?P<name>{_NAME})"
)
_FOLLOW = re.compile(rf"\s?[,(\-–]\s?(?P<name>{_WORD}(?: {_WORD}){{1,3}})(?=[\s,.;:)\n]|\Z)")
_OLD = re.compile(r"\s?\(?(?:cũ|củ|trước đây|cu)(?!\w)")
_ADDRESSED = re.compile(r"(?:kính gửi|kính thưa|gửi|gởi|thưa|kinh gui)[^\n]*\Z", re.IGNORECASE)


# "P. Giám đốc", "TP Hồ" — a title after an abbreviation is no unit.
_TITLES = frozenset(("Giám", "Chủ", "Trưởng", "Bí", "Hiệu"))


@dataclass(frozen=True)
class Place:
    """Units of one place as the text names them.

    Attributes
    ----------
    start, end : int
        in the clean text; -1 where the place was given beside the text.
    commune, district, province : str
        as written, with their kind; empty where not named.
    converted : str
        present units, or empty.
    status : str
        `nhu_cu` (already present units), `da_doi` (old commune → new), `mot_phan` (only the province),
        `khong_doi_duoc`.
    note : str
    """

    start: int
    end: int
    commune: str
    district: str
    province: str
    converted: str
    status: str
    note: str = ""

    @property
    def old(self) -> bool:
        return self.status in ("da_doi", "mot_phan", "khong_doi_duoc")

    def to_json(self) -> dict[str, Any]:
        return {
            "commune": self.commune, "district": self.district, "province": self.province, "converted": self.converted,
            "status": self.status, "note": self.note,
        }  # fmt: skip


@dataclass
class _Chain:
    start: int
    end: int
    commune: str = ""
    district: str = ""
    province: str = ""
    old: bool = False

    def level(self) -> int:
        return 3 if self.province else 2 if self.district else 1


def places(view: TextView, *, day: date | None = None, province: str = "", convert: bool = True) -> list[Place]:
    """Find the communes, districts and provinces a text names, each chain once.

    Parameters
    ----------
    view : TextView
    day : date, optional
        When the petition was written or received: names of before 1/7/2025 are old units.
    province : str
        The office's own province, used where the text names none.
    convert : bool
        Look old units up (the first look-up of a process loads a table of 5 MB: about 0.2 s).
    """
    found: dict[tuple[str, str, str], Place] = {}
    chains = list(_chains(view))
    named = {
        c.province.lower().removeprefix("tỉnh ").removeprefix("tp ").removeprefix("thành phố "): c.province
        for c in chains
        if _is_bare(c.province)
    }
    if len(named) == 1:
        province = next(iter(named.values()))
    for chain in chains:
        key = (chain.commune.lower(), chain.district.lower(), chain.province.lower())
        # The addressee's unit is not where the matter is, unless nothing else is named.
        line = max(view.text.rfind("\n", max(0, chain.start - 240), chain.start) + 1, chain.start - 240, 0)
        addressed = bool(_ADDRESSED.search(view.text, line, chain.start))
        if key not in found and not addressed:
            found[key] = _placed(chain, day, province, convert)
    return list(found.values()) or [_placed(c, day, province, convert) for c in chains[:1]]


def _chains(view: TextView) -> Iterable[_Chain]:
    chain: _Chain | None = None
    for m in _UNIT.finditer(view.text):
        numbered = m.group("name").isdigit() and not re.match(r"(?i:phường|p\.|quận|q)", m.group())
        if m.group("name").split()[0] in _TITLES or numbered:
            continue
        kind = (
            m.lastgroup if m.lastgroup != "name" else next(g for g in ("commune", "district", "province") if m.group(g))
        )
        rank = {"commune": 1, "district": 2, "province": 3}[str(kind)]
        joined = (
            chain is not None
            and rank > chain.level()
            and re.fullmatch(r"\s?[,(\-–]?\s?(?:cũ\s?,?\s?)?(?:thuộc\s)?", view.text[chain.end : m.start()])
        )
        if not joined:
            if chain is not None:
                yield chain
            chain = _Chain(m.start(), m.end())
        assert chain is not None
        setattr(chain, str(kind), " ".join(m.group().split()))
        chain.end = m.end()
        chain.old = chain.old or bool(_OLD.match(view.text, chain.end))
        _follow(view, chain)
        if "(" in view.text[chain.start : chain.end] and view.text[chain.end : chain.end + 1] == ")":
            chain.end += 1
    if chain is not None:
        yield chain


def _follow(view: TextView, chain: _Chain) -> None:
    """Take along the bare names after a unit: "xã Bình Nguyên, Bình Sơn, Quảng Ngãi", "xã Bản Sen, Vân Đồn"."""
    known = lexicon(view.accented).known_places
    key = lexicon(view.accented).key
    while chain.level() < 3:
        m = _FOLLOW.match(view.text, chain.end)
        if not m or not known.starts_at([key(w) for w in m.group("name").split()], 0) >= len(m.group("name").split()):
            return
        name = m.group("name")
        if _is_province(name):
            chain.province = name
        elif not chain.district and chain.level() < 2:
            chain.district = name
        else:
            return
        chain.end = m.end("name")
        chain.old = chain.old or bool(_OLD.match(view.text, chain.end))


@lru_cache(maxsize=512)
def _is_province(name: str) -> bool:
    from nlp.text.entities.lexicon import folded_key, word_list

    words = word_list("places.yaml", "provinces", False)
    parts = [folded_key(w) for w in name.split()]
    return words.starts_at(parts, 0) == len(parts)


def _is_bare(name: str) -> bool:
    """Whether a name, with or without its kind, is a province (a TP may be a district's seat)."""
    words = name.split()
    return bool(words) and (
        _is_province(name) or _is_province(" ".join(words[1:])) or _is_province(" ".join(words[2:]))
    )


def _placed(chain: _Chain, day: date | None, province: str, convert: bool) -> Place:
    names = (chain.commune, chain.district, chain.province or province)
    # A district in the name, "cũ", or a date before the change makes it an old unit.
    urban_district = chain.district.lower().startswith(("tp", "thành phố"))
    is_old = bool(chain.district and not urban_district) or chain.old or (day is not None and day < TWO_TIERS)
    if not is_old:
        return Place(chain.start, chain.end, *names, "", "nhu_cu")
    if not convert or not names[2]:
        note = "" if names[2] else "Thiếu tên tỉnh nên chưa đổi được."
        return Place(chain.start, chain.end, *names, "", "khong_doi_duoc", note)
    converted, status, note = convert_units(*names)
    return Place(chain.start, chain.end, *names, converted, status, note)


@lru_cache(maxsize=4096)
def convert_units(commune: str, district: str, province: str) -> tuple[str, str, str]:
    """The present units of an old commune: (name, status, note); offline, by underthesea's table."""
    from underthesea import convert_address

    spelled = [re.sub(r"^(?:P|p)\.\s?", "Phường ", commune), re.sub(r"^Q\.?\s?", "Quận ", district), province]
    spelled[0] = f"Phường {spelled[0]}" if spelled[0].isdigit() else spelled[0]
    result = convert_address(", ".join(p for p in spelled if p))
    name = str(result.status.value)
    if name == "success" and result.new.ward:
        note = "Xã, phường cũ bị chia; đây là phần chính." if "split" in result.note else ""
        if not district:
            note = "Không có tên huyện cũ nên có thể trùng tên xã; cần xem lại."
        return result.converted, "da_doi", note
    if name in ("partial", "success") and result.new.province:
        return result.new.province, "mot_phan", "Chỉ đổi được tên tỉnh; cần tra xã mới."
    return "", "khong_doi_duoc", "Không thấy trong bảng chuyển đổi."
