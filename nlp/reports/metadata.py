"""What a report says about itself: head, period, signer, province."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from nlp.reports.findings import Metadata
from nlp.reports.headings import read_heading
from nlp.reports.letterhead import iso_date, kinds, place_dates, read_head, split_columns
from nlp.reports.lexicon import key, load
from nlp.reports.places import province_of_unit
from nlp.reports.zones import BODY, LETTERHEAD, RECIPIENTS, RULE, SIGNATURE, Line
from nlp.text import Clean, fold

_NAME = re.compile(
    r"^(?:(?:Đ/c|Ông|Bà|ThS|TS|BS|BSCKII|BSCKI|CN|KS)\.?\s+)*(?P<name>[A-ZĐÀ-Ỹ][a-zà-ỹđ]*['’]?[A-Za-zÀ-ỹđ]*(?:\s+[A-ZĐÀ-Ỹ][a-zà-ỹđ]*['’]?[A-Za-zÀ-ỹđ]*){1,5}|K['’][A-ZĐÀ-Ỹ]\w+)$"
)
_NOT_NAME = (
    "noi nhan",
    "nhu tren",
    "luu",
    "thuong truc",
    "phu luc",
    "trang",
    "da ky",
    "ky ten",
    "pho bi thu",
    "chu tich",
    "bi thu",
    "giam doc",
    "pho chu tich",
    "truong ban",
    "doc lap",
    "cac ",
    "ban ",
    "van phong",
    "ubnd",
    "so ",
    "hoi ",
    "uy ban",
    "thu ky",
    "nguoi ",
    "tm ",
    "kt ",
    "dai dien",
    "xac nhan",
    "dai bieu",
    "thanh tra",
    "truong khoi",
    "chu tri",
    "chu toa",
)
_KEPT = re.compile(r"^\W*Lưu\b.*[.;]\s*(?P<name>(?:[A-ZĐÀ-Ỹ][a-zà-ỹđ]+\s+){1,4}[A-ZĐÀ-Ỹ][a-zà-ỹđ]+)\W*$")
_OFFICE = re.compile(
    r"(?:TỈNH|HUYỆN|QUẬN|XÃ|PHƯỜNG|THỊ|THÀNH PHỐ|ĐẶC KHU|HĐND|HỘI ĐỒNG|ĐẢNG|CHI BỘ|CÔNG AN|CÔNG TY|TRƯỜNG|PHÒNG|CỘNG H[OÒ])"
    r"(?:\s|[ỦU]Y)",
    re.IGNORECASE,
)
_AUTHOR = re.compile(
    r"(?m)^[\s*]*(?:tác giả|người viết|họ và tên(?: tác giả)?|người báo cáo)\s*:\s*(?P<name>[A-ZĐÀ-Ỹ][\w'’]*(?:\s+[A-ZĐÀ-Ỹ][\w'’]*){1,5})",
    re.IGNORECASE,
)
_PERIODS = (
    re.compile(r"năm\s+học\s+\d{4}\s*[-–]\s*\d{4}", re.IGNORECASE),
    re.compile(r"(?:giai đoạn|nhiệm kỳ)\s+(?:từ\s+)?(?:năm\s+)?\d{4}\s*[-–]\s*\d{4}", re.IGNORECASE),
    re.compile(
        r"từ\s+(?:năm|tháng|ngày)?\s*[\d/]+\s+(?:đến|-)\s+(?:hết\s+)?(?:năm\s+|tháng\s+|ngày\s+)?\d[\d/]*",
        re.IGNORECASE,
    ),
    re.compile(r"(?:6|9|sáu|chín)\s+tháng(?:\s+đầu|\s+cuối)?\s+năm\s+\d{4}", re.IGNORECASE),
    re.compile(r"quý\s+(?:[IV]{1,3}|\d)\s*(?:[/-]|năm|,)?\s*(?:năm\s+)?\d{4}", re.IGNORECASE),
    re.compile(r"tháng\s+\d{1,2}\s*(?:[/-]\s*|năm\s+)\d{4}", re.IGNORECASE),
    re.compile(r"(?:năm\s+)?\d{4}\s*[-–]\s*\d{4}"),
    re.compile(r"năm\s+\d{4}", re.IGNORECASE),
)
_TODAY = re.compile(
    r"(?:hôm nay|vào hồi|vào lúc|thời gian\s*:)[^\n]{0,70}?ngày\s+(?P<d>\d{1,2})(?:\s*[/.-]\s*|\s+tháng\s+)(?P<m>\d{1,2})"
    r"(?:\s*[/.-]\s*|\s+năm\s+)(?P<y>\d{4})",
    re.IGNORECASE,
)
_MONTHS_OF_YEAR = re.compile(
    r"(?P<n>6|9|sáu|chín)\s+tháng(?:\s+(?P<part>đầu|cuối))?(?:\s+năm\s+(?P<y>\d{4})|\b[^.]*?\bnăm\s+(?P<z>\d{4}))",
    re.IGNORECASE,
)
_YEARS_OF = re.compile(r"(?:tổng kết|sơ kết)\s+(?P<n>\d{1,2})\s+năm\b", re.IGNORECASE)
_OF_YEAR = re.compile(r"(?<![\d/])(?:ngày\s+)?\d{1,2}[/.]\d{1,2}[/.](?P<y>\d{4})|năm\s+(?P<z>\d{4})")
_QUARTER = re.compile(r"quý\s+(?P<q>[IV]{1,3}|\d)\b", re.IGNORECASE)
_IN_BODY = _PERIODS[1], _PERIODS[3]


def read_metadata(lines: Sequence[Line], clean: Clean) -> Metadata:
    """Read the metadata of a report.

    Parameters: `lines` of the clean text, with zones; `clean`, the text with its map. What the document does not say
    is None.
    """
    head = read_head(clean.source, _body_start(lines, clean), clean.text)
    where = None if head.date else _last_date(clean.text)
    place = head.place or (where.group("place") if where else None)
    date = head.date or iso_date(_opened(clean.text)) or iso_date(where)
    return Metadata(
        title=head.title,
        kind=head.kind,
        issuer=head.issuer,
        number=head.number,
        place=place,
        date=date,
        period=_period(head.title, clean.text, date),
        signer=_signer(lines, clean),
        province=_province(head.cells, place, clean.text, "; ".join(filter(None, (head.issuer, head.title)))),
    )


def _body_start(lines: Sequence[Line], clean: Clean) -> int:
    """Source offset where the body begins; 0 where there is no letterhead."""
    last = max((line.end for line in lines if line.zone == LETTERHEAD), default=0)
    first = next((line for line in lines if line.zone == BODY and line.start >= last and line.text.strip()), None)
    if last == 0 or first is None:
        return 0
    return clean.to_source(first.start, first.end).start


def _last_date(text: str) -> re.Match[str] | None:
    found = list(place_dates(text[-1500:]))
    return found[-1] if found else None


def _opened(text: str) -> re.Match[str] | None:
    """The day on which the meeting that a record reports was held: "Hôm nay, vào hồi 8 giờ ngày 14 tháng 11 năm 2025"."""
    return _TODAY.search(text[:3000])


def _period(title: str | None, text: str, date: str | None) -> str | None:
    """The period the report covers: as the title says it; "tổng kết 10 năm" of what began ten years before the report;
    else a span of years or half a year named early in the body.
    """
    for pattern in _PERIODS if title else ():
        match = pattern.search(title or "")
        months = _MONTHS_OF_YEAR.search(title or "")
        if months and (not match or months.start() < match.start()):
            part = months["part"] or "đầu"
            return f"{months['n']} tháng {part} năm {months['y'] or months['z']}".lower()
        if match:
            quarter = _QUARTER.search(title or "")
            found = " ".join(match.group().split())
            if quarter and quarter.start() < match.start():
                year = re.search(r"\d{4}", found)
                found = f"{quarter.group()} năm {year.group()}" if year else found
            return found[:1].lower() + found[1:]
    since = _years_since(title or "", text, date)
    if since:
        return since
    for pattern in _IN_BODY:
        match = pattern.search(text[:2500])
        if match:
            found = " ".join(match.group().split())
            return found[:1].lower() + found[1:]
    return None


def _years_since(title: str, text: str, date: str | None) -> str | None:
    """ "tổng kết 10 năm thực hiện Chỉ thị … ngày 22/11/2014" in a report of 2024 → "2014 - 2024"."""
    said = _YEARS_OF.search(title)
    if not (said and date):
        return None
    last = int(date[:4])
    for match in _OF_YEAR.finditer(f"{title} {text[:2500]}"):
        first = int(match["y"] or match["z"])
        if first + int(said["n"]) in (last, last + 1):
            return f"{first} - {first + int(said['n'])}"
    return None


def _signer(lines: Sequence[Line], clean: Clean) -> str | None:
    """The last personal name of the signature block; the author of an initiative; the name under an article."""
    tail = [line for line in lines if line.zone in (SIGNATURE, RECIPIENTS) and line.text.strip()]
    start = clean.to_source(tail[0].start, tail[0].end).start if tail else _last_lines(clean.source)
    best = None
    for line in clean.source[start:].split("\n"):
        for cell in split_columns(fold_marks(line)):
            name = _NAME.match(cell.strip(" .;,*_()-"))
            if name and not cell.strip().startswith(("-", "+")) and _may_name(cell):
                best = name.group("name")
    best = best or _beside_recipients(tail) or _before(lines, tail)
    if best:
        return best
    author = _AUTHOR.search(clean.text[:4000])
    if author:
        return author.group("name")
    for early in lines[:8]:
        name = _NAME.match(early.text.strip(" *_"))
        if name and early.zone != RULE and _may_name(early.text):
            return name.group("name")
    return None


def _beside_recipients(tail: Sequence[Line]) -> str | None:
    """The name that stood at the right of the last recipient before the columns were joined ("- Lưu: VT. Lê Văn Bình")."""
    for line in reversed(tail):
        kept = _KEPT.match(line.text)
        if kept and _may_name(kept.group("name")):
            return kept.group("name")
    return None


def _before(lines: Sequence[Line], tail: Sequence[Line]) -> str | None:
    """The name below an office in capitals just above the recipients."""
    if not tail:
        return None
    above = [line.text.strip() for line in lines if line.start < tail[0].start and line.text.strip()][-4:]
    for office, text in zip(above, above[1:], strict=False):
        name = _NAME.match(text)
        if name and office.isupper() and not text.isupper() and _may_name(text):
            return name.group("name")
    return None


def _last_lines(source: str, most: int = 400) -> int:
    """Where the first whole line among the last characters begins."""
    start = max(0, len(source) - most)
    return source.find("\n", start) + 1 if start else 0


def _may_name(text: str) -> bool:
    """False for what reads like a name and is an office, a kind of document or a heading."""
    folded = key(text)
    if any(folded.startswith(word.strip()) for word in _NOT_NAME) or folded in dict(kinds()):
        return False
    return _OFFICE.match(text.strip(" *_")) is None and not read_heading(text).roles


def fold_marks(line: str) -> str:
    """A source line with its characters repaired, its columns kept."""
    from nlp.text import clean as repair

    return "\t".join(repair(cell).text for cell in line.split("\t"))


@cache
def _provinces() -> tuple[tuple[str, str], ...]:
    data = load("provinces")
    rows = {name: name for name in [*data["since_2025"], *data["before_2025"]]} | dict(data["aliases"])
    return tuple(sorted(((fold(k), v) for k, v in rows.items()), key=lambda row: -len(row[0])))


def current_province(name: str) -> str | None:
    """The province that a name of before or after 12/6/2025 belongs to now; None for an unknown name."""
    data = load("provinces")
    name = data["aliases"].get(name, name)
    if name in data["since_2025"]:
        return str(name)
    merged = data["before_2025"].get(name)
    return None if merged is None else str(merged)


def _province(cells: Sequence[str], place: str | None, text: str, about: str) -> str | None:
    """The province: named in the letterhead, else the place, else that of the unit the issuer or title names, else
    named most often.
    """
    head = fold(" \n ".join(cells[:14]))
    for pattern in (r"(?:tinh|thanh pho|dang bo tinh|tinh uy|thanh uy|tp\.?)\s+{}(?!\w)", r"(?<!\w){}(?!\w)"):
        hits = [
            (m.start(), name)
            for folded, name in _provinces()
            for m in [re.search(pattern.format(re.escape(folded)), head)]
            if m
        ]
        if hits:
            return min(hits)[1]
    for folded, name in _provinces():
        if place and fold(place) == folded:
            return name
    unit = province_of_unit(about)
    if unit:
        return unit
    folded_text = fold(text)
    counts: Counter[str] = Counter()
    for folded, name in _provinces():
        counts[name] += 3 * len(
            re.findall(rf"(?:tinh|tinh uy|tp\.?|thanh pho)\s+{re.escape(folded)}(?!\w)", folded_text)
        )
        counts[name] += len(re.findall(rf"(?<!\w){re.escape(folded)}(?!\w)", folded_text))
    best = counts.most_common(1)
    return best[0][0] if best and best[0][1] >= 2 else None
