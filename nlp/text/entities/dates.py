"""Dates and birth dates in the forms people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from nlp.text.entities.types import Entity
from nlp.text.entities.view import UPPER, TextView

_DMY = r"[0-3]?\d\s?[/.\-]\s?[01]?\d\s?[/.\-]\s?(?:19|20)?\d{2}"
_WORDS = r"[0-3]?\d\s+(?:tháng|thang)\s+[01]?\d\s*,?\s+(?:năm|nam)\s+(?:19|20)\d{2}"
_MY = r"[01]?\d\s?[/.\-]\s?(?:19|20)\d{2}"
_MY_WORDS = r"[01]?\d\s+(?:năm|nam)\s+(?:19|20)\d{2}"
_Y = r"(?:19|20)\d{2}"
_DM = r"[0-3]?\d\s?[/\-]\s?[01]?\d"
# "ngày 7 tháng 10"; without "ngày" it may be a span of months.
_DM_WORDS = r"(?:(?<=ngày )|(?<=ngay )|(?<=ngày\n)|(?<=hôm ))[0-3]?\d\s+(?:tháng|thang)\s+[01]?\d"
_MONTH_WORDS = rf"(?:(?<=tháng )|(?<=thang )){_MY_WORDS}"
# What OCR writes for digits, in a whole date only.
_DMY_OCR = r"[0-3OolI]?[\dOolI][/.\-][01OolI]?[\dOolI][/.\-](?:19|2[0Oo])[\dOolI]{2}"
DATE = re.compile(
    rf"(?<![\w/.\-])(?:{_WORDS}|{_DM_WORDS}|{_MONTH_WORDS}|{_DMY}|{_DMY_OCR}|{_MY}|{_DM})(?![\w/\-]|\.\d)",
    re.IGNORECASE,
)
_OCR_DIGITS = str.maketrans("OolI", "0011")
# Numbers with a stroke that are houses, grades, quarters or laws.
_NOT_DATE = re.compile(
    r"(?<!\w)(?:quý|kỳ|đợt|thông tư|nghị định|luật|chỉ thị|số|nhà|ngách|ngõ|hẻm|hẽm|kiệt|lô|căn|phòng|tổ|km|thương "
    r"binh|bệnh binh|loại|hạng|hẹm|so|hem|ngo|kiet|thuong binh)\s\Z",
    re.IGNORECASE,
)
_PART_OF = re.compile(r"(?<!\w)(?:hơn|gần|khoảng|chừng|còn|mất|hết|được|chiếm|tới|đến|quá|có)\s\Z", re.IGNORECASE)
_DAY_SAID = re.compile(
    r"(?:ngày|ngay|hôm|sáng|chiều|tối|đêm|trưa|từ|đến|tới|trước|sau|lúc|thứ \w+|và|[-–,(])\s?\Z", re.IGNORECASE
)
_STREET_AFTER = re.compile(rf"\s[{UPPER}][^\W\d]+\s[{UPPER}]")
_OCR_YEAR = r"[1l][9][0-9lOo]{2}"
_BIRTH = re.compile(
    r"(?<!\w)(?:ngày\s*,?\s*tháng\s*,?\s*năm\s*sinh|năm\s*sinh|ngày\s*sinh|sinh\s*ngày|sinh\s*năm|sinh\s*tháng|sinh\s*nãm|sanh\s*năm|sanh\s*ngày|sinh|sanh|s\.n|sn|ns|"
    r"ngay\s*,?\s*thang\s*,?\s*nam\s*sinh|nam\s*sinh|ngay\s*sinh|sinh\s*ngay|sinh\s*nam|sinh\s*thang)\s{0,3}[:.]?\s{0,3}(?:ngày\s|năm\s|tháng\s|ngay\s|nam\s|thang\s)?\s{0,2}"
    rf"(?P<date>{_WORDS}|{_DMY}|{_MY_WORDS}|{_MY}|{_Y}|{_OCR_YEAR})(?![\w/\-]|\.\d)",
    re.IGNORECASE,
)
# Words whose last syllable is sinh but which say nothing about a birth.
_NOT_BIRTH = re.compile(
    r"(?<!\w)(?:học|vệ|phát|thí|dự|dự kiến|khai|ký|sơ|hộ|tái|chứng|tuyển|hy|hi|tiền|nguyên|du|nữ|nam|môn|sau|"
    r"trước|hoc|ve|phat|thi|du|khai|ky|so|ho|tai|chung|tuyen|hi)\s\Z",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(rf"\s?\(\s?(?:sn|sinh|sinh năm)?\s?(?P<date>{_Y}|{_DMY})\s?\)", re.IGNORECASE)


def birth_dates(view: TextView, people: list[Entity]) -> list[Entity]:
    """Find dates and years of birth: after "sinh …", or in brackets right after a name of `people`.

    Returns
    -------
    list[Entity]
        kind `ngay_sinh`; the span is the date alone; `value` is the ISO date, possibly partial (`1964-03`, `1958`).
    """
    found = {}
    for m in _BIRTH.finditer(view.text):
        if _NOT_BIRTH.search(view.text[max(0, m.start() - 10) : m.start()]) and m.group()[0] in "sS":
            continue
        start, end = m.span("date")
        found[start] = Entity(
            "ngay_sinh", start, end, 0.9, "birth_date", iso(m.group("date")) or view.folded[start:end]
        )
    for person in people:
        after = _AFTER_NAME.match(view.text, person.end)
        if after and _plausible_birth_year(after.group("date")):
            start, end = after.span("date")
            found.setdefault(
                start, Entity("ngay_sinh", start, end, 0.7, "year_after_name", iso(after.group("date")) or "")
            )
    return [found[k] for k in sorted(found)]


def _plausible_birth_year(text: str) -> bool:
    year = re.search(r"(?:19|20)\d{2}", text)
    return bool(year and 1900 <= int(year.group()) <= 2026)


def dates(view: TextView) -> list[Entity]:
    """Find dates: kind `ngay_thang`, `value` the ISO date, possibly partial (`--08-04` where the year is missing)."""
    return [
        Entity("ngay_thang", m.start(), m.end(), 0.9, "date", value)
        for m, value in _dated(view) if value
    ]  # fmt: skip


def _dated(view: TextView) -> Iterator[tuple[re.Match[str], str | None]]:
    for m in DATE.finditer(view.text):
        if not _is_other(view, m):
            yield m, iso(m.group())


def _is_other(view: TextView, m: re.Match[str]) -> bool:
    """Whether figures with a stroke are a house number, a part (2/3) or the number of a law, not a day."""
    if not re.fullmatch(r"[\d\s/.\-]+", m.group()):
        return False
    numbers = [int(n) for n in re.findall(r"\d+", m.group())]
    before = view.text[max(0, m.start() - 14) : m.start()]
    if _NOT_DATE.search(before):
        return numbers[-1] < 1900 or len(numbers) < 3
    if len(numbers) != 2 or numbers[1] > 12:
        return False
    part = numbers[0] < numbers[1] and _PART_OF.search(before)
    street = _STREET_AFTER.match(view.text, m.end()) and not _DAY_SAID.search(before)
    return bool(part or street)


def iso(text: str) -> str | None:
    """The ISO form of a written date: `2023-09-12`, `2024-02`, `1958`, `--08-04`; None if it is none."""
    figures = re.sub(r"[\dOolI]+", lambda m: m.group().translate(_OCR_DIGITS), text) if "/" in text else text
    numbers = [int(n) for n in re.findall(r"\d+", figures)]
    try:
        if len(numbers) == 3:
            year = numbers[2] + (0 if numbers[2] > 99 else 2000 if numbers[2] < 50 else 1900)
            return date(year, numbers[1], numbers[0]).isoformat()
        if len(numbers) == 2 and numbers[1] >= 1900:
            return f"{numbers[1]:04d}-{numbers[0]:02d}" if 1 <= numbers[0] <= 12 else None
        if len(numbers) == 2:
            date(2024, numbers[1], numbers[0])
            return f"--{numbers[1]:02d}-{numbers[0]:02d}"
        if len(numbers) == 1 and 1900 <= numbers[0] <= 2100:
            return f"{numbers[0]:04d}"
    except ValueError:
        return None
    return None
