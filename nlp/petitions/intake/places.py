"""Where the matter is: the units named in the text, and the present units for old ones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from nlp.petitions.intake import old_units
from nlp.petitions.intake.old_units import bare_key
from nlp.petitions.intake.plain_units import plain_units
from nlp.text.entities.lexicon import folded_key, lexicon, word_list
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
_JOIN = re.compile(r"\s?[,(\-–]?\s?(?:(?:cũ|cu)\s?,?\s?)?(?:(?:thuộc|thuoc)\s)?")
# A share of capitals below this means that names are written small.
LOWERED = 0.04
# Cities of a province's rank; the others are seats of a district's rank.
_CITIES = frozenset(("hanoi", "hochiminh", "haiphong", "danang", "cantho", "hue"))
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
        Look old units up (the first look-up of a process reads a table of 5 MB: about 0.2 s).
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
    """Chains of units, small to large: "xã Yên Thắng, huyện Ý Yên, tỉnh Nam Định"."""
    lowered = sum(t.capital for t in view.tokens) < LOWERED * len(view.tokens)
    units = plain_units(view.folded) if lowered or not view.accented else _written_units(view)
    chain: _Chain | None = None
    for start, end, rank in units:
        chain_end = chain.end if chain else 0
        city = (
            chain is not None and rank == 3 and chain.level() == 3 and _is_city(chain.province) and not chain.district
        )
        joined = (
            chain is not None and (rank > chain.level() or city) and bool(_JOIN.fullmatch(view.text, chain_end, start))
        )
        if not joined:
            if chain is not None:
                yield chain
            chain = _Chain(start, end)
        assert chain is not None
        if city and joined:  # TP Huế, tỉnh Thừa Thiên Huế
            chain.district, chain.province = chain.province, ""
        setattr(chain, ("commune", "district", "province")[rank - 1], " ".join(view.text[start:end].split()))
        chain.end = end
        chain.old = chain.old or bool(_OLD.match(view.text, chain.end))
        if view.accented and not lowered:
            _follow(view, chain)
        closing = re.compile(r"(?:\s?(?:cũ|củ|trước đây|cu))?\)").match(view.text, chain.end)
        if "(" in view.text[chain.start : chain.end] and closing:
            chain.end = closing.end()
    if chain is not None:
        yield chain


def _written_units(view: TextView) -> Iterable[tuple[int, int, int]]:
    """Units by their kind and the capitals of their name: (start, end, rank)."""
    for m in _UNIT.finditer(view.text):
        name = m.group("name")
        numbered = name.isdigit() and not re.match(r"(?i:phường|p\.|quận|q)", m.group())
        if name.split()[0] in _TITLES or numbered:
            continue
        kind = next(g for g in ("commune", "district", "province") if m.group(g))
        rank = {"commune": 1, "district": 2, "province": 3}[kind]
        # A city is a province's seat unless it is one of the few of a province's rank.
        yield m.start(), m.end(), 2 if rank == 3 and _is_city(m.group()) and not _ranks_as_province(name) else rank


def _is_city(name: str) -> bool:
    return bool(re.match(r"(?i:tp|thành phố|thanh pho)", name))


def _ranks_as_province(name: str) -> bool:
    return bare_key(name) in _CITIES


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
    words = word_list("places.yaml", "provinces", False)
    parts = [folded_key(w) for w in name.split()]
    return words.starts_at(parts, 0) == len(parts)


def _is_bare(name: str) -> bool:
    """Whether a name, with or without its kind, is a province."""
    words = name.split()
    return bool(words) and (
        _is_province(name) or _is_province(" ".join(words[1:])) or _is_province(" ".join(words[2:]))
    )


def _placed(chain: _Chain, day: date | None, province: str, convert: bool) -> Place:
    named = chain.province or _seat(chain.district)
    names = (chain.commune, chain.district, named or province)
    # A district in the name, "cũ", or a date before the change makes it an old unit.
    if not (chain.district or chain.old or (day is not None and day < TWO_TIERS)):
        return Place(chain.start, chain.end, *names, "", "nhu_cu")
    if not convert:
        return Place(chain.start, chain.end, *names, "", "khong_doi_duoc", "")
    return Place(
        chain.start, chain.end, *names, *old_units.convert(chain.commune, chain.district, named, "" if named else province)
    )  # fmt: skip


def _seat(district: str) -> str:
    """The province that a city was the seat of, where both have the same name (TP Bắc Ninh)."""
    bare = old_units.split_kind(district)[1]
    return bare if _is_city(district) and _is_province(bare) else ""
