"""What a finding says besides its kind: addressee, responsible unit, deadline, subject, hedges, embedded causes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nlp.reports.cues import Cue
from nlp.reports.lexicon import key
from nlp.reports.organs import Organ, find_organs, organ_at
from nlp.text import Span

_REQUEST = re.compile(
    r"(?:(?:kính|trân trọng|tiếp tục|xin)\s+)?(?:đề nghị|kiến nghị|đề xuất|kính mong|mong|yêu cầu|khuyến nghị|kính trình|giao(?:\s+cho)?)"
    r"(?:\s+(?:với|đến|tới|lên))?\s+",
    re.IGNORECASE,
)
_TOWARDS = re.compile(r"(?:đối\s+)?với\s+", re.IGNORECASE)
_ASSIGN = re.compile(r"(?:giao(?:\s+cho)?|yêu cầu|phân công|đề nghị)\s+", re.IGNORECASE)
_LEADS = re.compile(r"(?:chủ trì|chịu trách nhiệm|làm tổ trưởng|có trách nhiệm|làm đầu mối|tham mưu)", re.IGNORECASE)
_TIME = (
    r"(?:ngày\s+)?\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{4})?|ngày\s+\d{1,2}\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?"
    r"|(?:đầu\s+|cuối\s+|hết\s+)?tháng\s+\d{1,2}(?:[/-]\d{4}|\s+năm\s+\d{4})?|(?:đầu\s+|cuối\s+|hết\s+)?quý\s+(?:[IV]{1,3}|\d)(?:\s*[/-]\s*\d{4}|\s+năm\s+\d{4})?"
    r"|(?:đầu\s+|cuối\s+|hết\s+)?năm\s+\d{4}|(?:6|sáu)\s+tháng\s+(?:đầu|cuối)\s+năm(?:\s+\d{4})?|(?:đầu|cuối|hết)\s+năm\s+nay"
)
_DUE = re.compile(
    rf"(?:chậm nhất(?:\s+(?:là|trong|đến|vào))?\s+|(?:xong|hoàn thành)\s+)?(?:trước|trong|đến hết|đến|từ|vào|xong)\s+(?:{_TIME})"
    rf"|(?:chậm nhất(?:\s+(?:là|trong|đến|vào))?\s+)(?:{_TIME})|trong\s+(?:thời hạn\s+)?\d{{1,3}}\s+(?:ngày|tháng)(?:\s+làm việc)?(?=\W)",
    re.IGNORECASE,
)
_DUE_BARE = re.compile(
    rf"(?:hoàn thành|xong)\s+(?P<due>{_TIME})|(?P<day>(?:trước\s+)?ngày\s+\d{{1,2}}(?:\s+(?:hằng|hàng)\s+tháng)?)(?![\d/])",
    re.IGNORECASE,
)
_SOME = re.compile(r"(?:(?:ở|tại)\s+)?(?P<some>(?:một số|nhiều|không ít)\s+[^\W\d_]+)", re.IGNORECASE)
_DUE_WORDS = re.compile(r"^(?:xong|hoàn thành)\s+", re.IGNORECASE)
_SUBJECT = re.compile(
    r"(?:một số|nhiều|các|một bộ phận|không ít|đa số|phần lớn|\d+(?:/\d+)?)\s+(?:[a-zà-ỹđ]+\s+){0,2}?(?:cấp ủy|chính quyền|xã|phường|thị trấn|huyện|thôn|bản|"
    r"đơn vị|cơ quan|địa phương|nơi|ngành|cán bộ|công chức|viên chức|đảng viên|trường|hộ dân|hộ|doanh nghiệp|người dân|dự án|tổ dân phố)"
    r"(?:\s*,\s*(?:công chức|phường|thị trấn|đơn vị|địa phương|đảng viên|viên chức|chính quyền|ban|ngành))*",
    re.IGNORECASE,
)
_CAUSE_BEFORE = re.compile(
    r"(?:,\s*|\s)(?:vì vậy\s+|do đó\s+|cho\s+)?nên\s|,?\s*(?:đã\s+)?dẫn (?:đến|tới)\s|,\s*(?:khiến|làm cho|vì vậy|do đó|vì thế)\s"
)
_CAUSE_AFTER = re.compile(
    r"(?:^|[\s,(;])(?P<cause>(?:(?:mà\s+)?(?:nguyên nhân|lý do)\s+(?:chính\s+|chủ yếu\s+)?(?:là\s+)?(?:do\s+)?|(?:chủ yếu|một phần|phần lớn|phần nhiều|chỉ)?\s*(?:là\s+)?(?:do|vì|bởi vì|bởi)\s|xuất phát từ\s|bắt nguồn từ\s))",
    re.IGNORECASE,
)
_NOT_CAUSE = re.compile(
    r"do\s+(?:đồng chí|ông|bà|UBND|Ủy ban|Phó|Chủ tịch|[A-ZĐ]\w*\s+(?:làm|chủ trì|quản lý|cấp|tổ chức|thực hiện)|dân\s+(?:làm|bầu)|(?:huyện|tỉnh|xã|nhà nước|trung ương|cấp trên|Trung ương)\s+(?:quản lý|cấp|giao|đầu tư|ban hành|làm|tổ chức|hỗ trợ))|vì\s+(?:vậy|thế)|do (?:đó|vậy)",
)
_END_CLAUSE = re.compile(
    r",\s+(?:nên|dẫn đến|dẫn tới|khiến|làm cho|vì vậy|do đó|tạo|rác|nhất là|trong khi)\s|;\s|\s(?:nên|dẫn đến|dẫn tới)\s"
)
_OPENING = re.compile(
    r"^(?:Tuy nhiên|Tuy vậy|Bên cạnh đó|Mặt khác|Ngoài ra|Song|Nhưng|Thứ \w+|(?:Một|Hai|Ba|Bốn|Năm|Sáu) là)\s*,?\s*",
    re.IGNORECASE,
)


def hedges_of(cues: Sequence[Cue], text: str) -> tuple[str, ...]:
    """Words that soften or limit a finding ("có nơi, có lúc", "một số xã"), as printed, longest where they overlap."""
    found: list[str] = []
    end = -1
    for cue in sorted((c for c in cues if c.group == "hedge"), key=lambda c: (c.start, -c.end)):
        if cue.start < end:
            continue
        some = _SOME.match(text, cue.start)
        stop = max(cue.end, some.end()) if some else cue.end
        found.append(text[some.start("some") if some else cue.start : stop])
        end = stop
    return tuple(found)


def due_of(text: str, start: int, end: int) -> str | None:
    """The deadline that a recommendation states, as printed ("trước ngày 30/9/2024"), or None.

    An end date wins over a start date ("từ quý II/2023"); "từ … đến nay" is no deadline.
    """
    found = [
        m
        for m in _DUE.finditer(text, start, end)
        if not re.match(r"\s*(?:đến|tới)\s+(?:nay|ngày|tháng|hết)", text[m.end() : m.end() + 12])
    ]
    ends = [m for m in found if not m.group().lower().startswith("từ")]
    match = next(iter(ends or found), None)
    if match is None:
        bare = _DUE_BARE.search(text, start, end)
        return None if bare is None else " ".join((bare.group("due") or bare.group("day")).split())
    return _DUE_WORDS.sub("", " ".join(match.group().split()))


def request_target(text: str, start: int, end: int) -> Organ | None:
    """The body that a sentence asks ("Đề nghị UBND tỉnh …" → UBND tỉnh), or None."""
    for match in _REQUEST.finditer(text, start, min(end, start + 160)):
        at = match.end()
        towards = _TOWARDS.match(text, at)
        organ = organ_at(text, towards.end() if towards else at, end)
        if organ:
            return organ
    direct = _TOWARDS.match(text, start)
    return organ_at(text, direct.end(), end) if direct else None


def opening_organ(text: str, start: int, end: int) -> Organ | None:
    """The body that opens a sentence and acts in it ("Ban Dân vận Huyện ủy rà soát …"), or None."""
    match = _OPENING.match(text[start:end])
    at = start + (match.end() if match else 0)
    organ = organ_at(text, at, end)
    if organ is None or organ.end >= end - 3:
        return None
    return organ


def heading_organ(titles: Sequence[str]) -> Organ | None:
    """The body that the nearest heading names ("Đối với UBND tỉnh", "3. Ủy ban Kiểm tra Huyện ủy"), or None.

    Parameters: `titles`, headings and leads from the innermost outwards.
    """
    for title in titles:
        match = re.search(
            r"(?:đối với|kiến nghị với|đề nghị|kiến nghị|đề xuất với|yêu cầu|giao|với)\s+", title, re.IGNORECASE
        )
        organ = organ_at(title, match.end()) if match else None
        if organ is None:
            bare = re.sub(r"^\s*(?:[\dIVXA-Za-z]{1,4}[.)\-/]+\s*)+", "", title)
            organ = organ_at(bare, 0)
            if organ and len(key(bare)) > len(key(organ.text)) + 14:
                organ = None
        if organ:
            return organ
    return None


def responsible_of(text: str, start: int, end: int) -> Organ | None:
    """The unit that a task is given to: "Giao Sở X …", the body that opens the sentence, or the one that leads ("…
    chủ trì").
    """
    label = re.match(r"[^:;.]{0,30}:\s*", text[start:end])
    for at in (start, start + label.end() if label else start):
        match = _ASSIGN.match(text, at)
        organ = organ_at(text, match.end(), end) if match else None
        if organ:
            return organ
    organ = opening_organ(text, start, end)
    if organ:
        return organ
    for organ in find_organs(text, start, end):
        if _LEADS.match(text[organ.end : organ.end + 24].lstrip(" ,")) or re.search(
            r"\bdo\s+$", text[max(start, organ.start - 4) : organ.start]
        ):
            return organ
    return None


def subject_of(text: str, start: int, end: int) -> str | None:
    """Who a limitation is about: a named body or a group of units ("một số xã, thị trấn"), as printed, or None."""
    head = text[start : min(end, start + 220)]
    organs = [o for o in find_organs(text, start, min(end, start + 160)) if o.text[:1].isupper()]
    match = _SUBJECT.search(head)
    if match and (not organs or start + match.start() < organs[0].start):
        return " ".join(match.group().split())
    return organs[0].text if organs else None


def addressee_of(
    text: str, unit: tuple[int, int], before: Sequence[tuple[int, int]], titles: Sequence[str]
) -> Organ | None:
    """The body a proposal turns to: asked in the sentence, or opening it, or asked earlier in the same paragraph, or
    named by the heading.

    Parameters: `unit`, (start, end) in `text`; `before`, earlier units of its paragraph, nearest first; `titles`,
    lead and heading around it.
    """
    organ = request_target(text, *unit) or opening_organ(text, *unit)
    if organ:
        return organ
    for start, end in before:
        organ = request_target(text, start, end)
        if organ:
            return organ
    return heading_organ(titles)


def embedded_causes(text: str, start: int, end: int) -> tuple[Span, ...]:
    """Clauses inside a limitation that give its reason ("do cán bộ kiêm nhiệm", "… nên …").

    Parameters: `text`, clean; `start`, `end` of the limitation. Returns spans in the clean text, disjoint and in order.
    """
    body = text[start:end]
    spans: list[Span] = []
    opening = _OPENING.match(body)
    first = opening.end() if opening else 0
    before = _CAUSE_BEFORE.search(body, first + 8)
    if before:
        left = max(body.rfind(";", first, before.start()) + 1, first)
        while left < before.start() and body[left] == " ":
            left += 1
        if before.start() - left > 10:
            spans.append(Span(start + left, start + before.start()))
    for match in _CAUSE_AFTER.finditer(body):
        at = match.start("cause")
        at += len(body[at:]) - len(body[at:].lstrip())
        if at < 3 or _NOT_CAUSE.match(body[at:]) or any(s.start <= start + at < s.end for s in spans):
            continue
        stop = _END_CLAUSE.search(body, match.end())
        right = stop.start() if stop else len(body.rstrip(" .;!/"))
        if right - at > 8:
            spans.append(Span(start + at, start + right))
            break
    return tuple(sorted(spans, key=lambda s: s.start))
