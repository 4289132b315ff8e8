"""Numbers that a report states, with unit, what they measure and their period ("455 lượt", "68%", "957,114 tỷ đồng")."""

from __future__ import annotations

import re
from functools import cache

from nlp.reports.findings import Figure
from nlp.reports.lexicon import load
from nlp.text import Clean

_VALUE = r"(?<![\w.,-])(?<!\d/)(?<![A-ZĐ]/)(?P<value>\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)(?:\s*/\s*(?P<of>(?!(?:19|20)\d\d(?!\d))\d+(?:[.,]\d+)*))?\s*"
_PERIOD = re.compile(
    r"(?:(?:6|9|sáu|chín)\s+tháng(?:\s+đầu|\s+cuối)?(?:\s+năm(?:\s+\d{4})?)?|quý\s+[IV]{1,3}(?:[/ -]+(?:năm\s+)?\d{4})?|tháng\s+\d{1,2}[/-]\d{4}|năm\s+\d{4}|giai đoạn\s+\d{4}\s*-\s*\d{4}|nhiệm kỳ\s+\d{4}\s*-\s*\d{4})",
    re.IGNORECASE,
)
# What a number is compared with, and the year of a law or a date, are no period of the number.
_NO_PERIOD = re.compile(
    r"(?:so với|so cùng kỳ|cùng kỳ|Luật|Pháp lệnh|Hiến pháp)[^,.;]{0,60}$|tháng\s+\d{1,2}\s+$", re.IGNORECASE
)
_PERIOD_BEHIND = re.compile(r"^[^,.;()]{0,60}?(?<!\w)(?:trong|của)\s+(?:cả\s+)?")
_BOUNDARY = re.compile(r"[,;:.()](?!\d)")
_SENTENCE = re.compile(r"[.;](?=\s)")
_BESIDE = re.compile(r"(?:^|\s)\d[\d.,]*\s*[^\W\d]+(?:\s+[^\W\d]+)?\s*/\s*$")
_RANGE = re.compile(r"\d[\d.,]*\s*(?:[-–]|đến)\s*$")
_MOST_WORDS = 12


@cache
def _figure() -> re.Pattern[str]:
    units = sorted((u for group in load("figures")["units"].values() for u in group), key=len, reverse=True)
    return re.compile(f"{_VALUE}(?:(?P<percent>%)|(?P<unit>{'|'.join(map(re.escape, units))})(?!\\w))")


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(load("figures")[name])


def parse_value(written: str) -> float:
    """Value of a number as Vietnamese writes it: dots group thousands, a comma opens the decimals ("1.234,5" →
    1234.5).
    """
    return float(written.replace(".", "").replace(",", "."))


def find_figures(clean: Clean, period: str | None = None, limit: int = 2000) -> tuple[Figure, ...]:
    """Figures with a unit, in order.

    Parameters: `clean`, running text with its map; `period`, that of the document; `limit`, the most figures returned,
    so that an annex of tables stays bounded. `measures` are the words in front of the number within its clause; of the
    clause before where the number only states a level ("đạt 95%"), and what follows the unit where nothing stands in
    front ("có 12 đơn quá hạn"). The period of a figure is the last one named before it in the same paragraph, else one
    named behind it in its clause, else the document's.
    """
    text = clean.text
    figures: list[Figure] = []
    paragraph = 0
    for match in _figure().finditer(text):
        if len(figures) >= limit:
            break
        paragraph = text.rfind("\n", paragraph, match.start()) + 1 or paragraph
        before = text[max(paragraph, match.start() - 400) : match.start()]
        behind = text[match.end() : match.end() + 120].partition("\n")[0]
        figures.append(
            Figure(
                " ".join(match.group().split()),
                parse_value(match.group("value")),
                "%" if match.group("percent") else match.group("unit"),
                _measures(before, behind, match.group("unit")),
                _period_of(before, behind) or period,
                clean.to_source(match.start(), match.end()),
            )
        )
    return tuple(figures)


def _measures(before: str, behind: str, unit: str | None) -> str | None:
    before = _BESIDE.sub(" ", _RANGE.sub(" ", before))
    clause = _BOUNDARY.split(before)[-1].strip()
    said = clause.lower()
    sentence = _SENTENCE.split(before)[-1].strip()
    head = sentence[: len(sentence) - len(clause)].rstrip(" ,")
    named = head.endswith((":", "("))
    if unit and (said in _words("openers") or not (said or named)):
        following = _BOUNDARY.split(behind)[0].split()
        if following:
            return " ".join([unit, *following[: _MOST_WORDS - 1]])
    if head and (not said or said in _words("relations") or said in _words("openers")):
        earlier = _BOUNDARY.split(head.rstrip(":( "))[-1].strip()
        clause = f"{earlier}, {clause}" if clause else earlier
    words = clause.split()
    return " ".join(words[-_MOST_WORDS:]) or None


def _period_of(before: str, behind: str) -> str | None:
    named = [m for m in _PERIOD.finditer(before) if not _NO_PERIOD.search(before, max(0, m.start() - 80), m.start())]
    if named:
        return " ".join(named[-1].group().split())
    lead = _PERIOD_BEHIND.match(behind)
    later = _PERIOD.match(behind, lead.end()) if lead else None
    return " ".join(later.group().split()) if later else None
