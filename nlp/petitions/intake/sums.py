"""Sums of money in figures and in words, in đồng."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlp.text import fold
from nlp.text.entities.types import Entity
from nlp.text.entities.view import TextView

NUMBER = r"\d{1,3}(?:[.,]\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?"
_UNIT = r"tỷ|tỉ|ty|triệu|triêu|trieu|tr|nghìn|nghin|ngàn|ngan|đồng|dong|vnđ|vnd|đ|(?<=\d)k"
_TENS = r"(?:\s?(?:chục|trăm|chuc|tram)(?=\s))?"
_FIGURES = re.compile(
    rf"(?<![\w/.,\-])(?:(?:\d{{1,4}})(?:tr|tỷ|ty|tỉ|triệu|trieu)\d{{1,3}}(?!\w|[.,]\d)|(?:{NUMBER}){_TENS}\s?(?:{_UNIT})(?!\w)"
    rf"(?:\s?(?:{NUMBER}){_TENS}\s?(?:{_UNIT})(?!\w)"
    rf"|\s?\d{{1,3}}(?!\s?(?:{_UNIT}|m2|ha|ngày|tháng|năm|hộ|người|lần|con|cái|chỉ|cây)(?!\w)|\d|[/.,]\d|\w)"
    rf"|\srưỡi(?!\w)|\sruoi(?!\w))?)(?:\s?đồng(?!\w))?",
    re.IGNORECASE,
)
_DIGITS = {
    "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5, "sáu": 6, "bảy": 7, "bẩy": 7,
    "tám": 8, "chín": 9, "mười": 10, "mươi": 10, "chục": 10, "trăm": 100, "nghìn": 10**3, "ngàn": 10**3, "triệu": 10**6,
    "tỷ": 10**9, "tỉ": 10**9,
}  # fmt: skip
_VALUES = {fold(word): value for word, value in _DIGITS.items()}
_WORD = "|".join(sorted(_DIGITS, key=len, reverse=True))
_PLAIN = "|".join(sorted(_VALUES, key=len, reverse=True))
_IN_WORDS = re.compile(
    rf"(?<!\w)(?:một|hai|ba|bốn|năm|sáu|bảy|bẩy|tám|chín|mười)(?: (?:{_WORD}|linh|lẻ|không))*"
    rf" (?:triệu|tỷ|tỉ|nghìn|ngàn)(?: (?:{_WORD}|linh|lẻ|không))*(?: rưỡi)?(?: đồng)?(?!\w)",
    re.IGNORECASE,
)
# Without accents bà Triệu and ba triệu look alike: only a sum that says "dong" counts.
_IN_PLAIN_WORDS = re.compile(
    rf"(?<!\w)(?:mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi)(?: (?:{_PLAIN}|linh|le|khong))*"
    rf" (?:trieu|ty|ti|nghin|ngan)(?: (?:{_PLAIN}|linh|le|khong))*(?: ruoi)? dong(?!\w)"
)
_COUNTED = re.compile(
    r"\s(?:cây|lít|tấn|khối|m2|m²|m3|m|km|kg|viên|lượt|tờ|bao|gốc|trụ|héc|ha|con|hộ|dân|cái|chiếc|quả|trái|mét|cuốn|"
    r"suất|ca|lit|tan|khoi|vien)(?!\w)",
    re.IGNORECASE,
)
_SCALE = {"ty": 10**9, "ti": 10**9, "trieu": 10**6, "tr": 10**6, "nghin": 10**3, "ngan": 10**3, "k": 10**3}
_ABOUT = re.compile(r"(?:mấy|vài|hàng|cả|mỗi|chiếc|thứ|may|vai|hang)\s\Z", re.IGNORECASE)


def amounts(view: TextView) -> Iterator[Entity]:
    """Find sums of money: kind `so_tien`, `value` in đồng, in order; counts of other things (6 ngàn con) are left out."""
    found = [(*m.span(), dong(view.folded[m.start() : m.end()])) for m in _FIGURES.finditer(view.text)]
    words = _IN_WORDS.finditer(view.text) if view.accented else _IN_PLAIN_WORDS.finditer(view.folded)
    found += [
        (*m.span(), in_words(view.folded[m.start() : m.end()]))
        for m in words
        if not _ABOUT.search(view.text[max(0, m.start() - 7) : m.start()])
    ]
    last = 0
    for start, end, value in sorted(found):
        counted = not re.search(r"(?:đồng|đ|vnđ|dong)\Z", view.text[start:end], re.IGNORECASE)
        thousands = re.search(r"(?:nghin|ngan)\Z", view.folded[start:end])
        goods = counted and _COUNTED.match(view.text, end)
        if value and start >= last and not (goods and (thousands or goods.group().strip() not in ("con", "hộ", "ca"))):
            yield Entity("so_tien", start, end, 0.85, "amount", str(value))
            last = end


def dong(folded: str) -> int | None:
    """A sum in figures, folded, in đồng: `3 ty 840 trieu` → 3840000000; None if it is none."""
    total, scale_before = 0.0, 0
    parts = re.findall(
        rf"({NUMBER})\s?(chuc|tram)?\s?(ty|ti|trieu|tr|nghin|ngan|dong|vnd|d|k)?(?![a-z])(\s?ruoi)?", folded
    )
    for number, tens, unit, half in parts:
        plain = number.replace(".", "").replace(",", ".") if re.search(r"\.\d{3}", number) else number.replace(",", ".")
        if re.fullmatch(r"\d{1,3}(?:,\d{3})+", number):
            plain = number.replace(",", "")
        try:
            amount = float(plain) * {"chuc": 10, "tram": 100}.get(tens, 1)
        except ValueError:
            return None
        scale = _SCALE.get(unit, 1)
        if not unit and scale_before:
            # "1 triệu 2" is 1,2 triệu; "1 triệu 500" is 1.500.000.
            scale = scale_before // 10 ** len(plain) if len(plain) < 3 else scale_before // 1000
        total += amount * scale + (scale / 2 if half else 0)
        scale_before = scale
    return int(round(total)) or None


def in_words(folded: str) -> int | None:
    """A sum in words, folded, in đồng: `hai tram trieu dong` → 200000000, `hai ty ruoi` → 2500000000."""
    total = part = digit = 0
    scale = 1
    for word in folded.split():
        value = _VALUES.get(word)
        if word == "ruoi":
            return total + part + digit + scale // 2
        if value is None:
            continue
        if value < 10:
            if digit:
                return None  # năm ba triệu: between three and five
            digit = value
        elif value <= 100:
            # "mười hai", "hai mươi", "một trăm"; "mười" alone is ten.
            part += (digit or 1) * value
            digit = 0
        else:
            total += (part + digit or 1) * value
            part, digit, scale = 0, 0, value
    if part + digit and scale >= 1000:
        # "hai tỷ ba" is 2,3 tỷ; "một triệu hai trăm" is 1.200.000.
        return total + (digit * scale // 10 if not part else (part + digit) * scale // 1000)
    return total or None
