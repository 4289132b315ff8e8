"""The head of a document: who issued it, its number, place and date, its kind and title.

Works on the lines of the source, where the two columns of a letterhead are still apart. Forms: Nghị định
30/2020/NĐ-CP, Phụ lục I (state bodies), Hướng dẫn 36-HD/VPTW (party bodies).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.reports.lexicon import key, load
from nlp.reports.proper_names import proper_name
from nlp.text import clean

_COLUMNS = re.compile(r"\t+|\s{3,}|\s*\|\s*|\*\*\s+—\s+\*\*")
NUMBER = re.compile(
    r"(?<!\w)[Ss]ố\s*:?\s*(?P<number>\d{1,5}\s*(?:[-/]\s*(?:\d{4}\s*[-/]\s*)?[A-ZĐ][A-ZĐa-zđƯÔÂêôư0-9]*)(?:\s?[-/.&]\s?[A-ZĐ][A-ZĐa-zđƯÔÂ0-9]*)*)"
)
PLACE_DATE = re.compile(
    r"(?<!\w)(?P<place>[A-ZĐÀ-Ỹ][\w'’]*(?:[ \-.]+[A-ZĐÀ-Ỹ0-9][\w'’]*){0,5})\s*,\s*(?:ngày\s*(?P<d>[\d.…]{0,6})\s*)?tháng\s*(?P<m>[\d.…]{0,6})\s*(?:năm\s*|[/-]\s*)(?P<y>\d{4})"
)
_OPEN_DATE = re.compile(r"tháng\s*[\d.…]{1,6}\s*năm$", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_STATE = ("cong hoa xa hoi", "doc lap tu do", "dang cong san")
_PLACE_WORD = re.compile(
    r"\b(?:TỈNH|HUYỆN|XÃ|PHƯỜNG|QUẬN|THỊ XÃ|THỊ TRẤN|THÀNH PHỐ|ĐẶC KHU)\s+(?!ỦY|UỶ)\w|(?:ỦY|UỶ)\s+(?!BAN)\w",
    re.IGNORECASE,
)
_TAIL = re.compile(r"(?:TỈNH|HUYỆN|XÃ|PHƯỜNG|QUẬN|THỊ XÃ|THỊ TRẤN|THÀNH PHỐ|ĐẶC KHU)\s", re.IGNORECASE)
_STOP_TITLE = re.compile(
    r"(?i)^(?:kính gửi|phần thứ|phần\s+[IVX]+\b|[IVX]{1,4}\s*[.\-/]|[A-Z]\s*[.\-]\s|\d{1,2}\s*[.\-]\s|căn cứ|thực hiện\s+(?:kế hoạch|công văn|nghị quyết|quyết định|chỉ thị)\s+số"
    r"|thời gian|hôm nay|tác giả|người viết|họ và tên|đơn vị công tác|lĩnh vực|ngày áp dụng|thuộc lĩnh vực|mục lục|điều\s+\d|ngày\s+\d|\()"
)
_LEADING = re.compile(r"^(?:về việc|v/v|về)\s+", re.IGNORECASE)
_NAMED_TITLE = re.compile(
    r"(?i)^(?:tên (?:sáng kiến|đề tài|giải pháp|chuyên đề)|đề tài|sáng kiến)\s*:\s*(?P<title>.{8,})"
)
_ASSEMBLY = re.compile(r"^(?:HỘI ĐỒNG NHÂN DÂN|HĐND|ỦY BAN NHÂN DÂN|UỶ BAN NHÂN DÂN|KHÓA|KHOÁ|BAN THƯỜNG VỤ)\b")
# What a page without a number must begin with to name an office and not its author or its headline.
_ORGAN = re.compile(
    r"(?:UBND|HĐND|[ỦU]Y BAN|UỶ BAN|HỘI|ĐẢNG|CHI BỘ|TỈNH|THÀNH|HUYỆN|QUẬN|THỊ|XÃ|PHƯỜNG|ĐẶC KHU|SỞ|PHÒNG|BAN|VĂN PHÒNG|THANH TRA"
    r"|CHI CỤC|CỤC|TRUNG TÂM|TRƯỜNG|BỆNH VIỆN|CÔNG|MẶT TRẬN|ĐOÀN|TOÀ|TÒA|VIỆN|BỘ|TỔ|LIÊN|BÁO|TẠP CHÍ|KHỐI)\b"
)
_LEVEL_OF_BODY = re.compile(
    r"(?P<body>ỦY BAN|BAN ĐẠI DIỆN|BAN CHẤP HÀNH)\s+(?P<place>(?:TỈNH|HUYỆN|XÃ|PHƯỜNG|QUẬN|THỊ XÃ|THỊ TRẤN|THÀNH PHỐ|ĐẶC KHU)\s.+)"
)
_SHORT = (
    ("UỶ BAN NHÂN DÂN", "UBND"),
    ("ỦY BAN NHÂN DÂN", "UBND"),
    ("UỶ BAN MẶT TRẬN TỔ QUỐC", "ỦY BAN MTTQ"),
    ("ỦY BAN MẶT TRẬN TỔ QUỐC", "ỦY BAN MTTQ"),
)


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a document says; None where it says nothing."""

    kind: str | None
    title: str | None
    issuer: str | None
    number: str | None
    place: str | None
    date: str | None
    cells: tuple[str, ...]


def read_head(source: str, end: int, body: str) -> Head:
    """Read the head of a document.

    Parameters: `source`, the text as given; `end`, where its body begins; `body`, the clean text, in which a name in
    capitals is looked up to learn how the office writes it.
    """
    lines = _lines(source[:end] if end > 0 else source[:1500])
    cells = [cell for line in lines for cell in line]
    flat = [" ".join(line) for line in lines]
    number = next((m for cell in cells for m in [NUMBER.search(cell)] if m), None)
    where = next((m for cell in cells for m in place_dates(cell)), None)
    kind, title, by = _title(flat)
    if end <= 0:
        number = None
    return Head(
        kind=kind,
        title=title or _named_title(flat),
        issuer=_issuer(
            lines, by, body, where.group("place").strip() if where else None, number is not None
        ),  # fmt: skip
        number=re.sub(r"\s", "", number.group("number")) if number else None,
        place=where.group("place").strip() if where else None,
        date=iso_date(where),
        cells=tuple(cells),
    )


def place_dates(text: str) -> Iterator[re.Match[str]]:
    """Every "Sơn La, ngày … tháng … năm …"; the pattern's range of letters has small ones too, a place begins large."""
    return (m for m in PLACE_DATE.finditer(text) if m["place"][0].isupper())


def iso_date(match: re.Match[str] | None) -> str | None:
    """ISO date of a place-and-date match, partial where day or month is left open ("ngày … tháng 9 năm 2019" →
    "2019-09").
    """
    if match is None:
        return None
    year, month, day = int(match.group("y")), (match.group("m") or "").strip(".…"), (match.group("d") or "").strip(".…")
    if not month.isdigit() or not 1 <= int(month) <= 12:
        return f"{year:04d}"
    if not day.isdigit() or not 1 <= int(day) <= 31:
        return f"{year:04d}-{int(month):02d}"
    return f"{year:04d}-{int(month):02d}-{int(day):02d}"


def _lines(source: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for line in source.split("\n")[:60]:
        cells = []
        for cell in _COLUMNS.split(re.sub(r"<[^<>]{1,20}>", "", line.strip())):
            tidy = clean(cell).text.replace("_", " ").replace("**", "").strip(" *#_-–—=.")
            if tidy:
                cells.append(" ".join(tidy.split()))
        if rows and len(cells) == 1 and _YEAR.fullmatch(cells[0]) and rows[-1] and _OPEN_DATE.search(rows[-1][-1]):
            # "…, ngày 14 tháng 01 năm" and the year on the next line.
            rows[-1][-1] += f" {cells[0]}"
            cells = []
        rows.append(cells)
    return rows


def split_columns(line: str) -> list[str]:
    """Cells of a line that holds two columns."""
    return [c.strip() for c in _COLUMNS.split(line) if c.strip()]


@cache
def kinds() -> tuple[tuple[str, str], ...]:
    """(key of the line, kind) of the kinds a document may call itself, longest first."""
    rows = [(key(row["line"]), str(row["kind"])) for row in load("references")["own_kinds"]]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


def _title(flat: Sequence[str]) -> tuple[str | None, str | None, str | None]:
    """(kind, title, body named after "CỦA"): the line that names the kind and the lines below it."""
    for index, line in enumerate(flat):
        folded = key(line)
        name = next(
            (k for k, _ in kinds() if folded == k or (folded.startswith(k + " ") and line[: len(k)].isupper())), None
        )
        if name is None:
            continue
        kind = dict(kinds())[name]
        rest = line[len(name) :].strip(" :.-") if folded != name else ""
        by = None
        parts = [rest] if rest else []
        blank = False
        for below in flat[index + 1 : index + 9]:
            if not below:
                blank = bool(parts)
                continue
            if (
                blank
                or (_STOP_TITLE.match(below) and parts)
                or key(below).startswith("kinh gui")
                or (parts and _ASSEMBLY.match(below))
            ):
                break
            if parts and below.isupper() and not parts[-1].isupper() and len(below.split()) > 1:
                # A title of small letters ends where the first heading in capitals stands.
                break
            if not parts and re.match(r"^CỦA\s|^Của\s+(?:Ban|Đoàn|Chủ tịch|Hội đồng|Ủy ban|Thường trực)", below):
                split = re.search(r"\s(?=[vV]ề\s)", below)
                by = below[3 : split.start() if split else len(below)].strip()
                if split:
                    parts.append(below[split.end() :])
                continue
            if any(s in key(below) for s in _STATE) or NUMBER.match(below) or PLACE_DATE.search(below):
                continue
            parts.append(below)
        title = " ".join(parts)
        if named := _NAMED_TITLE.match(title):
            title = named.group("title")
        title = _LEADING.sub("", title).strip(" -_*.…:")
        if title and title.isupper():
            title = title.capitalize()
        title = title[:1].upper() + title[1:]
        return _finer_kind(kind, title), title or None, by
    return None, None, None


def _finer_kind(kind: str, title: str) -> str:
    folded = key(title)
    for row in load("references")["subject_kinds"]:
        same = kind.startswith("báo cáo") or ("kết luận" in row["kind"] and kind == "thông báo")
        if same and folded.startswith(key(row["starts"])):
            return str(row["kind"])
    if kind == "báo cáo":
        for pattern, name in (
            (r"\bsang kien\b", "báo cáo sáng kiến"),
            (r"\bchuyen de\b", "báo cáo chuyên đề"),
            (r"\bquy [1-4iv]+\b", "báo cáo quý"),
            (r"\b(?:6|sau) thang\b", "báo cáo 6 tháng"),
            (r"\b(?:9|chin) thang\b", "báo cáo 9 tháng"),
            (r"\bket qua giam sat\b", "báo cáo giám sát"),
            (r"^(?:tinh hinh )?(?:phat trien )?kinh te xa hoi.*\bnam \d{4}\b", "báo cáo năm"),
        ):
            if re.search(pattern, folded):
                return name
    return kind


def _named_title(flat: Sequence[str]) -> str | None:
    """The title of a document that does not name its kind: "Tên sáng kiến: …", else its first line of five words or
    more.
    """
    for line in flat:
        match = _NAMED_TITLE.match(line)
        if match:
            return match.group("title").strip(' "“”.')
    for line in flat[:12]:
        if (
            len(line.split()) >= 5
            and not any(s in key(line) for s in _STATE)
            and not NUMBER.search(line)
            and not PLACE_DATE.search(line)
            and (not line.endswith(".") and len(line.split()) <= 45)
        ):
            return line.capitalize() if line.isupper() else line
    return None


def _issuer(lines: Sequence[Sequence[str]], by: str | None, body: str, where: str | None, numbered: bool) -> str | None:
    """The issuing body: the last name in capitals in the left column before the number, completed by the body above
    it.
    """
    names: list[str] = []
    for cells in lines:
        stop = False
        for cell in cells:
            folded = key(cell)
            if not folded or any(s in folded for s in _STATE):
                continue
            if NUMBER.match(cell) or PLACE_DATE.search(cell):
                stop = stop or bool(names)
                continue
            if folded in dict(kinds()) or re.match(r"(?i)(?:mục lục|phần|tên sáng kiến)\b", cell):
                stop = True
                break
            letters = [c for c in cell if c.isalpha()]
            if not stop and len(letters) > 3 and sum(c.isupper() for c in letters) / len(letters) > 0.8:
                names.append(cell)
        if stop:
            break
    if not numbered:
        names = [n for n in names if _ORGAN.match(n)]
    if not names:
        return proper_name(by, body) if by else None
    merged: list[str] = []
    for name in names:
        if merged and (_TAIL.match(name) and not _PLACE_WORD.search(merged[-1])):
            merged[-1] = f"{merged[-1]} {name}"
        else:
            merged.append(name)
    issuer = merged[-1]
    if len(merged) > 1 and (level := _LEVEL_OF_BODY.match(issuer)):
        # "MẶT TRẬN TỔ QUỐC VIỆT NAM" over "ỦY BAN HUYỆN VŨNG LIÊM", "HỘI NGƯỜI CAO TUỔI VIỆT NAM" over "BAN ĐẠI DIỆN …".
        above = re.sub(r"\s+VIỆT NAM$", "", merged[-2]) if level["body"] != "ỦY BAN" else merged[-2]
        return proper_name(f"{level['body']} {above} {level['place']}", body)
    for long, short in _SHORT:
        issuer = issuer.replace(long, short)
    named = issuer.startswith(("TRƯỜNG ", "CÔNG TY ")) and len(issuer.split()) > 3
    if not _PLACE_WORD.search(issuer) and len(merged) > 1 and not named:
        above = merged[-2]
        for long, short in (*_SHORT, ("HỘI ĐỒNG NHÂN DÂN", "HĐND")):
            above = above.replace(long, short)
        if re.search(r"(?i)\s(?:tỉnh|huyện|quận|thị xã|thành phố)$", issuer):
            above = " ".join(above.split()[-2:]) if where is None else where
        if issuer.endswith(" UBND") or issuer.startswith(
            ("SỞ ", "PHÒNG ", "CHI CỤC ", "THANH TRA", "TRUNG TÂM", "BAN QUẢN LÝ")
        ):
            above = re.sub(r"^UBND\s+", "", above)
        issuer = f"{issuer} {above}"
    if by and key(by).split()[:2] != key(issuer).split()[:2]:
        issuer = (
            f"{by.upper()} {issuer}"
            if not key(issuer).startswith(key(by).split()[-2] + " ")
            else f"{_before(by, issuer)} {issuer}"
        )
    return proper_name(issuer, body)


def _before(by: str, issuer: str) -> str:
    """The part of "BAN THƯỜNG VỤ HUYỆN ỦY" that the issuer "HUYỆN ỦY TUY PHƯỚC" does not already say."""
    words = by.upper().split()
    first = issuer.upper().split()[0]
    return " ".join(words[: words.index(first)]) if first in words else by.upper()
