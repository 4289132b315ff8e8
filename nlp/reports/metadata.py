"""What a report says about itself: title, kind, issuer, number, place, date, period, signer, province."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from nlp.reports.findings import Metadata
from nlp.reports.lexicon import key, load
from nlp.reports.zones import BODY, CONTENTS, LETTERHEAD, RECIPIENTS, RULE, SIGNATURE, Line
from nlp.text import fold

_COLUMNS = re.compile(r"\s{2,}|\t|\s*\|\s*")
_NUMBER = re.compile(r"(?<!\w)[Ss]ố\s*:?\s*(?P<number>\d{1,5}\s*[-/]\s*[A-ZĐa-z0-9][A-ZĐa-zđƯÔÂ0-9\-/.&]*|\d{1,5}\s*/\s*\d{4}\s*/\s*[A-ZĐ][\w\-/]*)")
_PLACE_DATE = re.compile(
    r"(?P<place>[A-ZĐÀ-Ỹ][\w'’]*(?:[ \-.]+[A-ZĐÀ-Ỹ0-9][\w'’]*){0,5})\s*,\s*(?:ngày\s*(?P<d>[\d.…]{0,6})\s*)?tháng\s*(?P<m>[\d.…]{0,6})\s*năm\s*(?P<y>\d{4})"
)
_NAME = re.compile(r"^(?:(?:Đ/c|Ông|Bà|ThS|TS|BS|CN|KS)\.?\s+)*(?P<name>[A-ZĐÀ-Ỹ][a-zà-ỹđ]+(?:\s+[A-ZĐÀ-Ỹ][a-zà-ỹđ'’]*){1,5})$")
_PERIODS = (
    re.compile(r"(?:giai đoạn|nhiệm kỳ)\s+(?:từ\s+)?(?:năm\s+)?\d{4}\s*[-–]\s*\d{4}", re.IGNORECASE),
    re.compile(r"(?:6|9|sáu|chín)\s+tháng(?:\s+đầu|\s+cuối)?\s+năm\s+\d{4}", re.IGNORECASE),
    re.compile(r"quý\s+(?:[IV]{1,3}|\d)\s*(?:[/-]|năm|,)?\s*(?:năm\s+)?\d{4}", re.IGNORECASE),
    re.compile(r"tháng\s+\d{1,2}\s*(?:[/-]\s*|năm\s+)\d{4}", re.IGNORECASE),
    re.compile(r"(?:từ\s+(?:năm|tháng|ngày)\s+[\d/]+\s+(?:đến|-)\s+(?:hết\s+)?(?:năm\s+|tháng\s+|ngày\s+)?[\d/]+)", re.IGNORECASE),
    re.compile(r"\d{4}\s*[-–]\s*\d{4}"),
    re.compile(r"năm\s+\d{4}", re.IGNORECASE),
    re.compile(r"\d{1,2}\s+năm\s+(?:thực hiện|triển khai)", re.IGNORECASE),
)
_STATE = ("cong hoa xa hoi", "doc lap tu do", "dang cong san")
_LEADING = re.compile(r"^(?:về việc|v/v|về)\s+", re.IGNORECASE)
_LOWER = {"huyện", "tỉnh", "xã", "phường", "quận", "thị", "thành", "phố", "trấn", "và", "dân", "cấp", "trực", "thuộc", "của"}


def read_metadata(lines: Sequence[Line], text: str) -> Metadata:
    """Read the metadata of a report from its letterhead, title block and signature.

    Parameters: `lines`, with zones; `text`, the clean text. Returns None for what the document does not say. Forms: Nghị định
    30/2020/NĐ-CP, Phụ lục I (state bodies), Hướng dẫn 36-HD/VPTW (party bodies).
    """
    head = [line.text.strip() for line in lines if line.zone in (LETTERHEAD, RULE)] or [
        line.text.strip() for line in lines[:30]]
    cells = [cell.strip(" *#") for line in head for cell in _COLUMNS.split(line) if cell.strip(" *#-_–—.")]
    joined = "\n".join(head)
    number = _NUMBER.search(joined)
    where = _PLACE_DATE.search(joined) or _last_place(text)
    kind, title = _title(lines, cells)
    place = where.group("place").strip() if where else None
    return Metadata(
        title=title,
        kind=kind,
        issuer=_issuer(cells),
        number=re.sub(r"\s", "", number.group("number")).rstrip(".-/") if number else None,
        place=place,
        date=_date(where),
        period=_period(title, head, text),
        signer=_signer(lines),
        province=_province(cells, place, text),
    )


def _last_place(text: str) -> re.Match[str] | None:
    found = list(_PLACE_DATE.finditer(text[-3000:]))
    return found[-1] if found else None


def _date(match: re.Match[str] | None) -> str | None:
    if match is None:
        return None
    year, month, day = int(match.group("y")), match.group("m"), match.group("d") or ""
    if not month.isdigit() or not 1 <= int(month) <= 12:
        return f"{year:04d}"
    if not day.isdigit() or not 1 <= int(day) <= 31:
        return f"{year:04d}-{int(month):02d}"
    return f"{year:04d}-{int(month):02d}-{int(day):02d}"


@cache
def _kinds() -> tuple[tuple[str, str], ...]:
    rows = [(key(row["line"]), str(row["kind"])) for row in load("references")["own_kinds"]]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


def _title(lines: Sequence[Line], cells: Sequence[str]) -> tuple[str | None, str | None]:
    """(kind, title): the line that names the kind, and the lines below it up to the body."""
    front = [line for line in lines[:45] if line.zone in (LETTERHEAD, RULE, BODY) and line.text.strip()]
    for index, line in enumerate(front):
        stripped = line.text.strip(" *#")
        folded = key(stripped)
        name = next((k for k, _ in _kinds() if folded == k or (folded.startswith(k + " ") and stripped[:len(k)].isupper())), None)
        if name is None:
            continue
        kind = dict(_kinds())[name]
        rest = stripped[len(name):].strip(" :.-") if folded != name else ""
        parts = [rest] if rest else []
        for below in front[index + 1:index + 7]:
            content = below.text.strip(" *#")
            if below.zone == RULE or (below.zone == BODY and not content.isupper() and len(content.split()) > 45):
                if parts:
                    break
                continue
            if re.match(r"(?i)^(?:kính gửi|phần thứ|phần [IVX]|[IVX]{1,4}[.\-]|[A-Z][.\-]\s|\d[.\-]\s|căn cứ|thực hiện|thời gian|hôm nay)", content) and parts:
                break
            if below.zone == BODY and parts:
                break
            if _is_frame(content):
                continue
            if not parts and re.match(r"^CỦA\s", content) and content.split()[0].isupper():
                words = content.split()
                split = next((i for i, w in enumerate(words) if w[:1].islower()), len(words))
                content = " ".join(words[split:])
                if not content:
                    continue
            parts.append(content)
        title = _LEADING.sub("", " ".join(" ".join(parts).split()).strip(" -_*.…"))
        if title.isupper():
            title = title.capitalize()
        title = title[:1].upper() + title[1:] if title else ""
        for row in load("references")["subject_kinds"]:
            if key(title).startswith(key(row["starts"])) and (kind.startswith("báo cáo") or "kết luận" in row["kind"] and kind == "thông báo"):
                kind = row["kind"]
                break
        return kind, title or None
    return None, _first_title(front)


def _first_title(front: Sequence[Line]) -> str | None:
    for line in front:
        content = line.text.strip(" *#")
        if len(content.split()) >= 5 and not _is_frame(content) and (content.isupper() or line.heading_level or line.emphasis or not content.endswith(".")):
            return content.capitalize() if content.isupper() else content
    return None


def _is_frame(content: str) -> bool:
    folded = key(content)
    return bool(_NUMBER.match(content) or _PLACE_DATE.search(content)) or any(s in folded for s in _STATE)


def _issuer(cells: Sequence[str]) -> str | None:
    """The issuing body: the last name in capitals before the number, with the body above it kept out."""
    names: list[str] = []
    for cell in cells:
        folded = key(cell)
        if not folded or any(s in folded for s in _STATE):
            continue
        if _NUMBER.match(cell) or (names and _PLACE_DATE.search(cell)):
            if names:
                break
            continue
        if folded in dict(_kinds()):
            break
        letters = [c for c in cell if c.isalpha()]
        if letters and sum(c.isupper() for c in letters) / len(letters) > 0.85 and len(letters) > 3:
            names.append(cell)
        elif names:
            break
    if not names:
        return None
    name = names[-1]
    if len(names) >= 2 and _is_tail(name):
        name = f"{names[-2]} {name}"
    return _proper(name)


def _is_tail(name: str) -> bool:
    """A line that only goes on with the name above it ("HUYỆN BÌNH SƠN")."""
    return re.match(r"(?:TỈNH|HUYỆN|XÃ|PHƯỜNG|QUẬN|THỊ XÃ|THỊ TRẤN|THÀNH PHỐ|ĐẶC KHU)\s", name) is not None


def _proper(name: str) -> str:
    """A name in capitals as running text writes it ("ỦY BAN NHÂN DÂN HUYỆN BÌNH SƠN" → "UBND huyện Bình Sơn")."""
    text = " ".join(name.split())
    for long, short in (("ỦY BAN NHÂN DÂN", "UBND"), ("UỶ BAN NHÂN DÂN", "UBND"), ("HỘI ĐỒNG NHÂN DÂN", "HĐND"), ("ỦY BAN MẶT TRẬN TỔ QUỐC VIỆT NAM", "Ủy ban MTTQ Việt Nam")):
        text = text.replace(long, short)
    words = []
    for index, word in enumerate(text.split()):
        if word in ("UBND", "HĐND", "MTTQ") or not word.isupper() or (len(word) <= 4 and not any(ord(c) > 127 for c in word) and word in ("TW", "CP", "TP", "ĐBQH")):
            words.append(word)
        elif word.lower() in _LOWER and index:
            words.append(word.lower())
        elif word in ("ỦY", "UỶ", "ĐỘNG", "VẬN", "TRA", "GIÁO", "CHỨC", "VỤ", "BAN") and index and words[-1] not in ("-",):
            words.append(word.lower() if word != "BAN" else "Ban")
        else:
            words.append(word.capitalize())
    return " ".join(words)


def _period(title: str | None, head: Sequence[str], text: str) -> str | None:
    for source in (title or "", " ".join(head), text[:1500]):
        for pattern in _PERIODS:
            match = pattern.search(source)
            if match:
                found = " ".join(match.group().split())
                return found[:1].lower() + found[1:]
    return None


def _signer(lines: Sequence[Line]) -> str | None:
    """The last personal name of the signature block (or of the last lines where there is none)."""
    tail = [line for line in lines if line.zone in (SIGNATURE, RECIPIENTS)]
    tail = tail or [line for line in lines if line.zone not in (CONTENTS, LETTERHEAD)][-6:]
    best = None
    for line in tail:
        for cell in _COLUMNS.split(line.text.strip()):
            match = _NAME.match(cell.strip(" .;,*"))
            if match and not cell.strip().startswith(("-", "+")) and not key(cell).startswith(("noi nhan", "nhu tren", "luu", "thuong truc", "phu luc", "trang")):
                best = match.group("name")
    return best


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


def _province(cells: Sequence[str], place: str | None, text: str) -> str | None:
    """The province: named in the letterhead, else the place, else named most often as "tỉnh X"."""
    head = fold(" \n ".join(cells[:14]))
    for pattern in (r"(?:tinh|thanh pho|dang bo tinh|tp\.?)\s+{}(?!\w)", r"(?<!\w){}(?!\w)"):
        hits = [(m.start(), name) for folded, name in _provinces() for m in [re.search(pattern.format(re.escape(folded)), head)] if m]
        if hits:
            return min(hits)[1]
    if place:
        for folded, name in _provinces():
            if fold(place) == folded:
                return name
    folded_text = fold(text)
    counts: Counter[str] = Counter()
    for folded, name in _provinces():
        counts[name] += len(re.findall(rf"(?:tinh|thanh pho)\s+{re.escape(folded)}(?!\w)", folded_text))
    best = counts.most_common(1)
    return best[0][0] if best and best[0][1] > 0 else None
