"""Triggers: words at the head of a unit that say what the following sentences are ("Nguyên nhân là …", "Tuy nhiên,
…", "Giải pháp: …").

A list of causes names its kind once and goes on with semicolons, so each unit also carries the last trigger of its
sentence, paragraph and section.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.reports.structure import Structure
from nlp.reports.units import Unit

KINDS = ("limitation", "cause", "solution", "request", "result", "success", "lesson")
_SHORT = (
    r"(?:hạn chế|tồn tại|khó khăn|vướng mắc|bất cập|yếu kém|khuyết điểm|thiếu sót|chậm trễ|sai phạm|vi phạm|tình trạng)"
)
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "success",
        re.compile(
            r"^.{0,40}(?:nguyên nhân (?:đạt được|của (?:những |các )?(?:kết quả|thành công|ưu điểm|chuyển biến))|(?:kết quả|thành công|chuyển biến|thành tích|có được)[^.;]{0,40}"
            r"(?:là do|trước hết do|nhờ|là nhờ|xuất phát từ))",
            re.IGNORECASE,
        ),
    ),
    (
        "cause",
        re.compile(
            rf"^.{{0,30}}(?<!làm rõ )(?<!rõ )(?<!chỉ ra )nguyên nhân(?! (?:vụ|cháy|tai nạn|chết))|^.{{0,60}}{_SHORT}[^.;]{{0,40}}(?:xuất phát từ|bắt nguồn từ|là do|chủ yếu do|có nguyên nhân|trước hết (?:là )?do|do nhiều)"
            r"|^(?:về |do |yếu tố )?(?:khách quan|chủ quan)\b|^.{0,40}(?:có|là|do|thuộc về) yếu tố (?:khách quan|chủ quan)\b|^bởi (?!vậy|thế)|căn nguyên|^.{0,40}(?:xét cho cùng|cái gốc|gốc của)|^(?:chủ yếu |trước hết |một phần |phần lớn )?(?:là )?do\s|^sở dĩ|^(?:lý do|xuất phát từ|bắt nguồn từ)",
            re.IGNORECASE,
        ),
    ),
    (
        "solution",
        re.compile(
            r"^(?:giải pháp|hướng (?:giải quyết|khắc phục)|biện pháp|nhiệm vụ|thời gian tới|trong thời gian tới|sắp tới)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "request",
        re.compile(
            r"^.{0,40}(?i:đề nghị|kiến nghị|kính đề nghị|yêu cầu)\s+(?:với\s+)?(?:[A-ZĐỦỤ]|các|cấp|đồng chí|tỉnh|huyện|trung ương|thường trực)",
            0,
        ),
    ),
    (
        "limitation",
        re.compile(
            rf"^(?:tuy nhiên|tuy vậy|song|dù vậy|thế nhưng|nhưng|bên cạnh (?:những |các |kết quả|ưu điểm|mặt)|mặc dù|cá biệt|đáng chú ý|hạn chế|tồn tại|khó khăn|vướng mắc)\b|vẫn còn (?:một số|những|nhiều)? ?{_SHORT}|còn (?:một số|những|bộc lộ|có) {_SHORT}",
            re.IGNORECASE,
        ),
    ),
    ("result", re.compile(r"^(?:kết quả|ưu điểm|nhìn chung|đến nay|qua đó|nhờ|trong (?:năm|kỳ|quý))\b", re.IGNORECASE)),
    ("lesson", re.compile(r"^(?:bài học|kinh nghiệm|thực tiễn cho thấy|qua thực tiễn)\b", re.IGNORECASE)),
)
_OPENING = re.compile(
    r"^(?:(?:thứ (?:nhất|hai|ba|tư|năm)|(?:một|hai|ba|bốn|năm) là|trước hết|ngoài ra|mặt khác)\s*[,:]\s*)",
    re.IGNORECASE,
)


def trigger_of(text: str) -> str | None:
    """What a unit's head announces, one of KINDS or None.

    Parameters: `text`, the unit as in the clean text. An order to "làm rõ nguyên nhân" announces nothing.
    """
    body = _OPENING.sub("", text.strip())[:180]
    for kind, pattern in _PATTERNS:
        if pattern.search(body):
            return kind
    return None


def names() -> list[str]:
    """Names of the columns of `trigger_columns`."""
    scopes = ("own", "sentence", "paragraph", "section", "previous")
    return [f"trigger_{scope}:{kind}" for scope in scopes for kind in KINDS] + ["since_trigger"]


def trigger_columns(text: str, structure: Structure, units: Sequence[Unit]) -> NDArray[np.float32]:
    """Triggers of each unit and of what stands before it, shape (units, len(names()))."""
    rows = np.zeros((len(units), len(names())), dtype=np.float32)
    width = len(KINDS)
    last: dict[str, tuple[object, str, int]] = {}
    for i, unit in enumerate(units):
        section = structure.paragraphs[unit.paragraph].section
        own = trigger_of(text[unit.start : unit.end])
        previous = last.get("paragraph")
        if previous and i and units[i - 1].paragraph != unit.paragraph and previous[0] == units[i - 1].paragraph:
            rows[i, 4 * width + KINDS.index(previous[1])] = 1
        if own:
            rows[i, KINDS.index(own)] = 1
        for scope, (name, place) in enumerate(
            (("sentence", unit.sentence), ("paragraph", unit.paragraph), ("section", section)), start=1
        ):
            seen = last.get(name)
            if seen and seen[0] == place:
                rows[i, scope * width + KINDS.index(seen[1])] = 1
                if name == "section":
                    rows[i, -1] = math.log1p(i - seen[2])
            if own:
                last[name] = (place, own, i)
    return rows
