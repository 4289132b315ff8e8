"""Numbers that a report states, with unit, what they measure and their period ("455 lượt", "68%", "957,114 tỷ đồng")."""

from __future__ import annotations

import re

from nlp.reports.findings import Figure
from nlp.text import Clean

_UNITS = (
    "tỷ đồng",
    "triệu đồng",
    "nghìn đồng",
    "đồng",
    "tỷ",
    "triệu",
    "lượt người",
    "lượt",
    "người",
    "cuộc",
    "buổi",
    "vụ việc",
    "vụ",
    "đơn",
    "hộ",
    "hồ sơ",
    "trường hợp",
    "văn bản",
    "lớp",
    "công trình",
    "mô hình",
    "ha",
    "km",
    "m2",
    "m³",
    "m3",
    "tấn",
    "kg",
    "xã",
    "phường",
    "thôn",
    "bản",
    "tổ",
    "kỳ",
    "ý kiến",
    "kiến nghị",
    "quyết định",
    "cán bộ",
    "đảng viên",
    "học sinh",
    "giáo viên",
    "dự án",
    "doanh nghiệp",
    "điểm",
    "ngày công",
    "thủ tục",
    "đơn vị",
    "cơ sở",
    "tin",
    "bài",
    "hội nghị",
    "đồng chí",
    "ca",
    "giường",
)
_FIGURE = re.compile(
    r"(?<![\w/.,-])(?P<value>\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?)(?:\s*/\s*(?P<of>\d[\d.,]*))?\s*(?:(?P<percent>%)|(?P<unit>"
    + "|".join(re.escape(u) for u in sorted(_UNITS, key=len, reverse=True))
    + r")(?!\w))(?!/\d)"
)
_PERIOD = re.compile(
    r"(?:(?:6|9|sáu|chín)\s+tháng(?:\s+đầu|\s+cuối)?(?:\s+năm(?:\s+\d{4})?)?|quý\s+[IV]{1,3}(?:[/ -]+(?:năm\s+)?\d{4})?|tháng\s+\d{1,2}[/-]\d{4}|năm\s+\d{4}|giai đoạn\s+\d{4}\s*-\s*\d{4}|nhiệm kỳ\s+\d{4}\s*-\s*\d{4})",
    re.IGNORECASE,
)
_BOUNDARY = re.compile(r"[,;:.()]")


def parse_value(written: str) -> float:
    """Value of a number as Vietnamese writes it: dots group thousands, a comma opens the decimals ("1.234,5" →
    1234.5).
    """
    return float(written.replace(".", "").replace(",", "."))


def find_figures(clean: Clean, limit: int = 2000) -> tuple[Figure, ...]:
    """Figures with a unit, in order.

    Parameters: `clean`, running text with its map; `limit`, the most figures returned, so that an annex of tables
    stays bounded. `measures` are the words in front of the number within its clause; `period` is the last one named
    before it in the same paragraph.
    """
    text = clean.text
    figures: list[Figure] = []
    paragraph = 0
    for match in _FIGURE.finditer(text):
        if len(figures) >= limit:
            break
        paragraph = text.rfind("\n", paragraph, match.start()) + 1 or paragraph
        before = text[max(paragraph, match.start() - 400) : match.start()]
        clause = _BOUNDARY.split(before)[-1].strip()
        words = clause.split()
        periods = _PERIOD.findall(before)
        span = clean.to_source(match.start(), match.end())
        figures.append(
            Figure(
                " ".join(match.group().split()),
                parse_value(match.group("value")),
                "%" if match.group("percent") else match.group("unit"),
                " ".join(words[-12:]) or None,
                periods[-1] if periods else None,
                span,
            )
        )
    return tuple(figures)
