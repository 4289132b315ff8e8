"""Flags beside the checklist: what a person should look at; nothing here rejects a petition."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nlp.petitions.intake.eligibility import LETTERS, Facts, petitioner_place, vietnamese_share
from nlp.petitions.intake.routing_rules import OFFICIAL, respondent_kind
from nlp.petitions.intake.rules import Basis, Row, WordSet, read_rules, rows, word_set

MANY = 5
_NUMBER_WORDS = {
    "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9, "muoi": 10, "muoi mot": 11, "muoi hai": 12, "muoi ba": 13,
    "muoi bon": 14, "muoi lam": 15, "muoi sau": 16, "muoi bay": 17, "muoi tam": 18, "muoi chin": 19, "chuc": 10, "hang chuc": 20, "may chuc": 20,
    "hai chuc": 20, "ba chuc": 30, "hang tram": 100, "may tram": 100, "tram": 100,
}  # fmt: skip
_GROUP = re.compile(
    r"(?<!\w)(?P<number>\d{1,4}|hàng chục|mấy chục|hàng trăm|mấy trăm|hai chục|ba chục|bốn chục|năm|sáu|bảy|tám|"
    r"chín|mười(?: \w+)?|hang chuc|may chuc)\s"
    r"(?P<what>hộ|gia đình|người|nhà|anh em|phụ huynh|công nhân|hội viên|xã viên|em|đứa|ho|gia dinh|nguoi)(?!\w)",
    re.IGNORECASE,
)
_SIGNING = re.compile(
    r"ký|đứng đơn|đứng tên|điểm chỉ|chúng tôi|tụi tôi|tụi em|tụi e|thay mặt|đại diện cho|thay cho|cùng viết|đơn "
    r"chung|có đơn|tập thể|lăn tay|ky ten|chung toi",
    re.IGNORECASE,
)
_TOOK = re.compile(
    r"(?<!\w)(?:nhận|đòi|vòi|ăn|lót tay|chung chi|bỏ túi|gợi ý|nhan|doi|voi)(?: (?!trợ cấp|lương|tiền công)[^\W\d]+){0,5} \Z",
    re.IGNORECASE,
)
_TO = re.compile(
    r"(?:^|\n)[ \t]{0,40}(?:đồng )?(?:kính )?(?:gửi|gởi|"
    r"gui)\s{0,3}:?\s{0,40}(?P<to>[^\n]{3,300}(?:\n[ \t]{0,40}[-–+•][ \t]{0,8}[^\n]{3,120}){0,12})",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Flag:
    """Something a person should look at, with the place that shows it (-1 where it is not in this text)."""

    code: str
    name: str
    start: int
    end: int
    note: str
    basis: Basis
    detail: str = ""


@cache
def _flag_rows(path: Path | None) -> dict[str, Row]:
    return {r.data["code"]: r for r in rows(read_rules("eligibility.yaml", path)["flags"])}


def flags(f: Facts, rules: Path | None = None) -> list[Flag]:
    """The flags that the text itself shows; `trung_lap` and `rap_khuon` come from the comparison with others."""
    found: list[Flag] = []

    def add(code: str, place: tuple[int, int] | None, detail: str = "") -> None:
        row = _flag_rows(rules)[code]
        start, end = place or (-1, -1)
        found.append(Flag(code, row.data["name"], start, end, row.data["note"], row.basis, detail))

    asked = f.phrase("anonymous")
    if (not f.parties.petitioners and f.channel in LETTERS) or (asked and not petitioner_place(f)):
        add("nac_danh", asked)
    many = signers(f)
    if many:
        add("nhieu_nguoi", many[0], f"khoảng {many[1]}")
    to = _TO.search(f.view.text)
    if to and len(_addressees(to.group("to"))) > 1:
        add("gui_nhieu_noi", to.span("to"), f"{len(_addressees(to.group('to')))} nơi")
    withdrawn = f.phrase("withdraw")
    if withdrawn and not _forced(f, withdrawn):
        add("rut_don", withdrawn)
    crime = f.phrase("crime") or _bribe(f)
    if crime:
        add("dau_hieu_toi_pham", crime)
    words = [t.text for t in f.view.tokens if len(t.text) > 1]
    if len(words) < 8 or vietnamese_share(words) < 0.6:
        add("kho_doc", None)
    return found


def make_flag(code: str, detail: str, rules: Path | None = None) -> Flag:
    """A flag that other petitions show (`trung_lap`, `rap_khuon`), not a place in this text."""
    row = _flag_rows(rules)[code]
    return Flag(code, row.data["name"], -1, -1, row.data["note"], row.basis, detail)


def signers(f: Facts) -> tuple[tuple[int, int], int] | None:
    """Where five or more people or households are said to sign, and how many; None if not."""
    named = [p for p in f.parties.petitioners if p.kind == "ca_nhan"]
    for m in _GROUP.finditer(f.view.text):
        number = _number(f.view.folded[m.start("number") : m.end("number")])
        near = f.view.text[max(0, m.start() - 40) : m.end() + 60]
        if number >= MANY and _SIGNING.search(near.split("\n\n")[0] if m.start() < 2 else near):
            return m.span(), number
    if len(named) >= MANY:
        return (named[0].start, named[-1].end), len(named)
    return None


def _bribe(f: Facts) -> tuple[int, int] | None:
    """Money that an accused official is said to take: "nhận 350tr", "đòi 5tr mới trả"."""
    kinds = [respondent_kind("", f.view.text[slice(*p.described)], is_office=False) for p in f.parties.respondents]
    if "to_cao" not in f.petition_types or not OFFICIAL & set(kinds):
        return None
    for amount in f.matters.amounts:
        took = _TOOK.search(f.view.text, max(0, amount.start - 36), amount.start)
        if took:
            return took.start(), amount.end
    return None


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    return max((v for k, v in _NUMBER_WORDS.items() if text.startswith(k)), default=0)


def _addressees(text: str) -> list[str]:
    parts = re.split(
        r"\s*(?:;|\n\s*[-–+•]|đồng (?:kính )?gửi|, (?=(?:UBND|Ủy ban|Uỷ ban|Công an|Thanh tra|Chủ tịch|Sở|Ban|"
        r"Toà|Tòa|Viện|CA)\b))\s*",
        text,
    )
    return [p for p in parts if len(p.strip()) > 3]


def _forced(f: Facts, place: tuple[int, int]) -> bool:
    """Whether others wanted the withdrawal ("bảo tôi rút đơn", "không rút thì …")."""
    not_words: WordSet = word_set("eligibility.yaml", "words", "withdraw_not")
    at = next(i for i, t in enumerate(f.view.tokens) if t.start == place[0])
    return not_words.first(f.keys, f.view.accented, max(0, at - 4), min(len(f.keys), at + 2)) is not None
