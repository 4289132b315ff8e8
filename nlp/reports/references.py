"""Documents that a report cites ("Nghị quyết số 25-NQ/TW ngày 03/6/2013"), normalised to one key each."""

from __future__ import annotations

import re
from functools import cache

from nlp.reports.findings import Reference
from nlp.reports.lexicon import key, load
from nlp.text import Clean, fold

_NUMBER = r"\d{1,5}(?:\s*[/-]\s*(?:\d{4}|[A-ZĐ][A-Za-zĐđƯưÔôÂâ]{0,7}\d{0,2}|QH\d{1,2}))+(?:\s*[-/&]\s*[A-ZĐ][A-ZĐa-z]{0,9}\d{0,2}){0,4}"
_DATE = r"(?:,?\s*ngày\s+(?P<d>\d{1,2})\s*(?:[/.-]\s*(?P<m>\d{1,2})\s*[/.-]\s*(?P<y>\d{4})|tháng\s+(?P<m2>\d{1,2})\s+năm\s+(?P<y2>\d{4})))?"
_LAW_STOP = re.compile(
    r"(?<!\w)(?:được|có|quy định|theo|ngày|số|hiện hành|đã|để|chưa|này|nêu|thì|từ|sau|khi|vẫn|giao|còn|là|và (?:các|Luật|Nghị))(?!\w)|[.;:()\"“”]"
)


@cache
def _kinds() -> re.Pattern[str]:
    names = sorted((row["name"] for row in load("references")["kinds"]), key=len, reverse=True)
    forms = [rf"{re.escape(n[0])}{re.escape(n[1:])}" for n in names] + [re.escape(n.upper()) for n in names]
    return re.compile(
        rf"(?<!\w)(?P<kind>{'|'.join(forms)})(?:\s+(?P<of>[A-ZĐ]\w*\s+\w+)?)?\s*số\s*:?\s*(?P<number>{_NUMBER}){_DATE}"
    )


_ISSUER = re.compile(
    r"\s+của\s+(?P<issuer>[A-ZĐ][^,.;:()\n\"“”]{2,70}?)(?=\s+(?:về|\(|ban hành|quy định|đã|và|trên|với|cho|khóa)|[,.;:()\n\"“”]|$)"
)
_LOCAL = re.compile(r"(?:ubnd|hdnd|tu|hu|qu|du|dang uy|mttq\w*)$")
_Mention = tuple[int, int, str, str, str | None, str | None, str | None]
"""Start and end in the clean text, kind, text as written, number, date and issuer."""

_LAW = re.compile(
    r"(?<!\w)(?P<kind>Luật|Bộ luật|Pháp lệnh|Hiến pháp)\s+(?:sửa đổi, bổ sung một số điều của\s+)?(?P<name>(?:[A-ZĐÂÔƯÁÀẢẠ]\w*)(?:[ ,]+(?!năm\s+\d|số\s+\d|ngày\s+\d)\w+){0,16}?)"
    r"(?:,?\s+(?:số\s+(?P<number>\d{1,3}/\d{4}/[A-ZĐ0-9]+))|,?\s+(?:năm\s+)?(?P<year>(?:19|20)\d\d)|\s+ngày\s+\d{1,2}(?:/\d{1,2}/|\s+tháng\s+\d{1,2}\s+năm\s+)(?P<dated>\d{4}))"
)


def find_references(clean: Clean, own_number: str | None = None) -> tuple[Reference, ...]:
    """Every other document that the text cites, once each, in order of first mention.

    Parameters: `clean`, running text with its map; `own_number`, the report's own number, which is not a reference to
    another document. The forms are those of Nghị định 30/2020/NĐ-CP, Phụ lục III, and of party documents
    (`25-NQ/TW`).
    """
    text = clean.text
    rows: dict[str, list[_Mention]] = {}
    for match in _kinds().finditer(text):
        number = re.sub(r"\s", "", match.group("number"))
        if own_number and key(number) == key(own_number):
            continue
        kind = match.group("kind")
        kind = kind.capitalize() if kind.isupper() else kind
        date = _iso(match)
        issuer = _ISSUER.match(text, match.end())
        entry = (
            match.start(),
            match.end(),
            kind,
            _written(match.group()),
            number,
            date,
            issuer.group("issuer").strip() if issuer else None,
        )
        rows.setdefault(_identity(kind, number, date), []).append(entry)
    _join_undated(rows)
    for match in _LAW.finditer(text):
        name = match.group("name").strip(" ,")
        if _LAW_STOP.search(name) and not match.group("number"):
            continue
        number = match.group("number")
        year = match.group("year") or match.group("dated")
        identity = f"{key(match.group('kind') + ' ' + name)}|{(number or year or '').lower()}"
        entry = (match.start(), match.end(), match.group("kind"), _written(match.group()), number, year, None)
        rows.setdefault(identity, []).append(entry)
    found = []
    for identity, entries in rows.items():
        best = max(entries, key=lambda e: (e[5] is not None, e[6] is not None))
        spans = tuple(clean.to_source(e[0], e[1]) for e in entries)
        found.append((entries[0][0], Reference(best[3], best[2], best[4], best[5], best[6], identity, spans)))
    return tuple(reference for _, reference in sorted(found, key=lambda row: row[0]))


def _identity(kind: str, number: str, date: str | None) -> str:
    """What two reports share when they cite one document: kind and number; for a local body, whose numbers begin
    again every year and in every place, the year too.
    """
    plain = fold(number)
    return f"{key(kind)}|{plain}|{date[:4]}" if date and _LOCAL.search(plain) else f"{key(kind)}|{plain}"


def _join_undated(rows: dict[str, list[_Mention]]) -> None:
    """A mention without its date ("Kế hoạch số 27/KH-UBND nêu trên") is of the one dated document of that number."""
    for identity in [i for i in rows if i.count("|") == 1]:
        dated = [i for i in rows if i.startswith(f"{identity}|")]
        if len(dated) == 1:
            rows[dated[0]] = sorted([*rows[dated[0]], *rows.pop(identity)])


def _written(text: str) -> str:
    return re.sub(r"\s*([/-])\s*(?=[A-ZĐ\d])", r"\1", " ".join(text.replace("_", " ").split())).replace(" ,", ",")


def _iso(match: re.Match[str]) -> str | None:
    day, month, year = match.group("d"), match.group("m") or match.group("m2"), match.group("y") or match.group("y2")
    if not (day and month and year) or not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return f"{int(year):04d}-{int(month):02d}-{int(day):02d}"
